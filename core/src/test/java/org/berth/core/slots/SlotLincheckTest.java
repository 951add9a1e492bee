package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.berth.offheap.ArrayWords;
import org.berth.offheap.Region;
import org.berth.offheap.SplitWords;
import org.berth.offheap.Words;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/**
 * The table is linearizable: model checking over words in an array, which Lincheck can follow, and stress over words off the
 * heap, which it cannot. Either must catch the same table over words that lose updates.
 */
class SlotLincheckTest {

    /** Words that Lincheck can follow. */
    public static final class OverArray extends SlotOperations {
        public OverArray() {
            super(new ArrayWords(bytes()));
        }
    }

    public static final class OverSplitArray extends SlotOperations {
        public OverSplitArray() {
            super(SplitWords.yielding(new ArrayWords(bytes())));
        }
    }

    public static final class OffHeap extends SlotOperations {
        public OffHeap() {
            super(OffHeapWords.zeroed());
        }
    }

    public static final class OffHeapSplit extends SlotOperations {
        public OffHeapSplit() {
            super(SplitWords.yielding(OffHeapWords.zeroed()));
        }
    }

    /** One region for all invocations, as they run one after the other: allocating one for each would take all the time. */
    private static final class OffHeapWords {
        private static final Words WORDS =
                Region.anonymous(SlotOperations.bytes()).words();

        static Words zeroed() {
            for (long at = 0; at < WORDS.size(); at += Long.BYTES) {
                WORDS.set(at, 0);
            }
            return WORDS;
        }
    }

    @Test
    void modelChecking() {
        modelCheckingOptions().check(OverArray.class);
    }

    @Test
    void modelCheckingCatchesLostUpdates() {
        assertThatThrownBy(() ->
                        modelCheckingOptions().minimizeFailedScenario(false).check(OverSplitArray.class))
                .isInstanceOf(LincheckAssertionError.class);
    }

    @Test
    void stress() {
        stressOptions().check(OffHeap.class);
    }

    @Test
    void stressCatchesLostUpdates() {
        assertThatThrownBy(() -> stressOptions().minimizeFailedScenario(false).check(OffHeapSplit.class))
                .isInstanceOf(LincheckAssertionError.class);
    }

    private static ModelCheckingOptions modelCheckingOptions() {
        return common(new ModelCheckingOptions()).invocationsPerIteration(700);
    }

    private static StressOptions stressOptions() {
        return common(new StressOptions()).invocationsPerIteration(5_000);
    }

    private static <O extends Options<O, ?>> O common(O options) {
        return options.iterations(30)
                .threads(3)
                .actorsPerThread(3)
                .actorsBefore(2)
                .actorsAfter(2)
                .sequentialSpecification(SlotOperations.Specification.class);
    }
}
