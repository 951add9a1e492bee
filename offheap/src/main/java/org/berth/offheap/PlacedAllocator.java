package org.berth.offheap;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.berth.offheap.linux.Errno;
import org.berth.offheap.linux.Mapping;
import org.berth.offheap.placement.Placement;
import org.berth.offheap.placement.Placement.Part;
import org.berth.offheap.placement.Placement.Policy;

/** One allocation by a placement. What cannot be met is thrown, or noted if it is a best effort. */
final class PlacedAllocator {

    private final long bytes;
    private final Placement placement;
    private final List<String> refused = new ArrayList<>();
    private CachedTopology machine = CachedTopology.known();

    PlacedAllocator(long bytes, Placement placement) {
        this.bytes = bytes;
        this.placement = placement;
    }

    /**
     * Whatever fails, no memory stays mapped.
     *
     * @param afterwards what to do when the memory is given back; not done if this call fails
     */
    Memory allocate(Arena arena, Runnable afterwards) {
        List<Part> parts = placement.parts(bytes);
        requireWholePages(parts);
        // What can be known beforehand fails before anything is mapped.
        List<BitSet> nodes = parts.stream().map(this::usableNodes).toList();
        boolean huge = placement.isHuge() && canBeHuge();
        Mapping mapping = Mapping.create(bytes, huge ? machine.hugePageBytes() : Mapping.pageSize());
        MemorySegment segment;
        List<String> reasons;
        try {
            for (int i = 0; i < parts.size(); i++) {
                bind(mapping, parts.get(i), nodes.get(i));
            }
            if (huge) {
                check(mapping.makeHuge(), "huge pages", "madvise");
            }
            if (placement.isPreTouched()) {
                check(mapping.populate(), "pre-touch", "madvise");
                requireAsAsked(mapping);
            }
            reasons = refused.stream().distinct().toList();
            // Last: from here on it is the arena that gives the memory back.
            segment = mapping.adopt(arena, afterwards);
        } catch (Throwable failure) {
            mapping.unmap();
            throw failure;
        }
        return new Memory(segment, placement, reasons);
    }

    private static void requireWholePages(List<Part> parts) {
        for (Part part : parts) {
            if (part.offset() % Mapping.pageSize() != 0) {
                throw new IllegalArgumentException("stripes start and end with a page: offset=" + part.offset()
                        + " page=" + Mapping.pageSize() + "; use multiples of the page");
            }
        }
    }

    private boolean canBeHuge() {
        String reason = machine.whyNotHuge();
        if (reason != null) {
            machine = CachedTopology.current();
            reason = machine.whyNotHuge();
        }
        if (reason != null) {
            refuse(new UnsupportedOperationException(reason));
        }
        return reason == null;
    }

    /** The nodes of a part on which this process can have memory. */
    private BitSet usableNodes(Part part) {
        BitSet usable = new BitSet();
        for (int node : part.nodes()) {
            String reason = machine.whyNotOn(node);
            if (reason != null) {
                machine = CachedTopology.current();
                reason = machine.whyNotOn(node);
            }
            if (reason == null) {
                usable.set(node);
            } else {
                refuse(new IllegalArgumentException(reason));
            }
        }
        if (part.policy() == Policy.INTERLEAVE && part.nodes().isEmpty()) {
            machine.allocatable().forEach(usable::set);
            if (usable.isEmpty()) {
                refuse(
                        new UnsupportedOperationException(
                                "nodes are hidden from this process: nodes=[]; list the nodes, or see Topology.current().unknown()"));
            }
        }
        return usable;
    }

    private void bind(Mapping mapping, Part part, BitSet nodes) {
        // Containers often forbid the call, so it is left out where it changes nothing. Local is the default.
        boolean needless =
                machine.hasOneNode() || (part.policy() == Policy.LOCAL ? machine.hidesNodes() : nodes.isEmpty());
        if (!needless) {
            int mode = switch (part.policy()) {
                case LOCAL -> Mapping.MPOL_LOCAL;
                case BIND -> Mapping.MPOL_BIND;
                case PREFER -> Mapping.MPOL_PREFERRED;
                case INTERLEAVE -> Mapping.MPOL_INTERLEAVE;
            };
            long result = mapping.bind(part.offset(), part.length(), mode, nodes);
            check(result, part.policy() + " nodes=" + nodes, "mbind");
        }
    }

    /** A result of the kernel. Too little memory is an error, also for a best effort. */
    private void check(long result, String what, String call) {
        if (result == 0) {
            return;
        }
        String message = "the kernel refuses: request=" + what + " call=" + call + " bytes=" + bytes + " "
                + Errno.explain(-result);
        if (result == -Errno.ENOMEM) {
            throw new OutOfMemoryError(message);
        }
        refuse(new UnsupportedOperationException(message));
    }

    private void requireAsAsked(Mapping mapping) {
        if (!placement.isBestEffort()) {
            PageCounts census = new PageCounts(mapping.address(), bytes, placement, List.of());
            census.take(0, bytes);
            if (!census.broken().isEmpty()) {
                throw new UnsupportedOperationException("memory is not as it was asked for: asked=" + placement
                        + " found=" + census.broken() + "; free memory there, or ask for it as a best effort");
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
