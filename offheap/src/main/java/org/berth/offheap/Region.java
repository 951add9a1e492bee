package org.berth.offheap;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.berth.offheap.placement.Placement;
import org.berth.offheap.placement.PlacementReport;
import org.berth.offheap.placement.Topology;
import org.jspecify.annotations.Nullable;

/**
 * A contiguous range of off-heap memory, aligned to {@value #ALIGNMENT} bytes, with an explicit lifetime: allocated or
 * mapped by a static method, freed or unmapped by {@link #close()}.
 *
 * <p>Use {@link #anonymous(long)} when the memory lives no longer than the process, {@link #anonymous(long, Placement)}
 * when it needs a NUMA policy or huge pages, and {@link #create(Path, long)} or {@link #open(Path)} when it must
 * survive the process. Prefer {@link Words#ofAuto(long)} when the memory has no clear owner and the garbage collector
 * should free it. Read and write a region through its {@link Words} or through an {@link OffHeapBuffer}.
 *
 * <p><b>Anonymous memory</b> comes from {@link Arena#ofShared()}: its allocation fills it with zeros, which touches
 * every page and makes it resident. In JDK 25 it counts against no limit of the JVM: {@code -XX:MaxDirectMemorySize}
 * limits only memory that the garbage collector frees.
 *
 * <p><b>Placed memory</b> is anonymous memory that comes from the kernel directly, with a NUMA policy and a page size.
 * It needs native access, its allocation touches no page unless it is pre-touched, and it counts against no limit of
 * the JVM.
 *
 * <p><b>Limits.</b> An allocation that the container (a control group) or the machine has no room for, see {@link
 * org.berth.offheap.placement.MemoryLimit}, is an {@link OutOfMemoryError} that names the limit, its use and the file
 * that has it. This is a check before an allocation of 1 MiB or more, by a reading of the last ten milliseconds, and
 * reserves nothing: what others allocate at the same moment, and heap that is not yet used, can still bring the
 * container to its limit, where the kernel kills the process. {@link #statistics()} tells what is allocated.
 *
 * <p><b>A mapped file</b> outlives the region and the process. It counts against no limit of the JVM, and a page of it
 * is neither resident nor takes space on the disk before it is touched, unless it was {@linkplain #create(Path, long,
 * long, Consumer) reserved}. A write is in the operating system's hands at once: the end of this process by any cause,
 * {@code kill -9} included, loses nothing. A crash of the system or a loss of power can lose all writes since
 * {@link #force()}, and can keep a later write without an earlier one.
 *
 * <p><b>A full disk</b> shows at the first write to a page that has no space yet (on some file systems at the first
 * access), not at creation. If that write is a {@code set} of any order, it throws {@link InternalError}, or later code
 * of the same thread does soon after; the write is lost, so do not go on using the region. If it is an atomic update
 * ({@code compareAndSet}, {@code getAndAdd} and the like), the same happens in compiled code, but in code that is not
 * compiled yet <em>the JVM crashes</em>: JDK 25 does not expect the signal there. So either reserve what is updated
 * atomically, or {@code set} it first. The same happens where another program truncates the file while it is mapped, or
 * where the device fails, and then with reads, too: a read may have returned anything.
 *
 * <p><b>One region per file.</b> A region holds an exclusive lock on its file until it is closed, against other regions
 * in this process and in others. The lock is advisory: it does not stop programs that do not request it. On POSIX
 * systems it is also lost when this process closes <em>any</em> other channel or stream of the same file, so do not
 * read or copy a file by other means in the process that has it mapped. Use local file systems; network file systems
 * may neither lock nor map reliably.
 *
 * <p><b>Thread-safety:</b> any thread may use and close a region. After {@link #close()} every access through a
 * {@link Words} or {@link OffHeapBuffer} of this region throws {@link IllegalStateException}, in any thread; it never
 * crashes the JVM. <b>Memory order</b> is that of the accesses, with or without a file behind them. <b>Progress:</b>
 * {@code close()} waits for a handshake with every thread (some hundred microseconds) and for a {@link #force()} in
 * progress; {@code create} and {@code open} wait for the moments at which others lock, name or release a file. Accesses
 * never wait for any of these; in a mapped file they can wait for the device, as page faults do.
 */
public final class Region implements AutoCloseable {

    /** Alignment of a region's first byte: two cache lines, because x86 processors prefetch lines in pairs. */
    public static final int ALIGNMENT = 128;

    /**
     * Whether the first caller of {@link #constantWords()} gets words with a class of their own; {@code true} unless
     * the system property {@code org.berth.constantWords} is {@code false}. Only speed depends on it.
     */
    private static final boolean CONSTANT_WORDS =
            Boolean.parseBoolean(System.getProperty("org.berth.constantWords", "true"));

    private static final AtomicBoolean CONSTANT_WORDS_TAKEN = new AtomicBoolean(!CONSTANT_WORDS);

    /** The sum over all open regions. */
    private static final AtomicReference<RegionStatistics> OPEN = new AtomicReference<>(RegionStatistics.NONE);

    private final Arena arena;
    private final Memory memory;
    private final MemorySegment segment;
    private final Words words;

    /** The file of a mapped region; null for anonymous memory. */
    private final @Nullable LockedFile file;

    /** What this region adds to the statistics while it is open. */
    private final RegionStatistics share;

    private Region(Arena arena, Memory memory, @Nullable LockedFile file) {
        this.arena = arena;
        this.memory = memory;
        this.segment = memory.segment();
        this.file = file;
        this.words = new SegmentWords(memory);
        if (file != null) {
            memory.describe(file.path().toString());
        }
        long bytes = size();
        this.share = new RegionStatistics(
                1, file == null && !memory.placed() ? bytes : 0, memory.placed() ? bytes : 0, file != null ? bytes : 0);
        OPEN.updateAndGet(open -> open.plus(share));
    }

    /**
     * Allocates a region of anonymous memory.
     *
     * @param bytes the size in bytes, at least 1
     * @return the region, zero-filled
     * @throws IllegalArgumentException if {@code bytes} is not positive
     * @throws OutOfMemoryError         if the memory is beyond what the container or the machine has left
     */
    @SuppressWarnings("MustBeClosed") // the region closes it
    public static Region anonymous(long bytes) {
        requireSize(bytes);
        Arena arena = Arena.ofShared();
        try {
            return new Region(arena, Memory.allocate(bytes, arena), null);
        } catch (Throwable failure) {
            arena.close();
            throw failure;
        }
    }

    /**
     * Allocates a region of anonymous memory with a placement. The memory comes from the kernel and counts against no
     * limit of the JVM, but against those of the process ({@code ulimit -v}, the container's memory). A page takes
     * memory when it is first written, unless it is {@linkplain Placement#preTouched() pre-touched}; if there is no
     * memory left then, the kernel kills a process, and nothing is thrown.
     *
     * <p>The first call reads the {@linkplain Topology#current() topology}. A call makes some system calls, and waits
     * for the kernel to clear the pages if they are pre-touched.
     *
     * @param bytes     the size in bytes, at least 1
     * @param placement of the memory
     * @return the region, zero-filled
     * @throws IllegalArgumentException      if {@code bytes} is not positive or too small for the partitions, if a
     *                                       partition does not start and end with a page, or if this process cannot
     *                                       allocate on a requested node. A {@linkplain Placement#bestEffort() best
     *                                       effort} reports the last case instead, and so it does the next
     * @throws UnsupportedOperationException if this is not Linux, if native access is not enabled, or if the kernel
     *                                       refuses the request; the message says which and what to do
     * @throws OutOfMemoryError              if the memory is beyond what the container or the machine has left
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
     * Creates a file of zeros and maps it; the same as {@link #create(Path, long, Consumer)} without content.
     *
     * @param file  to create; it must not exist
     * @param bytes the length of the file, at least 1
     * @return the region, zero-filled
     * @throws IllegalArgumentException                   if {@code bytes} is not positive
     * @throws IllegalStateException                      as {@link #create(Path, long, Consumer)}
     * @throws java.nio.file.FileAlreadyExistsException   if the file exists; it is left as it is
     * @throws IOException                                as {@link #create(Path, long, Consumer)}
     * @throws UnsupportedOperationException              if the file system of {@code file} cannot map files
     */
    public static Region create(Path file, long bytes) throws IOException {
        return create(file, bytes, words -> {});
    }

    /**
     * Creates a file with content and maps it. The file appears under its name in one step, complete with its content:
     * if the process is killed before, there is no file of that name. Of several processes or threads that create one
     * file, one succeeds.
     *
     * <p>Only the file's owner may read and write it, whatever the umask, where the file system supports POSIX
     * permissions; elsewhere it gets what its directory passes on to new files, so choose the directory accordingly.
     *
     * <p>Until it is complete, the file has a temporary name in the same directory, {@code .NAME.RANDOM.new}. A call
     * that throws leaves no file behind. A process that is killed can leave one of that name; the next {@code create}
     * or {@code open} of the same file deletes it. Linux shows the temporary name, as deleted, where it lists the
     * mappings and the descriptors of the process that has created the file. Where the file system has no hard links, a
     * file that another program creates at the same moment under the name can be replaced.
     *
     * <p>Nothing is forced to the device: after a loss of power, the file can be there without its content. Where that
     * matters, {@link #force()} it, and mark it as complete after that.
     *
     * @param file    to create; it must not exist
     * @param bytes   the length of the file, at least 1
     * @param content writes to the new file, which is zero-filled; called once, by this thread
     * @return the region
     * @throws IllegalArgumentException                   if {@code bytes} is not positive
     * @throws IllegalStateException                      if other processes have locked each new file before this one
     *                                                    could; call again
     * @throws java.nio.file.FileAlreadyExistsException   if the file exists; it is left as it is
     * @throws IOException                                if the file cannot be created, extended, locked or mapped, or
     *                                                    if the thread is interrupted
     * @throws UnsupportedOperationException              if the file system of {@code file} cannot map files
     */
    public static Region create(Path file, long bytes, Consumer<? super Words> content) throws IOException {
        return create(file, bytes, 0, content);
    }

    /**
     * Creates a file with content and maps it, as {@link #create(Path, long, Consumer)} does, with space on the device
     * for the first bytes: no access to them finds the device full. So reserve what is updated atomically before it is
     * otherwise written; the class description says why.
     *
     * <p>With native access on Linux the file system is asked to allocate the space, which takes little time. Else, and
     * where the file system cannot, zeros are written, which takes as long as the device does.
     *
     * <p>Two things can still make a write to reserved bytes fail: another program that truncates the file or makes
     * holes in it, and a file system that writes each time to another place, or compresses (Btrfs, ZFS, APFS, some
     * network and container file systems). There, watch the free space.
     *
     * @param file     to create; it must not exist
     * @param bytes    the length of the file, at least 1
     * @param reserved how many bytes from the start to reserve, from 0 to {@code bytes}; rounded up to whole pages
     * @param content  writes to the new file, which is zero-filled; called once, by this thread
     * @return the region
     * @throws IllegalArgumentException                   if {@code bytes} is not positive, or if {@code reserved} is
     *                                                    negative or larger
     * @throws IllegalStateException                      as {@link #create(Path, long, Consumer)}
     * @throws java.nio.file.FileAlreadyExistsException   if the file exists; it is left as it is
     * @throws IOException                                as {@link #create(Path, long, Consumer)}, or if the device has
     *                                                    no space for the reserved bytes
     * @throws UnsupportedOperationException              if the file system of {@code file} cannot map files
     */
    public static Region create(Path file, long bytes, long reserved, Consumer<? super Words> content)
            throws IOException {
        requireSize(bytes);
        if (reserved < 0 || reserved > bytes) {
            throw new IllegalArgumentException(
                    "only bytes of the file can be reserved: reserved=" + reserved + ", bytes=" + bytes);
        }
        LockedFile created = LockedFile.create(file, reserved == 0 ? 0 : FileReservation.length(reserved, bytes));
        Region region;
        try {
            created.extend(bytes);
            region = map(created);
        } catch (Throwable failure) {
            closeAfter(failure, created::release);
            throw failure;
        }
        try {
            content.accept(region.words());
            created.publish();
            return region;
        } catch (Throwable failure) {
            closeAfter(failure, region::close);
            throw failure;
        }
    }

    /**
     * Maps the whole of an existing file. The region contains what was written through the region that had the file
     * mapped before, in this process or another.
     *
     * @param file to map, of any length but 0
     * @return the region
     * @throws IllegalStateException                if another region or another program has locked the file
     * @throws java.nio.file.NoSuchFileException    if the file does not exist
     * @throws IOException                          if the file is empty, is not a regular file, is not both readable
     *                                              and writable, or cannot be locked or mapped, or if the thread is
     *                                              interrupted
     * @throws UnsupportedOperationException        if the file system of {@code file} cannot map files
     */
    public static Region open(Path file) throws IOException {
        LockedFile opened = LockedFile.open(file);
        try {
            return map(opened);
        } catch (Throwable failure) {
            closeAfter(failure, opened::release);
            throw failure;
        }
    }

    @SuppressWarnings("MustBeClosed") // the region closes it
    private static Region map(LockedFile file) throws IOException {
        Arena arena = Arena.ofShared();
        try {
            return new Region(arena, Memory.of(file.map(arena)), file);
        } catch (Throwable failure) {
            arena.close();
            throw failure;
        }
    }

    private static void closeAfter(Throwable failure, Runnable close) {
        try {
            close.run();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    static void requireSize(long bytes) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("memory needs at least one byte: bytes=" + bytes);
        }
    }

    /**
     * Sets what the messages of exceptions call this region: that of an access after {@link #close()}, for one. At any
     * time, by any thread; it costs nothing where nothing is thrown.
     *
     * @param description of what is in the region, such as {@code "prices of the day"}
     * @return this region
     */
    public Region describedAs(String description) {
        memory.describe(Objects.requireNonNull(description, "description"));
        return this;
    }

    /**
     * Returns what the messages of exceptions call this region.
     *
     * @return the last text that {@link #describedAs(String)} has got; unless there is one, the path of a mapped file,
     *         or the size of other memory
     */
    public String description() {
        return memory.description();
    }

    /**
     * Returns the size of this region.
     *
     * @return the size in bytes
     */
    public long size() {
        return segment.byteSize();
    }

    /**
     * Returns the words of this region.
     *
     * @return the words, always the same object
     */
    public Words words() {
        return words;
    }

    /**
     * Returns the words of this region in a form that the JIT compiler treats as a constant, which about halves the
     * cost of an access. A process has only one such form; the first caller gets it, so call this on a region that
     * lives long and is used often. Later callers get {@link #words()}, which behaves the same; so do all callers where
     * hidden classes cannot be defined.
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
            // Without hidden classes only speed is lost.
            return words;
        }
    }

    /**
     * Returns a buffer over a range of this region.
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
     * Returns where the whole of this region lies now; see {@link #placementReport(long, long)}.
     *
     * @return the report
     * @throws UnsupportedOperationException if the kernel cannot be asked
     * @throws IllegalStateException         after {@link #close()}
     */
    public PlacementReport placementReport() {
        return placementReport(0, size());
    }

    /**
     * Returns where a range of this region lies now. Asks the kernel about every page without touching it, which takes
     * up to a microsecond for each small page, also for those inside huge pages. Works for regions that were not
     * placed, too.
     *
     * @param offset of the first byte
     * @param length in bytes
     * @return the report
     * @throws UnsupportedOperationException if the kernel cannot be asked: this is not Linux, or native access is not
     *                                       enabled; the message says which and what to do. If this region was placed
     *                                       as a best effort, the report says so instead
     * @throws IndexOutOfBoundsException     if the range is not inside this region
     * @throws IllegalStateException         after {@link #close()}
     */
    public PlacementReport placementReport(long offset, long length) {
        return memory.placementReport(offset, length);
    }

    /**
     * Forces the content of a mapped file to its storage device. When this returns, the device has all writes that this
     * thread had made or seen before the call; it may have later writes of other threads or not, in any order. This
     * matters only after a crash of the system or a loss of power, see above. The file system decides about the
     * directory entry of a new file. Blocks for as long as the device takes.
     *
     * @throws UnsupportedOperationException  if this is anonymous memory, which has no storage
     * @throws IllegalStateException          after {@link #close()}
     * @throws java.io.UncheckedIOException   if writing failed; the content of the device is unknown then
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
     * Returns the number and the size of all open regions of this process. Lock-free; makes no system call.
     *
     * @return the statistics as of one moment
     */
    public static RegionStatistics statistics() {
        return OPEN.get();
    }

    /**
     * Returns whether this region is closed.
     *
     * @return {@code true} after {@link #close()}
     */
    public boolean isClosed() {
        return !arena.scope().isAlive();
    }

    /**
     * Frees the memory, or unmaps the file. Later accesses throw {@link IllegalStateException}. A mapped file stays,
     * with all that was written, and may be opened again once this returns. Closing again does nothing.
     *
     * <p>In JDK 25 a thread whose access this ends may, rarely, get an {@link InterruptedException} from a sleep that
     * follows at once, although no thread has interrupted it.
     *
     * @throws java.io.UncheckedIOException if closing a mapped file reports an error; the file is unmapped and unlocked
     *                                      all the same
     */
    @Override
    public synchronized void close() {
        if (!isClosed()) {
            arena.close();
            OPEN.updateAndGet(open -> open.minus(share));
            if (file != null) {
                // After the memory is unmapped, so that the next holder of the lock is alone with the file.
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
            throw new IllegalStateException(
                    "region is closed: region=" + description() + "; close it after its last use");
        }
    }

    /** Defines a hidden class for the words of this region, whether or not another region has one. */
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
