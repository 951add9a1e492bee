package org.berth.offheap;

import java.lang.foreign.Arena;
import org.berth.offheap.placement.Placement;
import org.berth.offheap.placement.PlacementReport;

/**
 * An array of 8-byte words off the heap, by byte offset, with every memory order of {@link java.lang.invoke.VarHandle}:
 * what lock-free structures are built from.
 *
 * <p><b>Plain names are plain accesses: {@link #get} and {@link #set} promise no order. Any other order is in the
 * method's name; {@code compareAndSet}, {@code compareAndExchange}, {@code getAndAdd} and {@code getAndSet} are
 * volatile.</b>
 *
 * <p>Use this when a structure shares single words among threads and needs a memory order for each access. Prefer
 * {@link OffHeapBuffer} when records have fields of other sizes, strings or bytes, or when Agrona's classes are to use
 * them, and {@link java.util.concurrent.atomic.AtomicLongArray} when the words may lie on the heap.
 *
 * <p>The words are those of a {@link Region}, which frees them when it is closed, or of {@linkplain #ofAuto(long)
 * memory that the garbage collector frees}. Offsets are in bytes, multiples of 8, from the start of the memory. Values
 * are in native byte order.
 *
 * <p><b>Thread-safety:</b> any number of threads may use the same words. <b>Progress:</b> every access is wait-free.
 *
 * <p><b>Errors:</b> every access throws {@link IndexOutOfBoundsException} if the word is not inside the memory,
 * {@link IllegalArgumentException} if the offset is not a multiple of 8, and {@link IllegalStateException} after the
 * region was closed. The first two leave memory unchanged. An update that <em>races</em> with {@link Region#close()}
 * may have taken effect and still throw the third, so it must not be retried.
 */
public abstract class Words {

    /**
     * For the implementations in this package only: with a third one in production, call sites would lose their
     * inlining.
     */
    Words() {}

    /**
     * Allocates memory that the garbage collector frees some time after these words have become unreachable, as
     * {@link Arena#ofAuto()} does. It is aligned to {@value Region#ALIGNMENT} bytes, and counts against the JVM's limit
     * of direct memory ({@code -XX:MaxDirectMemorySize}); at the limit the JDK triggers a collection and waits for what
     * that frees. So does this call at the limit of the container.
     *
     * @param bytes the size in bytes, at least 1
     * @return the words, all zero, and therefore touched and resident
     * @throws IllegalArgumentException if {@code bytes} is not positive
     * @throws OutOfMemoryError         if the memory is beyond the limit of the JVM ({@code -XX:MaxDirectMemorySize})
     *                                  or of the container, or cannot be allocated
     */
    public static Words ofAuto(long bytes) {
        return new SegmentWords(Memory.ofAuto(bytes));
    }

    /**
     * Allocates memory with a placement that the garbage collector frees some time after these words have become
     * unreachable. Otherwise it is as {@link Region#anonymous(long, Placement)} allocates it, outside of the JVM's
     * limit of direct memory. All such memory of the process together, in use or not freed yet, has a limit of its own:
     * the maximum heap size, or the system property {@code org.berth.maxPlacedBytes}. At the limit this call triggers a
     * collection and waits, for half a second at most, for what that frees.
     *
     * @param bytes     the size in bytes, at least 1
     * @param placement of the memory
     * @return the words, all zero
     * @throws IllegalArgumentException      as {@link Region#anonymous(long, Placement)}
     * @throws UnsupportedOperationException as {@link Region#anonymous(long, Placement)}
     * @throws OutOfMemoryError              as {@link Region#anonymous(long, Placement)}, or if the limit is reached
     */
    public static Words ofAuto(long bytes, Placement placement) {
        Region.requireSize(bytes);
        return new SegmentWords(Memory.allocateAuto(bytes, placement));
    }

    /**
     * Returns the size of this memory.
     *
     * @return the size in bytes
     */
    public abstract long size();

    /**
     * Returns where a range of this memory lies now; the same as {@link Region#placementReport(long, long)}. Blocks
     * while the kernel answers.
     *
     * @param offset of the first byte
     * @param length in bytes
     * @return the report
     * @throws UnsupportedOperationException if the kernel cannot be asked, or if these words are not off the heap
     */
    public PlacementReport placementReport(long offset, long length) {
        throw new UnsupportedOperationException(
                "these words are not memory off the heap: words=" + getClass().getSimpleName() + "; ask the region");
    }

    /**
     * Returns the word, with a plain read: no order with other accesses.
     *
     * @param offset of the word, in bytes
     * @return the word
     */
    public abstract long get(long offset);

    /**
     * Returns the word, with an opaque read: atomic, coherent per word, and never hoisted out of a loop.
     *
     * @param offset of the word, in bytes
     * @return the word
     */
    public abstract long getOpaque(long offset);

    /**
     * Returns the word, with an acquire read: later accesses see everything that was written before the release or
     * volatile write that this reads from.
     *
     * @param offset of the word, in bytes
     * @return the word
     */
    public abstract long getAcquire(long offset);

    /**
     * Returns the word, with a volatile read: sequentially consistent with other volatile accesses.
     *
     * @param offset of the word, in bytes
     * @return the word
     */
    public abstract long getVolatile(long offset);

    /**
     * Sets the word, with a plain write: no order with other accesses.
     *
     * @param offset of the word, in bytes
     * @param value  the new value
     */
    public abstract void set(long offset, long value);

    /**
     * Sets the word, with an opaque write: atomic, coherent per word, and visible to other threads eventually.
     *
     * @param offset of the word, in bytes
     * @param value  the new value
     */
    public abstract void setOpaque(long offset, long value);

    /**
     * Sets the word, with a release write: an acquire or volatile read that reads it sees everything written before.
     *
     * @param offset of the word, in bytes
     * @param value  the new value
     */
    public abstract void setRelease(long offset, long value);

    /**
     * Sets the word, with a volatile write: sequentially consistent with other volatile accesses.
     *
     * @param offset of the word, in bytes
     * @param value  the new value
     */
    public abstract void setVolatile(long offset, long value);

    /**
     * Atomically sets the word to {@code value} if it is {@code expected}, with volatile order. Makes one attempt,
     * which never fails spuriously.
     *
     * @param offset   of the word, in bytes
     * @param expected the expected value
     * @param value    the new value
     * @return {@code true} if the word was {@code expected} and is set
     */
    public abstract boolean compareAndSet(long offset, long expected, long value);

    /**
     * Atomically sets the word to {@code value} if it is {@code expected}, with volatile order, and returns the witness
     * value. Makes one attempt, which never fails spuriously.
     *
     * @param offset   of the word, in bytes
     * @param expected the expected value
     * @param value    the new value
     * @return the previous value; the word is set if and only if this is {@code expected}
     */
    public abstract long compareAndExchange(long offset, long expected, long value);

    /**
     * Atomically adds {@code delta} to the word, with volatile order. Overflow wraps around.
     *
     * @param offset of the word, in bytes
     * @param delta  the value to add
     * @return the previous value
     */
    public abstract long getAndAdd(long offset, long delta);

    /**
     * Atomically sets the word to {@code value}, with volatile order.
     *
     * @param offset of the word, in bytes
     * @param value  the new value
     * @return the previous value
     */
    public abstract long getAndSet(long offset, long value);

    /**
     * Sets every byte of a range of words, with plain writes: no order with other accesses, and a word that another
     * thread reads meanwhile may be set in part. Use it where no other thread accesses the range.
     *
     * <p>A thread that sets much memory does so in steps, so that it does not keep others waiting that need a handshake
     * with it, as {@link Region#close()} does.
     *
     * @param offset of the first word, in bytes
     * @param length of the range in bytes, a multiple of 8
     * @param value  of each byte
     * @throws IndexOutOfBoundsException if the range is not inside the memory
     * @throws IllegalArgumentException  if {@code offset} or {@code length} is not a multiple of 8
     */
    public abstract void setMemory(long offset, long length, byte value);
}
