package org.berth.core.slots;

import java.util.NoSuchElementException;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Field.SharedLong;
import org.berth.offheap.Words;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jspecify.annotations.Nullable;

/**
 * The operations that Lincheck runs where keys are removed: claims, closes, removals and field operations on a few
 * keys, three of them {@code long}s and one a name. Every claim that adds a key allocates the slot that was freed last,
 * so in a recycling table the slots change keys all the time. One key is 0, as a free slot at the end of its list looks
 * as if its key was 0.
 */
@Param(name = "key", gen = IntGen.class, conf = "0:3")
@Param(name = "thread", gen = ThreadIdGen.class)
public abstract class RemovalOperations {

    /** More threads than Lincheck uses here, as it counts some of its own. */
    private static final int THREADS = 8;

    /** All but the last are {@code long}s, each its own number. */
    private static final int KEYS = 4;

    /** The key that is a name. */
    static final int NAMED = KEYS - 1;

    private static final String NAME = "n";

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    private static final OwnedLong OWNED = RECORD.ownedLong("owned");
    private static final SharedLong SHARED = RECORD.sharedLong("shared");
    private static final RecordLayout LAYOUT = RECORD.build();

    static final int OWNED_BY_ANOTHER = 2;

    private final SlotTable table;
    private final @Nullable Slot[][] slots = new Slot[THREADS][KEYS];

    RemovalOperations(Words words, boolean recycling) {
        this(words, descriptor(recycling));
    }

    RemovalOperations(Words words, TableDescriptor descriptor) {
        this.table = SlotTable.over(words, descriptor);
    }

    /** Recycling, with two partitions: threads of even and odd ids allocate from one or the other first. */
    static TableDescriptor partitioned() {
        NodePartitions partitions = new NodePartitions(
                new int[] {0, 1},
                new int[][] {{0, 1}, {1, 0}},
                () -> (int) (Thread.currentThread().threadId() & 1),
                Long.BYTES);
        return new TableDescriptor(LAYOUT, 8, Long.BYTES, OnRelease.KEEP, true, false, 40, partitions);
    }

    /** With slots for claims that lose a race and, where slots are retired, for every claim of a scenario. */
    static TableDescriptor descriptor(boolean recycling) {
        return new TableDescriptor(LAYOUT, recycling ? 8 : 32, Long.BYTES, OnRelease.KEEP, recycling, false);
    }

    @Operation
    public boolean claim(@Param(name = "thread") int thread, @Param(name = "key") int key) {
        Slot slot = key == NAMED ? table.tryClaim(NAME) : table.tryClaim(key);
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
    public int remove(@Param(name = "key") int key) {
        try {
            return (key == NAMED ? table.remove(NAME) : table.remove(key)) ? 1 : 0;
        } catch (IllegalStateException e) {
            return OWNED_BY_ANOTHER;
        }
    }

    @Operation
    public long addOwned(@Param(name = "thread") int thread, @Param(name = "key") int key) {
        Slot slot = slots[thread][key];
        return slot == null ? -1 : slot.add(OWNED, 1);
    }

    @Operation
    public long getAndAdd(@Param(name = "key") int key) {
        try {
            return (key == NAMED ? table.at(NAME) : table.at(key)).getAndAdd(SHARED, 1);
        } catch (NoSuchElementException e) {
            return Long.MIN_VALUE;
        }
    }

    @Operation
    public boolean contains(@Param(name = "key") int key) {
        return key == NAMED ? table.contains(NAME) : table.contains(key);
    }

    /** The same, for one thread: what the operations mean. */
    public static final class Specification {

        private final int[] owner = {-1, -1, -1, -1};
        private final boolean[] present = new boolean[KEYS];
        private final long[] owned = new long[KEYS];
        private final long[] shared = new long[KEYS];

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

        public int remove(int key) {
            if (!present[key]) {
                return 0;
            }
            if (owner[key] >= 0) {
                return OWNED_BY_ANOTHER;
            }
            present[key] = false;
            owned[key] = 0;
            shared[key] = 0;
            return 1;
        }

        public long addOwned(int thread, int key) {
            return owner[key] == thread ? ++owned[key] : -1;
        }

        public long getAndAdd(int key) {
            return present[key] ? shared[key]++ : Long.MIN_VALUE;
        }

        public boolean contains(int key) {
            return present[key];
        }
    }
}
