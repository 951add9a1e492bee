/**
 * Linux system calls by the foreign function interface, and nothing else: every restricted method that this module
 * calls is called here. No policy of Berth lives in this package, only the kernel's.
 *
 * <p>Read in this order:
 *
 * <ol>
 *   <li>{@link org.berth.offheap.linux.NativeAccess} says whether system calls are available, and guards the package.
 *   <li>{@code SystemCalls} makes them, by the numbers in {@code SystemCallNumbers};
 *       {@link org.berth.offheap.linux.Errno} names and explains their errors.
 *   <li>{@link org.berth.offheap.linux.Mapping} ({@code mmap}, {@code mbind}, {@code madvise}),
 *       {@link org.berth.offheap.linux.PageNodes} ({@code move_pages}), {@link org.berth.offheap.linux.Smaps},
 *       {@link org.berth.offheap.linux.Affinity} ({@code sched_setaffinity}) and
 *       {@link org.berth.offheap.linux.FileSpace} ({@code fallocate}) are what the other packages use.
 * </ol>
 *
 * <p>Conventions of this package:
 *
 * <ul>
 *   <li>A caller asks {@code NativeAccess} first. The other classes may be initialised only after it has found system
 *       calls available.
 *   <li>A call that the kernel may refuse returns what the kernel returns: a result, or the negated error number.
 *   <li>Addresses stay in this package and the segments over them; other packages only pass an address back to it.
 * </ul>
 */
@NullMarked
package org.berth.offheap.linux;

import org.jspecify.annotations.NullMarked;
