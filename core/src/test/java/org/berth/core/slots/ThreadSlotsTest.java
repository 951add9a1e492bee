package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.berth.offheap.ArrayWords;
import org.junit.jupiter.api.Test;

/** Threads whose slots have the same home position. */
class ThreadSlotsTest {

    private final ThreadSlots slots = new ThreadSlots(4);
    private final TableDescriptor descriptor = PerThreadOperations.descriptor();
    private final SlotTable table = SlotTable.over(new ArrayWords(descriptor.bytes), descriptor);

    /** A slot of a thread whose id is a multiple of the table's length. */
    private Slot slot() {
        while (true) {
            Thread thread = Thread.ofPlatform().unstarted(() -> {});
            if (thread.threadId() % slots.slots.length == 0) {
                return new Slot(table.memory, RecordQueues.NONE, 0, 0, null, thread, null, null);
            }
        }
    }

    private boolean isFound(Slot slot) {
        return slots.find(Objects.requireNonNull(slot.thread)) == slot;
    }

    @Test
    void eachIsFoundAlsoBehindAPositionThatIsEmptyAgain() {
        Slot a = slot();
        Slot b = slot();
        Slot c = slot();
        slots.add(a);
        slots.add(b);
        slots.add(c);
        assertThat(isFound(a) && isFound(b) && isFound(c)).isTrue();
        slots.remove(b);
        assertThat(isFound(b)).isFalse();
        assertThat(isFound(c)).as("behind the empty position").isTrue();
        slots.remove(a);
        assertThat(isFound(c)).isTrue();
        Slot d = slot();
        slots.add(d);
        assertThat(isFound(d) && isFound(c)).isTrue();
    }

    @Test
    void theTableHasAtLeastFourTimesItsCapacity() {
        for (int capacity : new int[] {1, 2, 3, 64, 65}) {
            assertThat(new ThreadSlots(capacity).slots.length).isBetween(4 * capacity, 8 * capacity);
        }
    }
}
