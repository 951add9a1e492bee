package org.berth.core.lock;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.berth.offheap.ArrayWords;
import org.berth.offheap.ForwardingWords;
import org.berth.offheap.SplitWords;
import org.berth.offheap.TestDepth;
import org.berth.offheap.Thorough;
import org.berth.offheap.Words;
import org.berth.offheap.YieldingWords;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Locks exclude each other: model checking over words in arrays, which Lincheck can follow, and stress over words off
 * the heap, which it cannot. Either must catch locks of which a step is broken.
 */
@Tag("lincheck")
class KeyLockLincheckTest {

    /** A thread that waits for the exclusive lock does not look at the buckets. */
    private static final class BlindToOthers extends ForwardingWords {

        BlindToOthers(Words words) {
            super(words);
        }

        @Override
        public long getVolatile(long offset) {
            return 0;
        }
    }

    /** An owner that locks while a thread waits for the exclusive lock does not count the bypass. */
    private static final class BypassNotCounted extends ForwardingWords {

        BypassNotCounted(Words words) {
            super(words);
        }

        @Override
        public long getAndAdd(long offset, long delta) {
            return 0;
        }
    }

    /** Links without tags: one that has changed and changed back is taken for the same. */
    private static final class WithoutTags extends ForwardingWords {

        private static final long LINK = (1L << 25) - 1;

        WithoutTags(Words words) {
            super(words);
        }

        private static long untagged(long offset, long value) {
            // Not the keys, which are no links.
            return offset % LockNode.BYTES == LockNode.KEY ? value : value & LINK;
        }

        @Override
        public void setOpaque(long offset, long value) {
            super.setOpaque(offset, untagged(offset, value));
        }

        @Override
        public boolean compareAndSet(long offset, long expected, long value) {
            return super.compareAndSet(offset, expected, untagged(offset, value));
        }
    }

    public static final class Keys extends KeyLockOperations {
        public Keys() {
            super(ArrayWords::new);
        }
    }

    public static final class KeysSplit extends KeyLockOperations {
        public KeysSplit() {
            super(bytes -> SplitWords.yielding(new ArrayWords(bytes)));
        }
    }

    public static final class KeysUntagged extends KeyLockOperations {
        public KeysUntagged() {
            super(bytes -> new WithoutTags(new ArrayWords(bytes)));
        }
    }

    public static final class KeysOffHeap extends KeyLockOperations {
        public KeysOffHeap() {
            super(Words::ofAuto);
        }
    }

    public static final class KeysOffHeapSplit extends KeyLockOperations {
        public KeysOffHeapSplit() {
            super(bytes -> SplitWords.yielding(Words.ofAuto(bytes)));
        }
    }

    public static final class Guarded extends GuardedOperations {
        public Guarded() {
            super(ArrayWords::new, Spin::new);
        }
    }

    public static final class GuardedBlindToOthers extends GuardedOperations {
        public GuardedBlindToOthers() {
            super(bytes -> new BlindToOthers(new ArrayWords(bytes)), Spin::new);
        }
    }

    public static final class GuardedBypassNotCounted extends GuardedOperations {
        public GuardedBypassNotCounted() {
            super(bytes -> new BypassNotCounted(new ArrayWords(bytes)), Spin::new);
        }
    }

    public static final class GuardedOffHeap extends GuardedOperations {
        public GuardedOffHeap() {
            super(Words::ofAuto, YieldingIdleStrategy::new);
        }
    }

    public static final class GuardedOffHeapBypassNotCounted extends GuardedOperations {
        public GuardedOffHeapBypassNotCounted() {
            super(bytes -> new BypassNotCounted(new YieldingWords(Words.ofAuto(bytes))), YieldingIdleStrategy::new);
        }
    }

    public static final class GuardedOffHeapBlind extends GuardedOperations {
        public GuardedOffHeapBlind() {
            super(bytes -> new BlindToOthers(Words.ofAuto(bytes)), YieldingIdleStrategy::new);
        }
    }

    @Test
    void keysModelChecking() {
        shipped(keys(new ModelCheckingOptions()).invocationsPerIteration(TestDepth.of(150, 500)))
                .check(Keys.class);
        keys(new ModelCheckingOptions())
                .iterations(0)
                .invocationsPerIteration(TestDepth.of(200, 10_000))
                .addCustomScenario(cameBack())
                .check(Keys.class);
    }

    @Test
    void lostUpdatesAreCaught() {
        assertCaught(keys(new ModelCheckingOptions()).invocationsPerIteration(1_000), KeysSplit.class);
    }

    @Test
    void linksThatComeBackAreCaught() {
        assertCaught(
                keys(new ModelCheckingOptions())
                        .iterations(0)
                        .invocationsPerIteration(20_000)
                        .addCustomScenario(cameBack()),
                KeysUntagged.class);
    }

    @Test
    void keysStress() {
        shipped(keys(new StressOptions()).invocationsPerIteration(5_000)).check(KeysOffHeap.class);
    }

    @Test
    void lostUpdatesAreCaughtByStress() {
        assertCaught(keys(new StressOptions()).invocationsPerIteration(5_000), KeysOffHeapSplit.class);
    }

    @Test
    void guardedModelChecking() {
        shipped(guarded(new ModelCheckingOptions()).invocationsPerIteration(TestDepth.of(60, 200)))
                .check(Guarded.class);
        bypassing(TestDepth.of(100, 20_000)).check(Guarded.class);
    }

    @Test
    @Thorough
    void notLookingIsCaught() {
        assertCaught(guarded(new ModelCheckingOptions()).invocationsPerIteration(200), GuardedBlindToOthers.class);
    }

    @Test
    @Thorough
    void notCountingBypassesIsCaught() {
        assertCaught(bypassing(20_000), GuardedBypassNotCounted.class);
    }

    @Test
    void guardedStress() {
        shipped(guarded(new StressOptions()).invocationsPerIteration(TestDepth.of(700, 2_000)))
                .check(GuardedOffHeap.class);
    }

    @Test
    void notLookingIsCaughtByStress() {
        assertCaught(guarded(new StressOptions()).invocationsPerIteration(2_000), GuardedOffHeapBlind.class);
    }

    @Test
    void notCountingBypassesIsCaughtByStress() {
        assertCaught(
                new StressOptions()
                        .iterations(0)
                        .invocationsPerIteration(200_000)
                        .addCustomScenario(bypassing())
                        .sequentialSpecification(GuardedOperations.Specification.class),
                GuardedOffHeapBypassNotCounted.class);
    }

    /**
     * While a thread is about to add a key, the node that it has seen in front is removed and added again, with that
     * key.
     */
    private static ExecutionScenario cameBack() {
        return new ExecutionScenario(
                List.of(),
                List.of(
                        List.of(actor(KeyLockOperations.class, "tryLock", 1, 1)),
                        List.of(
                                actor(KeyLockOperations.class, "tryLock", 2, 2),
                                actor(KeyLockOperations.class, "close", 2, 2),
                                actor(KeyLockOperations.class, "tryLock", 2, 1))),
                List.of(),
                null);
    }

    /** An owner goes on from the last bucket to the first, while another thread waits for the exclusive lock. */
    private static ExecutionScenario bypassing() {
        return new ExecutionScenario(
                List.of(),
                List.of(
                        List.of(actor(GuardedOperations.class, "addBypassing")),
                        List.of(actor(GuardedOperations.class, "addExclusively"))),
                List.of(actor(GuardedOperations.class, "add", 0)),
                null);
    }

    private static ModelCheckingOptions bypassing(int invocations) {
        return new ModelCheckingOptions()
                .iterations(0)
                .invocationsPerIteration(invocations)
                .addCustomScenario(bypassing())
                .sequentialSpecification(GuardedOperations.Specification.class);
    }

    private static Actor actor(Class<?> operations, String operation, Integer... arguments) {
        Method method = Arrays.stream(operations.getMethods())
                .filter(candidate -> candidate.getName().equals(operation))
                .findFirst()
                .orElseThrow();
        return new Actor(method, List.of(arguments), false, false, false, false, false);
    }

    /** By a result that cannot be: not by just any exception, nor by a run that does not end. */
    private static void assertCaught(Options<?, ?> options, Class<?> broken) {
        assertThatThrownBy(() -> options.minimizeFailedScenario(false).check(broken))
                .isInstanceOf(LincheckAssertionError.class)
                .hasMessageContaining("Invalid execution results");
    }

    /** Fewer scenarios by default. The broken ones get all of them, and end when they are caught. */
    private static <O extends Options<O, ?>> O shipped(O options) {
        return TestDepth.THOROUGH ? options : options.iterations(2);
    }

    private static <O extends Options<O, ?>> O keys(O options) {
        // The first thread runs what comes before and after, whatever number it is given.
        return common(options)
                .actorsBefore(0)
                .actorsAfter(0)
                .actorsPerThread(4)
                .sequentialSpecification(KeyLockOperations.Specification.class);
    }

    private static <O extends Options<O, ?>> O guarded(O options) {
        return common(options)
                .actorsBefore(1)
                .actorsAfter(2)
                .actorsPerThread(2)
                .sequentialSpecification(GuardedOperations.Specification.class);
    }

    private static <O extends Options<O, ?>> O common(O options) {
        return options.iterations(20).threads(3);
    }
}
