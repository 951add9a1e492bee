package org.berth.offheap;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.berth.offheap.linux.Errno;
import org.berth.offheap.linux.Mapping;
import org.berth.offheap.placement.Placement;
import org.berth.offheap.placement.Placement.Policy;
import org.berth.offheap.placement.Placement.Range;

/**
 * Allocates memory by a {@link Placement}, once. What cannot be met is an exception, or is recorded if the placement is
 * a best effort.
 */
final class PlacedAllocator {

    private final long bytes;
    private final Placement placement;
    private final List<String> refused = new ArrayList<>();
    private CachedTopology topology = CachedTopology.cached();

    PlacedAllocator(long bytes, Placement placement) {
        this.bytes = bytes;
        this.placement = placement;
    }

    /**
     * Allocates the memory. A call that throws leaves nothing mapped.
     *
     * @param cleanupAction called after the memory was unmapped; not called if this call throws
     */
    Memory allocate(Arena arena, Runnable cleanupAction) {
        List<Range> ranges = placement.ranges(bytes);
        requireWholePages(ranges);
        // What the topology tells fails before anything is mapped.
        List<BitSet> nodes = ranges.stream().map(this::usableNodes).toList();
        boolean huge = placement.isHuge() && canBeHuge();
        Mapping mapping = Mapping.create(bytes, huge ? topology.hugePageBytes() : Mapping.pageSize());
        MemorySegment segment;
        List<String> reasons;
        try {
            for (int i = 0; i < ranges.size(); i++) {
                bind(mapping, ranges.get(i), nodes.get(i));
            }
            if (huge) {
                check(mapping.adviseHugePages(), "huge pages", "madvise");
            }
            if (placement.isPreTouched()) {
                check(mapping.populate(), "pre-touch", "madvise");
                verify(mapping);
            }
            reasons = refused.stream().distinct().toList();
            // Last, because from here on the arena unmaps the memory.
            segment = mapping.asSegment(arena, cleanupAction);
        } catch (Throwable failure) {
            mapping.unmap();
            throw failure;
        }
        return new Memory(segment, placement, reasons, true);
    }

    private static void requireWholePages(List<Range> ranges) {
        for (Range range : ranges) {
            if (range.offset() % Mapping.pageSize() != 0) {
                throw new IllegalArgumentException("partitions start and end with a page: offset=" + range.offset()
                        + " page=" + Mapping.pageSize() + "; use multiples of the page size");
            }
        }
    }

    private boolean canBeHuge() {
        String obstacle = topology.hugePageObstacle();
        if (obstacle != null) {
            topology = CachedTopology.refresh();
            obstacle = topology.hugePageObstacle();
        }
        if (obstacle != null) {
            refuse(new UnsupportedOperationException(obstacle));
        }
        return obstacle == null;
    }

    /** The nodes of a range on which this process can allocate. */
    private BitSet usableNodes(Range range) {
        BitSet usable = new BitSet();
        for (int node : range.nodes()) {
            String obstacle = topology.nodeObstacle(node);
            if (obstacle != null) {
                topology = CachedTopology.refresh();
                obstacle = topology.nodeObstacle(node);
            }
            if (obstacle == null) {
                usable.set(node);
            } else {
                refuse(new IllegalArgumentException(obstacle));
            }
        }
        if (range.policy() == Policy.INTERLEAVE && range.nodes().isEmpty()) {
            topology.allocatableNodes().forEach(usable::set);
            if (usable.isEmpty()) {
                refuse(new UnsupportedOperationException("nodes are hidden from this process: nodes=[];"
                        + " list the nodes, or see Topology.current().unknown()"));
            }
        }
        return usable;
    }

    private void bind(Mapping mapping, Range range, BitSet nodes) {
        // Containers often forbid mbind, so it is left out where it would change nothing: the local policy is the
        // default.
        boolean needless =
                topology.hasOneNode() || (range.policy() == Policy.LOCAL ? topology.hidesNodes() : nodes.isEmpty());
        if (!needless) {
            int mode = switch (range.policy()) {
                case LOCAL -> Mapping.MPOL_LOCAL;
                case BIND -> Mapping.MPOL_BIND;
                case PREFER -> Mapping.MPOL_PREFERRED;
                case INTERLEAVE -> Mapping.MPOL_INTERLEAVE;
            };
            long result = mapping.bind(range.offset(), range.length(), mode, nodes);
            check(result, range.policy() + " nodes=" + nodes, "mbind");
        }
    }

    /** Checks a result of the kernel. Lack of memory is an error, also for a best effort. */
    private void check(long result, String request, String call) {
        if (result == 0) {
            return;
        }
        String message = "the kernel refuses: request=" + request + " call=" + call + " bytes=" + bytes + " "
                + Errno.explain(-result);
        if (result == -Errno.ENOMEM) {
            throw new OutOfMemoryError(message);
        }
        refuse(new UnsupportedOperationException(message));
    }

    private void verify(Mapping mapping) {
        if (!placement.isBestEffort()) {
            List<String> violations = new PageCounts(mapping.address(), bytes, placement, List.of()).findViolations();
            if (!violations.isEmpty()) {
                throw new UnsupportedOperationException("memory is not as requested: requested=" + placement + " found="
                        + violations + "; free memory there, or request it as a best effort");
            }
        }
    }

    private void refuse(RuntimeException reason) {
        if (!placement.isBestEffort()) {
            throw reason;
        }
        refused.add(String.valueOf(reason.getMessage()));
    }
}
