package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import org.berth.core.internal.TaggedStack;
import org.berth.offheap.ArrayWords;
import org.berth.offheap.ForwardingWords;
import org.berth.offheap.Region;
import org.berth.offheap.SplitWords;
import org.berth.offheap.TestDepth;
import org.berth.offheap.Words;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The table is linearizable: model checking over words in an array, which Lincheck can follow, and stress over words
 * off the heap, which it cannot. Either must catch the same table over words that lose updates, or on which a protocol
 * has no effect.
 */
@Tag("lincheck")
class SlotLincheckTest {

    /** Broken: slots are not retained while they are used. */
    private static final class NotRetained extends ForwardingWords {

        private final TableDescriptor descriptor;

        NotRetained(Words words, TableDescriptor descriptor) {
            super(words);
            this.descriptor = descriptor;
        }

        @Override
        public long getAndAdd(long offset, long delta) {
            boolean references = offset >= descriptor.metadata
                    && offset < descriptor.slots
                    && (offset - descriptor.metadata) % descriptor.metadataBytes == TableDescriptor.REFERENCES;
            return references ? (delta < 0 ? 1 : 0) : super.getAndAdd(offset, delta);
        }
    }

    /** Broken: every read of a sequence returns the same number. */
    private static final class WithoutSequence extends ForwardingWords {

        private final TableDescriptor descriptor;

        WithoutSequence(Words words, TableDescriptor descriptor) {
            super(words);
            this.descriptor = descriptor;
        }

        @Override
        public long getAcquire(long offset) {
            return isSequence(offset) ? 0 : super.getAcquire(offset);
        }

        @Override
        public long getOpaque(long offset) {
            return isSequence(offset) ? 0 : super.getOpaque(offset);
        }

        private boolean isSequence(long offset) {
            long first = descriptor.base + TableDescriptor.SEQUENCE;
            return offset >= first && (offset - first) % descriptor.stride == 0;
        }
    }

    public static final class Removal extends RemovalOperations {
        public Removal() {
            super(new ArrayWords(descriptor(false).bytes), false);
        }
    }

    public static final class Recycling extends RemovalOperations {
        public Recycling() {
            super(new ArrayWords(descriptor(true).bytes), true);
        }
    }

    public static final class Partitioned extends RemovalOperations {
        public Partitioned() {
            super(new ArrayWords(partitioned().bytes), partitioned());
        }
    }

    public static final class RecyclingNotRetained extends RemovalOperations {
        public RecyclingNotRetained() {
            super(new NotRetained(new ArrayWords(descriptor(true).bytes), descriptor(true)), true);
        }
    }

    public static final class RecyclingKeyBeforeState extends RemovalOperations {
        public RecyclingKeyBeforeState() {
            super(
                    BrokenSlotWords.keyBeforeState(new ArrayWords(descriptor(true).bytes), descriptor(true)),
                    descriptor(true));
        }
    }

    public static final class RecyclingOffHeap extends RemovalOperations {
        public RecyclingOffHeap() {
            super(OffHeapWords.zeroed(), true);
        }
    }

    public static final class OneStep extends OneStepOperations {
        public OneStep() {
            super(new ArrayWords(descriptor(false).bytes), false, false);
        }
    }

    public static final class OneStepRecycling extends OneStepOperations {
        public OneStepRecycling() {
            super(new ArrayWords(descriptor(true).bytes), true, false);
        }
    }

    public static final class SeveralSteps extends OneStepOperations {
        public SeveralSteps() {
            super(new ArrayWords(descriptor(true).bytes), true, true);
        }
    }

    public static final class OneStepOffHeap extends OneStepOperations {
        public OneStepOffHeap() {
            super(OffHeapWords.zeroed(), true, false);
        }
    }

    public static final class Merging extends MergeOperations {
        public Merging() {
            super(new ArrayWords(descriptor().bytes));
        }
    }

    public static final class MergingWithoutSequence extends MergeOperations {
        public MergingWithoutSequence() {
            super(new WithoutSequence(new ArrayWords(descriptor().bytes), descriptor()));
        }
    }

    public static final class MergingOffHeap extends MergeOperations {
        public MergingOffHeap() {
            super(OffHeapWords.zeroed());
        }
    }

    public static final class Writing extends WriteOperations {
        public Writing() {
            super(new ArrayWords(descriptor().bytes));
        }
    }

    public static final class WritingWithoutSequence extends WriteOperations {
        public WritingWithoutSequence() {
            super(new WithoutSequence(new ArrayWords(descriptor().bytes), descriptor()));
        }
    }

    public static final class WritingOffHeap extends WriteOperations {
        public WritingOffHeap() {
            super(OffHeapWords.zeroed());
        }
    }

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

    /**
     * One region for all invocations, as they run one after the other: allocating one for each would take all the time.
     */
    private static final class OffHeapWords {
        private static final Words WORDS = Region.anonymous(Math.max(
                        SlotOperations.bytes(),
                        Math.max(RemovalOperations.descriptor(true).bytes, MergeOperations.descriptor().bytes)))
                .words();

        static Words zeroed() {
            for (long at = 0; at < WORDS.size(); at += Long.BYTES) {
                WORDS.set(at, 0);
            }
            return WORDS;
        }
    }

    @Test
    void modelChecking() {
        shipped(modelCheckingOptions().invocationsPerIteration(TestDepth.of(200, 700)))
                .check(OverArray.class);
    }

    @Test
    void modelCheckingCatchesLostUpdates() {
        assertThatThrownBy(() ->
                        modelCheckingOptions().minimizeFailedScenario(false).check(OverSplitArray.class))
                .isInstanceOf(LincheckAssertionError.class);
    }

    @Test
    void stress() {
        shipped(stressOptions()).check(OffHeap.class);
    }

    @Test
    void stressCatchesLostUpdates() {
        assertThatThrownBy(() -> stressOptions().minimizeFailedScenario(false).check(OffHeapSplit.class))
                .isInstanceOf(LincheckAssertionError.class);
    }

    @Test
    void removalModelChecking() {
        removal(shippedWithFewer()).check(Removal.class);
    }

    @Test
    void recyclingModelChecking() {
        removal(shippedWithFewer()).check(Recycling.class);
    }

    @Test
    void partitionedModelChecking() {
        removal(shipped(shippedWithFewer().iterations(8))).check(Partitioned.class);
    }

    /**
     * The scenarios for which slots are retained, and their states looked at before their keys, at length: random ones
     * have them too seldom. The slot of a key goes to another key while an operation on the first key is under way.
     */
    @Test
    void aSlotReusedDuringAnOperation() {
        ModelCheckingOptions options = reusedSlot(TestDepth.of(100, 2_000));
        for (int key : new int[] {0, RemovalOperations.NAMED}) {
            for (Actor operation : List.of(
                    actor("getAndAdd", key), actor("claim", 0, key), actor("remove", key), actor("contains", key))) {
                options.addCustomScenario(replaced(key, operation));
            }
        }
        options.check(Recycling.class);
    }

    @Test
    void modelCheckingCatchesSlotsThatAreNotRetained() {
        assertCaught(
                reusedSlot(2_000).addCustomScenario(replaced(0, actor("getAndAdd", 0))), RecyclingNotRetained.class);
    }

    /**
     * The state before the key: the thread that reads them must be suspended twice, the other one once, and each in
     * the right place of many. So steps that play no part in that are whole here.
     */
    @Test
    void aSlotReusedBeforeItIsRetained() {
        inWholeSteps(reusedSlot(TestDepth.of(8_000, 20_000)))
                .addCustomScenario(replaced(0, actor("getAndAdd", 0)))
                .check(Recycling.class);
        assertCaught(
                inWholeSteps(reusedSlot(20_000)).addCustomScenario(replaced(0, actor("getAndAdd", 0))),
                RecyclingKeyBeforeState.class);
    }

    private static ModelCheckingOptions inWholeSteps(ModelCheckingOptions options) {
        return options.addGuarantee(forClasses(
                                Ownership.class.getName(),
                                RetainedTotals.class.getName(),
                                Text.class.getName(),
                                TaggedStack.class.getName())
                        .allMethods()
                        .treatAsAtomic())
                .addGuarantee(forClasses(TableMemory.class.getName())
                        .methods("checkOpen")
                        .treatAsAtomic())
                .addGuarantee(forClasses(Reclamation.class.getName())
                        .methods("unlink", "reopen", "countRemoved")
                        .treatAsAtomic())
                .addGuarantee(forClasses(KeyIndex.class.getName())
                        .methods("unlinkMarked", "publish")
                        .treatAsAtomic());
    }

    private static ModelCheckingOptions reusedSlot(int invocations) {
        return removal(new ModelCheckingOptions()).iterations(0).invocationsPerIteration(invocations);
    }

    /** An operation on a key, beside a thread that removes it and claims another. */
    private static ExecutionScenario replaced(int key, Actor operation) {
        return new ExecutionScenario(
                List.of(actor("claim", 0, key), actor("close", 0, key)),
                List.of(List.of(operation), List.of(actor("remove", key), actor("claim", 1, 1))),
                List.of(actor("getAndAdd", key), actor("getAndAdd", 1), actor("contains", key)),
                null);
    }

    private static Actor actor(String operation, Integer... arguments) {
        return actor(RemovalOperations.class, operation, arguments);
    }

    private static Actor actor(Class<?> operations, String operation, Integer... arguments) {
        Method method = Arrays.stream(operations.getMethods())
                .filter(candidate -> candidate.getName().equals(operation))
                .findFirst()
                .orElseThrow();
        return new Actor(method, List.of(arguments), false, false, false, false, false);
    }

    @Test
    void recyclingStress() {
        removal(shipped(fewerStressOptions())).check(RecyclingOffHeap.class);
    }

    @Test
    void oneStepModelChecking() {
        oneStep(shippedWithFewer()).check(OneStep.class);
    }

    @Test
    void oneStepRecyclingModelChecking() {
        oneStep(shippedWithFewer()).check(OneStepRecycling.class);
    }

    /** Another owner comes between the close and the removal, or between the test and the removal. */
    @Test
    void oneStepModelCheckingCatchesSeveralSteps() {
        Class<?> operations = OneStepOperations.class;
        List<Actor> owned = List.of(actor(operations, "claim", 0, 0), actor(operations, "addOwned", 0, 0));
        List<Actor> vacant = List.of(actor(operations, "claim", 0, 0), actor(operations, "close", 0, 0));
        List<Actor> next = List.of(
                actor(operations, "claim", 1, 0),
                actor(operations, "addOwned", 1, 0),
                actor(operations, "close", 1, 0));
        List<Actor> after = List.of(actor(operations, "claim", 0, 0), actor(operations, "addOwned", 0, 0));
        for (ExecutionScenario scenario : List.of(
                new ExecutionScenario(
                        owned, List.of(List.of(actor(operations, "closeAndRemove", 0, 0)), next), after, null),
                new ExecutionScenario(
                        vacant, List.of(List.of(actor(operations, "removeUntouched", 0)), next), after, null))) {
            ModelCheckingOptions options = oneStep(new ModelCheckingOptions())
                    .iterations(0)
                    .invocationsPerIteration(5_000)
                    .addCustomScenario(scenario);
            assertCaught(options, SeveralSteps.class);
        }
    }

    @Test
    void oneStepStress() {
        oneStep(shipped(fewerStressOptions())).check(OneStepOffHeap.class);
    }

    @Test
    void mergingModelChecking() {
        merging(shippedWithFewer()).check(Merging.class);
    }

    @Test
    void mergingModelCheckingCatchesTotalsWithoutSequence() {
        assertCaught(merging(fewerModelCheckingOptions()), MergingWithoutSequence.class);
    }

    @Test
    void mergingStress() {
        merging(shipped(fewerStressOptions())).check(MergingOffHeap.class);
    }

    @Test
    void writingModelChecking() {
        writing(shippedWithFewer()).check(Writing.class);
    }

    @Test
    void writingModelCheckingCatchesReadsWithoutSequence() {
        assertCaught(writing(fewerModelCheckingOptions()), WritingWithoutSequence.class);
    }

    @Test
    void writingStress() {
        writing(shipped(fewerStressOptions())).check(WritingOffHeap.class);
    }

    private static void assertCaught(Options<?, ?> options, Class<?> broken) {
        assertThatThrownBy(() -> options.minimizeFailedScenario(false).check(broken))
                .isInstanceOf(LincheckAssertionError.class);
    }

    /** Fewer scenarios by default. The broken tables get all of them, and end when they are caught. */
    private static <O extends Options<O, ?>> O shipped(O options) {
        return TestDepth.THOROUGH ? options : options.iterations(2);
    }

    /** For operations that take many more steps. */
    private static ModelCheckingOptions shippedWithFewer() {
        return shipped(fewerModelCheckingOptions().invocationsPerIteration(TestDepth.of(80, 200)));
    }

    private static <O extends Options<O, ?>> O removal(O options) {
        return options.sequentialSpecification(RemovalOperations.Specification.class);
    }

    private static <O extends Options<O, ?>> O oneStep(O options) {
        return options.sequentialSpecification(OneStepOperations.Specification.class);
    }

    private static <O extends Options<O, ?>> O merging(O options) {
        return options.sequentialSpecification(MergeOperations.Specification.class);
    }

    private static <O extends Options<O, ?>> O writing(O options) {
        return options.sequentialSpecification(WriteOperations.Specification.class);
    }

    private static ModelCheckingOptions fewerModelCheckingOptions() {
        return fewer(new ModelCheckingOptions()).invocationsPerIteration(200);
    }

    private static StressOptions fewerStressOptions() {
        return fewer(new StressOptions()).invocationsPerIteration(1_500);
    }

    /** For operations that take many more steps. */
    private static <O extends Options<O, ?>> O fewer(O options) {
        return common(options).iterations(15).actorsPerThread(2);
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
