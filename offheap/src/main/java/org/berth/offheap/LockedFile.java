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
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.berth.offheap.internal.TemporaryName;
import org.jspecify.annotations.Nullable;

/**
 * A file that is locked, from {@link #create} or {@link #open} to {@link #release}: by this process only, and at most
 * once in it.
 *
 * <p>A new file has a {@link TemporaryName} until {@link #publish} gives it its own. So a file that has its name is
 * complete, and a process may die at any moment before: what it leaves behind is a temporary name without a lock, which
 * the next {@code create} or {@code open} of the same file deletes.
 *
 * <p>Opening, publishing and releasing exclude each other in a process, by the lock of this class, so that "is it in
 * use" and "now it is" are one step. Filling a new file takes long, and is done without that lock.
 */
final class LockedFile {

    /**
     * The files that are locked now, by identity. There are two reasons for it:
     *
     * <ul>
     *   <li>POSIX locks belong to the process, and closing <em>any</em> descriptor of a file drops them. So this
     *       process must know whether it has the file before it opens it: to give up after opening would drop the lock.
     *   <li>It keeps the channels reachable. A region can become unreachable while its words are in use; a channel that
     *       is collected closes its descriptor, which would drop the lock.
     * </ul>
     */
    private static final Map<Object, LockedFile> IN_USE = new HashMap<>();

    /** Each attempt after the first means that another process has met a new file before it was locked. */
    private static final int MAX_ATTEMPTS = 20;

    private final Path path;
    private final FileChannel channel;

    /** The length of the reservation that the kernel could not make. */
    private final long zeros;

    // Guarded by the lock of this class.
    private Object key;
    private @Nullable Path temporary;

    private LockedFile(Path path, FileChannel channel, long zeros, Object key, @Nullable Path temporary) {
        this.path = path;
        this.channel = channel;
        this.zeros = zeros;
        this.key = key;
        this.temporary = temporary;
        IN_USE.put(key, this);
    }

    /**
     * Creates a file under a temporary name. A call that throws leaves no file behind.
     *
     * @param reserved the number of bytes for which the device must have space, a length of a {@link FileReservation}
     */
    static synchronized LockedFile create(Path path, long reserved) throws IOException {
        requireAbsent(path);
        deleteAbandoned(path);
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            LockedFile file = tryCreate(path, reserved);
            if (file != null) {
                return file;
            }
        }
        throw new IllegalStateException("other processes take every new file for an abandoned one: path=" + path
                + " attempts=" + MAX_ATTEMPTS + "; call again");
    }

    /** Returns null if another process has taken the new file for an abandoned one, before it was locked. */
    private static @Nullable LockedFile tryCreate(Path path, long reserved) throws IOException {
        Path temporary = TemporaryName.of(path);
        Set<OpenOption> options = Set.of(
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.SPARSE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        FileChannel channel = FileChannel.open(temporary, options, TemporaryName.ownerOnly(path));
        try {
            // Before the lock, which it would drop.
            boolean allocated = reserved == 0 || FileReservation.allocate(temporary, reserved);
            if (tryLock(channel)) {
                return new LockedFile(path, channel, allocated ? 0 : reserved, key(temporary), temporary);
            }
        } catch (NoSuchFileException e) {
            // Deleted before it was locked; nobody deletes it now that it is.
        } catch (Throwable failure) {
            deleteQuietly(temporary, failure);
            close(channel, failure);
            throw failure;
        }
        channel.close();
        Files.deleteIfExists(temporary);
        return null;
    }

    /** Opens and locks a file. */
    static synchronized LockedFile open(Path path) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
        if (!attributes.isRegularFile()) {
            throw new IOException("only a regular file can be mapped: path=" + path + "; give the path of one");
        }
        requireNotEmpty(path, attributes.size());
        Object key = key(path);
        if (IN_USE.containsKey(key)) {
            throw inUse(path);
        }
        deleteAbandoned(path);
        FileChannel channel = openExisting(path);
        try {
            if (!tryLock(channel)) {
                throw inUse(path);
            }
            // Before the lock, another process could delete the file or replace it.
            if (!key.equals(key(path))) {
                throw new IOException("file was replaced while it was being opened: path=" + path + "; open it again");
            }
            // Again, because a new file can get the identity of a deleted one.
            requireNotEmpty(path, channel.size());
            return new LockedFile(path, channel, 0, key, null);
        } catch (Throwable failure) {
            close(channel, failure);
            throw failure;
        }
    }

    /**
     * Deletes the temporary names that nobody uses. This is to tidy up, so what cannot be deleted stays.
     */
    private static void deleteAbandoned(Path path) {
        for (Path temporary : TemporaryName.list(path)) {
            try {
                BasicFileAttributes attributes =
                        Files.readAttributes(temporary, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                // Nothing else is opened: that could block, or follow a link to a file that is in use.
                if (attributes.isRegularFile()) {
                    deleteIfAbandoned(temporary, key(temporary));
                }
            } catch (IOException e) {
                // Another process has deleted it, or it belongs to another user.
            }
        }
    }

    private static void deleteIfAbandoned(Path temporary, Object key) throws IOException {
        LockedFile user = IN_USE.get(key);
        if (user != null) {
            // Not to be opened, because closing it again would drop the lock. It is a file that another thread is
            // filling; or it has been published, and this is a second name whose deletion failed or was cut short.
            if (user.temporary == null) {
                Files.deleteIfExists(temporary);
            }
            return;
        }
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            if (tryLock(channel)) {
                // Under the lock, so that its creator, if it is about to lock it, sees that it is gone.
                Files.deleteIfExists(temporary);
            }
        }
    }

    private static void requireAbsent(Path path) throws FileAlreadyExistsException {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileAlreadyExistsException(path.toString());
        }
    }

    private static void requireNotEmpty(Path path, long bytes) throws IOException {
        if (bytes == 0) {
            throw new IOException("file is empty, so it is not that of a region: path=" + path
                    + "; delete it and create another one");
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

    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false; // other code of this process has locked it
        }
    }

    private static IllegalStateException inUse(Path path) {
        return new IllegalStateException(
                "file is in use by another region or process: path=" + path + "; close that one first");
    }

    /** The identity of a file: equal for two paths of the same file. */
    private static Object key(Path path) throws IOException {
        Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        return key != null ? key : path.toRealPath();
    }

    private static void deleteQuietly(Path file, Throwable failure) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException | RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    private static void close(FileChannel channel, Throwable failure) {
        try {
            channel.close();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    Path path() {
        return path;
    }

    /** Extends a new file to this length, sparse where possible beyond what is reserved. */
    void extend(long bytes) throws IOException {
        if (zeros != 0) {
            FileReservation.writeZeros(channel, path, zeros);
        }
        if (channel.size() < bytes) {
            channel.write(ByteBuffer.allocate(1), bytes - 1);
        }
    }

    /** Maps the whole file. A mapping starts at a page boundary, which is more than the alignment of a region. */
    MemorySegment map(Arena arena) throws IOException {
        return channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size(), arena);
    }

    /**
     * Gives a new file its own name.
     *
     * @throws FileAlreadyExistsException if another file has that name
     */
    void publish() throws IOException {
        publish(this);
    }

    private static synchronized void publish(LockedFile file) throws IOException {
        Path temporary = file.temporary;
        if (temporary == null) {
            throw new IllegalStateException("file has its name already: path=" + file.path);
        }
        Object key = file.key instanceof Path real ? real.resolveSibling(file.path.getFileName()) : file.key;
        try {
            // Unlike a move, this fails if the name is taken.
            Files.createLink(file.path, temporary);
        } catch (FileAlreadyExistsException e) {
            throw new FileAlreadyExistsException(file.path.toString());
        } catch (UnsupportedOperationException | FileSystemException e) {
            moveInstead(file.path, temporary, e);
        }
        file.temporary = null;
        IN_USE.remove(file.key);
        file.key = key;
        IN_USE.put(key, file);
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            // The file is complete and has its name; deleteAbandoned deletes the other one later.
        }
    }

    /**
     * Renames a file where there are no hard links. A file that gets the same name between the check and the renaming
     * is replaced.
     */
    static void moveInstead(Path path, Path temporary, Exception obstacle) throws IOException {
        try {
            requireAbsent(path);
            Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException failure) {
            failure.addSuppressed(obstacle);
            throw failure;
        }
    }

    /** Releases the lock, after the file was unmapped. A file that was not published is deleted. */
    void release() {
        release(this);
    }

    private static synchronized void release(LockedFile file) {
        try {
            if (file.temporary != null) {
                // First the file, then the lock, so that no other process meets it.
                Files.deleteIfExists(file.temporary);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("incomplete file was not deleted: path=" + file.temporary, e);
        } finally {
            close(file);
        }
    }

    private static void close(LockedFile file) {
        try {
            file.channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("file was unmapped, but closing it failed: path=" + file.path, e);
        } finally {
            IN_USE.remove(file.key);
        }
    }
}
