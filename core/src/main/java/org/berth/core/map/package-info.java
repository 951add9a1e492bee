/**
 * The map: {@link org.berth.core.map.LongLongMap}, a lock-free, resizable hash map from {@code long} to {@code long},
 * off the heap.
 *
 * <p>A map is a list of tables, mostly of one; during a resize, mappings are transferred from each table to the next. A
 * table is a power of two of buckets. A bucket is one cache line: four key words, then their four value words, so that
 * a lookup is one cache miss where the key is in its home bucket. Zeroed memory is an empty table. A table's memory is
 * freed or reused once no thread accesses it any more, see {@code org.berth.core.reclaim}.
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
 *   <li>{@code ValueCodec}: values as words. {@code ReservedKeys}: two keys that no table can have.
 *   <li>{@code ChunkSource}, {@code Chunk}, {@code SpareChunks}, {@code TableMemory}, {@code MapMemory}: where a
 *       table's memory comes from, and where it goes.
 *   <li>{@code TableWords}, {@code Table}, with {@code AbandonedRanges}: one table; its layout, probes and claims.
 *   <li>{@code TableList}: the tables of a map; how each operation goes through them, and when one is retired.
 *   <li>{@code Resizer}, with {@code NextTable} and {@code Refusal}: when a table is followed by which.
 *   <li>{@code Transfer}: the transfer of one mapping to the next table.
 *   <li>{@code Traversal}, {@code PinnedTables}, {@code Batch}, {@code MapStatistics}: loops over all mappings, and
 *       over arrays of keys.
 *   <li>{@code LongLongMap}: the API; {@code FunctionUpdate}, {@code RecursiveUpdates}: its functions; {@code
 *       ConcurrentMapView}: the JDK's interface; {@code LongDoubleMap}.
 * </ol>
 *
 * <p>Each type depends only on types before it, with two exceptions. {@code Table}, {@code TableList}, {@code Resizer}
 * and {@code Transfer} know each other: a table asks its list for the next table and for help, the resizer makes
 * tables, and a transfer reads one table and writes to the next. {@code LongLongMap} and its view know each other.
 * {@code LongLongMap} extends {@code TableList}, and {@code Table} extends {@code TableWords}, for speed: the root is
 * then a field of the map itself, and the chunk one of the table, which saves each operation a dependent load.
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
 *   <tr><td>retired</td><td>of a table: transferred, passed by the root, and left to the reclaimer</td></tr>
 *   <tr><td>chunk</td><td>a piece of a table's memory: all of it, unless the table is large</td></tr>
 *   <tr><td>ordered</td><td>of a table: small enough for the cache. The slots of a bucket are claimed in their order,
 *       and searched all at once. In other tables a probe begins at one of the four slots, by the hash</td></tr>
 * </table>
 *
 * <table>
 *   <caption>States of a slot's words</caption>
 *   <tr><th>key word</th><th></th><th>value word</th><th></th></tr>
 *   <tr><td>0 EMPTY</td><td>an insert may claim it</td><td>0 ABSENT</td><td>no mapping now</td></tr>
 *   <tr><td>1 FROZEN</td><td>never claimed in this table: look in the next</td><td>1 MOVED</td>
 *       <td>the mapping is in a later table, for good</td></tr>
 *   <tr><td>other</td><td>occupied by this key, for the life of the table</td><td>other</td>
 *       <td>the value XOR the missing value</td></tr>
 * </table>
 *
 * <p>The value words of the keys 0 and 1 are on the heap: there is nothing to resize, and nothing to reclaim.
 *
 * <h2>Which thread may access which word, and how</h2>
 *
 * An access that is not in this table is a bug. Words of a table are updated only while the table is announced or
 * pinned, or by a thread that transfers a range of an earlier one; what is read otherwise is validated.
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
 *   <tr><td>occupied (heap)</td><td>volatile: an estimate</td><td>a thread that claims a slot in the sampled buckets:
 *       getAndAdd</td><td>itself</td></tr>
 *   <tr><td>transferIndex (heap)</td><td>opaque: a hint</td><td>a thread that transfers a range: getAndAdd, before</td>
 *       <td>itself</td></tr>
 *   <tr><td>transferred (heap)</td><td>volatile</td><td>a thread that has transferred a range: getAndAdd, after</td>
 *       <td>itself</td></tr>
 *   <tr><td>root (field)</td><td>volatile, once for each operation</td><td>a thread that finds the root transferred:
 *       CAS to the next table; close: volatile</td><td>itself</td></tr>
 *   <tr><td>next (field)</td><td>volatile</td><td>the thread that has taken the allocation: volatile</td>
 *       <td>itself: set once</td></tr>
 *   <tr><td>allocation (field)</td><td>volatile</td><td>a thread that begins one: CAS from null; one that gives it up:
 *       CAS to null</td><td>itself; who takes it (CAS) publishes the table or releases its memory</td></tr>
 *   <tr><td>abandoned (heap)</td><td>volatile</td><td>a thread whose transfer fails or that retries one: CAS of the
 *       range's bit</td><td>itself</td></tr>
 * </table>
 *
 * <h2>How a map is resized</h2>
 *
 * At a load of about 0.75 the next table is allocated: each thread that claims a slot then allocates one of its chunks,
 * and goes on. The thread with the last chunk publishes the table as {@code next}, which begins the transfer. From then
 * on an insert whose probe ends at EMPTY freezes that slot (by CAS, so that it and a late claim decide on the same
 * word) and goes on to the next table. Each writer first transfers a range of buckets, which it takes from {@code
 * transferIndex}; readers never help. For an occupied slot, the transferring thread copies the value into the next
 * table, as often as it finds it changed, and then marks the old slot by a CAS from the value that the copy has to
 * MOVED. Until that CAS the mapping lives in the old table, and from then on in the copy. The thread that transfers the
 * last range advances the root past every table that is transferred, and retires it. No thread waits for another, with
 * one exception: one that finds no slot at all leaves the allocation for five milliseconds to the threads that are at
 * it, before it does it all alone.
 *
 * <p>The next table has the same size while the mappings take between 0.11 and 0.52 of the slots. Otherwise it is sized
 * so that they take between 0.225 and 0.45. It is not smaller than a quarter, so that it does not fill before the one
 * before it is transferred. One removal of some looks whether the mappings take less than 0.11, by counting some
 * buckets that are spread evenly. Each table has a hash of its own.
 *
 * <p>At the limit of its memory, an operation that needs a slot transfers what is left, reclaims, and tries again, for
 * a twentieth of a second, or for a fifth while another thread transfers. With a limit of 2 + k tables
 * there is memory for it while k threads are stopped inside an operation: each of them holds one table or, if it is
 * stopped in a transfer, that table and all later ones. So that such a transfer can end, inserts leave the last quarter
 * of a table that is not the root to transfers; a key that is refused a slot there freezes it before it goes on.
 *
 * <p>Invariants: (1) the key word of an occupied slot never changes; (2) once the first unoccupied slot of a key's
 * probe is FROZEN, the key never claims a slot in that table; (3) a key that has a mapping in a table has, in the table
 * before, a value that is MOVED, or a probe that meets FROZEN or only other keys up to the limit; (4) MOVED is final;
 * (5) in an ordered table, the occupied slots of a bucket are its first ones, and only the slot behind them is ever
 * FROZEN; (6) the root passes a table only when all its ranges are transferred, and it is retired only then: so a
 * thread in a transfer keeps all later tables without announcing them.
 *
 * <p>Looks true and is not: "a miss in the old table is a miss" (if it ended at FROZEN it is not); "the copy is
 * current" (only after the last CAS); "when the mapping is removed, the old slot can be marked MOVED at once" (the copy
 * must be taken back first); "a table that is being transferred to is not itself transferred" (resizes overlap, so the
 * list may be longer than two); "a table in the middle can be retired when it is transferred" (only when the root has
 * passed it, so a thread that is suspended during its transfer holds up the memory of all later tables, though no
 * thread's progress); "a search of an ordered bucket that reads no FROZEN has seen that there is no next table" (only
 * with a fence between the reads and the look); "a traversal that follows the list comes to its end" (not if a fast
 * writer makes tables faster than that: a traversal remembers which table was the last).
 *
 * <h2>Why it is as it is</h2>
 *
 * <ul>
 *   <li>In a table that is in the cache, a branch that is mispredicted costs more than reading a bucket: misses
 *       and churn become faster by a fifth or more, and a hit slower by up to a nanosecond. In a larger table, where
 *       the core must run ahead to the next miss, a search by slots from the hash on is faster: three of four hit at
 *       once. There the four slots are written out, as the JIT compiler prepares a loop at more cost.
 *   <li>Keys are read plain. The volatile read of the root comes first in each operation, and keeps them from being
 *       moved out of a caller's loop; plain reads in a row share one check that the memory is alive.
 *   <li>The hash is both halves of a 128-bit product, and those once more multiplied: as even as random numbers for all
 *       keys that were tried. Without the second product, one of some thousand seeds laid keys in arithmetic
 *       progression so unevenly that a part of the buckets had ten standard deviations too many, or that a search
 *       probed 180 buckets.
 *   <li>There is no exact size: that would be an atomic addition to a shared word in every insert and remove. Only
 *       claims are counted, in a sample of the buckets; how many mappings there are is estimated when it is needed.
 *       {@code size()} looks at every slot, which takes some milliseconds per million.
 *   <li>Batches first read the home bucket of every key, so that the cache misses overlap, and only where the table is
 *       larger than half a megabyte: below, it is in the cache. Not worth it, at ten million keys: reading the second
 *       bucket, too (45 ns a key instead of 43), matching whole buckets without branches in the first pass (76), or
 *       remembering what was found (45 to 51).
 *   <li>The garbage collector cannot free the memory in time: a map makes no garbage on the heap, so no collection
 *       comes. To announce each update costs it one to two nanoseconds.
 *   <li>A map of constant size would go to and fro between two sizes without a margin: a third of its resizes were to
 *       another size.
 *   <li>A large table consists of chunks of two megabytes, so that no call zeroes or frees more. With native access the
 *       kernel zeroes pages when they are touched, and there is one chunk.
 *   <li>Reused memory is zeroed, which is much cheaper than touching new pages.
 * </ul>
 */
@NullMarked
package org.berth.core.map;

import org.jspecify.annotations.NullMarked;
