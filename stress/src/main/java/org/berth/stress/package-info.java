/**
 * Tests with jcstress, in threes, of what {@code core} promises about memory order and atomicity.
 *
 * <p>Each class here is one promise, with three tests:
 *
 * <ul>
 *   <li>{@code Hazard}: what goes wrong, on plain Java, without Berth. The bad outcome is interesting and must be seen,
 *       or the promise guards against nothing.
 *   <li>{@code Shipped}: the shipped classes over off-heap memory. The bad outcome is forbidden.
 *   <li>{@code Weakened}: the same shipped classes and the same test body, over memory that breaks the one thing that
 *       the promise rests on. The bad outcome must be seen, or {@code Shipped} passes because it cannot fail. A promise
 *       that rests on several things has further tests whose names begin like that, one for each.
 * </ul>
 *
 * <p>Where the weakening shows only over an array, or only while a thread is slow, there is a fourth, {@code
 * Unweakened}: the shipped classes over that array without the weakening, or with that slow thread, the bad outcome
 * forbidden. It is the one that fails when a shipped class itself uses too weak an access; {@code Shipped} stays,
 * because it is what users run.
 *
 * <p>{@code JcstressTest} runs them and checks all of that. By hand, after {@code mvn package}, at length and with
 * jcstress's own report: {@code java -jar stress/target/berth-stress.jar -t OwnedWrite}; every {@code Weakened} and
 * {@code Hazard} is then listed as interesting.
 *
 * <p>Conventions of this package:
 *
 * <ul>
 *   <li>The weakened memories are in {@code org.berth.offheap} ({@code PlainWords}: no order; {@code SplitWords}: no
 *       atomicity; {@code LateWords} and {@code HeldWords}: a CAS or a write that releases nothing; {@code EarlyWords}:
 *       a read that acquires nothing; {@code SequenceWords}: a commit, or a read of several words, that lacks a step;
 *       {@code RetainWords}: a retain that is not counted; {@code StepWords}: one CAS that is a store, or is left out;
 *       {@code Message}: an update that releases nothing, or a read that acquires nothing; {@code BlindWords}: volatile
 *       reads that come too early; {@code UnpublishedWords}: an update of other words that releases nothing), as only
 *       that package may extend {@code Words}. Each test takes the one whose effect
 *       this processor and compiler really show, and says why. Where they show none, the words simulate what another
 *       processor might do, and must not do more than that.
 *   <li>jcstress makes millions of states, and a table is too expensive to make for each. A state borrows its record or
 *       table from a {@link org.berth.stress.Pool}, clears it in its constructor, before any actor knows it, and
 *       releases it in its arbiter, after all actors are done: no two states ever share one.
 *   <li>Record-level tests share one large table ({@link org.berth.stress.ClaimedRecord}, {@link
 *       org.berth.stress.WideRecord}), the first table of its process, whose words the JIT compiler knows as constants;
 *       table-level tests have a small table for each state, most of which take the general way. So both are tried.
 *   <li>Maps are of one bucket ({@link org.berth.stress.SmallMap}), so that the third key resizes them. A map is made
 *       anew for each state, as it does not go back to a first table; its memory is reused.
 *   <li>Maps of bytes are of segments of three records ({@link org.berth.stress.SmallStore}). They go from state to
 *       state, as what a segment held before is what a wrong reader finds.
 *   <li>Where the steps that must coincide are short, or the actors take unlike times, the actors wait for each other
 *       first ({@link org.berth.stress.SpinBarrier}).
 *   <li>The results go to local variables first and to jcstress's result at the end, so that the compiler is as free to
 *       reorder as it would be in a user's method.
 * </ul>
 */
@NullMarked
package org.berth.stress;

import org.jspecify.annotations.NullMarked;
