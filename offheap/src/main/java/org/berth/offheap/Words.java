package org.berth.offheap;

import java.lang.foreign.Arena;
import org.berth.offheap.placement.Placement;
import org.berth.offheap.placement.PlacementReport;

/**
 * The 8-byte words of a {@link Region}, or of {@linkplain #ofAuto memory that the garbage collector frees}, by byte offset:
 * the operations that lock-free structures are built from.
 *
 * <p>Offsets are in bytes, multiples of 8, from the start of the region. Values are in native byte order. The memory order
 * of each method is that of the {@link java.lang.invoke.VarHandle} method of the same name.
 *
 * <p><b>Thread-safety:</b> safe for use by any number of threads. <b>Progress:</b> every access is wait-free.
 *
 * <p><b>Errors:</b> every access throws {@link IndexOutOfBoundsException} if the word is not inside the region,
 * {@link IllegalArgumentException} if the offset is not a multiple of 8, and {@link IllegalStateException} after the region
 * was closed. Memory is unchanged when one of the first two is thrown; an update that <em>races</em> with
 * {@link Region#close()} may have taken effect and still throw the third, so it must not be retried.
 */
public abstract class Words {

    /** For the implementations of this package only: a third one in production would cost every call site its inlining. */
    Words() {}

    /**
     * Allocates memory that nobody closes: it is freed some time after the collector has found these words unreachable. It is
     * aligned to {@value Region#ALIGNMENT} bytes, and counts against the JVM's limit of direct memory
     * ({@code -XX:MaxDirectMemorySize}); at the limit the JDK first collects and waits for what that frees.
     *
     * @param bytes to allocate, at least 1
     * @return the words, all zero, and therefore touched and resident
     * @throws IllegalArgumentException if {@code bytes} is not positive
     * @throws OutOfMemoryError         if the memory is not to be had; see {@code -XX:MaxDirectMemorySize}
     */
    public static Words ofAuto(long bytes) {
        Region.requireSize(bytes);
        return new SegmentWords(Memory.of(Arena.ofAuto().allocate(bytes, Region.ALIGNMENT)));
    }

    /**
     * Allocates memory at a place that nobody closes: it is freed some time after the collector has found these words unreachable.
     * It is as {@link Region#anonymous(long, Placement)} gives it, outside of the JVM's limit of direct memory. All such memory of
     * the process together, in use or not freed yet, has a limit of its own: as much as the heap may have, or the system property
     * {@code org.berth.maxPlacedBytes}. Where it is reached, a collection is made, and waited for, half a second at the most.
     *
     * @param bytes     to allocate, at least 1
     * @param placement of it
     * @return the words, all zero
     * @throws IllegalArgumentException      as {@link Region#anonymous(long, Placement)} does
     * @throws UnsupportedOperationException as that does
     * @throws OutOfMemoryError              as that does, or if the limit is reached
     */
    public static Words ofAuto(long bytes, Placement placement) {
        Region.requireSize(bytes);
        return new SegmentWords(Memory.allocateAuto(bytes, placement));
    }

    /**
     * The size of this memory.
     *
     * @return the size in bytes
     */
    public abstract long size();

    /**
     * Where a range of this memory is now; the same as {@link Region#placementReport(long, long)}. Blocks while the kernel
     * answers.
     *
     * @param offset of the first byte
     * @param length in bytes
     * @return the places
     * @throws UnsupportedOperationException if the kernel cannot be asked, or if these words are not off the heap
     */
    public PlacementReport placementReport(long offset, long length) {
        throw new UnsupportedOperationException(
                "these words are not memory off the heap: words=" + getClass().getSimpleName() + "; ask the region");
    }

    /**
     * Plain read.
     *
     * @param offset of the word, in bytes
     * @return the word
     */
    public abstract long get(long offset);

    /**
     * Opaque read: bitwise atomic, coherent per word, and never hoisted out of a loop.
     *
     * @param offset of the word, in bytes
     * @return the word
     */
    public abstract long getOpaque(long offset);

    /**
     * Acquire read: sees everything that was written before the release (or volatile) write that it reads from.
     *
     * @param offset of the word, in bytes
     * @return the word
     */
    public abstract long getAcquire(long offset);

    /**
     * Volatile read.
     *
     * @param offset of the word, in bytes
     * @return the word
     */
    public abstract long getVolatile(long offset);

    /**
     * Plain write.
     *
     * @param offset of the word, in bytes
     * @param value  to write
     */
    public abstract void set(long offset, long value);

    /**
     * Opaque write: bitwise atomic, coherent per word, becomes visible eventually.
     *
     * @param offset of the word, in bytes
     * @param value  to write
     */
    public abstract void setOpaque(long offset, long value);

    /**
     * Release write: an acquire (or volatile) read that reads it sees everything written before it.
     *
     * @param offset of the word, in bytes
     * @param value  to write
     */
    public abstract void setRelease(long offset, long value);

    /**
     * Volatile write.
     *
     * @param offset of the word, in bytes
     * @param value  to write
     */
    public abstract void setVolatile(long offset, long value);

    /**
     * Sets the word to {@code value} if it is {@code expected}, with volatile order; one attempt that never fails
     * spuriously.
     *
     * @param offset   of the word, in bytes
     * @param expected the word must be
     * @param value    to write
     * @return true if the word was {@code expected} and is set
     */
    public abstract boolean compareAndSet(long offset, long expected, long value);

    /**
     * Sets the word to {@code value} if it is {@code expected}, with volatile order, and returns what was found.
     *
     * @param offset   of the word, in bytes
     * @param expected the word must be
     * @param value    to write
     * @return the word before; the write happened if and only if this is {@code expected}
     */
    public abstract long compareAndExchange(long offset, long expected, long value);

    /**
     * Adds to the word, with volatile order. Overflow wraps around.
     *
     * @param offset of the word, in bytes
     * @param delta  to add
     * @return the word before
     */
    public abstract long getAndAdd(long offset, long delta);

    /**
     * Replaces the word, with volatile order.
     *
     * @param offset of the word, in bytes
     * @param value  to write
     * @return the word before
     */
    public abstract long getAndSet(long offset, long value);
}
