package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.berth.offheap.ArrayWords;
import org.junit.jupiter.api.Test;

/** Threads whose slots have the same first place. */
class ThreadSlotsTest {

    private final ThreadSlots places = new ThreadSlots(4);
    private final TableDescriptor descriptor = PerThreadOperations.descriptor();
    private final SlotTable table = SlotTable.over(new ArrayWords(descriptor.bytes), descriptor);

    /** A slot of a thread whose id is a multiple of the places' number. */
    private Slot slot() {
        while (true) {
            Thread thread = Thread.ofPlatform().unstarted(() -> {});
            if (thread.threadId() % places.places.length == 0) {
                return new Slot(table, 0, 0, null, thread);
            }
        }
    }

    private boolean isThere(Slot slot) {
        return places.find(Objects.requireNonNull(slot.thread)) == slot;
    }

    @Test
    void eachIsFoundAlsoBehindAPlaceThatIsEmptyAgain() {
        Slot a = slot();
        Slot b = slot();
        Slot c = slot();
        places.add(a);
        places.add(b);
        places.add(c);
        assertThat(isThere(a) && isThere(b) && isThere(c)).isTrue();
        places.remove(b);
        assertThat(isThere(b)).isFalse();
        assertThat(isThere(c)).as("behind the hole").isTrue();
        places.remove(a);
        assertThat(isThere(c)).isTrue();
        Slot d = slot();
        places.add(d);
        assertThat(isThere(d) && isThere(c)).isTrue();
    }

    @Test
    void thereIsAPlaceForEachThatThereIsRoomFor() {
        for (int slots : new int[] {1, 2, 3, 64, 65}) {
            assertThat(new ThreadSlots(slots).places.length).isBetween(4 * slots, 8 * slots);
        }
    }
}
