package org.berth.core.slots;

import java.util.concurrent.TimeUnit;
import org.agrona.MutableDirectBuffer;
import org.berth.core.slots.Field.OwnedBytes;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Field.OwnedLongs;
import org.berth.core.slots.Field.SharedLong;
import org.berth.offheap.Words;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;

/**
 * The operations that Lincheck runs on one record: its owner adds to a field, to elements of an array and to a
 * number among bytes at once, and readers read all. The
 * table merges and has a single slot, so that its total is atomic, too; and the owner closes the slot and claims it
 * again all the time.
 */
@Param(name = "delta", gen = IntGen.class, conf = "1:2")
public abstract class WriteOperations {

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    private static final OwnedLong FIRST = RECORD.ownedLong("first", Merge.SUM);
    private static final OwnedLongs SECOND = RECORD.ownedLongs("second", 2, Merge.SUM);
    private static final OwnedBytes BYTES = RECORD.ownedBytes("bytes", 12);
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
        SlotWrite write = owner.begin().add(FIRST, delta).add(SECOND, 0, delta).add(SECOND, 1, 10L * delta);
        MutableDirectBuffer bytes = write.buffer(BYTES);
        bytes.putLong(4, bytes.getLong(4) + 10L * delta);
        write.commit();
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

    /** The totals of both elements as one moment had them, as there is one slot. */
    @Operation
    public long totals() {
        long[] totals = new long[2];
        table.total(SECOND, totals);
        return 1_000 * totals[0] + totals[1];
    }

    @Operation
    public long sumShared() {
        return table.sum(SHARED);
    }

    /** The fields, or -1 if the array and the bytes are not of one write. */
    @Operation
    public long read() {
        Snapshot snapshot = LAYOUT.newSnapshot();
        while (!view.tryRead(snapshot, 0, TimeUnit.NANOSECONDS)) {
            Thread.onSpinWait();
        }
        long second = snapshot.get(SECOND, 1);
        return snapshot.get(SECOND, 0) * 10 == second && snapshot.buffer(BYTES).getLong(4) == second
                ? 1_000 * snapshot.get(FIRST) + second
                : -1;
    }

    /** The same, for one thread: what the operations mean. */
    public static final class Specification {

        private long first;
        private long second;
        private long shared;
        private long firstBefore;
        private long secondBefore;
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
            secondBefore += second;
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

        public long totals() {
            return 101 * (secondBefore + second);
        }

        public long sumShared() {
            return sharedBefore + shared;
        }

        public long read() {
            return 1_000 * first + second;
        }
    }
}
