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

/**
 * A segment, and what was asked of its place.
 *
 * @param segment the memory
 * @param asked   {@link Placement#local()} for memory that was not placed: it was touched where it was allocated
 * @param refused what could not even be asked of the kernel, a sentence each
 */
record Memory(MemorySegment segment, Placement asked, List<String> refused) {

    /** Memory that was not placed. */
    static Memory of(MemorySegment segment) {
        return new Memory(segment, Placement.local(), List.of());
    }

    /** Zero-filled memory that lives as long as the arena. A call that throws leaves none behind. */
    static Memory allocate(long bytes, Placement placement, Arena arena) {
        placement.parts(bytes); // throws if it does not fit
        String obstacle = NativeAccess.obstacle();
        if (obstacle == null) {
            return new PlacedAllocator(bytes, placement).allocate(arena, () -> {});
        }
        return unplaced(bytes, placement, arena, obstacle);
    }

    /** Zero-filled memory that the collector frees, within the limit for it. */
    static Memory allocateCollected(long bytes, Placement placement) {
        placement.parts(bytes); // throws if it does not fit
        String obstacle = NativeAccess.obstacle();
        if (obstacle != null) {
            return unplaced(bytes, placement, Arena.ofAuto(), obstacle);
        }
        AtomicBoolean released = new AtomicBoolean();
        Runnable release = () -> {
            // Once: an error may come after the arena has adopted the memory, which then gives it back as well.
            if (!released.getAndSet(true)) {
                ReservedMemory.PROCESS.release(bytes);
            }
        };
        ReservedMemory.PROCESS.reserve(bytes);
        try {
            return new PlacedAllocator(bytes, placement).allocate(Arena.ofAuto(), release);
        } catch (Throwable failure) {
            release.run();
            throw failure;
        }
    }

    private static Memory unplaced(long bytes, Placement placement, Arena arena, String obstacle) {
        if (!placement.isBestEffort()) {
            throw new UnsupportedOperationException("placement is not available here: " + obstacle
                    + "; or ask for it as a best effort; asked=" + placement);
        }
        return new Memory(arena.allocate(bytes, Region.ALIGNMENT), placement, List.of(obstacle));
    }

    /** Asks the kernel about a range. */
    PlacementReport actual(long offset, long length) {
        Objects.checkFromIndexSize(offset, length, segment.byteSize());
        requireAlive();
        PlacementReport actual;
        if (NativeAccess.obstacle() != null && asked.isBestEffort()) {
            actual = new PlacementReport(asked, new TreeMap<>(), 0, OptionalLong.empty(), refused);
        } else {
            NativeAccess.require("the place of memory");
            actual = new PageCounts(segment.address(), segment.byteSize(), asked, refused).take(offset, length);
        }
        // Asking is harmless for memory that is gone, but then the answer is about somebody else's. It also keeps the
        // collector away.
        requireAlive();
        return actual;
    }

    private void requireAlive() {
        if (!segment.scope().isAlive()) {
            throw new IllegalStateException(
                    "memory is closed: size=" + segment.byteSize() + "; ask before the region is closed");
        }
    }
}
