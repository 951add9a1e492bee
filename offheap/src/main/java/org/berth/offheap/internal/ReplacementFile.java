package org.berth.offheap.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A new file that replaces another one when it is complete, by {@link #commit}. Until then it has a
 * {@link TemporaryName} in the same directory, and the file that is to be replaced, if there is one, is as it was.
 *
 * <p>A process may die at any moment: what it leaves behind is a temporary name, which the next file for the same
 * target deletes. Any number of threads and processes may write files for one target; the last to commit wins.
 *
 * <p>One thread uses it. It is interruptible, as a {@link FileChannel} is.
 */
public final class ReplacementFile implements AutoCloseable {

    // A file is only ever written by its creator, and has a name that no other has. So whatever happens to the lock,
    // which only says that a temporary name is not left over, no file with a target's name is ever half written.

    /**
     * The temporary names that this process is using. It must not open such a file in order to see whether it is
     * locked: POSIX locks belong to the process, and closing any descriptor of a file drops them.
     */
    private static final Set<String> IN_USE = ConcurrentHashMap.newKeySet();

    /** Each attempt after the first means that another process has met a new file before it was locked. */
    private static final int MAX_ATTEMPTS = 20;

    private final Path target;
    private final Path temporary;
    private final FileChannel channel;
    private long bytes;
    private boolean committed;

    private ReplacementFile(Path target, Path temporary, FileChannel channel) {
        this.target = target;
        this.temporary = temporary;
        this.channel = channel;
    }

    /**
     * Creates an empty file that only its owner can access, and deletes what is left over of others.
     *
     * @param target what it is to replace; need not exist
     * @return the file, which is to be closed
     * @throws IOException if it cannot be created, or the target is a directory
     */
    public static ReplacementFile create(Path target) throws IOException {
        if (Files.isDirectory(target)) {
            throw new IOException("a directory cannot be replaced by a file: path=" + target + "; give another path");
        }
        deleteAbandoned(target);
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            Path temporary = TemporaryName.of(target);
            IN_USE.add(name(temporary));
            ReplacementFile file = null;
            try {
                file = tryCreate(target, temporary);
            } finally {
                if (file == null) {
                    IN_USE.remove(name(temporary));
                }
            }
            if (file != null) {
                return file;
            }
        }
        throw new IOException("other processes take every new file for an abandoned one: path=" + target + " attempts="
                + MAX_ATTEMPTS + "; call again");
    }

    /** Returns null if another process has taken the new file for an abandoned one, before it was locked. */
    private static @Nullable ReplacementFile tryCreate(Path target, Path temporary) throws IOException {
        FileChannel channel = FileChannel.open(
                temporary,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                TemporaryName.ownerOnly(temporary));
        ReplacementFile file = null;
        try {
            if (isLocked(channel)) {
                file = new ReplacementFile(target, temporary, channel);
            }
            return file;
        } finally {
            if (file == null) {
                try (channel) {
                    Files.deleteIfExists(temporary);
                }
            }
        }
    }

    /** Locks a new file; returns false if another process is about to delete it. */
    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (ClosedChannelException e) {
            throw e; // the thread was interrupted
        } catch (IOException e) {
            return true; // no locks on this file system: nobody deletes what is left over
        }
    }

    /** Deletes the temporary names that nobody uses. This is to tidy up, so what cannot be deleted stays. */
    private static void deleteAbandoned(Path target) {
        for (Path temporary : TemporaryName.list(target)) {
            // Nothing but a file is opened: that could block, or follow a link to a file that is in use.
            if (!IN_USE.contains(name(temporary)) && Files.isRegularFile(temporary, LinkOption.NOFOLLOW_LINKS)) {
                try (FileChannel channel =
                        FileChannel.open(temporary, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
                    if (channel.tryLock() != null) {
                        Files.deleteIfExists(temporary);
                    }
                } catch (IOException | OverlappingFileLockException e) {
                    // Another process has deleted it, it belongs to another user, or other code has locked it.
                }
            }
        }
    }

    private static String name(Path temporary) {
        return String.valueOf(temporary.getFileName());
    }

    /**
     * Writes bytes behind those that were written before.
     *
     * @param source has them
     * @param offset of the first
     * @param length of all
     * @throws IOException if the device is full or fails
     */
    public void write(byte[] source, int offset, int length) throws IOException {
        try {
            ByteBuffer buffer = ByteBuffer.wrap(source, offset, length);
            while (buffer.hasRemaining()) {
                bytes += channel.write(buffer);
            }
        } catch (ClosedChannelException e) {
            throw e; // the thread was interrupted
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** {@return the number of bytes written} */
    public long bytes() {
        return bytes;
    }

    /**
     * Forces the file to the device, gives it the target's name, and forces the directory where the system can. After
     * that the file cannot be written any more.
     *
     * @throws IOException if one of the first two fails: the target is as it was
     */
    public void commit() throws IOException {
        try {
            channel.force(true);
        } catch (ClosedChannelException e) {
            throw e; // the thread was interrupted
        } catch (IOException e) {
            throw failed(e);
        }
        try {
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            throw new IOException(
                    "new file was deleted before it was complete: path=" + target + " temporary=" + temporary
                            + "; the old file is unchanged; call again",
                    e);
        }
        committed = true;
        forceDirectory();
    }

    private void forceDirectory() {
        Path directory = target.toAbsolutePath().getParent();
        if (directory == null) {
            return;
        }
        try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
            entries.force(true);
        } catch (IOException e) {
            // Windows opens no directories, and not every file system can force them. The file has its name, and is
            // whole whether or not that survives a crash of the system.
        }
    }

    private IOException failed(IOException cause) {
        return new IOException(
                "file could not be written: path=" + target + " temporary=" + temporary + " bytes=" + bytes + " error="
                        + cause.getMessage()
                        + "; the old file is unchanged; free space on the device or raise the quota",
                cause);
    }

    /** Closes the file, and deletes it if it was not committed. */
    @Override
    public void close() throws IOException {
        try (channel) {
            if (!committed) {
                // First the file, then the lock, so that no other process meets it.
                Files.deleteIfExists(temporary);
            }
        } finally {
            IN_USE.remove(name(temporary));
        }
    }
}
