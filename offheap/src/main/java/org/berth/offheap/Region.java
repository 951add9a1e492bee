package org.berth.offheap;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.berth.offheap.placement.Placement;
import org.berth.offheap.placement.PlacementReport;
import org.berth.offheap.placement.Topology;
import org.jspecify.annotations.Nullable;

/**
 * A contiguous range of memory off the heap, aligned to {@value #ALIGNMENT} bytes, with an explicit end of life.
 *
 * <p><b>Anonymous memory</b> ({@link #anonymous(long)}) comes from {@link Arena#ofShared()}: it is zero-filled, and therefore
 * touched and resident, when it is allocated, and it counts against the JVM's limit of direct memory
 * ({@code -XX:MaxDirectMemorySize}).
 *
 * <p><b>Placed memory</b> ({@link #anonymous(long, Placement)}) is anonymous memory that is asked of the kernel itself: on the
 * NUMA nodes and in the pages that one wants. It needs native access, is not touched when it is allocated, and counts against no
 * limit of the JVM.
 *
 * <p><b>A mapped file</b> ({@link #create(Path, long)}, {@link #open(Path)}) outlives the region and the process. It counts
 * against no limit of the JVM, and a page of it is neither resident nor takes room on the disk before it is touched. The
 * price: a disk that is full is noticed at the first access to a page, not at creation. That access throws
 * {@link InternalError}, or code of the same thread soon after it does; a read has then read anything and a write is lost, so
 * do not go on with the region. The same happens where another program truncates the file while it is mapped, or the device
 * fails. What was written is in the operating system's hands at once: the end of this process by whatever cause,
 * {@code kill -9} included, loses nothing. A crash of the system or a loss of power can lose everything since
 * {@link #force()}, and keep a later write without an earlier one.
 *
 * <p><b>One region per file.</b> A region holds an exclusive lock on its file until it is closed, against other regions in this
 * process and others. The lock is advisory: programs that do not ask for it are not stopped. On POSIX systems it is also lost
 * when this process closes <em>any</em> other channel or stream of the same file, so do not read or copy a file by other
 * means in the process that has it mapped. Use local file systems; network file systems may neither lock nor map reliably.
 *
 * <p><b>Thread-safety:</b> any thread may use and close a region. After {@link #close()} every access through a
 * {@link Words} or {@link OffHeapBuffer} of this region throws {@link IllegalStateException}, from any thread; it never
 * crashes the JVM. <b>Memory order</b> is that of the accesses, whether or not a file is behind them. <b>Progress:</b>
 * {@code close()} waits for a handshake with every thread (some hundred microseconds) and for a {@link #force()} that is
 * under way; {@code create} and {@code open} wait for each other and for a {@code close} of a mapped region. Accesses never
 * wait for any of these; in a mapped file they can wait for the device, as page faults do.
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
    private final Memory memory;
    private final MemorySegment segment;
    private final Words words;

    /** Null for anonymous memory. */
    private final @Nullable MappedFile file;

    private Region(Arena arena, Memory memory, @Nullable MappedFile file) {
        this.arena = arena;
        this.memory = memory;
        this.segment = memory.segment();
        this.file = file;
        this.words = new SegmentWords(memory);
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
        requireSize(bytes);
        Arena arena = Arena.ofShared();
        try {
            return new Region(arena, Memory.of(arena.allocate(bytes, ALIGNMENT)), null);
        } catch (Throwable failure) {
            arena.close();
            throw failure;
        }
    }

    /**
     * Allocates a region of anonymous memory at a place. It comes from the kernel and counts against no limit of the JVM, but
     * against those of the process ({@code ulimit -v}, the container's memory). A page of it takes memory when it is first
     * written, unless it is {@linkplain Placement#preTouched() pre-touched}; if there is none left then, the kernel ends a
     * process, and nothing is thrown.
     *
     * <p>The first call reads the {@linkplain Topology#current() topology}. A call makes some system calls, and waits for the
     * kernel to clear the pages if they are pre-touched.
     *
     * @param bytes     to allocate, at least 1
     * @param placement of it
     * @return the region, zero-filled
     * @throws IllegalArgumentException      if {@code bytes} is not positive or too small for the stripes, if a stripe does not
     *                                       start and end with a page, or if this process can have no memory on a node that is
     *                                       named. The last is reported instead if it is a {@linkplain Placement#bestEffort()
     *                                       best effort}, and so is the next
     * @throws UnsupportedOperationException if this is not Linux, if native access is not enabled, or if the kernel refuses the
     *                                       request; the message says which and what to do
     * @throws OutOfMemoryError              if the memory is not to be had
     */
    @SuppressWarnings("MustBeClosed") // the region closes it
    public static Region anonymous(long bytes, Placement placement) {
        requireSize(bytes);
        Arena arena = Arena.ofShared();
        try {
            return new Region(arena, Memory.allocate(bytes, placement, arena), null);
        } catch (Throwable failure) {
            arena.close();
            throw failure;
        }
    }

    /**
     * Creates a file, and maps it. Only its owner may read and write it, whatever the umask, where the file system knows POSIX
     * permissions; elsewhere it gets what its directory passes on to new files, so choose the directory accordingly. A call
     * that throws leaves no file behind.
     *
     * @param file  to create, must not exist
     * @param bytes the length of the file, at least 1
     * @return the region, zero-filled
     * @throws IllegalArgumentException                   if {@code bytes} is not positive
     * @throws IllegalStateException                      if another process has the new file locked already, which can happen
     *                                                    where that one is opening a file of this name that was deleted just
     *                                                    now; call again
     * @throws java.nio.file.FileAlreadyExistsException   if there is such a file; it is left as it is
     * @throws IOException                                if the file cannot be created, lengthened, locked or mapped, or if
     *                                                    the thread is interrupted
     * @throws UnsupportedOperationException              if {@code file} is not of a file system that can map files
     */
    @SuppressWarnings("MustBeClosed") // the region closes it
    public static Region create(Path file, long bytes) throws IOException {
        requireSize(bytes);
        Arena arena = Arena.ofShared();
        try {
            MappedFile mapped = MappedFile.create(file, bytes, arena);
            return new Region(arena, Memory.of(mapped.segment()), mapped);
        } catch (Throwable failure) {
            arena.close();
            throw failure;
        }
    }

    /**
     * Maps the whole of a file that exists. What was written through the region that had it before, in this process or
     * another, is there.
     *
     * @param file to map, of any length but 0
     * @return the region
     * @throws IllegalStateException                if the file is in use by a region or locked by another program
     * @throws java.nio.file.NoSuchFileException    if there is no such file
     * @throws IOException                          if the file is empty, is no regular file, may not be both read and written,
     *                                              or cannot be locked or mapped, or if the thread is interrupted
     * @throws UnsupportedOperationException        if {@code file} is not of a file system that can map files
     */
    @SuppressWarnings("MustBeClosed") // the region closes it
    public static Region open(Path file) throws IOException {
        Arena arena = Arena.ofShared();
        try {
            MappedFile mapped = MappedFile.open(file, arena);
            return new Region(arena, Memory.of(mapped.segment()), mapped);
        } catch (Throwable failure) {
            arena.close();
            throw failure;
        }
    }

    static void requireSize(long bytes) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("memory needs at least one byte: bytes=" + bytes);
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
        requireOpen();
        return new OffHeapBuffer(segment.asSlice(offset, length));
    }

    /**
     * Where the whole of this region is now; see {@link #placementReport(long, long)}.
     *
     * @return the places
     * @throws UnsupportedOperationException if the kernel cannot be asked
     * @throws IllegalStateException         after {@link #close()}
     */
    public PlacementReport placementReport() {
        return placementReport(0, size());
    }

    /**
     * Where a range of this region is now. Asks the kernel for every page without touching it, up to a microsecond for each,
     * also of those in huge pages. Works for regions that were not placed, too.
     *
     * @param offset of the first byte
     * @param length in bytes
     * @return the places
     * @throws UnsupportedOperationException if the kernel cannot be asked: this is not Linux, or native access is not enabled;
     *                                       the message says which and what to do. If this region was placed as a best effort,
     *                                       that is in the answer instead
     * @throws IndexOutOfBoundsException     if the range is not inside this region
     * @throws IllegalStateException         after {@link #close()}
     */
    public PlacementReport placementReport(long offset, long length) {
        return memory.placementReport(offset, length);
    }

    /**
     * Writes a mapped file to its storage device. When this returns, everything is there that this thread had written to the
     * region or seen in it before the call; what other threads write meanwhile may be there or not, in any order. Only a crash
     * of the system or a loss of power makes the difference, see above; the entry of a new file in its directory is the file
     * system's affair. Blocks, for as long as the device takes.
     *
     * @throws UnsupportedOperationException  if this is anonymous memory, which has no storage
     * @throws IllegalStateException          after {@link #close()}
     * @throws java.io.UncheckedIOException   if writing failed; what is on the device then is not known
     */
    public synchronized void force() { // synchronized so that close() cannot unmap what is being written
        if (file == null) {
            throw new UnsupportedOperationException(
                    "anonymous memory has no storage: size=" + size() + "; create or open a file instead");
        }
        requireOpen();
        segment.force();
    }

    /**
     * Whether {@link #close()} was called.
     *
     * @return true after close
     */
    public boolean isClosed() {
        return !arena.scope().isAlive();
    }

    /**
     * Frees the memory. Later accesses throw {@link IllegalStateException}. A mapped file stays, with all that was written, and
     * may be opened again once this returns. Closing again does nothing.
     *
     * <p>In JDK 25 a thread whose access this ends may, rarely, get an {@link InterruptedException} from a sleep that follows at once,
     * though nobody has interrupted it.
     *
     * @throws java.io.UncheckedIOException if closing a mapped file reports an error; it is unmapped and released all the same
     */
    @Override
    public synchronized void close() {
        if (!isClosed()) {
            arena.close();
            if (file != null) {
                // After the memory: whoever gets the lock next is alone.
                file.release();
            }
        }
    }

    @Override
    public String toString() {
        return "Region[size=" + size() + (file == null ? "" : ", path=" + file.path())
                + (isClosed() ? ", closed]" : "]");
    }

    private void requireOpen() {
        if (isClosed()) {
            throw new IllegalStateException("region is closed: size=" + size());
        }
    }

    /** The words of this region in a new class of their own, place or not. */
    Words defineConstantWords() throws ReflectiveOperationException, IOException {
        try (InputStream template = Region.class.getResourceAsStream("ConstantWords.class")) {
            if (template == null) {
                throw new IOException("class file is missing: name=ConstantWords.class");
            }
            return (Words) MethodHandles.lookup()
                    .defineHiddenClassWithClassData(template.readAllBytes(), memory, true)
                    .lookupClass()
                    .getDeclaredConstructor()
                    .newInstance();
        }
    }
}
