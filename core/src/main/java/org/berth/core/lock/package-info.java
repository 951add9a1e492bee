/**
 * Locks for the keys of a dictionary, for the cases in which several steps must be one.
 *
 * <p>Start at {@link org.berth.core.lock.KeyLocks}; it hands out a {@link org.berth.core.lock.KeyLock}, and
 * {@link org.berth.core.lock.LockInfo} for people to read. The package knows nothing of slots and maps, and they know
 * nothing of it: what is one step there needs no lock.
 *
 * <h2>In which order to read the code</h2>
 *
 * <ol>
 *   <li>{@code LockTable}: a lock-free hash table of the keys that are locked, built on
 *       {@code org.berth.core.internal}.
 *   <li>{@code LockNode}: its node, which is the lock of one key; with {@code MultiLock}, the locks of several.
 *   <li>{@code ExclusiveLock}: the lock of all keys.
 *   <li>{@code ThreadState}: how a thread acquires and releases them, takes them over from terminated owners, and by
 *       {@code Waiting} waits.
 * </ol>
 *
 * <h2>Which thread may access which word, and how</h2>
 *
 * An access that is not in this table is a bug. The <em>owner</em> of a node is the thread that it names, from the time
 * at which the thread takes it from the free ones; a thread <em>holds</em> a lock while the hold count is not 0.
 *
 * <table>
 *   <caption>Words that several threads access</caption>
 *   <tr><th>word</th><th>read</th><th>written</th><th>guarded by</th></tr>
 *   <tr>
 *     <td>head of a bucket</td>
 *     <td>any thread: acquire, and opaque after a load-load fence; a thread that waits for the exclusive lock:
 *     volatile</td>
 *     <td>a thread that adds a node, or removes the only one: CAS; any thread: CAS past a marked node</td>
 *     <td>itself, by its tag</td>
 *   </tr>
 *   <tr>
 *     <td>link of a node</td>
 *     <td>any thread: acquire, and opaque after a load-load fence; owner: plain, opaque</td>
 *     <td>owner of a node in no bucket: opaque; owner: CAS to marked; any thread: CAS past a marked node</td>
 *     <td>itself, by its tag; owner</td>
 *   </tr>
 *   <tr>
 *     <td>key, name</td>
 *     <td>any thread: opaque, between two looks at the link that leads here; those of a terminated owner: opaque</td>
 *     <td>owner of a node in no bucket: opaque</td>
 *     <td>link; owner</td>
 *   </tr>
 *   <tr>
 *     <td>hold count</td>
 *     <td>any thread: opaque, as the key; owner: plain</td>
 *     <td>owner: opaque</td>
 *     <td>owner</td>
 *   </tr>
 *   <tr>
 *     <td>owner of a node</td>
 *     <td>any thread: acquire; the owner: plain</td>
 *     <td>a thread that has popped a free node: release; to null, by the owner: release; in place of a terminated one:
 *     CAS; back to the terminated one, by the thread that took over: release</td>
 *     <td>itself</td>
 *   </tr>
 *   <tr>
 *     <td>since</td>
 *     <td>any thread: opaque</td>
 *     <td>any thread: opaque, from 0; owner: opaque, to 0</td>
 *     <td>nothing: for people</td>
 *   </tr>
 *   <tr>
 *     <td>owner of the exclusive lock</td>
 *     <td>any thread: volatile</td>
 *     <td>CAS from null or a terminated one; volatile back</td>
 *     <td>itself</td>
 *   </tr>
 *   <tr>
 *     <td>bypasses</td>
 *     <td>a thread that waits for the exclusive lock: volatile</td>
 *     <td>an owner that locks meanwhile: getAndAdd</td>
 *     <td>itself</td>
 *   </tr>
 *   <tr>
 *     <td>free</td>
 *     <td>any thread: acquire</td>
 *     <td>any thread: CAS</td>
 *     <td>itself, by its tag</td>
 *   </tr>
 *   <tr>
 *     <td>the array of nodes</td>
 *     <td>any thread: volatile</td>
 *     <td>volatile</td>
 *     <td>a monitor, for writing</td>
 *   </tr>
 * </table>
 *
 * <h2>Why it excludes</h2>
 *
 * <ul>
 *   <li><b>One key:</b> a node is added by a CAS of the very head from which the search began that did not find the
 *       key. The tag of the head makes that CAS fail if any node was added since, so no key has two nodes; and a node
 *       has one owner.
 *   <li><b>The exclusive lock:</b> the thread that wants it writes itself down as the owner and then reads the buckets;
 *       a thread that locks a key adds its node and then reads that owner. All four are volatile, so at least one of
 *       the two sees the other (Dekker). The thread that locks a key backs out, unless it holds a lock
 *       already.
 *   <li><b>Threads that hold a lock already</b> go on locking while another thread waits for the exclusive lock, as
 *       that one waits for them. The waiting thread may look at a bucket before they add a node to it, and at another
 *       after they have removed one from it. So they count a bypass between adding and removing; the waiting thread
 *       reads the count before and after its look at all buckets, and looks again if it has changed (a double collect).
 * </ul>
 *
 * <h2>Why it is as it is</h2>
 *
 * <ul>
 *   <li>Only locked keys are in the table, so keys never collide, need no registration and leave nothing behind. In an
 *       array of locks that keys share (striping), two keys may exclude each other, and two locks, one taken while the
 *       other is held, may deadlock without cause. A lock for each key in a map stays there for ever, or takes a
 *       protocol to be removed.
 *   <li>Locking and closing cost two CAS while no other thread interferes; a {@code ReentrantLock} costs a CAS and a
 *       volatile write. Right behind such an instruction the CPU loads nothing ahead, so each checked read off the heap
 *       shows. Therefore an owner remembers on the heap what it has written off it, and removes a node that is alone in
 *       its bucket without a read. That, and fewer stores of references, took a quarter off. Words on the heap would
 *       take off another tenth; but the collector moves them, and they share lines with whatever objects come to lie
 *       beside them.
 *   <li>The links are off the heap, in cache lines of their own, as no object on the heap is. Owners are threads, and
 *       stay on the heap: the reference itself is compared, and a terminated thread does not come back under its
 *       number. A lock cannot be in a file that processes share, as a thread of another process has no such
 *       reference.
 *   <li>The time of locking is not recorded: reading the clock costs more than locking. The first thread that waits
 *       reads it.
 *   <li>A count of the threads that hold locks would spare the exclusive lock its look at the buckets; but it would be
 *       a word that all threads write.
 * </ul>
 *
 * <h2>Looks true and is not</h2>
 *
 * <ul>
 *   <li>"The buckets were found empty one after the other, so no thread holds a lock." A thread with a node in a later
 *       bucket may have added one to an earlier bucket in between; it counts that as a bypass.
 *   <li>"A thread that waits for the exclusive lock may keep out threads that hold locks." It would wait for a thread
 *       that waits for it.
 *   <li>"A terminated owner's node can be removed and added anew." Between the two another thread may lock the key, and
 *       is not told.
 *   <li>"A node in a bucket means that a thread holds the lock." The thread may find that another has the exclusive
 *       lock, and back out.
 *   <li>"The owner of a node that was found terminated is the owner of the key's lock." The node may have changed hands
 *       between the two reads: the key is searched for again, and from then on the node cannot change hands.
 * </ul>
 */
@NullMarked
package org.berth.core.lock;

import org.jspecify.annotations.NullMarked;
