/**
 * Slots: a concurrent dictionary from a key to a record in cache lines of its own, where each record has one owner at a
 * time.
 *
 * <p>Start at {@link org.berth.core.slots.SlotTable}. A {@link org.berth.core.slots.RecordLayout} declares the
 * {@linkplain org.berth.core.slots.Field fields}; {@link org.berth.core.slots.Slot} is the owner's handle, {@link
 * org.berth.core.slots.SlotView} every other thread's, and {@link org.berth.core.slots.PerThread} gives each thread a
 * record.
 *
 * <p><b>Words.</b> A <em>slot</em> is a place in the table and its ownership; a <em>record</em> is what is in it, the
 * values of the fields. A <em>claim</em> makes its caller the owner of a slot; closing the {@code Slot} ends the claim
 * and <em>releases</em> the record. In a table that merges, its values then go into the slot's <em>retained
 * totals</em>. In a table that recycles, users <em>retain</em> a slot by a reference count, and the slot of a removed
 * key gets the next <em>version</em> when nobody does.
 *
 * <p><b>Reading order.</b> {@code TableDescriptor} has the layout; {@code KeyIndex} finds a slot, {@code Ownership}
 * says whose it is, {@code SeqLock}, {@code RedoLog} and {@code RetainedTotals} change several words at once, and
 * {@code Reclamation} reuses slots. {@code TableMemory} holds these for one table, and knows none of what follows:
 * {@code RecordAccess} with the handles, {@code Claims} and {@code Claim}, {@code Totals}, {@code TableFile} and, on
 * top, {@code SlotTable} and {@code PerThread}.
 *
 * <h2>Who may touch which word, and how</h2>
 *
 * An access that is not in this table is a bug. Where each word is, byte by byte: {@code docs/layout.md}. Opening a
 * file is not in it: the thread that does it is alone.
 *
 * <table>
 *   <caption>Words that several threads touch</caption>
 *   <tr><th>word</th><th>read</th><th>written</th><th>guarded by</th></tr>
 *   <tr><td>owned field</td><td>any thread: acquire; in a snapshot or total: plain or opaque, between two reads of the
 *       sequence; owner: plain; through a buffer: as the program says</td><td>owner: release; in a commit: opaque,
 *       while the sequence is odd; for a new key: plain, before its state is NEW; through a buffer: as the program
 *       says</td><td>state: one owner at a time</td></tr>
 *   <tr><td>shared field</td><td>any thread: acquire; in a snapshot or total: as above</td><td>any thread: release set,
 *       CAS, getAndAdd; a merge: CAS to the identity, while the sequence is odd; for a new key: plain, before its state
 *       is NEW</td> <td>itself</td></tr>
 *   <tr><td>sequence</td><td>any thread: acquire, then opaque after an acquire fence; its writer: plain</td><td>the
 *       owner, or the thread that frees the slot: odd opaque, then a release fence; even release</td><td>state;
 *       references while the slot is freed</td></tr>
 *   <tr><td>retained total</td><td>in a total: opaque, between two reads of the sequence; in a merge: plain</td><td>a
 *       merge: opaque, while the sequence is odd</td><td>sequence</td></tr>
 *   <tr><td>masks, redo area (files)</td><td>opening: plain</td><td>a commit: opaque, between two store-store fences,
 *       while the sequence is even; a shared field's retained total: again before each CAS that drains the field</td>
 *       <td>sequence</td></tr>
 *   <tr><td>index link</td><td>any thread: acquire; a search again, opaque, after a load-load fence</td><td>adding a
 *       key: CAS to a new first slot; any thread: CAS past a marked slot</td><td>itself, by its tag</td></tr>
 *   <tr><td>link</td><td>as the index link; of an unpublished slot: plain</td><td>adding a key: opaque, before the CAS
 *       on the index link; removing: CAS to marked, which stays; any thread: CAS past a marked slot</td><td>itself, by
 *       its tag</td></tr>
 *   <tr><td>key, length, name</td><td>plain (name: opaque) after an acquire of the link that leads here, in a recycling
 *       table between two reads of that link, or while the slot is retained; through handles: plain</td><td>adding a
 *       key: opaque, while no other thread knows the slot</td><td>link; in a recycling table also references</td></tr>
 *   <tr><td>key, of a slot on the free list</td><td>popping a slot: opaque, also when another thread has just popped
 *       it; then the CAS on the free word fails</td><td>pushing it: opaque</td><td>free word, by its tag</td></tr>
 *   <tr><td>state</td><td>any thread: acquire; opaque by its only writer and for messages</td><td>as drawn in {@code
 *       Ownership}: CAS where other threads may change it, too, else release; taking a slot that was never used: plain
 *       0</td><td>itself; freed: references</td></tr>
 *   <tr><td>references (recycling)</td><td>with its updates; freeing: acquire</td><td>retain and release: getAndAdd;
 *       freeing: CAS to closed, CAS to the next version</td><td>itself</td></tr>
 *   <tr><td>owner</td><td>any thread: acquire, and opaque after a load-load fence</td><td>a new owner: opaque to 0, and
 *       release to the claim after the next three</td><td>state</td></tr>
 *   <tr><td>thread, since, name of the owner</td><td>any thread: opaque, between two reads of owner</td><td>a new
 *       owner: opaque, after a store-store fence</td><td>owner word</td></tr>
 *   <tr><td>next, free</td><td>any thread: opaque, acquire</td><td>adding or freeing: CAS</td><td>themselves</td></tr>
 *   <tr><td>position of a thread's slot (on the heap)</td><td>its thread: plain, as it wrote it; reclaiming:
 *       acquire</td><td>its thread: CAS from null; its thread, or one that reclaims after that has ended: release to
 *       null</td> <td>itself; the reclaimer's monitor</td></tr>
 *   <tr><td>open handle of a slot (on the heap)</td><td>any thread: acquire</td><td>a new owner: release; the thread
 *       that has ended its claim: CAS to null</td><td>itself; a claim whose thread has ended: the handle's
 *       monitor</td></tr>
 *   <tr><td>buffers of a handle (on the heap)</td><td>any thread: plain, a buffer acquire</td><td>any thread: CAS from
 *       null, then a read of the layout; a buffer: release; closing the handle: a read before and after the layout is
 *       null, then each buffer is made to wrap closed memory</td><td>itself; the monitor of {@code
 *       RecordBuffers}</td></tr>
 *   <tr><td>longest probe (on the heap)</td><td>any thread: plain, as it was no less when that thread found its
 *       position</td> <td>a thread that has found a position further away: CAS, upwards only</td><td>itself</td></tr>
 *   <tr><td>keys, removed</td><td>any thread: opaque, acquire</td><td>adding, removing, freeing: getAndAdd</td>
 *       <td>themselves</td></tr>
 *   <tr><td>the rest of the header</td><td>opening: plain</td><td>creating: plain, the magic last</td><td>the file's
 *       lock</td></tr>
 * </table>
 *
 * <h2>Why an operation by key reaches no other key's record</h2>
 *
 * In a table that does not recycle, a slot that was published never has another key. In one that recycles, an operation
 * finds a slot, retains it, and then looks first at its state and after that at its key. It goes on in two cases:
 *
 * <ul>
 *   <li><em>The state says that the slot has a key, and the key is the operation's.</em> A slot whose state is OWNED or
 *       VACANT is freed only after a thread has seen its count at 0 and closed it by CAS. The operation had retained
 *       the slot before it read the state, so from that read on the CAS fails, and the slot keeps its key. The read
 *       acquires what the claim that added the key wrote before it set the state, and nobody writes the words of a key
 *       while the state is OWNED or VACANT: so what the operation reads after the state are the words of that key.
 *   <li><em>The state is NEW, and a search for the key now leads to the slot.</em> Such a claim may have lost its race;
 *       its slot then goes to another key whoever has it retained. But the search proves that the slot is published
 *       under the key, later than it was retained, and a published slot is freed as above.
 * </ul>
 *
 * In the other order, key before state, the words of the former key may still be there after the slot was freed and
 * opened again (for the key 0, also on the free list), and the state may be that of the next key. The same holds for
 * iterations, which retain a slot whichever key it has, and then look at its state.
 *
 * <p>An operation that the removal overtakes after that takes effect on the dead record, as if it had come before the
 * removal: it has seen the key in the table after it began, and no operation that begins after the removal does.
 * {@code InterleavingTest} tries every operation by key against removals and claims, suspended before each access.
 *
 * <h2>Why it is as it is</h2>
 *
 * <ul>
 *   <li>The owner's write is a plain read and a release write. It is atomic because there is one writer, and visible in
 *       order because readers acquire. That is all an owner needs.
 *   <li>Tried and dropped, as they gave nothing that could be measured: offsets in words and a shift instead of the
 *       alignment check; one call for the owner's read and write; keeping the general kind of words unloaded while only
 *       the constant one is in use. Opaque instead of plain for the owner's read cost, as every check was then made
 *       twice.
 *   <li>{@code int} fields take the upper half of an 8-byte word. Adding then wraps around as {@code int} does and
 *       equal values are equal words, so every operation is a single instruction on one kind of word.
 *   <li>A closed handle has no layout. The check that a field belongs to the layout then also finds use after close:
 *       one compare on the hot path instead of two.
 *   <li>The operations that any thread may do stand once, in {@code RecordAccess}, over three small methods: retain,
 *       base, release. A view's do nothing. A cursor has found its slot when it moved to the key; in a recycling table
 *       its retain looks the key up. What {@code at(key)} returns is a cursor that is not moved again. Escape analysis
 *       takes it apart as long as the JIT compiler inlines {@code at} and the operation, so both are kept small: {@code
 *       KeyIndex.search} is one method that is too long to be inlined, which costs a call. With the updates of the
 *       reference count an operation still becomes too large where one JVM uses both kinds of tables by key: so in a
 *       recycling table use a cursor.
 *   <li>A new key is owned before it is published. So the one CAS that adds a key is also the one that claims it, and
 *       no other thread sees a key whose first claim may still fail.
 *   <li>The index is chains with new keys in front, not open addressing: there, the positions of removed keys must
 *       either stay taken for ever or be reused, and no two threads may then add one key at two positions; without a
 *       lock that takes a protocol of its own. In a chain it is one CAS. The price: a lookup reads two words more, and
 *       an operation by key takes 9 to 11 ns where it took 5 to 7.
 *   <li>A write is staged on the heap, not in the slot, and only files have a redo area: it is for the end of the
 *       process, and of anonymous memory nothing is left then. Staging off the heap took three times as long.
 *   <li>Small records are written and read without a loop, and without storing a reference: what C2 prepares ahead of a
 *       loop takes longer than eight words do, and a stored reference costs the collector's barriers.
 *   <li>The base is the first owned field, not the sequence in front of it: C2 drops the second bounds check of an
 *       {@code add} at an offset from the base, and with it what made it load the value into a register (see {@code
 *       Slot.getAndAddWord}): 2.2 ns instead of 1.2. So declare the field that is added to most first.
 *   <li>An array is one field to the layout, and a field for each element to merges, retained totals and recovery,
 *       which so know nothing of arrays.
 *   <li>Bytes are staged, and copied for snapshots, in memory off the heap and not in the words on the heap that other
 *       fields use: what is written against Agrona's buffers may copy through their address. A buffer that is given out
 *       is made to wrap closed memory when its time is over, as it cannot be taken back.
 *   <li>Totals go by slot number and not by key, so that a value is met once whatever becomes of its key meanwhile.
 *   <li>The slots of threads have keys, the threads' ids, and a recycling table reuses their slots: so other threads
 *       find them as they find any record, and what is shown to be right of removal holds for them. A list of slots
 *       without keys would be a second way to own one. A thread finds its own slot in a small table on the heap ({@code
 *       ThreadSlots}), not in a {@link ThreadLocal}: that takes fewer loads, leaves nothing in the thread, and a thread
 *       that reclaims must go through all of them anyway.
 *   <li>A thread that waits for a lease queues at a semaphore of the JDK's. That is the one lock in this package that a
 *       thread may wait at for long, and it is what the operation is for; a million threads that look again and again
 *       would do nothing else.
 *   <li>A lease ends with its thread at the latest. One that could be passed on would be lost when the program loses
 *       it, and to find that out, by the collector, a handle must be kept reachable until its last write is over: a
 *       fence for each operation of all slots.
 *   <li>Initial values come from a function and final ones go as a {@link org.berth.core.slots.Snapshot}; both queues
 *       are {@link java.util.Queue}s, so that a program that needs neither need not have JCTools.
 * </ul>
 *
 * <p>Looks true and is not: "a handle that is closed can be closed again without care" (the key may have its next owner
 * by then: the claim's generation tells); "a lost race for a new key costs nothing" (it holds a slot for a moment,
 * which is why a nearly full table looks again before it says that it is full); "the owner's name in an error is exact"
 * (the owner may have changed since: it is written after the claim and checked for tearing only); "a check before the
 * CAS keeps it away from the slot's next key" (not if the thread is suspended between the two: it must retain the
 * slot); "a retain that came too late has no duties" (its release may be the last one of a later version, and must
 * look); "removed means not found" (the state says so first, the link a moment later, and a thread that meets that must
 * help instead of wait); "a slot that is retained and has the right key is the key's" (its former key may still be
 * there: its state must be looked at first); "what is drained is certain once the CAS is done" (others go on updating
 * the field: the retained total is written at once).
 */
@NullMarked
package org.berth.core.slots;

import org.jspecify.annotations.NullMarked;
