package org.berth.core.store;

import static org.berth.core.store.RecordMapLincheckTest.Scenario.actor;
import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import org.berth.core.internal.StackSpace;
import org.berth.core.map.LongLongMap;
import org.berth.offheap.ArrayWords;
import org.berth.offheap.OffHeapBuffer;
import org.berth.offheap.TestDepth;
import org.berth.offheap.Words;
import org.berth.offheap.YieldingWords;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The map of bytes is linearizable while records are evacuated and segments recycled: model checking over words in
 * arrays, which Lincheck can follow, and stress over words off the heap. The index is taken for what it is shown to be
 * elsewhere: each of its operations is one step.
 */
@Tag("lincheck")
class RecordMapLincheckTest {

    public static final class OnHeap extends RecordMapOperations {
        public OnHeap() {
            super(ArrayWords::new);
        }
    }

    public static final class OffHeap extends RecordMapOperations {
        public OffHeap() {
            super(bytes -> new YieldingWords(Words.ofAuto(bytes)));
        }
    }

    @Test
    void modelChecking() {
        StoreCoverage.reset();
        modelCheckingOptions()
                .iterations(TestDepth.of(5, 10))
                .invocationsPerIteration(TestDepth.of(300, 1_000))
                .actorsPerThread(2)
                .addCustomScenario(Scenario.evacuating())
                .addCustomScenario(Scenario.sharing())
                .check(OnHeap.class);
        StoreCoverage.assertEverything();
    }

    @Test
    void stress() {
        StoreCoverage.reset();
        common(new StressOptions())
                .iterations(TestDepth.of(3, 20))
                .invocationsPerIteration(4_000)
                .actorsPerThread(3)
                .addCustomScenario(Scenario.evacuating())
                .addCustomScenario(Scenario.sharing())
                .check(OffHeap.class);
        StoreCoverage.assertEverything();
    }

    /** Scenarios in which segments are evacuated while their records are read and changed. */
    static final class Scenario {

        private Scenario() {}

        static ExecutionScenario evacuating() {
            return new ExecutionScenario(
                    // A segment of three records, two of which are dead afterwards, and another one that is full.
                    List.of(
                            actor("put", 1, 1),
                            actor("put", 2, 1),
                            actor("remove", 2),
                            actor("put", 2, 2),
                            actor("remove", 2)),
                    List.of(
                            List.of(actor("put", 2, 1), actor("put", 2, 2), actor("put", 2, 3)),
                            List.of(actor("put", 1, 2), actor("get", 1)),
                            List.of(actor("get", 1), actor("replace", 1, 1, 3))),
                    List.of(actor("get", 1), actor("get", 2), actor("recordCoverage")),
                    null);
        }

        /** Two keys have one record. */
        static ExecutionScenario sharing() {
            return new ExecutionScenario(
                    List.of(actor("put", 1, 1), actor("put", 2, 1), actor("put", 3, 1), actor("remove", 2)),
                    List.of(
                            List.of(actor("put", 3, 2), actor("remove", 3)),
                            List.of(actor("put", 1, 2), actor("get", 3)),
                            List.of(actor("get", 1), actor("remove", 1))),
                    List.of(actor("get", 1), actor("get", 3), actor("recordCoverage")),
                    null);
        }

        static Actor actor(String operation, Integer... arguments) {
            Method method = Arrays.stream(RecordMapOperations.class.getMethods())
                    .filter(candidate -> candidate.getName().equals(operation))
                    .findFirst()
                    .orElseThrow();
            return new Actor(method, List.of(arguments), false, false, false, false, false);
        }
    }

    private static ModelCheckingOptions modelCheckingOptions() {
        return common(new ModelCheckingOptions())
                .addGuarantee(forClasses(StoreCoverage.class.getName(), OffHeapBuffer.class.getName())
                        .allMethods()
                        .ignore())
                // Concerns one thread, and nothing of what another thread sees.
                .addGuarantee(
                        forClasses(StackSpace.class.getName()).allMethods().ignore())
                .addGuarantee(
                        forClasses(LongLongMap.class.getName()).allMethods().treatAsAtomic());
    }

    private static <O extends Options<O, ?>> O common(O options) {
        return options.threads(3)
                .actorsBefore(5)
                .actorsAfter(2)
                .sequentialSpecification(RecordMapOperations.Specification.class);
    }
}
