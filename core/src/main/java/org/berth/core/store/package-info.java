/**
 * The store: {@link org.berth.core.store.BytesMap}, a lock-free map from byte strings to byte strings, off the heap.
 *
 * <p>Its memory is a log, as in RAMCloud (Rumble, Kejriwal, Ousterhout: Log-structured Memory for DRAM-based Storage,
 * FAST 2014): records are appended to segments and never changed, and an index, a {@code LongLongMap}, leads from the
 * hash of a key to its record. An update appends a record and sets the index by one CAS. What is live in a sparse
 * segment is copied to another one, by the writers themselves, and the segment is used again.
 *
 * <pre>
 *            0        8                                             capacity
 *            +--------+------------+-------------+--------+--  --+------+
 * segment    | header | key, 0 ... | value, 0 ...| header |  ..  | rest |
 *            +--------+------------+-------------+--------+--  --+------+
 * header     63 shared | 62 filler | 61 dead | 32..60 length of the key | 0..31 length of the value
 * reference  40..62 id | 17..38 generation | 0..16 offset / 8
 * </pre>
 *
 * <p>In a map whose mappings expire, each value begins with a word more: when.
 *
 * <h2>Reading order</h2>
 *
 * <ol>
 *   <li>{@code Reference}, {@code Records}: where a record is, and what it consists of. {@code KeyHash}, {@code Xxh3}.
 *   <li>{@code Segment}, {@code SegmentStack}: one segment, and the words that say what has become of it.
 *   <li>{@code Log}, {@code Segments}: all segments; where records are appended, and how a segment is recycled.
 *   <li>{@code Expiry}, {@code Removals}: when a mapping expires, and what becomes of a record that is removed.
 *   <li>{@code Evacuator}: how segments that are sparse, expired or old become empty.
 *   <li>{@code RecordReader}, {@code RecordWriter}, {@code SharedRecords}, {@code RecordTraversal}: the parts of
 *       operations.
 *   <li>{@code RecordMap}: the operations. {@code BytesMap}: the API. {@code BytesSnapshot}: files.
 *   <li>{@code Codec}, {@code Codecs}, {@code RecordCodecs}: how objects are written as bytes. {@code OffHeapMap}: a
 *       map of objects over one of bytes; {@code Scratch}, the buffers of its calls, and {@code MappingCursor}, of its
 *       iterators.
 * </ol>
 *
 * <p>Each type depends only on types before it.
 *
 * <h2>Words</h2>
 *
 * <table>
 *   <caption>What the words mean here</caption>
 *   <tr><th>word</th><th>meaning</th></tr>
 *   <tr><td>record</td><td>a header, a key and a value; or a header and several such entries</td></tr>
 *   <tr><td>shared</td><td>of a record: of several keys that have one hash. It is copied whenever one of them
 *       changes</td></tr>
 *   <tr><td>segment</td><td>memory for records; of one size, or of a single record that is larger</td></tr>
 *   <tr><td>append point</td><td>where a thread appends; the threads are spread over some, and evacuations have one of
 *       their own</td></tr>
 *   <tr><td>installed</td><td>of a segment: at an append point. It is opened by the first thread that meets it
 *       there</td></tr>
 *   <tr><td>settled</td><td>of bytes: reserved and written. A segment all of which is settled can be walked, from
 *       header to header</td></tr>
 *   <tr><td>dead</td><td>of bytes: of a record that the index does not have any more, or never had</td></tr>
 *   <tr><td>retired</td><td>of a segment: not installed any more</td></tr>
 *   <tr><td>recycled</td><td>of a segment: retired and all dead. It is pooled then, or its memory is freed</td></tr>
 *   <tr><td>generation</td><td>counts how often a segment was recycled</td></tr>
 *   <tr><td>pinned</td><td>of a segment: some thread reads a record where it is</td></tr>
 *   <tr><td>victim</td><td>the segment that is being emptied: its live records are moved or, if they have expired or
 *       the segment is evicted, removed</td></tr>
 *   <tr><td>reserve</td><td>segments of the pool that only evacuations take, so that a full map can be made smaller
 *       </td></tr>
 * </table>
 *
 * <h2>Which thread may access which word, and how</h2>
 *
 * <table>
 *   <caption>Words that several threads access</caption>
 *   <tr><th>word</th><th>read</th><th>written</th><th>guarded by</th></tr>
 *   <tr><td>words of a record</td><td>plain; what was read counts if the generation is unchanged afterwards</td>
 *       <td>plain, by the thread that has reserved them, before it settles them and before the index has the
 *       reference</td><td>the reservation, then nobody: they do not change</td></tr>
 *   <tr><td>the dead bit of a header</td><td>plain: a hint to who walks</td><td>plain, by the thread that took the
 *       reference out of the index, or whose copy never came into it</td><td>the record's owner</td></tr>
 *   <tr><td>generation</td><td>volatile, after an acquire fence</td><td>volatile, by the thread that recycles</td>
 *       <td>that thread is the only one</td></tr>
 *   <tr><td>appended</td><td>acquire</td><td>append: getAndAdd; who meets an installed segment: CAS from inactive;
 *       activation: volatile, while it is in no list</td><td>itself; its upper bits are the generation</td></tr>
 *   <tr><td>settled, dead</td><td>acquire</td><td>getAndAdd; pin: CAS, unless all is dead; activation: volatile, when
 *       all is dead</td><td>itself; above the dead bytes are whether it is retired, and the number of pins</td></tr>
 *   <tr><td>first and last deadline, age</td><td>opaque</td><td>getAndAccumulate, opaque</td><td>nothing: they are
 *       hints for the choice of a victim, and each record is looked at by itself</td></tr>
 *   <tr><td>cursor</td><td>acquire</td><td>a walk: CAS; who chooses a victim: CAS to the beginning; activation:
 *       volatile</td>
 *       <td>itself; its upper bits are the generation</td></tr>
 *   <tr><td>installed</td><td>volatile</td><td>CAS, with the generation</td><td>itself</td></tr>
 *   <tr><td>stacks</td><td>volatile</td><td>CAS of the head, which counts changes</td><td>itself</td></tr>
 *   <tr><td>pooled</td><td>volatile</td><td>CAS or getAndAdd: incremented after a push, decremented before a pop</td>
 *       <td>itself: so there is a segment for whoever has decremented it</td></tr>
 *   <tr><td>victim, looked, looks</td><td>volatile</td><td>CAS, getAndAdd</td><td>itself; they are hints</td></tr>
 * </table>
 *
 * <h2>Invariants</h2>
 *
 * <ol>
 *   <li>A record has one owner at any time: the thread that reserved it, then the index, then the thread that took its
 *       reference out of the index. The last owner reads its size and declares it dead, once. As an owner's record is
 *       not dead, its segment is not recycled.
 *   <li>Who adds the last dead bytes of a retired segment recycles it. There is one such thread, as each byte is added
 *       once: for a segment all bytes are reserved by somebody, the rest at its end by the thread that went over it.
 *   <li>An evacuation never frees. It moves records by a CAS of the index from the old reference, which nobody else can
 *       have meant: no two records ever have the same one. So any number of threads may walk a segment.
 *   <li>A segment is walked only while it is retired, settled to its end, and not all dead. The walk reads the
 *       generation first, then that, then the header, and then the generation again.
 *   <li>The generation advances before a segment that had records is in the pool. A reader that finds it unchanged
 *       after its last read has read the record that it meant.
 *   <li>A segment is not recycled while it is pinned: the word of the dead bytes has the pins above them, so that the
 *       addition which completes the dead bytes finds them, and the last unpinning recycles instead. Whether a pinned
 *       segment is of the reader's generation is looked at after the pin: it does not change from then on.
 *   <li>A mapping that has expired is absent for every operation, by the deadline in its record alone. Who takes its
 *       record out of the index, to replace or to remove it, tells the listener, once, while it owns the record.
 *   <li>What is appended to has its generation in the same word as the place: a thread that was suspended between its
 *       look at the append point and its reservation gets a valid place in the segment's present use, or none.
 *   <li>The record of a reference that the index has is complete: it was written before the CAS.
 * </ol>
 *
 * <p>Looks true and is not: "a segment that was walked is empty" (a record may get into the index later: it is chosen
 * again); "a header that nobody has written is zero" (it is what the last use left); "a header that is copied is clean"
 * (it may be marked dead by now: the mark is taken off); "an invalid reference means that the index has another one"
 * (only because a record is out of the index before it is dead); "who took a segment may append to it" (late threads
 * would fill it while it is in the pool: it is opened only where it is installed); "what is settled is a record" (if
 * its source was recycled while it was copied, it is anything: its header has the size that was checked, and the dead
 * mark, so that no walk looks at its entries).
 *
 * <h2>Why it is as it is</h2>
 *
 * <ul>
 *   <li>Records are not changed in place, as a reader would see half of a change. So an addition to a value is a copy,
 *       too.
 *   <li>The hash of a key is not in its record: it would be 8 bytes for each, and an evacuation computes it in a tenth
 *       of the time of its cache miss in the index.
 *   <li>The header of a record that leaves the index is marked. It saves who walks by a miss in the index: updates
 *       became a quarter faster at two million keys.
 *   <li>No thread evacuates for the others: one that is suspended would stop them.
 *   <li>A reader in place pins the segment by a count, rather than to name it in a word of its own: whoever recycles
 *       would have to look at the words of all threads, after a barrier for the whole process. Two additions to a
 *       shared line cost less than the copy of a value for which reading in place is worth it.
 *   <li>There is no view of a value in place that may be held without being released: its memory would be kept until
 *       the collector finds it, a megabyte for each, and then memory would not be bounded by what is live. A value is
 *       shown for the time of a call, or copied.
 *   <li>Age is a matter of segments: a record that an evacuation moves makes its new segment older by its share, so
 *       that what is evicted is old on the whole, and no record needs a word for it.
 * </ul>
 */
@NullMarked
package org.berth.core.store;

import org.jspecify.annotations.NullMarked;
