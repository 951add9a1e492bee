package org.berth.offheap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import org.berth.offheap.linux.Errno;
import org.berth.offheap.linux.FileSpace;
import org.berth.offheap.linux.NativeAccess;

/** Space on the device for the first bytes of a new file, so that writing to them cannot find the device full. */
final class FileReservation {

    /**
     * Reservations end at a multiple of this, which is a multiple of every page size: the kernel needs space for a
     * whole page when a byte of it is written. Zeros are written in pieces of it.
     */
    private static final int UNIT = 1 << 16;

    private FileReservation() {}

    /** The length of a reservation of these bytes in a file of that length. */
    static long length(long reserved, long fileLength) {
        long rounded = (reserved + UNIT - 1) & -UNIT;
        return rounded < 0 ? fileLength : Math.min(rounded, fileLength);
    }

    /**
     * Lets the kernel allocate the space, which takes no time. Not for a file that this process has locked: it would
     * lose the lock.
     *
     * @return false if the kernel or the file system cannot, or if native access is not enabled
     * @throws IOException if there is no space
     */
    static boolean allocate(Path file, long length) throws IOException {
        // A path of another file system means nothing to the kernel.
        if (!file.getFileSystem().equals(FileSystems.getDefault()) || NativeAccess.unavailabilityCause() != null) {
            return false;
        }
        long errno = -FileSpace.allocate(file.toString(), length);
        if (errno == Errno.ENOSPC || errno == Errno.EDQUOT || errno == Errno.EFBIG) {
            throw new IOException(
                    "no space for the file: path=" + file + " reserved=" + length + " " + Errno.explain(errno));
        }
        return errno == 0;
    }

    /** Writes zeros, which works everywhere and takes as long as the device does. */
    static void writeZeros(FileChannel channel, Path file, long length) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(length, UNIT));
        try {
            for (long at = 0; at < length; ) {
                zeros.clear().limit((int) Math.min(zeros.capacity(), length - at));
                at += channel.write(zeros, at);
            }
        } catch (ClosedChannelException e) {
            throw e; // the thread was interrupted
        } catch (IOException e) {
            throw new IOException(
                    "no space for the file: path=" + file + " reserved=" + length + " error=" + e.getMessage()
                            + "; free space on the device or raise the quota, or use less",
                    e);
        }
    }
}
