package org.berth.core.slots;

import java.util.concurrent.TimeUnit;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Field.SharedLong;
import org.berth.offheap.Words;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;

/**
 * The operations that Lincheck runs on one record: its owner adds to two fields at once, and readers read both. The
 * table merges and has a single slot, so that its total is atomic, too; and the owner closes the slot and claims it
 * again all the time.
 */
@Param(name = "delta", gen = IntGen.class, conf = "1:2")
public abstract class WriteOperations {

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    private static final OwnedLong FIRST = RECORD.ownedLong("first", Merge.SUM);
    private static final OwnedLong SECOND = RECORD.ownedLong("second", Merge.SUM);
    private static final SharedLong SHARED = RECORD.sharedLong("shared", Merge.SUM);
    private static final RecordLayout LAYOUT = RECORD.build();

    private final SlotTable table;
    private final SlotView view;
    private Slot owner;

    WriteOperations(Words words) {
        this.table = SlotTable.over(words, descriptor());
        this.owner = table.claim(1);
        this.view = table.view(1);
    }

    static TableDescriptor descriptor() {
        return new TableDescriptor(LAYOUT, 1, Long.BYTES, OnRelease.MERGE, false, false);
    }

    @Operation(nonParallelGroup = "owner")
    public void write(@Param(name = "delta") int delta) {
        owner.begin().add(FIRST, delta).add(SECOND, 10L * delta).commit();
    }

    @Operation(nonParallelGroup = "owner")
    public void add(@Param(name = "delta") int delta) {
        owner.add(FIRST, delta);
    }

    @Operation(nonParallelGroup = "owner")
    public void closeAndClaim() {
        owner.close();
        owner = table.claim(1);
    }

    @Operation
    public long getAndAdd() {
        return table.at(1).getAndAdd(SHARED, 0);
    }

    @Operation
    public void addShared(@Param(name = "delta") int delta) {
        table.at(1).getAndAdd(SHARED, delta);
    }

    @Operation
    public long sumFirst() {
        return table.sum(FIRST);
    }

    @Operation
    public long sumShared() {
        return table.sum(SHARED);
    }

    /** Both fields, or -1 if a commit was under way. */
    @Operation
    public long read() {
        Snapshot snapshot = LAYOUT.newSnapshot();
        while (!view.tryRead(snapshot, 0, TimeUnit.NANOSECONDS)) {
            Thread.onSpinWait();
        }
        return 1_000 * snapshot.get(FIRST) + snapshot.get(SECOND);
    }

    /** The same, for one thread: what the operations mean. */
    public static final class Specification {

        private long first;
        private long second;
        private long shared;
        private long firstBefore;
        private long sharedBefore;

        public void write(int delta) {
            first += delta;
            second += 10L * delta;
        }

        public void add(int delta) {
            first += delta;
        }

        public void closeAndClaim() {
            firstBefore += first;
            sharedBefore += shared;
            first = 0;
            second = 0;
            shared = 0;
        }

        public long getAndAdd() {
            return shared;
        }

        public void addShared(int delta) {
            shared += delta;
        }

        public long sumFirst() {
            return firstBefore + first;
        }

        public long sumShared() {
            return sharedBefore + shared;
        }

        public long read() {
            return 1_000 * first + second;
        }
    }
}
