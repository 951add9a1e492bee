/**
 * Memory off the heap that many threads access without locks, freed by hand. Not exported.
 *
 * <p>Reading order: {@code Announcements}, {@code Reclaimable}, {@code Reclaimer}; {@code ReclaimableGroup} is what a
 * closed structure leaves. The exhaustive model of the protocol is in the module {@code stress}.
 *
 * <h2>Protocol</h2>
 *
 * <p>Memory has an id that no other memory of the process has or gets, and a flag {@code retired}. A structure has
 * places from which its memory is reached. Once none of these leads to a memory any more, the structure sets the flag
 * and gives the memory to the {@code Reclaimer}.
 *
 * <ul>
 *   <li><b>Update:</b> finds a memory, stores its id in the line of its thread, and looks at {@code retired}. If that
 *       is set, it starts again where memory is reached from; otherwise it accesses the memory until it stores
 *       something else in its line. To go on to another memory, it stores that one's id and looks again.
 *   <li><b>Read:</b> reads, makes an acquire fence, and looks at {@code retired}. If that is set, what was read counts
 *       for nothing, and so does an exception that says the memory is closed.
 *   <li><b>What lasts longer:</b> pins the memory, looks at {@code retired} of each, and unpins it at the end.
 *   <li><b>Reclaim:</b> a thread makes a process-wide barrier, <em>then</em> takes the list of retired memory, and
 *       looks at all lines and pins. Memory that was retired before the barrier began, and is neither announced nor
 *       pinned, is freed, or zeroed for reuse. The rest goes back to the list. A clock that counts barriers tells which
 *       is which.
 *   <li><b>Close:</b> all memory of the structure is retired at once, and reclaimed only when none of it is announced
 *       or pinned: who is inside may go from one to another.
 * </ul>
 *
 * <h2>Why it is right</h2>
 *
 * <p>Let H be the moment of the barrier. What a thread has stored before H, the scan sees; and a thread that loads
 * after H sees what the reclaimer has stored before. <b>A late update:</b> if the id was announced before H, then the
 * scan sees the id, and keeps the memory, or it sees a later word of that line, and then the accesses are over, as that
 * word was stored with release and is read with acquire. If the id is announced after H, then the look at {@code
 * retired} comes after H, too, finds it set, and nothing is accessed. <b>A late read:</b> if it reads a word that was
 * stored after the memory was zeroed, then the setting of {@code retired} happened before that store, and through the
 * fence the look sees it. A read that starts again has found that the structure has changed: so it is lock-free.
 *
 * <p>Looks true and is not: "the barrier may come after the scan" (an announcement can still be in a store buffer); "an
 * epoch would do as well" (one suspended thread would hold everything that is retired meanwhile, and not only what it
 * is in); "an ordinary store needs a fence" (that is what the barrier is for: it makes the fence in all threads,
 * seldom); "a read may look at {@code retired} first" (the memory can be reused between the look and the read).
 *
 * <h2>The barrier</h2>
 *
 * <p>{@link org.berth.offheap.internal.ProcessBarrier} chooses it once: {@code membarrier} where native access is
 * granted, otherwise a handshake with all threads of the JVM. The handshake waits until each thread polls: beside a
 * copy or an allocation of some hundred megabytes that can take a second. {@code -Dorg.berth.barrier=fence} does
 * without, and makes each update some nanoseconds slower.
 *
 * <table>
 *   <caption>Words that several threads access</caption>
 *   <tr><th>word</th><th>read</th><th>written</th><th>guarded by</th></tr>
 *   <tr><td>owner of a line</td><td>its owner: plain; others: volatile, acquire</td><td>a thread that takes the line
 *       from nobody or from an ended thread: CAS; of a shared line: its owner, release</td><td>itself</td></tr>
 *   <tr><td>announced id</td><td>scan: acquire</td><td>owner of the line: release</td><td>the owner of the
 *       line</td></tr>
 *   <tr><td>retired</td><td>volatile</td><td>the structure: volatile, once</td><td>itself: set once</td></tr>
 *   <tr><td>pins</td><td>scan: volatile, after the barrier</td><td>traversals: getAndAdd</td><td>itself</td></tr>
 *   <tr><td>retired, deferred (lists)</td><td>CAS, getAndSet</td><td>CAS, getAndSet</td><td>itself; the links belong to
 *       who has taken the list</td></tr>
 *   <tr><td>underWay, working</td><td>CAS</td><td>CAS; volatile</td><td>itself: hints, that spare barriers and
 *       threads</td></tr>
 *   <tr><td>clock</td><td>volatile, before memory is put into the list</td><td>getAndAdd, before a barrier</td>
 *       <td>itself</td></tr>
 *   <tr><td>retiredBytes, heldBytes</td><td>volatile: hints</td><td>getAndAdd; volatile</td><td>itself</td></tr>
 * </table>
 */
@NullMarked
package org.berth.core.reclaim;

import org.jspecify.annotations.NullMarked;
