/**
 * A model of how the map reclaims the memory of its tables, and an explorer that tries every interleaving of it.
 *
 * <p>Tests find the errors of such a protocol by luck: a thread has to stop between two particular instructions until
 * another has made and filled a table, and most processors show only some of the reorderings that Java allows. The
 * model is small enough that all of it can be tried: one key, two or three blocks of memory that are reused, a few
 * tables, and two or three threads that put, remove, resize, get, traverse and close. Loads and stores are single
 * steps, and a store stays in its thread's store buffer for as long as the memory model lets it.
 *
 * <p>Reading order:
 *
 * <ol>
 *   <li>{@code Operation}, {@code Scenario}: what the threads do, and under which memory model.
 *   <li>{@code Layout}, {@code StoreBuffers}, {@code ModelThread}: the words of a state, and how a thread accesses
 *       them.
 *   <li>{@code Step}: the lines of the protocol. {@code UpdateSteps}, {@code TransferSteps}, {@code ResizeSteps},
 *       {@code ReclaimSteps}, {@code GetSteps}, {@code TraversalSteps}, {@code CloseSteps}: what each line does.
 *   <li>{@code Ledger}: what must be true at each answer, and in the end.
 *   <li>{@code Broken}: the protocol with one line left out or misplaced, which the explorer must catch.
 *   <li>{@code Explorer}, {@code StateSet}, {@code Counterexample}: the search.
 * </ol>
 *
 * <p>What is modelled is the protocol. A table has one slot and one range. Each block of memory carries, unseen by the
 * protocol, the table that owns it: a thread that writes for one table into the memory of another has broken the rules
 * even if the bits happen to be right, and so has a read that is answered from such memory.
 *
 * <p>What is not modelled: loads of an update that are reordered (they follow a volatile read of {@code retired}, which
 * no later load may overtake), a range that is abandoned, several maps, and whether the code does what the model says.
 * The last is what the jcstress tests beside it and the ledgers of {@code core} are for.
 */
@NullMarked
package org.berth.stress.model;

import org.jspecify.annotations.NullMarked;
