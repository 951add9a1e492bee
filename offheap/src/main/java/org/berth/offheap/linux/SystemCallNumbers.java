package org.berth.offheap.linux;

import org.jspecify.annotations.Nullable;

/** The numbers of the system calls on an architecture. */
record SystemCallNumbers(
        long mmap,
        long mprotect,
        long munmap,
        long madvise,
        long mbind,
        long movePages,
        long schedSetaffinity,
        long schedGetaffinity,
        long openat,
        long close,
        long fallocate,
        long membarrier) {

    private static final SystemCallNumbers X86_64 =
            new SystemCallNumbers(9, 10, 11, 28, 237, 279, 203, 204, 257, 3, 285, 324);

    /** The numbers that newer architectures share: Linux's {@code asm-generic/unistd.h}. */
    private static final SystemCallNumbers AARCH64 =
            new SystemCallNumbers(222, 226, 215, 233, 235, 239, 122, 123, 56, 57, 47, 283);

    /** The numbers on an architecture, by its name in {@code os.arch}; null if they are unknown. */
    static @Nullable SystemCallNumbers of(String arch) {
        return switch (arch) {
            case "amd64", "x86_64" -> X86_64;
            case "aarch64" -> AARCH64;
            default -> null;
        };
    }
}
