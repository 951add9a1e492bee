/**
 * Slots: a dictionary from a key to a record in cache lines of its own, where each record has one owner at a time.
 *
 * <p>Start at {@link org.berth.core.slots.SlotTable}. A {@link org.berth.core.slots.RecordLayout} declares the fields;
 * {@link org.berth.core.slots.Slot} is the owner's handle, {@link org.berth.core.slots.SlotView} everybody else's.
 *
 * <h2>Who may touch which word, and how</h2>
 *
 * An access that is not in this table is a bug. Where each word is: {@code TableDescriptor}.
 *
 * <table>
 *   <caption>Shared words</caption>
 *   <tr><th>word</th><th>read</th><th>written</th><th>guarded by</th></tr>
 *   <tr><td>owned field</td><td>anyone: acquire; owner, to add: plain</td><td>owner: release</td>
 *       <td>state word: one owner at a time</td></tr>
 *   <tr><td>shared field</td><td>anyone: acquire</td><td>anyone: release set, CAS, getAndAdd</td><td>itself</td></tr>
 *   <tr><td>index word</td><td>anyone: acquire</td><td>who adds a key: CAS from 0, once</td><td>itself</td></tr>
 *   <tr><td>key, length, name</td><td>anyone who found the index word: plain (name: opaque)</td>
 *       <td>who adds the key: plain (name: opaque), before the CAS on the index word</td><td>index word</td></tr>
 *   <tr><td>key, of a slot on the free list</td>
 *       <td>who takes a slot: opaque, also when another has just taken it; then its CAS on the free word fails</td>
 *       <td>who gives it back: opaque</td><td>free word and its change count</td></tr>
 *   <tr><td>state</td><td>anyone: acquire or opaque</td><td>claim: CAS from not owned; close: CAS from this very claim</td>
 *       <td>itself</td></tr>
 *   <tr><td>owner</td><td>anyone: acquire, and opaque after a load-load fence</td>
 *       <td>who has claimed: opaque to 0, and release to the claim after the next three</td><td>itself</td></tr>
 *   <tr><td>thread, since, called</td><td>anyone: opaque, between two looks at owner</td>
 *       <td>who has claimed: opaque, after a store-store fence</td><td>owner word</td></tr>
 *   <tr><td>next, free</td><td>who adds a key: opaque, acquire</td><td>who adds a key: CAS</td><td>itself</td></tr>
 *   <tr><td>keys</td><td>anyone: opaque</td><td>who has added a key: getAndAdd</td><td>itself</td></tr>
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
 *   <li>A new key is owned before it is published, by its index word. So the one CAS that adds a key is also the one that
 *       claims it, and nobody sees a key whose first claim may still fail.
 * </ul>
 *
 * <p>Looks true and is not: "a handle that is closed can be closed again without care" (the key may have its next owner by
 * then: the claim's generation tells); "a lost race for a new key costs nothing" (it holds a slot for a moment, which is why
 * a nearly full table looks again before it says that it is full); "the owner's name in an error is exact" (the owner may
 * have changed since: it is written after the claim and checked for tearing only).
 */
@NullMarked
package org.berth.core.slots;

import org.jspecify.annotations.NullMarked;
