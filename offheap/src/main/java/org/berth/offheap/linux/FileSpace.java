package org.berth.offheap.linux;

import java.lang.foreign.Arena;

/** Space of files on their device ({@code fallocate}). */
public final class FileSpace {

    private static final int AT_FDCWD = -100;
    private static final int O_RDWR = 2;
    private static final int O_CLOEXEC = 0x80000;
    private static final int MODE_EXTEND = 0;

    private FileSpace() {}

    /**
     * Allocates the first bytes of a file, which read as zero where they were not written, and extends the file to
     * them. Opens the file and closes it again, which drops every POSIX lock that this process has on it.
     *
     * @param path  of the file
     * @param bytes to allocate, at least 1
     * @return 0 or the negated error number
     */
    public static long allocate(String path, long bytes) {
        SystemCallNumbers numbers = SystemCalls.NUMBERS;
        try (Arena arena = Arena.ofConfined()) {
            long name = arena.allocateFrom(path).address();
            long descriptor = SystemCalls.call(numbers.openat(), AT_FDCWD, name, O_RDWR | O_CLOEXEC, 0, 0, 0);
            if (descriptor < 0) {
                return descriptor;
            }
            try {
                return SystemCalls.call(numbers.fallocate(), descriptor, MODE_EXTEND, 0, bytes, 0, 0);
            } finally {
                SystemCalls.call(numbers.close(), descriptor, 0, 0, 0, 0, 0);
            }
        }
    }
}
