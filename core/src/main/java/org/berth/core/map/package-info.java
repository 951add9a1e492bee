/**
 * The map: a dictionary from {@code long} to {@code long} that grows while it is in use. Start at {@link
 * org.berth.core.map.LongLongMap}.
 *
 * <p>A map is a chain of tables ({@code TableList}), mostly of one. A table ({@code Table}) is a power of two of lines of 64 bytes: four key
 * words, then their four values, so that a lookup is one cache line where the key is in its home line. Behind the lines are four
 * counters. Zeroed memory is an empty table.
 *
 * <table>
 *   <caption>States of the words</caption>
 *   <tr><th>key word</th><th></th><th>value word</th><th></th></tr>
 *   <tr><td>0 EMPTY</td><td>may be claimed</td><td>0 ABSENT</td><td>no mapping now</td></tr>
 *   <tr><td>1 CLOSED</td><td>never claimed in this table: look in the next</td><td>1 MOVED</td>
 *       <td>the mapping lives in a later table, for good</td></tr>
 *   <tr><td>other</td><td>claimed by this key, for the life of the table</td><td>other</td><td>the value XOR Long.MIN_VALUE</td></tr>
 * </table>
 *
 * <p>The keys 0 and 1 have a table each, all of whose key words are theirs: there every search ends at once, and nothing else about
 * them is special.
 *
 * <h2>Who may prefetch which word, and how</h2>
 *
 * An access that is not in this table is a bug.
 *
 * <table>
 *   <caption>Words that several threads prefetch</caption>
 *   <tr><th>word</th><th>read</th><th>written</th><th>guarded by</th></tr>
 *   <tr><td>key word</td><td>a search: plain, after a volatile read of the root or of next; mover: opaque; traversal: acquire</td>
 *       <td>insert: CAS from EMPTY to the key or, once there is a next table, to CLOSED; mover: CAS from EMPTY to CLOSED</td>
 *       <td>itself: EMPTY is left once</td></tr>
 *   <tr><td>value word</td><td>get, traversal, mover: acquire; updates: plain before a CAS, which tells</td><td>updates and movers: CAS only</td>
 *       <td>itself; MOVED is final; a copy that is not handed over yet is the mover's</td></tr>
 *   <tr><td>claimed, live</td><td>opaque: estimates</td><td>who claims, or changes whether there is a mapping: getAndAdd, in the counted
 *       lines only</td><td>itself</td></tr>
 *   <tr><td>handed out</td><td>opaque: a hint</td><td>who moves a chunk: getAndAdd, before</td><td>itself</td></tr>
 *   <tr><td>drained</td><td>volatile</td><td>who has moved a chunk: getAndAdd, after</td><td>itself</td></tr>
 *   <tr><td>root (field)</td><td>volatile, once for each operation</td><td>who finds the first table drained: CAS to the next; close:
 *       volatile</td><td>itself</td></tr>
 *   <tr><td>next (field)</td><td>volatile</td><td>who has allocated a table: CAS from null</td><td>itself: set once</td></tr>
 *   <tr><td>ticket (field)</td><td>volatile</td><td>who is to allocate: CAS; volatile when it has</td><td>itself</td></tr>
 *   <tr><td>returned (field)</td><td colspan="2">a JDK queue of chunks whose mover gave up</td><td>the queue</td></tr>
 * </table>
 *
 * <h2>How it grows</h2>
 *
 * At a load of about 0.75 one thread wins the ticket and allocates the next table, while the others go on. Publishing it as {@code next}
 * starts the move. From then on an insert whose probe ends at EMPTY closes that word (by CAS, so that it and a late claim decide on the
 * same word) and goes on to the next table. Writers that come along move chunks of lines, handed out by a counter, before their own
 * work; readers never help. For a claimed key its one mover copies the value into the next table, as often as it finds it changed,
 * and hands over by a CAS from the value that the copy has to MOVED. Until that CAS the mapping lives in the old table, and from then
 * on in the copy. The mover of the last chunk takes the root past every drained table; the collector frees what nobody looks at any
 * more. Nobody waits for anybody.
 *
 * <p>The next table is sized by what is live: so that between 0.225 and 0.45 of it will be taken after the move. Hence it is double where the
 * keys are alive, of the same size where most are dead, and smaller when most were removed, but not below a quarter at a time, so that
 * it does not fill before the one ahead of it is drained. Each table has a hash of its own.
 *
 * <p>Invariants: (1) a claimed key word never changes; (2) once the first unclaimed word of a key's probe is CLOSED, the key is never
 * claimed later in that table; (3) a key that is live in a table has, in the one before, a value that is MOVED, or a probe that meets
 * CLOSED or only other keys up to the limit; (4) MOVED is final.
 *
 * <p>Looks true and is not: "a miss in the old table is a miss" (if it ended at CLOSED it is not); "the copy is current" (only after the
 * last CAS); "when the value has gone, the old word can be sealed at once" (the copy must be taken back first); "a growing table
 * does not itself begin to grow" (tables form chains); "a table in the middle can go when it is drained" (only when the root has
 * passed it, so a mover that is suspended holds up the memory of all tables after its own, though nobody's progress); "whoever
 * follows the chain comes to its end" (not if a fast writer makes tables faster than that: a traversal remembers which was the last).
 *
 * <h2>Why it is as it is</h2>
 *
 * <ul>
 *   <li>A probe begins at one of the four places of the home line, by the hash, and ends at the first hit. About three of four searches
 *       hit at once, so the branch predictor is mostly right. Matching the whole line without a branch took 11.7 ns instead of
 *       10.5 at a thousand keys, and keeps the core from running ahead where the line is not in the cache. A loop over the places
 *       took 11.4 instead of 10.5: it is written out.
 *   <li>Keys are read plain. The volatile read of the root comes first in each operation, and it keeps them from being moved out of a
 *       caller's loop; plain reads in a row share one check that the memory is alive.
 *   <li>The hash is both halves of a 128-bit product, and those once more multiplied: as even as random numbers for all keys that were
 *       tried. Without the second product, one of some thousand seeds laid keys in arithmetic progression so unevenly that a
 *       part of the lines had ten standard deviations too many, or that a search went through 180 lines.
 *   <li>There is no exact size: that would be an atomic addition to a shared word in every insert and remove. What decides about growth is
 *       counted in a small part of the lines, by a counter that inserts and removes seldom meet. {@code size()} looks at all places.
 *   <li>Batches first read the home line of every key, so that the cache misses overlap, and only where the table is larger than half a
 *       megabyte: below, it is in the cache. Not worth it, at ten million keys: looking at the second line, too (45 ns a key instead
 *       of 43), matching whole lines without branches in the first pass (76), or remembering what was found (45 to 51).
 *   <li>Memory is freed by the collector. Freeing it by hand would need every update to announce itself: closing memory under a
 *       CAS can make it take effect and throw, and who tries again then does it twice.
 *   <li>After memory was refused nobody asks again for a second, as each request at the JVM's limit costs a collection and half a
 *       second of waiting in the JDK.
 * </ul>
 */
@NullMarked
package org.berth.core.map;

import org.jspecify.annotations.NullMarked;
