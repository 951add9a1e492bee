/**
 * Linux's system calls, and nothing else: every restricted method of the foreign function interface that this module calls is
 * called here. No rule of ours lives in this package, only the kernel's.
 *
 * <p>Conventions of this room:
 *
 * <ul>
 *   <li>Nobody comes in without {@link org.berth.offheap.linux.NativeAccess}: the other classes may be initialised only after
 *       it has said that there is nothing in the way.
 *   <li>A call that the kernel may refuse returns what the kernel itself returns: a result, or the negated error number.
 *       {@link org.berth.offheap.linux.Errno} gives it a name and advice.
 *   <li>Addresses stay in here and in what adopts them as a segment.
 * </ul>
 */
@NullMarked
package org.berth.offheap.linux;

import org.jspecify.annotations.NullMarked;
