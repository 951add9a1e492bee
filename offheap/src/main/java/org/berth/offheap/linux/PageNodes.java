package org.berth.offheap.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;

/** Where the pages of memory are. */
public final class PageNodes {

    /** Stands for a node where there is no page yet, or only the page of zeros that all share. */
    public static final int UNTOUCHED = -1;

    private static final int BATCH = 4096;

    private PageNodes() {}

    /**
     * Asks for the node of each page, touching none.
     *
     * @param address of the first page, a multiple of the page size
     * @param count   of pages
     * @param pages   on each node, to be added to
     * @return 0 or the negated error number; then not all pages were counted
     */
    public static long count(long address, long count, Map<Integer, Long> pages) {
        try (Arena arena = Arena.ofConfined()) {
            int room = (int) Math.min(count, BATCH);
            MemorySegment addresses = arena.allocate(JAVA_LONG, room);
            MemorySegment nodes = arena.allocate(JAVA_INT, room);
            for (long done = 0; done < count; done += room) {
                int batch = (int) Math.min(room, count - done);
                for (int i = 0; i < batch; i++) {
                    addresses.setAtIndex(JAVA_LONG, i, address + (done + i) * SystemCalls.PAGE_SIZE);
                }
                // Without target nodes it moves nothing, and says where the pages are.
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
                    // By kernel version an untouched page is ENOENT or EFAULT.
                    pages.merge(Math.max(UNTOUCHED, node), (long) same, Long::sum);
                }
            }
            return 0;
        }
    }
}
