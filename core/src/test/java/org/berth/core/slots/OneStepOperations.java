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
 * The operations that Lincheck runs that do in one step what would be several: a claim with initial values, a close
 * that removes the key, a removal after a test, and the adding of a key that nobody owns.
 */
@Param(name = "key", gen = IntGen.class, conf = "0:1")
@Param(name = "thread", gen = ThreadIdGen.class)
public abstract class OneStepOperations {

    /** More threads than Lincheck uses here, as it counts some of its own. */
    private static final int THREADS = 8;

    /** The key 0, and the name "n". */
    private static final int KEYS = 2;

    private static final String NAME = "n";

    private static final long INITIAL = 3;

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    private static final OwnedLong OWNED = RECORD.ownedLong("owned");
    private static final SharedLong SHARED = RECORD.sharedLong("shared");
    private static final RecordLayout LAYOUT = RECORD.build();

    private final SlotTable table;
    private final boolean severalSteps;
    private final @Nullable Slot[][] slots = new Slot[THREADS][KEYS];

    /**
     * Operations on a table.
     *
     * @param severalSteps broken: each is done as a program would do it that has the parts only
     */
    OneStepOperations(Words words, boolean recycling, boolean severalSteps) {
        this.table = SlotTable.over(words, descriptor(recycling));
        this.severalSteps = severalSteps;
    }

    static TableDescriptor descriptor(boolean recycling) {
        return new TableDescriptor(LAYOUT, recycling ? 8 : 32, Long.BYTES, OnRelease.KEEP, recycling, false);
    }

    @Operation
    public boolean claim(@Param(name = "thread") int thread, @Param(name = "key") int key) {
        if (slots[thread][key] != null) {
            return false;
        }
        Slot slot;
        try {
            slot = key == 0
                    ? table.claim(0, values -> values.set(OWNED, INITIAL).set(SHARED, INITIAL))
                    : table.claim(NAME, values -> values.set(OWNED, INITIAL).set(SHARED, INITIAL));
        } catch (IllegalStateException e) {
            return false;
        }
        slots[thread][key] = slot;
        return true;
    }

    @Operation
    public void close(@Param(name = "thread") int thread, @Param(name = "key") int key) {
        Slot slot = take(thread, key);
        if (slot != null) {
            slot.close();
        }
    }

    @Operation
    public void closeAndRemove(@Param(name = "thread") int thread, @Param(name = "key") int key) {
        Slot slot = take(thread, key);
        if (slot == null) {
            return;
        }
        if (severalSteps) {
            slot.close();
            tryRemove(key);
        } else {
            slot.remove();
        }
    }

    @Operation
    public boolean removeUntouched(@Param(name = "key") int key) {
        if (!severalSteps) {
            return key == 0
                    ? table.removeIf(0, view -> view.get(OWNED) == INITIAL)
                    : table.removeIf(NAME, view -> view.get(OWNED) == INITIAL);
        }
        try {
            return at(key).get(OWNED) == INITIAL && tryRemove(key);
        } catch (NoSuchElementException e) {
            return false;
        }
    }

    @Operation
    public boolean ensure(@Param(name = "key") int key) {
        return key == 0 ? table.ensure(0) : table.ensure(NAME);
    }

    @Operation
    public long addOwned(@Param(name = "thread") int thread, @Param(name = "key") int key) {
        Slot slot = slots[thread][key];
        return slot == null ? -1 : slot.add(OWNED, 1);
    }

    @Operation
    public long getAndAdd(@Param(name = "key") int key) {
        try {
            return at(key).getAndAdd(SHARED, 1);
        } catch (NoSuchElementException e) {
            return Long.MIN_VALUE;
        }
    }

    private RecordAccess at(int key) {
        return key == 0 ? table.at(0) : table.at(NAME);
    }

    private boolean tryRemove(int key) {
        return key == 0 ? table.tryRemove(0) : table.tryRemove(NAME);
    }

    private @Nullable Slot take(int thread, int key) {
        Slot slot = slots[thread][key];
        slots[thread][key] = null;
        return slot;
    }

    /** The same, for one thread: what the operations mean. */
    public static final class Specification {

        private final int[] owner = {-1, -1};
        private final boolean[] present = new boolean[KEYS];
        private final long[] owned = new long[KEYS];
        private final long[] shared = new long[KEYS];

        public boolean claim(int thread, int key) {
            if (owner[key] >= 0) {
                return false;
            }
            owner[key] = thread;
            if (!present[key]) {
                present[key] = true;
                owned[key] = INITIAL;
                shared[key] = INITIAL;
            }
            return true;
        }

        public void close(int thread, int key) {
            if (owner[key] == thread) {
                owner[key] = -1;
            }
        }

        public void closeAndRemove(int thread, int key) {
            if (owner[key] == thread) {
                owner[key] = -1;
                present[key] = false;
            }
        }

        public boolean removeUntouched(int key) {
            if (!present[key] || owner[key] >= 0 || owned[key] != INITIAL) {
                return false;
            }
            present[key] = false;
            return true;
        }

        public boolean ensure(int key) {
            if (present[key]) {
                return false;
            }
            present[key] = true;
            owned[key] = 0;
            shared[key] = 0;
            return true;
        }

        public long addOwned(int thread, int key) {
            return owner[key] == thread ? ++owned[key] : -1;
        }

        public long getAndAdd(int key) {
            return present[key] ? shared[key]++ : Long.MIN_VALUE;
        }
    }
}
