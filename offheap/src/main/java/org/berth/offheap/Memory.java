package org.berth.offheap;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.berth.offheap.linux.NativeAccess;
import org.berth.offheap.placement.Placement;
import org.berth.offheap.placement.PlacementReport;
import org.jspecify.annotations.Nullable;

/** A memory segment, its requested placement, and what messages call it. */
final class Memory {

    private final MemorySegment segment;
    private final Placement requested;
    private final List<String> refused;
    private final boolean placed;

    /** Read only for a message. */
    private volatile @Nullable String description;

    /**
     * Describes memory.
     *
     * @param segment   the memory
     * @param requested {@link Placement#local()} for memory that was not placed, as the allocating thread touched it
     * @param refused   what the allocation had to leave out of the request, one sentence each
     * @param placed    whether it comes from the kernel, and not from the JVM
     */
    Memory(MemorySegment segment, Placement requested, List<String> refused, boolean placed) {
        this.segment = segment;
        this.requested = requested;
        this.refused = refused;
        this.placed = placed;
    }

    /** Memory that was not placed. */
    static Memory of(MemorySegment segment) {
        return new Memory(segment, Placement.local(), List.of(), false);
    }

    /** Allocates zero-filled memory that the garbage collector frees, within the JVM's limit of direct memory. */
    static Memory ofAuto(long bytes) {
        Region.requireSize(bytes);
        MemoryLimits.PROCESS.checkAuto(bytes);
        return of(MemoryLimits.allocate(bytes, Arena.ofAuto()));
    }

    /** Allocates zero-filled memory without a placement, with the lifetime of an arena. */
    static Memory allocate(long bytes, Arena arena) {
        MemoryLimits.PROCESS.check(bytes);
        return of(MemoryLimits.allocate(bytes, arena));
    }

    /** Allocates zero-filled memory with the lifetime of an arena. A call that throws leaves nothing allocated. */
    static Memory allocate(long bytes, Placement placement, Arena arena) {
        placement.ranges(bytes); // throws if the partitions do not fit
        String obstacle = NativeAccess.unavailabilityCause();
        if (obstacle != null) {
            requireBestEffort(placement, obstacle);
            MemoryLimits.PROCESS.check(bytes);
            return unplaced(bytes, placement, arena, obstacle);
        }
        MemoryLimits.PROCESS.check(bytes);
        return new PlacedAllocator(bytes, placement).allocate(arena, () -> {});
    }

    /** Allocates zero-filled memory that the garbage collector frees, within the limit of {@link ReservedMemory}. */
    static Memory allocateAuto(long bytes, Placement placement) {
        placement.ranges(bytes); // throws if the partitions do not fit
        String obstacle = NativeAccess.unavailabilityCause();
        if (obstacle != null) {
            requireBestEffort(placement, obstacle);
            MemoryLimits.PROCESS.checkAuto(bytes);
            return unplaced(bytes, placement, Arena.ofAuto(), obstacle);
        }
        AtomicBoolean unreserved = new AtomicBoolean();
        Runnable unreserve = () -> {
            // Once only: an error can follow after the arena has got the memory, and the arena then unreserves it as
            // well.
            if (!unreserved.getAndSet(true)) {
                ReservedMemory.PROCESS.unreserve(bytes);
            }
        };
        ReservedMemory.PROCESS.reserve(bytes);
        try {
            MemoryLimits.PROCESS.checkAuto(bytes);
            return new PlacedAllocator(bytes, placement).allocate(Arena.ofAuto(), unreserve);
        } catch (Throwable failure) {
            unreserve.run();
            throw failure;
        }
    }

    private static void requireBestEffort(Placement placement, String obstacle) {
        if (!placement.isBestEffort()) {
            throw new UnsupportedOperationException("placement is not available here: " + obstacle
                    + "; or request it as a best effort; requested=" + placement);
        }
    }

    private static Memory unplaced(long bytes, Placement placement, Arena arena, String obstacle) {
        return new Memory(MemoryLimits.allocate(bytes, arena), placement, List.of(obstacle), false);
    }

    MemorySegment segment() {
        return segment;
    }

    boolean placed() {
        return placed;
    }

    void describe(String text) {
        description = text;
    }

    String description() {
        String given = description;
        return given != null ? given : "memory of size=" + segment.byteSize();
    }

    /** An exception with more detail than the JDK's, which says "Already closed". */
    IllegalStateException closed(long offset, IllegalStateException cause) {
        return new IllegalStateException(
                "memory is closed: offset=" + offset + ", region=" + description()
                        + "; close the region (or the table over it) after its last use",
                cause);
    }

    /** Asks the kernel about a range. */
    PlacementReport placementReport(long offset, long length) {
        Objects.checkFromIndexSize(offset, length, segment.byteSize());
        requireAlive();
        PlacementReport report;
        if (NativeAccess.unavailabilityCause() != null && requested.isBestEffort()) {
            report = new PlacementReport(requested, new TreeMap<>(), 0, OptionalLong.empty(), refused);
        } else {
            NativeAccess.ensureAvailable("the placement report");
            report = new PageCounts(segment.address(), segment.byteSize(), requested, refused).count(offset, length);
        }
        // To count pages of freed memory is harmless, but they may be other memory's by then. This check also keeps the
        // segment reachable while its pages are counted.
        requireAlive();
        return report;
    }

    private void requireAlive() {
        if (!segment.scope().isAlive()) {
            throw new IllegalStateException(
                    "memory is closed: region=" + description() + "; ask for the report before the region is closed");
        }
    }
}
