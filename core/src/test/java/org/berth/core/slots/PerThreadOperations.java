package org.berth.core.slots;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.offheap.Words;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;

/**
 * The operations that Lincheck runs on slots that are bound to threads: threads add, close their slots, and end without
 * closing, which here means that they say so and do nothing any more; other threads reclaim and read the total.
 */
@Param(name = "delta", gen = IntGen.class, conf = "1:9")
public abstract class PerThreadOperations {

    /** More than threads, as a claim that must wait has a clock in it. */
    private static final int SLOTS = 8;

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    private static final OwnedLong ADDED = RECORD.ownedLong("added", Merge.SUM);
    private static final RecordLayout LAYOUT = RECORD.build();

    private final AtomicLong least = new AtomicLong();
    private final AtomicLong most = new AtomicLong();
    private final Set<Long> ended = ConcurrentHashMap.newKeySet();
    private final PerThread perThread;

    PerThreadOperations(Words words) {
        this.perThread = new PerThread(
                SlotTable.over(words, descriptor()), thread -> ended.contains(thread.threadId()), threadSlots());
    }

    /** Broken: reclaims the slots of live threads. */
    PerThreadOperations(Words words, Predicate<Thread> wrong) {
        this.perThread = new PerThread(SlotTable.over(words, descriptor()), wrong, threadSlots());
    }

    /** Has eight positions: Lincheck takes a longer loop for one that waits. */
    private static ThreadSlots threadSlots() {
        return new ThreadSlots(2);
    }

    static TableDescriptor descriptor() {
        return new TableDescriptor(LAYOUT, SLOTS, Long.BYTES, OnRelease.MERGE, true, false);
    }

    @Operation
    public void add(@Param(name = "delta") int delta) {
        if (isAlive()) {
            most.addAndGet(delta);
            perThread.add(ADDED, delta);
            least.addAndGet(delta);
        } else {
            lease(delta);
        }
    }

    /** Leases a slot, in a thread that may have one already. */
    @Operation
    public void lease(@Param(name = "delta") int delta) {
        try (Slot slot = perThread.lease()) {
            most.addAndGet(delta);
            slot.add(ADDED, delta);
            least.addAndGet(delta);
        }
    }

    @Operation
    public void leave() {
        if (isAlive()) {
            perThread.leave();
        }
    }

    @Operation
    public void end() {
        ended.add(Thread.currentThread().threadId());
    }

    @Operation
    public void reclaim() {
        perThread.reclaim();
    }

    /** Returns whether the total is a possible one. Values are not all read at one moment, so several are. */
    @Operation
    public boolean total() {
        long before = least.get();
        long total = perThread.table.sum(ADDED);
        return before <= total && total <= most.get();
    }

    private boolean isAlive() {
        return !ended.contains(Thread.currentThread().threadId());
    }

    /** The operations for one thread: what they mean. */
    public static final class Specification {

        public void add(int delta) {}

        public void lease(int delta) {}

        public void leave() {}

        public void end() {}

        public void reclaim() {}

        public boolean total() {
            return true;
        }
    }
}
