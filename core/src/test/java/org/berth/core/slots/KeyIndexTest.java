package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThat;

import org.berth.offheap.ArrayWords;
import org.berth.offheap.ForwardingWords;
import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The free list under the one interleaving that it has its change count for. */
class KeyIndexTest {

    private static final int CAPACITY = 8;

    private static final TableDescriptor DESCRIPTOR = new TableDescriptor(TestLayout.LAYOUT, CAPACITY, Long.BYTES);

    private final Interrupted words = new Interrupted(new ArrayWords(DESCRIPTOR.bytes));
    private final KeyIndex index = new KeyIndex(words, DESCRIPTOR);

    /** Lets others come between a pop's look at the next free slot and its CAS. */
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
    void aHeadThatLeftAndCameBackIsNotTakenForTheOldOne() {
        int first = index.allocate(KeyIndex.Key.of(1));
        int second = index.allocate(KeyIndex.Key.of(2));
        assertThat(first).isNotEqualTo(second);
        index.giveBack(first);
        index.giveBack(second);
        int[] taken = new int[2];
        words.others = () -> {
            taken[0] = index.allocate(KeyIndex.Key.of(3));
            taken[1] = index.allocate(KeyIndex.Key.of(4));
            // The head is the same slot again, but what was below it is in use.
            index.giveBack(taken[0]);
        };
        int mine = index.allocate(KeyIndex.Key.of(5));
        int next = index.allocate(KeyIndex.Key.of(6));
        assertThat(words.others).as("the others came between").isNull();
        assertThat(taken).containsExactly(second, first);
        assertThat(mine).isEqualTo(second);
        assertThat(next).as("a slot that nobody has").isNotIn(taken[1], mine);
    }

    @Test
    void slotsThatWereGivenBackAreUsedBeforeTheTableIsFull() {
        for (int key = 0; key < CAPACITY - 1; key++) {
            index.publish(KeyIndex.Key.of(key), index.allocate(KeyIndex.Key.of(key)));
        }
        int last = index.allocate(KeyIndex.Key.of("last"));
        index.giveBack(last);
        assertThat(index.allocate(KeyIndex.Key.of("other"))).isEqualTo(last);
        index.publish(KeyIndex.Key.of("other"), last);
        assertThat(index.size()).isEqualTo(CAPACITY);
        assertThat(index.allocate(KeyIndex.Key.of("one more"))).isEqualTo(KeyIndex.NONE);
        assertThat(index.find("other")).isEqualTo(last);
    }

    @Test
    void whoBringsAKeyThatIsThereGetsItsSlot() {
        int winner = index.allocate(KeyIndex.Key.of("k"));
        int loser = index.allocate(KeyIndex.Key.of("k"));
        assertThat(index.publish(KeyIndex.Key.of("k"), winner)).isEqualTo(winner);
        assertThat(index.publish(KeyIndex.Key.of("k"), loser)).isEqualTo(winner);
        assertThat(index.size()).isEqualTo(1);
    }
}
