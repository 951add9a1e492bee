/**
 * Slots: a dictionary from a key to a record in cache lines of its own, where each record has one owner at a time.
 *
 * <p>Start at {@link org.berth.core.slots.SlotTable}. A {@link org.berth.core.slots.RecordLayout} declares the fields;
 * {@link org.berth.core.slots.Slot} is the owner's handle, {@link org.berth.core.slots.SlotView} everybody else's.
 *
 * <h2>Who may touch which word, and how</h2>
 *
 * An access that is not in this table is a bug. Where each word is, byte by byte: {@code docs/layout.md}. What opening a file does is not
 * in it: who does that is alone.
 *
 * <table>
 *   <caption>Words that several threads touch</caption>
 *   <tr><th>word</th><th>read</th><th>written</th><th>guarded by</th></tr>
 *   <tr><td>owned field</td><td>anyone: acquire; in a snapshot or total: plain or opaque, between two looks at the sequence;
 *       owner: plain</td><td>owner: release; in a commit: opaque, while the sequence is odd; for a new key: plain, before its state
 *       is NEW</td><td>state: one owner at a time</td></tr>
 *   <tr><td>shared field</td><td>anyone: acquire; in a snapshot or total: as above</td><td>anyone: release set, CAS, getAndAdd;
 *       leaving: CAS to the identity, while the sequence is odd; for a new key: plain, before its state is NEW</td>
 *       <td>itself</td></tr>
 *   <tr><td>sequence</td><td>anyone: acquire, then opaque after an acquire fence; its writer: plain</td><td>owner, or who frees the
 *       slot: odd opaque, then a release fence; even release</td><td>state; views while the slot is freed</td></tr>
 *   <tr><td>residue</td><td>in a total: opaque, between two looks at the sequence; leaving: plain</td><td>leaving: opaque, while the
 *       sequence is odd</td><td>sequence</td></tr>
 *   <tr><td>masks, redo area (files)</td><td>opening: plain</td><td>who commits: opaque, between two store-store fences, while
 *       the sequence is even; a shared field's residue: again before each CAS that drains the field</td><td>sequence</td></tr>
 *   <tr><td>index link</td><td>anyone: acquire; a search again, opaque, after a load-load fence</td><td>who adds a key: CAS to a new
 *       first slot; anyone: CAS past a marked slot</td><td>itself, by its change count</td></tr>
 *   <tr><td>link</td><td>as the index link; who has the unpublished slot: plain</td><td>who adds a key: opaque, before the CAS on the
 *       index link; who removes: CAS to marked, which stays; anyone: CAS past a marked slot</td>
 *       <td>itself, by its change count</td></tr>
 *   <tr><td>key, length, name</td><td>plain (name: opaque) after an acquire of the link that leads here, in a recycling table
 *       between two looks at that link, or while the slot is held; through handles: plain</td><td>who adds the key: opaque, while
 *       nobody else knows the slot</td><td>link; in a recycling table also views</td></tr>
 *   <tr><td>key, of a slot on the free list</td>
 *       <td>who takes a slot: opaque, also when another has just taken it; then its CAS on the free word fails</td>
 *       <td>who gives it back: opaque</td><td>free word, by its change count</td></tr>
 *   <tr><td>state</td><td>anyone: acquire; opaque by its only writer and for messages</td><td>as drawn in {@code Ownership}: CAS where
 *       others may change it, too, else release; who takes a slot that was never used: plain 0</td><td>itself; freed: views</td></tr>
 *   <tr><td>views (recycling)</td><td>with its updates; who frees: acquire</td><td>who holds and lets go: getAndAdd; who frees: CAS to
 *       closed, CAS to the next life</td><td>itself</td></tr>
 *   <tr><td>owner</td><td>anyone: acquire, and opaque after a load-load fence</td>
 *       <td>who has claimed: opaque to 0, and release to the claim after the next three</td><td>state</td></tr>
 *   <tr><td>thread, since, called</td><td>anyone: opaque, between two looks at owner</td>
 *       <td>who has claimed: opaque, after a store-store fence</td><td>owner word</td></tr>
 *   <tr><td>next, free</td><td>anyone: opaque, acquire</td><td>who adds or frees: CAS</td><td>themselves</td></tr>
 *   <tr><td>place of a thread's slot (on the heap)</td><td>its thread: plain, as it wrote it; who reclaims: acquire</td><td>its thread: CAS
 *       from null; its thread, or who reclaims after that has ended: release to null</td><td>itself; {@code PerThread}'s lock</td></tr>
 *   <tr><td>reach of the places (on the heap)</td><td>any thread: plain, as it was no less when that thread found its place</td><td>who has
 *       found a place further away: CAS, upwards only</td><td>itself</td></tr>
 *   <tr><td>keys, removed</td><td>anyone: opaque, acquire</td><td>who adds, removes or frees: getAndAdd</td><td>themselves</td></tr>
 *   <tr><td>the rest of the header</td><td>opening: plain</td><td>creating: plain, the magic last</td><td>the file's lock</td></tr>
 * </table>
 *
 * <h2>Why it is as it is</h2>
 *
 * <ul>
 *   <li>The owner's write is a plain read and a release write. It is atomic because there is one writer, and visible in order
 *       because readers acquire. That is all an owner needs.
 *   <li>Tried and dropped, as they gave nothing that could be measured: offsets in words and a shift instead of the alignment
 *       check; one call for the owner's read and write; keeping the general kind of words unloaded while only the constant
 *       one is in use. Opaque instead of plain for the owner's read cost, as every check was then made twice.
 *   <li>{@code int} fields take the upper half of an 8-byte word. Adding then wraps around as {@code int} does and equal
 *       values are equal words, so every operation is a single instruction on one kind of word.
 *   <li>A closed handle has no layout. The check that a field belongs to the layout then also finds use after close: one
 *       compare on the hot path instead of two.
 *   <li>A new key is owned before it is published. So the one CAS that adds a key is also the one that claims it, and nobody
 *       sees a key whose first claim may still fail.
 *   <li>The index is chains with new keys in front, not open addressing: there, the places of removed keys must either stay taken
 *       for ever or be given away again, and no two threads may then add one key in two places; without a lock that takes a
 *       protocol of its own. In a chain it is one CAS. The price: a lookup reads two words more,
 *       and an operation by key takes 9 to 11 ns where it took 5 to 7.
 *   <li>A write is staged on the heap, not in the slot, and only files have a redo area: it is for the end of the process, and of
 *       anonymous memory nothing is left then. Staging off the heap took three times as long.
 *   <li>Small records are written and read without a loop, and without storing a reference: what C2 prepares ahead of a loop takes
 *       longer than eight words do, and a stored reference costs the collector's barriers.
 *   <li>The base is the first owned field, not the sequence in front of it: C2 drops the second bounds check of an {@code add} at an
 *       offset from the base, and with it what made it load the value into a register (see {@code Slot.getAndAddWord}): 2.2 ns
 *       instead of 1.2. So declare the field that is added to most first.
 *    <li>Totals go by slot number and not by key, so that a value is met once whatever becomes of its key meanwhile.
 *   <li>The slots of threads have keys, the threads' ids, and a recycling table gives their slots on: so others find them as they find
 *       any record, and what is shown to be right of removal holds for them. A list of slots without keys would be a second
 *       way to own one. A thread finds its own slot in a small table on the heap ({@code ThreadSlots}), not in a {@link ThreadLocal}: that
 *       takes fewer loads, leaves nothing in the thread, and whoever reclaims must go through all of them anyway.
 *   <li>A thread that waits for a lease queues at a semaphore of the JDK's. That is the one lock in this package that a thread
 *       may wait at for long, and it is what the operation is for; a million threads that look again and again would do nothing else.
 *   <li>A lease ends with its thread at the latest. One that could be passed on would be lost when the program loses it, and to find
 *       that out, by the collector, a handle must be kept reachable until its last write is over: a fence for each operation of all slots.
 *   <li>Initial values come from a function and final ones go as a {@link org.berth.core.slots.Snapshot}; both queues are
 *       {@link java.util.Queue}s, so that nobody who needs neither has to have JCTools.
 * </ul>
 *
 * <p>Looks true and is not: "a handle that is closed can be closed again without care" (the key may have its next owner by
 * then: the claim's generation tells); "a lost race for a new key costs nothing" (it holds a slot for a moment, which is why
 * a nearly full table looks again before it says that it is full); "the owner's name in an error is exact" (the owner may
 * have changed since: it is written after the claim and checked for tearing only); "a check before the CAS keeps it away from the
 * slot's next key" (not if the thread is suspended between the two: it must hold the slot); "a hold that came too late has no
 * duties" (it may be the last one of a later life, and must look); "removed means not found" (the state says so first, the link
 * a moment later, and who meets that must help instead of wait); "what is drained is certain once the CAS is done" (others go on
 * updating the field: the residue is written at once).
 */
@NullMarked
package org.berth.core.slots;

import org.jspecify.annotations.NullMarked;
