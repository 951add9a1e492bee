package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThat;

import org.berth.offheap.ArrayWords;
import org.berth.offheap.ForwardingWords;
import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The list of free slots under the one interleaving for which its links have tags (ABA), and the index. */
class KeyIndexTest {

    private static final int CAPACITY = 8;

    private static final TableDescriptor DESCRIPTOR = new TableDescriptor(TestLayout.LAYOUT, CAPACITY, Long.BYTES);

    private final Interrupted words = new Interrupted(new ArrayWords(DESCRIPTOR.bytes));
    private final KeyIndex index = new KeyIndex(words, DESCRIPTOR);

    /** Runs other operations between a pop's read of the next free slot and its CAS. */
    private static final class Interrupted extends ForwardingWords {

        @Nullable
        Runnable others;

        Interrupted(Words words) {
            super(words);
        }

        @Override
        public long getOpaque(long offset) {
            long word = super.getOpaque(offset);
            Runnable once = others;
            if (once != null && offset >= DESCRIPTOR.metadata) {
                others = null;
                once.run();
            }
            return word;
        }
    }

    @Test
    void aHeadThatWasPoppedAndPushedAgainIsNotTakenForTheOldOne() {
        int first = index.allocate(KeyIndex.Key.of(1));
        int second = index.allocate(KeyIndex.Key.of(2));
        assertThat(first).isNotEqualTo(second);
        index.deallocate(first);
        index.deallocate(second);
        int[] allocated = new int[2];
        words.others = () -> {
            allocated[0] = index.allocate(KeyIndex.Key.of(3));
            allocated[1] = index.allocate(KeyIndex.Key.of(4));
            // The head is the same slot again, but the next one is in use.
            index.deallocate(allocated[0]);
        };
        int mine = index.allocate(KeyIndex.Key.of(5));
        int next = index.allocate(KeyIndex.Key.of(6));
        assertThat(words.others).as("the others ran in between").isNull();
        assertThat(allocated).containsExactly(second, first);
        assertThat(mine).isEqualTo(second);
        assertThat(next).as("a slot that is free").isNotIn(allocated[1], mine);
    }

    @Test
    void deallocatedSlotsAreReusedBeforeTheTableIsFull() {
        for (int key = 0; key < CAPACITY - 1; key++) {
            index.publish(KeyIndex.Key.of(key), index.allocate(KeyIndex.Key.of(key)));
        }
        int last = index.allocate(index.keyOf("last"));
        index.deallocate(last);
        assertThat(index.allocate(index.keyOf("other"))).isEqualTo(last);
        index.publish(index.keyOf("other"), last);
        assertThat(index.size()).isEqualTo(CAPACITY);
        assertThat(index.allocate(index.keyOf("one more"))).isEqualTo(KeyIndex.NONE);
        assertThat(index.find("other")).isEqualTo(last);
    }

    @Test
    void publishingAKeyThatIsInTheIndexReturnsItsSlot() {
        int winner = index.allocate(index.keyOf("k"));
        int loser = index.allocate(index.keyOf("k"));
        assertThat(index.publish(index.keyOf("k"), winner)).isEqualTo(winner);
        assertThat(index.publish(index.keyOf("k"), loser)).isEqualTo(winner);
        assertThat(index.size()).isEqualTo(1);
    }
}
