package org.berth.offheap.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;

/** The NUMA nodes of pages ({@code move_pages}). */
public final class PageNodes {

    /** Stands for the node of a page that is not allocated yet, or is still the shared zero page. */
    public static final int UNTOUCHED = -1;

    private static final int BATCH = 4096;

    private PageNodes() {}

    /**
     * Counts pages by node, and touches none.
     *
     * @param address of the first page, a multiple of the page size
     * @param count   the number of pages
     * @param pages   the number of pages on each node, to be increased
     * @return 0, or the negated error number if not all pages could be counted
     */
    public static long count(long address, long count, Map<Integer, Long> pages) {
        try (Arena arena = Arena.ofConfined()) {
            int size = (int) Math.min(count, BATCH);
            MemorySegment addresses = arena.allocate(JAVA_LONG, size);
            MemorySegment nodes = arena.allocate(JAVA_INT, size);
            for (long done = 0; done < count; done += size) {
                int batch = (int) Math.min(size, count - done);
                for (int i = 0; i < batch; i++) {
                    addresses.setAtIndex(JAVA_LONG, i, address + (done + i) * SystemCalls.PAGE_SIZE);
                }
                // Without target nodes the call moves nothing, and writes where the pages are.
                long result = SystemCalls.call(
                        SystemCalls.NUMBERS.movePages(), 0, batch, addresses.address(), 0, nodes.address(), 0);
                if (result < 0) {
                    return result;
                }
                for (int i = 0, same; i < batch; i += same) {
                    int node = nodes.getAtIndex(JAVA_INT, i);
                    for (same = 1; i + same < batch && nodes.getAtIndex(JAVA_INT, i + same) == node; ) {
                        same++;
                    }
                    // An untouched page is ENOENT or EFAULT, depending on the kernel version.
                    pages.merge(Math.max(UNTOUCHED, node), (long) same, Long::sum);
                }
            }
            return 0;
        }
    }
}
