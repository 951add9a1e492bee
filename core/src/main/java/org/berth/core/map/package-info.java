/**
 * The map: {@link org.berth.core.map.LongLongMap}, a lock-free, resizable hash map from {@code long} to {@code long},
 * off the heap.
 *
 * <p>A map is a list of tables, mostly of one; during a resize, mappings are transferred from each table to the next. A
 * table is a power of two of buckets. A bucket is one cache line: four key words, then their four value words, so that
 * a lookup is one cache miss where the key is in its home bucket. Four counters follow the buckets. Zeroed memory is an
 * empty table.
 *
 * <pre>
 *        0         8         16        24        32        40        48        56        64
 *        +---------+---------+---------+---------+---------+---------+---------+---------+
 * bucket |  key 0  |  key 1  |  key 2  |  key 3  | value 0 | value 1 | value 2 | value 3 |
 *        +---------+---------+---------+---------+---------+---------+---------+---------+
 * </pre>
 *
 * <h2>Reading order</h2>
 *
 * <ol>
 *   <li>{@code ValueCodec}: values as words.
 *   <li>{@code Table}: one table; its layout, probes, claims and counters.
 *   <li>{@code TableList}: the tables of a map; when a table is followed by which, and when it is retired.
 *   <li>{@code Transfer}: the transfer of one mapping to the next table.
 *   <li>{@code Traversal}, {@code Batch}, {@code MapStatistics}: loops over all mappings, and over arrays of keys.
 *   <li>{@code LongLongMap}: the API, its values and its functions; {@code ConcurrentMapView}: the JDK's interface.
 * </ol>
 *
 * <p>Each type depends only on types before it, with two exceptions. {@code Table}, {@code TableList} and {@code
 * Transfer} know each other: a table asks its list for the next table and for help, the list makes tables, and a
 * transfer reads one table and writes to the next. {@code LongLongMap} and its view know each other. {@code
 * LongLongMap} extends {@code TableList} for speed: the root is then a field of the map itself, which saves each
 * operation a dependent load.
 *
 * <h2>Words</h2>
 *
 * <table>
 *   <caption>What the words mean here</caption>
 *   <tr><th>word</th><th>meaning</th></tr>
 *   <tr><td>slot</td><td>a key word and its value word, inside a table</td></tr>
 *   <tr><td>bucket</td><td>four slots, in one cache line of 64 bytes</td></tr>
 *   <tr><td>home</td><td>the slot, and its bucket, at which a key's probe begins: the hash gives both</td></tr>
 *   <tr><td>occupied</td><td>of a slot: claimed by a key, for the life of the table</td></tr>
 *   <tr><td>tombstone</td><td>an occupied slot without a mapping, as after a removal</td></tr>
 *   <tr><td>resize</td><td>the allocation of a next table and the transfer to it; an expansion, a shrink, a rehash (to
 *       the same size, to drop tombstones), or an overflow (a key found no slot)</td></tr>
 *   <tr><td>range</td><td>the buckets that one thread transfers at a time</td></tr>
 *   <tr><td>abandoned</td><td>of a range: its transfer has failed on the way, and another thread retries it</td></tr>
 *   <tr><td>root</td><td>the oldest table that is not retired</td></tr>
 *   <tr><td>retired</td><td>of a table: transferred, passed by the root, and left to the garbage collector</td></tr>
 * </table>
 *
 * <table>
 *   <caption>States of a slot's words</caption>
 *   <tr><th>key word</th><th></th><th>value word</th><th></th></tr>
 *   <tr><td>0 EMPTY</td><td>an insert may claim it</td><td>0 ABSENT</td><td>no mapping now</td></tr>
 *   <tr><td>1 FROZEN</td><td>never claimed in this table: look in the next</td><td>1 MOVED</td>
 *       <td>the mapping is in a later table, for good</td></tr>
 *   <tr><td>other</td><td>occupied by this key, for the life of the table</td><td>other</td>
 *       <td>the value XOR Long.MIN_VALUE</td></tr>
 * </table>
 *
 * <p>The keys 0 and 1 have a table each, in which every slot is occupied by that key: there each search ends at once,
 * and nothing else about these keys is special.
 *
 * <h2>Which thread may access which word, and how</h2>
 *
 * An access that is not in this table is a bug.
 *
 * <table>
 *   <caption>Words that several threads access</caption>
 *   <tr><th>word</th><th>read</th><th>written</th><th>guarded by</th></tr>
 *   <tr><td>key word</td><td>search, prefetch: plain, after a volatile read of the root or of next; transfer: opaque;
 *       traversal, statistics: acquire</td>
 *       <td>insert: CAS from EMPTY to the key or, once there is a next table, to FROZEN; transfer: CAS from EMPTY to
 *       FROZEN</td><td>itself: EMPTY is left once</td></tr>
 *   <tr><td>value word</td><td>get, traversal, statistics, transfer: acquire; update: plain before a CAS, which
 *       corrects it</td><td>update, transfer: CAS only</td>
 *       <td>itself; MOVED is final; until the old slot is MOVED, the copy belongs to the transferring thread</td></tr>
 *   <tr><td>occupied, mappings</td><td>opaque: estimates</td><td>a thread that claims a slot, or that adds or removes a
 *       mapping: getAndAdd, in the sampled buckets only</td><td>itself</td></tr>
 *   <tr><td>transferIndex</td><td>opaque: a hint</td><td>a thread that transfers a range: getAndAdd, before</td>
 *       <td>itself</td></tr>
 *   <tr><td>transferred</td><td>volatile</td><td>a thread that has transferred a range: getAndAdd, after</td>
 *       <td>itself</td></tr>
 *   <tr><td>root (field)</td><td>volatile, once for each operation</td><td>a thread that finds the root transferred:
 *       CAS to the next table; close: volatile</td><td>itself</td></tr>
 *   <tr><td>next (field)</td><td>volatile</td><td>a thread that has allocated a table: CAS from null</td>
 *       <td>itself: set once</td></tr>
 *   <tr><td>resizing (field)</td><td>volatile</td><td>a thread that is about to allocate: CAS; volatile afterwards</td>
 *       <td>itself</td></tr>
 *   <tr><td>abandoned (field)</td><td colspan="2">a JDK queue of ranges</td><td>the queue</td></tr>
 * </table>
 *
 * <h2>How a map is resized</h2>
 *
 * At a load of about 0.75 one thread sets {@code resizing} and allocates the next table, while the others go on.
 * Publishing it as {@code next} begins the transfer. From then on an insert whose probe ends at EMPTY freezes that slot
 * (by CAS, so that it and a late claim decide on the same word) and goes on to the next table. Each writer first
 * transfers a range of buckets, which it takes from {@code transferIndex}; readers never help. For an occupied slot,
 * the transferring thread copies the value into the next table, as often as it finds it changed, and then marks the old
 * slot by a CAS from the value that the copy has to MOVED. Until that CAS the mapping lives in the old table, and from
 * then on in the copy. The thread that transfers the last range advances the root past every table that is transferred.
 * The garbage collector frees a retired table once no thread accesses it any more. No thread waits for another.
 *
 * <p>The next table is sized by the mappings: so that between 0.225 and 0.45 of its slots will be occupied after the
 * transfer. Hence it has twice the size where the keys have mappings, the same size where most are tombstones, and is
 * smaller where most mappings were removed, but not below a quarter at a time, so that it does not fill before the one
 * before it is transferred. Each table has a hash of its own.
 *
 * <p>Invariants: (1) the key word of an occupied slot never changes; (2) once the first unoccupied slot of a key's
 * probe is FROZEN, the key never claims a slot in that table; (3) a key that has a mapping in a table has, in the table
 * before, a value that is MOVED, or a probe that meets FROZEN or only other keys up to the limit; (4) MOVED is final.
 *
 * <p>Looks true and is not: "a miss in the old table is a miss" (if it ended at FROZEN it is not); "the copy is
 * current" (only after the last CAS); "when the mapping is removed, the old slot can be marked MOVED at once" (the copy
 * must be taken back first); "a table that is being transferred to is not itself transferred" (resizes overlap, so the
 * list may be longer than two); "a table in the middle can be retired when it is transferred" (only when the root has
 * passed it, so a thread that is suspended during its transfer holds up the memory of all later tables, though no
 * thread's progress); "a traversal that follows the list comes to its end" (not if a fast writer makes tables faster
 * than that: a traversal remembers which table was the last).
 *
 * <h2>Why it is as it is</h2>
 *
 * <ul>
 *   <li>A probe begins at one of the four slots of the home bucket, by the hash, and ends at the first hit. About three
 *       of four searches hit at once, so the branch predictor is mostly right. Matching the whole bucket without a
 *       branch took 11.7 ns instead of 10.5 at a thousand keys, and keeps the core from running ahead where the bucket
 *       is not in the cache. A loop over the slots took 11.4 instead of 10.5: it is written out.
 *   <li>Keys are read plain. The volatile read of the root comes first in each operation, and keeps them from being
 *       moved out of a caller's loop; plain reads in a row share one check that the memory is alive.
 *   <li>The hash is both halves of a 128-bit product, and those once more multiplied: as even as random numbers for all
 *       keys that were tried. Without the second product, one of some thousand seeds laid keys in arithmetic
 *       progression so unevenly that a part of the buckets had ten standard deviations too many, or that a search
 *       probed 180 buckets.
 *   <li>There is no exact size: that would be an atomic addition to a shared word in every insert and remove. What
 *       decides about a resize is counted in a sample of the buckets, by counters that inserts and removals seldom
 *       meet. {@code size()} looks at every slot, which takes some milliseconds per million.
 *   <li>Batches first read the home bucket of every key, so that the cache misses overlap, and only where the table is
 *       larger than half a megabyte: below, it is in the cache. Not worth it, at ten million keys: reading the second
 *       bucket, too (45 ns a key instead of 43), matching whole buckets without branches in the first pass (76), or
 *       remembering what was found (45 to 51).
 *   <li>The garbage collector frees the memory. Freeing it by hand would need every update to announce itself: if
 *       memory is closed under a CAS, the CAS can take effect and throw, and a caller that retries then does it twice.
 *   <li>The thread that begins a resize zeroes the next table: one to three milliseconds per megabyte.
 *   <li>After a refusal of memory no thread asks again for a second, as each request at the JVM's limit costs a
 *       collection and half a second of waiting in the JDK.
 * </ul>
 */
@NullMarked
package org.berth.core.map;

import org.jspecify.annotations.NullMarked;
