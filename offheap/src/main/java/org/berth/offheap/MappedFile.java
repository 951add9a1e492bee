package org.berth.offheap;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A whole file, mapped and locked: by this process only, and at most once in it.
 *
 * <p>Opening and releasing exclude each other in a process (the static methods are synchronized), so that "is it in
 * use" and "now it is" are one step.
 */
final class MappedFile {

    /**
     * The files that are mapped now, by identity. There are two reasons for it:
     *
     * <ul>
     *   <li>POSIX locks belong to the process, and closing <em>any</em> descriptor of a file drops them. So this
     *       process must know whether it has the file before it opens it: to give up after opening would drop the lock.
     *   <li>It keeps the channels reachable. A region can become unreachable while its words are in use; a channel that
     *       is collected closes its descriptor, which would drop the lock.
     * </ul>
     */
    private static final Map<Object, MappedFile> IN_USE = new HashMap<>();

    private final Path path;
    private final Object key;
    private final FileChannel channel;
    private final MemorySegment segment;

    private MappedFile(Path path, Object key, FileChannel channel, MemorySegment segment) {
        this.path = path;
        this.key = key;
        this.channel = channel;
        this.segment = segment;
    }

    /** Creates a file of this length, sparse where possible. A call that throws leaves no file behind. */
    static synchronized MappedFile create(Path path, long bytes, Arena arena) throws IOException {
        FileChannel channel = FileChannel.open(
                path,
                Set.of(
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.SPARSE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE),
                ownerOnly(path));
        try {
            // First the lock, then the length: other processes refuse an empty file before they open it.
            lock(channel, path);
            channel.write(ByteBuffer.allocate(1), bytes - 1);
            return map(path, key(path), channel, bytes, arena);
        } catch (Throwable failure) {
            // First the file, then the lock, so that no other process opens a file that will be deleted.
            try {
                Files.deleteIfExists(path);
            } catch (IOException | RuntimeException e) {
                failure.addSuppressed(e);
            }
            close(channel, failure);
            throw failure;
        }
    }

    /** Maps the whole of a file. */
    static synchronized MappedFile open(Path path, Arena arena) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
        if (!attributes.isRegularFile()) {
            throw new IOException("only a regular file can be mapped: path=" + path + "; give the path of one");
        }
        requireNotEmpty(path, attributes.size());
        Object key = key(path);
        if (IN_USE.containsKey(key)) {
            throw inUse(path, null);
        }
        FileChannel channel = openExisting(path);
        try {
            lock(channel, path);
            // Before the lock, another process could delete the file or replace it.
            if (!key.equals(key(path))) {
                throw new IOException("file was replaced while it was being opened: path=" + path + "; open it again");
            }
            // Again, because a new file can get the identity of a deleted one, and may not have its length yet.
            long bytes = channel.size();
            requireNotEmpty(path, bytes);
            return map(path, key, channel, bytes, arena);
        } catch (Throwable failure) {
            close(channel, failure);
            throw failure;
        }
    }

    private static MappedFile map(Path path, Object key, FileChannel channel, long bytes, Arena arena)
            throws IOException {
        // A mapping starts at a page boundary, which is more than the alignment that a region promises.
        MemorySegment segment = channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena);
        MappedFile file = new MappedFile(path, key, channel, segment);
        IN_USE.put(key, file);
        return file;
    }

    private static void requireNotEmpty(Path path, long bytes) throws IOException {
        if (bytes == 0) {
            throw new IOException(
                    "file is empty, because no region has created it yet: path=" + path + "; create another one");
        }
    }

    private static FileChannel openExisting(Path path) throws IOException {
        try {
            return FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (AccessDeniedException e) {
            throw new IOException(
                    "file must be readable and writable: path=" + path + ", user=" + System.getProperty("user.name")
                            + "; change its permissions or its owner",
                    e);
        }
    }

    private static void lock(FileChannel channel, Path path) throws IOException {
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            throw inUse(path, e);
        }
        if (lock == null) {
            throw inUse(path, null);
        }
    }

    private static IllegalStateException inUse(Path path, @Nullable Throwable cause) {
        return new IllegalStateException(
                "file is in use by another region or process: path=" + path + "; close that one first", cause);
    }

    /** The identity of a file: equal for two paths of the same file. */
    private static Object key(Path path) throws IOException {
        Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        return key != null ? key : path.toRealPath();
    }

    /** Set at creation, so that there is no moment at which other users could open the file. */
    private static FileAttribute<?>[] ownerOnly(Path path) {
        if (!path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return new FileAttribute<?>[0];
        }
        return new FileAttribute<?>[] {
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        };
    }

    private static void close(FileChannel channel, Throwable failure) {
        try {
            channel.close();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    private static synchronized void release(MappedFile file) {
        try {
            file.channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("file was unmapped, but closing it failed: path=" + file.path, e);
        } finally {
            IN_USE.remove(file.key);
        }
    }

    Path path() {
        return path;
    }

    MemorySegment segment() {
        return segment;
    }

    /** Releases the lock, after the file was unmapped. */
    void release() {
        release(this);
    }
}
