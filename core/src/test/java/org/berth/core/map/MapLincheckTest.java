package org.berth.core.map;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.berth.core.map.MapOperations.actor;
import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.berth.offheap.ArrayWords;
import org.berth.offheap.TestDepth;
import org.berth.offheap.Thorough;
import org.berth.offheap.Words;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The map is linearizable while it grows and shrinks: model checking over words in arrays, which Lincheck can follow, and stress
 * over words off the heap, which it cannot. The maps begin with a line or two, so that a few operations bring about every kind of
 * growth, and each suite must have seen them all. What passes on the map must catch maps of which one step is broken.
 */
@Tag("lincheck")
class MapLincheckTest {

    /** Invocations that catch the broken maps in the scenarios that are made for them. */
    private static final int GROWING = 3_000;

    private static final int SHRINKING = 12_000;

    public static final class OneLine extends MapOperations {
        public OneLine() {
            super(ArrayWords::new, new Transfer(), 1);
        }
    }

    /** Shrinks when nothing is left in it. */
    public static final class TwoLines extends MapOperations {
        public TwoLines() {
            super(ArrayWords::new, new Transfer(), 2);
        }
    }

    public static final class OneLineOffHeap extends MapOperations {
        public OneLineOffHeap() {
            super(Slow::allocate, new Slow(), 1);
        }
    }

    public static final class TwoLinesOffHeap extends MapOperations {
        public TwoLinesOffHeap() {
            super(Slow::allocate, new Slow(), 2);
        }
    }

    /** Lets others come between while a table is made and while it is filled: on few cores, they rarely do without. */
    @SuppressWarnings("ThreadPriorityCheck")
    private static final class Slow extends Transfer {

        /** Takes longer or shorter, so that a table for an overflow may be first although its allocation was second to begin. */
        static Words allocate(long bytes) {
            for (int i = ThreadLocalRandom.current().nextInt(8); i > 0; i--) {
                Thread.yield();
            }
            return Words.ofAuto(bytes);
        }

        @Override
        long close(Words words, long at) {
            Thread.yield();
            return super.close(words, at);
        }
    }

    @Test
    void modelChecking() {
        Seen.reset();
        random().check(OneLine.class);
        random().check(TwoLines.class);
        growing(TestDepth.of(300, GROWING)).check(OneLine.class);
        shrinking(TestDepth.of(700, SHRINKING)).check(TwoLines.class);
        Seen.assertEverything();
    }

    @Test
    void lostUpdatesAreCaught() {
        assertCaught(growing(GROWING), BrokenMaps.LostUpdates.class);
    }

    @Test
    void sealingByAStoreIsCaught() {
        assertCaught(growing(GROWING), BrokenMaps.SealedByAStore.class);
    }

    @Test
    void aCopyThatIsNotTakenBackIsCaught() {
        assertCaught(growing(GROWING), BrokenMaps.CopyNotTakenBack.class);
    }

    @Test
    @Thorough
    void closingTheValueIsCaught() {
        assertCaught(shrinking(SHRINKING), BrokenMaps.ValueClosed.class);
    }

    @Test
    @Thorough
    void decidingByAnyClosedWordIsCaught() {
        assertCaught(shrinking(SHRINKING), BrokenMaps.AnyClosedDecides.class);
    }

    @Test
    void stress() {
        Seen.reset();
        shipped(growingStress()).check(OneLineOffHeap.class);
        shipped(shrinkingStress()).check(TwoLinesOffHeap.class);
        Seen.assertEverything();
    }

    @Test
    void lostUpdatesAreCaughtByStress() {
        assertCaught(growingStress(), BrokenMaps.LostUpdatesOffHeap.class);
    }

    @Test
    void closingTheValueIsCaughtByStress() {
        assertCaught(claimingStress(), BrokenMaps.ValueClosedOffHeap.class);
    }

    @Test
    void decidingByAnyClosedWordIsCaughtByStress() {
        assertCaught(claimingStress(), BrokenMaps.AnyClosedDecidesOffHeap.class);
    }

    /** Mappings are updated while they are moved. */
    private static ExecutionScenario moving() {
        return new ExecutionScenario(
                // The third claim in a line begins a growth.
                List.of(actor("put", 2, 1), actor("put", 3, 1), actor("put", 5, 1)),
                List.of(List.of(actor("finishResize")), List.of(actor("put", 2, 2)), List.of(actor("remove", 3))),
                List.of(actor("get", 2), actor("get", 3)),
                actor("see"));
    }

    /** A table of dead keys is replaced, and the next one is full before all is moved; or there is no place while it is made. */
    private static ExecutionScenario filling() {
        return new ExecutionScenario(
                List.of(actor("put", 2, 1), actor("remove", 2), actor("put", 3, 1), actor("remove", 3)),
                List.of(
                        List.of(actor("put", 5, 1), actor("getAndAdd", 4, 2)),
                        List.of(actor("put", 4, 1), actor("put", 6, 1)),
                        List.of(actor("put", 7, 1), actor("put", 8, 1))),
                List.of(actor("get", 4), actor("get", 5), actor("get", 6), actor("get", 7), actor("get", 8)),
                actor("see"));
    }

    /** The last mapping goes, so that the map shrinks, while two threads want a key whose home is the last place of a line. */
    private static ExecutionScenario claiming() {
        return new ExecutionScenario(
                List.of(actor("put", 2, 1)),
                List.of(
                        List.of(actor("put", 7, 1)),
                        List.of(actor("remove", 2), actor("finishResize")),
                        List.of(actor("put", 7, 2))),
                List.of(actor("get", 7)),
                actor("see"));
    }

    /** A result that cannot be: not just any exception, nor a run that does not end. */
    private static void assertCaught(Options<?, ?> options, Class<?> broken) {
        assertThatThrownBy(() -> options.minimizeFailedScenario(false).check(broken))
                .isInstanceOf(LincheckAssertionError.class)
                .hasMessageContaining("Invalid execution results");
    }

    private static ModelCheckingOptions random() {
        return common(modelCheckingOptions())
                .iterations(TestDepth.of(2, 10))
                .invocationsPerIteration(TestDepth.of(400, 1_000))
                .actorsPerThread(2);
    }

    /** Made by hand and at length: random scenarios meet some of the breaks below too seldom. */
    private static ModelCheckingOptions growing(int invocations) {
        return modelCheckingOptions()
                .iterations(0)
                .invocationsPerIteration(invocations)
                .addCustomScenario(moving())
                .addCustomScenario(filling());
    }

    private static ModelCheckingOptions shrinking(int invocations) {
        return modelCheckingOptions()
                .iterations(0)
                .invocationsPerIteration(invocations)
                .addCustomScenario(claiming());
    }

    /** Fewer random scenarios by default. The broken maps get all of them, and end when they are caught. */
    private static StressOptions shipped(StressOptions options) {
        return TestDepth.THOROUGH ? options : options.iterations(4);
    }

    private static StressOptions growingStress() {
        return stressOptions().addCustomScenario(moving()).addCustomScenario(filling());
    }

    private static StressOptions shrinkingStress() {
        return stressOptions().addCustomScenario(claiming());
    }

    private static StressOptions claimingStress() {
        return stressOptions().iterations(0).invocationsPerIteration(200_000).addCustomScenario(claiming());
    }

    private static ModelCheckingOptions modelCheckingOptions() {
        return new ModelCheckingOptions()
                .addGuarantee(forClasses(Seen.class.getName()).allMethods().ignore())
                .sequentialSpecification(MapOperations.Specification.class);
    }

    private static StressOptions stressOptions() {
        return common(new StressOptions())
                .iterations(20)
                .invocationsPerIteration(4_000)
                .actorsPerThread(3);
    }

    private static <O extends Options<O, ?>> O common(O options) {
        return options.threads(3)
                .actorsBefore(4)
                .actorsAfter(2)
                .sequentialSpecification(MapOperations.Specification.class);
    }
}
