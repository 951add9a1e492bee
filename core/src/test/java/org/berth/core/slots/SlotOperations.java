package org.berth.core.slots;

import java.util.NoSuchElementException;
import java.util.function.LongSupplier;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Field.SharedInt;
import org.berth.core.slots.Field.SharedLong;
import org.berth.offheap.Words;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jspecify.annotations.Nullable;

/**
 * The operations that Lincheck runs: claims, closes and field operations on two keys, a long and a name,
 * by three threads.
 */
@Param(name = "key", gen = IntGen.class, conf = "0:1")
@Param(name = "value", gen = IntGen.class, conf = "0:2")
@Param(name = "thread", gen = ThreadIdGen.class)
public abstract class SlotOperations {

    /** More threads than Lincheck uses here, as it counts some of its own. */
    private static final int THREADS = 8;

    private static final int KEYS = 2;

    /** Slots for both keys, and for claims that lose a race. */
    static final int CAPACITY = 8;

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    private static final OwnedLong OWNED = RECORD.ownedLong("owned");
    private static final SharedLong SHARED = RECORD.sharedLong("shared");
    private static final SharedInt SMALL = RECORD.sharedInt("small");
    static final RecordLayout LAYOUT = RECORD.build();

    private final SlotTable table;
    private final @Nullable Slot[][] slots = new Slot[THREADS][KEYS];

    SlotOperations(Words words) {
        this.table = SlotTable.over(words, LAYOUT, CAPACITY, Long.BYTES);
    }

    static long bytes() {
        return new TableDescriptor(LAYOUT, CAPACITY, Long.BYTES).bytes;
    }

    @Operation
    public boolean claim(@Param(name = "thread") int thread, @Param(name = "key") int key) {
        Slot slot = key == 0 ? table.tryClaim(7) : table.tryClaim("n");
        if (slot != null) {
            slots[thread][key] = slot;
        }
        return slot != null;
    }

    @Operation
    public void close(@Param(name = "thread") int thread, @Param(name = "key") int key) {
        Slot slot = slots[thread][key];
        slots[thread][key] = null;
        if (slot != null) {
            slot.close();
        }
    }

    @Operation
    public long addOwned(@Param(name = "thread") int thread, @Param(name = "key") int key) {
        Slot slot = slots[thread][key];
        return slot == null ? -1 : slot.add(OWNED, 1);
    }

    @Operation
    public long getOwned(@Param(name = "key") int key) {
        return found(() -> key == 0 ? table.at(7).get(OWNED) : table.at("n").get(OWNED));
    }

    @Operation
    public boolean contains(@Param(name = "key") int key) {
        return key == 0 ? table.contains(7) : table.contains("n");
    }

    @Operation
    public long compareAndExchange(
            @Param(name = "key") int key, @Param(name = "value") int expected, @Param(name = "value") int value) {
        return found(() -> key == 0
                ? table.at(7).compareAndExchange(SHARED, expected, value)
                : table.at("n").compareAndExchange(SHARED, expected, value));
    }

    @Operation
    public long getAndAdd(@Param(name = "key") int key, @Param(name = "value") int delta) {
        return found(() ->
                key == 0 ? table.at(7).getAndAdd(SMALL, delta) : table.at("n").getAndAdd(SMALL, delta));
    }

    @Operation
    public long update(@Param(name = "key") int key) {
        return found(() -> key == 0
                ? table.at(7).updateAndGet(SHARED, x -> x * 2 + 1)
                : table.at("n").updateAndGet(SHARED, x -> x * 2 + 1));
    }

    private static long found(LongSupplier operation) {
        try {
            return operation.getAsLong();
        } catch (NoSuchElementException e) {
            return Long.MIN_VALUE;
        }
    }

    /** The same, for one thread: what the operations mean. */
    public static final class Specification {

        private final int[] owner = {-1, -1};
        private final boolean[] present = new boolean[KEYS];
        private final long[] owned = new long[KEYS];
        private final long[] shared = new long[KEYS];
        private final long[] small = new long[KEYS];

        public boolean claim(int thread, int key) {
            if (owner[key] >= 0) {
                return false;
            }
            owner[key] = thread;
            present[key] = true;
            return true;
        }

        public void close(int thread, int key) {
            if (owner[key] == thread) {
                owner[key] = -1;
            }
        }

        public long addOwned(int thread, int key) {
            return owner[key] == thread ? ++owned[key] : -1;
        }

        public long getOwned(int key) {
            return present[key] ? owned[key] : Long.MIN_VALUE;
        }

        public boolean contains(int key) {
            return present[key];
        }

        public long compareAndExchange(int key, int expected, int value) {
            if (!present[key]) {
                return Long.MIN_VALUE;
            }
            long before = shared[key];
            if (before == expected) {
                shared[key] = value;
            }
            return before;
        }

        public long getAndAdd(int key, int delta) {
            if (!present[key]) {
                return Long.MIN_VALUE;
            }
            long before = small[key];
            small[key] += delta;
            return before;
        }

        public long update(int key) {
            if (!present[key]) {
                return Long.MIN_VALUE;
            }
            shared[key] = shared[key] * 2 + 1;
            return shared[key];
        }
    }
}
