/**
 * Memory off the heap: {@link org.berth.offheap.Region} owns it, {@link org.berth.offheap.Words} and
 * {@link org.berth.offheap.OffHeapBuffer} read and write it.
 *
 * <p>Conventions of this room:
 *
 * <ul>
 *   <li>Everything is an offset in bytes from the start of a region, never an address.
 *   <li>Method names say the memory order in the words of {@link java.lang.invoke.VarHandle}: no suffix is a plain access,
 *       then {@code Opaque}, {@code Acquire}/{@code Release}, {@code Volatile}.
 *   <li>Every access is checked, always: in-range access after {@code close()} throws {@link IllegalStateException}, out of
 *       range throws {@link IndexOutOfBoundsException}, and neither can crash the JVM.
 *   <li>An update that races with {@code close()} may have taken effect and still throw. Never retry an update after such
 *       an exception.
 *   <li>Memory in a mapped file can fail under an access, by {@link java.lang.InternalError}: the disk is full, or another
 *       program has truncated the file. Nothing else about it differs.
 * </ul>
 *
 * <p><b>Why there are two implementations of {@code Words} in production.</b> An access through a segment that sits in an
 * instance field costs about twice as much as one through a segment that the JIT compiler knows as a constant, because
 * bounds, alignment and liveness must then be loaded and compared each time. One region per process, the first one that
 * asks by {@link org.berth.offheap.Region#constantWords()}, gets a hidden class of its own with the segment in a
 * {@code static final}. Only one: a call site that sees a third class turns megamorphic, which would cost everybody more
 * than the constant gains, and each new class throws away compiled code.
 *
 * <p><b>Why an access through {@code OffHeapBuffer} costs more than one through Agrona's buffer.</b> Both load where the
 * memory is and how long, and compare. Ours has to find out besides whether the memory is still alive, whoever may have closed
 * it: that takes the class of the segment, its scope, and the owner and state of that. It is little beside a
 * read-modify-write and much beside a plain read that hits the cache. Plain accesses that follow one another share the looks,
 * because nothing between them makes the JIT compiler load anew, and then there is no difference left. What does not help:
 * the accessors of {@code MemorySegment} or of a {@code ByteBuffer} over it instead of the handles, and a look at the bounds
 * beforehand. What would, is a segment that is a constant, but there is one place for that; see above.
 */
@NullMarked
package org.berth.offheap;

import org.jspecify.annotations.NullMarked;
