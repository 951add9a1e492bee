package org.berth.offheap.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/**
 * An anonymous mapping ({@code mmap}): zero-filled memory whose pages are allocated when they are touched. Its creator
 * unmaps it, or passes that duty to an arena with {@link #asSegment}. Not for use by several threads.
 *
 * <p>A guard page without access lies on either side. It keeps the kernel from merging this mapping with an equal one
 * beside it, after which the kernel could not tell how many huge pages are in this one.
 */
public final class Mapping {

    /** The policy of one node while it has free memory. */
    public static final int MPOL_PREFERRED = 1;

    /** The policy of some nodes and no others. */
    public static final int MPOL_BIND = 2;

    /** The policy of some nodes in turn. */
    public static final int MPOL_INTERLEAVE = 3;

    /** The policy of the node whose thread touches a page first. */
    public static final int MPOL_LOCAL = 4;

    private static final int PROT_NONE = 0;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
    private static final int MADV_HUGEPAGE = 14;
    private static final int MADV_POPULATE_WRITE = 23;

    private final long address;
    private final long bytes;

    private Mapping(long address, long bytes) {
        this.address = address;
        this.bytes = bytes;
    }

    /**
     * Maps memory.
     *
     * @param bytes     to map, at least 1
     * @param alignment of the first byte, a power of two, at least a page
     * @return the mapping
     * @throws OutOfMemoryError if the kernel refuses, for lack of memory or another reason
     */
    public static Mapping create(long bytes, long alignment) {
        long page = SystemCalls.PAGE_SIZE;
        if (bytes > Long.MAX_VALUE / 2 - alignment) {
            throw noMemory("mmap", bytes, Errno.ENOMEM);
        }
        long inner = Math.ceilDiv(bytes, page) * page;
        long reserved = inner + alignment + 2 * page;
        long start = SystemCalls.call(SystemCalls.NUMBERS.mmap(), 0, reserved, PROT_NONE, MAP_PRIVATE_ANONYMOUS, -1, 0);
        if (isError(start)) {
            throw noMemory("mmap", bytes, -start);
        }
        long address = (start + page + alignment - 1) & -alignment;
        Mapping mapping = new Mapping(address, bytes);
        // Unmaps what the alignment has left over. If the kernel refuses, then only address space is lost.
        munmap(start, address - page - start);
        munmap(address + inner + page, start + reserved - (address + inner + page));
        long error = SystemCalls.call(SystemCalls.NUMBERS.mprotect(), address, inner, PROT_READ_WRITE, 0, 0, 0);
        if (error != 0) {
            mapping.unmap();
            throw noMemory("mprotect", bytes, -error);
        }
        return mapping;
    }

    private static OutOfMemoryError noMemory(String call, long bytes, long errno) {
        return new OutOfMemoryError("no memory: call=" + call + " bytes=" + bytes + " " + Errno.explain(errno));
    }

    /** Whether a result is a negated error number: no address is in that range. */
    private static boolean isError(long result) {
        return result < 0 && result > -4096;
    }

    /**
     * Returns the size of a small page.
     *
     * @return the size in bytes
     */
    public static long pageSize() {
        return SystemCalls.PAGE_SIZE;
    }

    /**
     * Returns the address of this mapping.
     *
     * @return the address of the first byte
     */
    public long address() {
        return address;
    }

    /**
     * Sets the NUMA policy of a range ({@code mbind}), for pages that are not allocated yet.
     *
     * @param offset of the range, a multiple of the page size
     * @param length of the range in bytes; the kernel rounds it up to a page
     * @param mode   {@code MPOL_…}
     * @param nodes  of the policy
     * @return 0 or the negated error number
     */
    public long bind(long offset, long length, int mode, BitSet nodes) {
        try (Arena arena = Arena.ofConfined()) {
            long[] bits = nodes.toLongArray();
            MemorySegment mask = arena.allocateFrom(JAVA_LONG, bits);
            // The kernel subtracts one from the number of bits before it reads them.
            long count = bits.length == 0 ? 0 : bits.length * (long) Long.SIZE + 1;
            long set = bits.length == 0 ? 0 : mask.address();
            return SystemCalls.call(SystemCalls.NUMBERS.mbind(), address + offset, length, mode, set, count, 0);
        }
    }

    /**
     * Requests transparent huge pages ({@code MADV_HUGEPAGE}).
     *
     * @return 0 or the negated error number
     */
    public long adviseHugePages() {
        return madvise(MADV_HUGEPAGE);
    }

    /**
     * Allocates all pages ({@code MADV_POPULATE_WRITE}, or by touching them where the kernel has no such call).
     *
     * @return 0 or the negated error number
     */
    public long populate() {
        long result = madvise(MADV_POPULATE_WRITE);
        if (result == -Errno.EINVAL) { // before Linux 5.14
            touch();
            return 0;
        }
        return result;
    }

    /** Writes to each page. It must be a write, because a read maps the shared zero page. */
    @SuppressWarnings("restricted") // see NativeAccess
    void touch() {
        MemorySegment memory = MemorySegment.ofAddress(address).reinterpret(bytes);
        for (long at = 0; at < bytes; at += SystemCalls.PAGE_SIZE) {
            memory.set(JAVA_BYTE, at, (byte) 0);
        }
    }

    private long madvise(int advice) {
        return SystemCalls.call(SystemCalls.NUMBERS.madvise(), address, bytes, advice, 0, 0, 0);
    }

    /**
     * Returns this memory as a segment whose lifetime is the arena's. Closing the arena unmaps the memory.
     *
     * @param arena         that gets the duty to unmap the memory
     * @param cleanupAction called after the memory was unmapped
     * @return the segment
     */
    @SuppressWarnings("restricted") // see NativeAccess
    public MemorySegment asSegment(Arena arena, Runnable cleanupAction) {
        return MemorySegment.ofAddress(address).reinterpret(bytes, arena, memory -> {
            unmap();
            cleanupAction.run();
        });
    }

    /** Unmaps the memory. No thread may use it any more. */
    public void unmap() {
        long page = SystemCalls.PAGE_SIZE;
        long error = munmap(address - page, Math.ceilDiv(bytes, page) * page + 2 * page);
        if (error != 0) {
            throw new IllegalStateException(
                    "memory could not be unmapped: call=munmap bytes=" + bytes + " " + Errno.explain(-error));
        }
    }

    private static long munmap(long address, long length) {
        return length == 0 ? 0 : SystemCalls.call(SystemCalls.NUMBERS.munmap(), address, length, 0, 0, 0, 0);
    }
}
