/**
 * Off-heap memory: {@link org.berth.offheap.Region} owns it, {@link org.berth.offheap.Words} and
 * {@link org.berth.offheap.OffHeapBuffer} access it.
 *
 * <p>Read in this order:
 *
 * <ol>
 *   <li>{@code Region}: the lifetime of memory, and where it comes from. {@code LockedFile} creates, locks and maps a
 *       file for it, under a {@code TemporaryName} until it is complete, with a {@code FileReservation}; {@code Memory}
 *       and {@code PlacedAllocator} allocate by a {@link org.berth.offheap.placement.Placement}, with {@code
 *       CachedTopology} to know the machine, {@code ReservedMemory} to bound what waits for the garbage collector,
 *       {@code MemoryLimits} to refuse what the container cannot hold, and {@code PageCounts} to verify the result.
 *   <li>{@code Words}: 8-byte words with every memory order, which the lock-free structures use. {@code SegmentWords}
 *       and {@code ConstantWords} implement it; why there are two is below.
 *   <li>{@code OffHeapBuffer}: Agrona's {@code AtomicBuffer}, for messages and codecs. {@code ForeignBuffers} copies
 *       between it and other buffers, {@code AsciiNumbers} parses and formats numbers.
 * </ol>
 *
 * <p>Conventions of this package:
 *
 * <ul>
 *   <li>A position in memory is an offset in bytes from the start of a region, never an address.
 *   <li>The name of a method says its memory order in the words of {@link java.lang.invoke.VarHandle}: no suffix is a
 *       plain access, then {@code Opaque}, {@code Acquire}/{@code Release}, {@code Volatile}.
 *   <li>Every access is checked, always: an access in range after {@code close()} throws {@link IllegalStateException},
 *       an access out of range throws {@link IndexOutOfBoundsException}, and neither can crash the JVM.
 *   <li>An update that races with {@code close()} may have taken effect and still throw. Never retry an update after
 *       such an exception.
 *   <li>An access to a mapped file can throw {@link java.lang.InternalError}, and an atomic update can crash the JVM,
 *       if the disk is full or another program has truncated the file; {@code Region} says when, and how to avoid it.
 *       Otherwise mapped memory behaves as anonymous memory does.
 * </ul>
 *
 * <p><b>Why {@code Words} has two implementations in production.</b> An access through a segment in an instance field
 * costs about twice as much as one through a segment that the JIT compiler knows as a constant, because it must load
 * and compare bounds, alignment and liveness each time. One region per process, the first that calls
 * {@link org.berth.offheap.Region#constantWords()}, gets a hidden class of its own with the segment in a {@code static
 * final} field. Only one: a call site that sees a third class becomes megamorphic, which would cost all regions more
 * than the constant gains, and each new class invalidates compiled code.
 *
 * <p><b>Why an access through {@code OffHeapBuffer} costs more than one through Agrona's buffer.</b> Both load the
 * address and the length of the memory, and compare. Ours also checks that no thread has closed the memory: that loads
 * the class of the segment, its scope, and the scope's owner and state. It is little beside a read-modify-write, and
 * much beside a plain read that hits the cache. Successive plain accesses share the checks, because nothing between
 * them makes the JIT compiler load again, and then there is no difference left. Two things do not help: the accessors
 * of {@code MemorySegment}, or of a {@code ByteBuffer} over it, instead of the handles; and a bounds check beforehand.
 * A constant segment would help, but a process has only one; see above.
 */
@NullMarked
package org.berth.offheap;

import org.jspecify.annotations.NullMarked;
