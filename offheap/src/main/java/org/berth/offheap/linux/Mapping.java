package org.berth.offheap.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/**
 * Anonymous memory from {@code mmap}: zero, and not there before it is touched. Whoever makes one unmaps it, or has an arena
 * adopt it. Not for use by several threads.
 *
 * <p>There is a page without access on either side. It is what keeps the kernel from joining this mapping with a like one
 * beside it, and then it could not tell how many huge pages are in this one.
 */
public final class Mapping {

    /** A policy: a node while it has room. */
    public static final int MPOL_PREFERRED = 1;

    /** A policy: some nodes and no others. */
    public static final int MPOL_BIND = 2;

    /** A policy: some nodes in turn. */
    public static final int MPOL_INTERLEAVE = 3;

    /** A policy: the node of who touches a page first. */
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
     * @param bytes     at least 1
     * @param alignment a power of two, at least a page
     * @return the mapping
     * @throws OutOfMemoryError if the kernel has none, or has another reason not to give any
     */
    public static Mapping create(long bytes, long alignment) {
        long page = SystemCalls.PAGE_SIZE;
        if (bytes > Long.MAX_VALUE / 2 - alignment) {
            throw noMemory("mmap", bytes, Errno.ENOMEM);
        }
        long inner = Math.ceilDiv(bytes, page) * page;
        long room = inner + alignment + 2 * page;
        long start = SystemCalls.call(SystemCalls.NUMBERS.mmap(), 0, room, PROT_NONE, MAP_PRIVATE_ANONYMOUS, -1, 0);
        if (isError(start)) {
            throw noMemory("mmap", bytes, -start);
        }
        long address = (start + page + alignment - 1) & -alignment;
        Mapping mapping = new Mapping(address, bytes);
        // What alignment has left over. If the kernel refuses to take it back, then only address space is lost.
        munmap(start, address - page - start);
        munmap(address + inner + page, start + room - (address + inner + page));
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

    /** Whether it is a negated error number; addresses look different. */
    private static boolean isError(long result) {
        return result < 0 && result > -4096;
    }

    /**
     * The size of a page that is not huge.
     *
     * @return bytes
     */
    public static long pageSize() {
        return SystemCalls.PAGE_SIZE;
    }

    /**
     * Where it is.
     *
     * @return the address of the first byte
     */
    public long address() {
        return address;
    }

    /**
     * Sets the policy for pages of a range that are not there yet.
     *
     * @param offset a multiple of the page size
     * @param length in bytes, is rounded up to a page
     * @param mode   {@code MPOL_…}
     * @param nodes  for the policy
     * @return 0 or the negated error number
     */
    public long bind(long offset, long length, int mode, BitSet nodes) {
        try (Arena arena = Arena.ofConfined()) {
            long[] bits = nodes.toLongArray();
            MemorySegment mask = arena.allocateFrom(JAVA_LONG, bits);
            // The kernel takes one off the number of bits before it reads them.
            long count = bits.length == 0 ? 0 : bits.length * (long) Long.SIZE + 1;
            long set = bits.length == 0 ? 0 : mask.address();
            return SystemCalls.call(SystemCalls.NUMBERS.mbind(), address + offset, length, mode, set, count, 0);
        }
    }

    /**
     * Asks for huge pages.
     *
     * @return 0 or the negated error number
     */
    public long makeHuge() {
        return madvise(MADV_HUGEPAGE);
    }

    /**
     * Makes all pages be there.
     *
     * @return 0 or the negated error number
     */
    public long populate() {
        long result = madvise(MADV_POPULATE_WRITE);
        if (result == -Errno.EINVAL) { // older than Linux 5.14
            touch();
            return 0;
        }
        return result;
    }

    /** One write to a page; it must be a write, because reading maps a page of zeros that all share. */
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
     * The memory as a segment that lives as long as the arena, which unmaps it.
     *
     * @param arena      to adopt it
     * @param afterwards what to do when it is unmapped
     * @return the segment
     */
    @SuppressWarnings("restricted") // see NativeAccess
    public MemorySegment adopt(Arena arena, Runnable afterwards) {
        return MemorySegment.ofAddress(address).reinterpret(bytes, arena, memory -> {
            unmap();
            afterwards.run();
        });
    }

    /** Gives the memory back. Nobody may use it any more. */
    public void unmap() {
        long page = SystemCalls.PAGE_SIZE;
        long error = munmap(address - page, Math.ceilDiv(bytes, page) * page + 2 * page);
        if (error != 0) {
            throw new IllegalStateException(
                    "memory could not be given back: call=munmap bytes=" + bytes + " " + Errno.explain(-error));
        }
    }

    private static long munmap(long address, long length) {
        return length == 0 ? 0 : SystemCalls.call(SystemCalls.NUMBERS.munmap(), address, length, 0, 0, 0, 0);
    }
}
