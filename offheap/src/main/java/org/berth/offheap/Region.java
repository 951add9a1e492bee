package org.berth.offheap;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A contiguous range of zero-filled memory off the heap, aligned to {@value #ALIGNMENT} bytes, with an explicit end of life.
 *
 * <p>Memory comes from {@link Arena#ofShared()}: it is zero-filled, and therefore touched and resident, when it is
 * allocated, and it counts against the JVM's limit of direct memory ({@code -XX:MaxDirectMemorySize}).
 *
 * <p><b>Thread-safety:</b> any thread may use and close a region. After {@link #close()} every access through a
 * {@link Words} or {@link OffHeapBuffer} of this region throws {@link IllegalStateException}, from any thread; it never
 * crashes the JVM. <b>Progress:</b> {@code close()} waits for a handshake with every thread (some hundred microseconds);
 * accesses never wait.
 */
public final class Region implements AutoCloseable {

    /** Alignment of a region's first byte: two cache lines, because adjacent lines are prefetched together. */
    public static final int ALIGNMENT = 128;

    /**
     * Whether the first caller of {@link #constantWords()} gets words of a class of its own; {@code true} unless the system
     * property {@code org.berth.constantWords} is {@code false}. Safe either way: only speed depends on it.
     */
    private static final boolean CONSTANT_WORDS =
            Boolean.parseBoolean(System.getProperty("org.berth.constantWords", "true"));

    private static final AtomicBoolean CONSTANT_WORDS_TAKEN = new AtomicBoolean(!CONSTANT_WORDS);

    private final Arena arena;
    private final MemorySegment segment;
    private final Words words;

    private Region(Arena arena, MemorySegment segment) {
        this.arena = arena;
        this.segment = segment;
        this.words = new SegmentWords(segment);
    }

    /**
     * Allocates a region of anonymous memory.
     *
     * @param bytes to allocate, at least 1
     * @return the region, zero-filled
     * @throws IllegalArgumentException if {@code bytes} is not positive
     * @throws OutOfMemoryError         if the memory is not to be had; see {@code -XX:MaxDirectMemorySize}
     */
    @SuppressWarnings("MustBeClosed") // the region closes it
    public static Region anonymous(long bytes) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("a region needs at least one byte: bytes=" + bytes);
        }
        Arena arena = Arena.ofShared();
        try {
            return new Region(arena, arena.allocate(bytes, ALIGNMENT));
        } catch (Throwable failure) {
            arena.close();
            throw failure;
        }
    }

    /**
     * The size of this region.
     *
     * @return the size in bytes
     */
    public long size() {
        return segment.byteSize();
    }

    /**
     * The words of this region.
     *
     * @return the words, always the same object
     */
    public Words words() {
        return words;
    }

    /**
     * The words of this region in a form that the JIT compiler can treat as a constant, which about halves the cost of an
     * access. The process has one such place; it goes to the first caller and is not handed on, so ask for a region that
     * lives long and is used much. Later callers get {@link #words()}, which behaves the same; so do all where hidden classes
     * cannot be defined.
     *
     * @return the words
     */
    public Words constantWords() {
        if (CONSTANT_WORDS_TAKEN.get() || !CONSTANT_WORDS_TAKEN.compareAndSet(false, true)) {
            return words;
        }
        try {
            return defineConstantWords();
        } catch (ReflectiveOperationException | IOException | RuntimeException | LinkageError e) {
            // Where hidden classes cannot be had, only speed is lost.
            return words;
        }
    }

    /**
     * A buffer over a range of this region.
     *
     * @param offset of the first byte, in bytes from the start of this region
     * @param length in bytes
     * @return a new buffer whose index 0 is at {@code offset}
     * @throws IndexOutOfBoundsException if the range is not inside this region
     * @throws IllegalStateException     after {@link #close()}
     */
    public OffHeapBuffer buffer(long offset, int length) {
        if (isClosed()) {
            throw new IllegalStateException("region is closed: size=" + size());
        }
        return new OffHeapBuffer(segment.asSlice(offset, length));
    }

    /**
     * Whether {@link #close()} was called.
     *
     * @return true after close
     */
    public boolean isClosed() {
        return !arena.scope().isAlive();
    }

    /** Frees the memory. Later accesses throw {@link IllegalStateException}. Closing again does nothing. */
    @Override
    public synchronized void close() {
        if (!isClosed()) {
            arena.close();
        }
    }

    @Override
    public String toString() {
        return "Region[size=" + size() + (isClosed() ? ", closed]" : "]");
    }

    /** The words of this region in a new class of their own, place or not. */
    Words defineConstantWords() throws ReflectiveOperationException, IOException {
        try (InputStream template = Region.class.getResourceAsStream("ConstantWords.class")) {
            if (template == null) {
                throw new IOException("class file is missing: name=ConstantWords.class");
            }
            return (Words) MethodHandles.lookup()
                    .defineHiddenClassWithClassData(template.readAllBytes(), segment, true)
                    .lookupClass()
                    .getDeclaredConstructor()
                    .newInstance();
        }
    }
}
