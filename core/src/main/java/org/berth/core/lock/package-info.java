/**
 * KeyLocks: locks for the keys of a dictionary, for the cases in which several steps must be one.
 *
 * <p>Start at {@link org.berth.core.lock.KeyLocks}. They know nothing of slots and maps, and those nothing of them: what is one step there
 * needs no section.
 *
 * <h2>Who may touch which word, and how</h2>
 *
 * An access that is not in this table is a bug.
 *
 * <table>
 *   <caption>Words that several threads touch</caption>
 *   <tr><th>word</th><th>read</th><th>written</th><th>guarded by</th></tr>
 *   <tr><td>head of a chain</td><td>anyone: acquire, and opaque after a load-load fence; who waits for the whole: volatile</td>
 *       <td>who adds a hold, or leaves from the front: CAS; anyone: CAS past a marked hold</td><td>itself, by its change count</td></tr>
 *   <tr><td>link of a hold</td><td>anyone: acquire, and opaque after a load-load fence; owner: plain, opaque</td><td>owner of a
 *       hold in no chain: opaque; owner: CAS to marked; anyone: CAS past a marked hold</td><td>itself, by its change count; owner</td></tr>
 *   <tr><td>key, name</td><td>anyone: opaque, between two looks at the link that leads here; of a dead owner's: opaque</td>
 *       <td>owner of a hold in no chain: opaque</td><td>link; owner</td></tr>
 *   <tr><td>depth</td><td>anyone: opaque, as the key; owner: plain</td><td>owner: opaque</td><td>owner</td></tr>
 *   <tr><td>owner of a hold</td><td>anyone: acquire; of itself: plain</td><td>who has taken a free hold: release; to null: release, by
 *       the owner; in place of a dead one: CAS; back to the dead one: release, by who took it over</td><td>itself</td></tr>
 *   <tr><td>since</td><td>anyone: opaque</td><td>anyone: opaque, from 0; owner: opaque, to 0</td><td>nothing: for people</td></tr>
 *   <tr><td>owner of the whole</td><td>anyone: volatile</td><td>CAS from nobody or a dead one; volatile back</td><td>itself</td></tr>
 *   <tr><td>nested</td><td>who waits for the whole: volatile</td><td>who enters inside: getAndAdd</td><td>itself</td></tr>
 *   <tr><td>free</td><td>anyone: acquire</td><td>anyone: CAS</td><td>itself, by its change count</td></tr>
 *   <tr><td>the array of holds</td><td>anyone: volatile</td><td>volatile</td><td>a lock, for writing</td></tr>
 * </table>
 *
 * <h2>Why it is as it is</h2>
 *
 * <ul>
 *   <li>Only held keys are in the table, so keys never collide, need no registration and leave nothing behind. An array of locks that
 *       keys share (striping) lets two keys exclude each other, and two sections, one inside the other, deadlock without cause; a lock per
 *       key in a map stays there for ever, or takes a protocol to get rid of it.
 *   <li>To lock and leave costs two CAS where nobody else is about, as a lock costs a CAS and a volatile write. Right behind such an instruction
 *       nothing is loaded ahead, so each checked look off the heap shows: the owner remembers on the heap what it has written
 *       there, and leaves an otherwise empty chain without a look. That, and fewer stores of references, took a quarter off. Words on the heap would
 *       take another tenth; they are not where the collector moves nothing, and share lines with what comes to lie beside them.
 *   <li>The links are off the heap, in lines of their own, as no object is on the heap. Owners are threads, so they stay there: the
 *       reference itself is what is compared, and a thread that has ended does not come back under its number. For want of a process
 *       that could share them, sections are not in files.
 *   <li>The time of entering is not taken: a look at the clock costs more than entering. The first who waits looks.
 *   <li>An owner who waits for the whole must be seen by who enters, and the other way round: each writes first and looks then, all of it
 *       volatile. A count of those inside would be a word that all threads write.
 * </ul>
 *
 * <p>Looks true and is not: "the chains were found empty one after the other, so nobody is inside" (who was in a later one may have
 * entered an earlier one in between: it counts that); "who waits for the whole may keep out those inside" (it would wait for who waits for
 * it); "a dead owner's hold can be taken out of its chain and added anew" (between the two somebody may lock who is not told);
 * "a hold in a chain means somebody is inside" (it may find the whole taken and go); "the owner of a hold that was found dead is the
 * one of the key" (the hold may have changed hands between the two looks: look for the key again, as from then on it cannot).
 */
@NullMarked
package org.berth.core.lock;

import org.jspecify.annotations.NullMarked;
