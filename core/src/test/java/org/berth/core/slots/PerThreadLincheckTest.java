package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.berth.offheap.ArrayWords;
import org.berth.offheap.Region;
import org.berth.offheap.TestDepth;
import org.berth.offheap.Words;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * While threads add and end: a total misses no earlier addition and counts none twice, and each thread finds
 * its own slot.
 */
@Tag("lincheck")
class PerThreadLincheckTest {

    public static final class OverArray extends PerThreadOperations {
        public OverArray() {
            super(new ArrayWords(descriptor().bytes));
        }
    }

    /** One region for all invocations, as they run one after the other. */
    public static final class OffHeap extends PerThreadOperations {

        private static final Words WORDS = Region.anonymous(descriptor().bytes).words();

        public OffHeap() {
            super(zeroed());
        }

        private static Words zeroed() {
            for (long at = 0; at < WORDS.size(); at += Long.BYTES) {
                WORDS.set(at, 0);
            }
            return WORDS;
        }
    }

    public static final class ReclaimingFromLiveThreads extends PerThreadOperations {
        public ReclaimingFromLiveThreads() {
            super(new ArrayWords(descriptor().bytes), thread -> true);
        }
    }

    /** Threads whose slots have the same home position; each looks for its own only. */
    @Param(name = "thread", gen = ThreadIdGen.class)
    public static class SameHomePosition {

        /** More than Lincheck uses here. */
        private static final int THREADS = 8;

        private final ThreadSlots threadSlots;
        private final Slot[] slots = new Slot[THREADS];
        private final boolean[] present = new boolean[THREADS];

        public SameHomePosition() {
            this(new ThreadSlots(THREADS));
        }

        SameHomePosition(ThreadSlots threadSlots) {
            this.threadSlots = threadSlots;
            TableDescriptor descriptor = PerThreadOperations.descriptor();
            SlotTable table = SlotTable.over(new ArrayWords(descriptor.bytes), descriptor);
            int found = 0;
            while (found < THREADS) {
                Thread thread = Thread.ofPlatform().unstarted(() -> {});
                if (thread.threadId() % threadSlots.slots.length == 0) {
                    slots[found] = new Slot(table.memory, RecordQueues.NONE, found, 0, null, thread, null, null);
                    found++;
                }
            }
        }

        @Operation
        public void add(@Param(name = "thread") int thread) {
            if (!present[thread]) {
                threadSlots.add(slots[thread]);
                present[thread] = true;
            }
        }

        @Operation
        public void remove(@Param(name = "thread") int thread) {
            if (present[thread]) {
                threadSlots.remove(slots[thread]);
                present[thread] = false;
            }
        }

        @Operation
        public boolean find(@Param(name = "thread") int thread) {
            Slot found = threadSlots.find(Objects.requireNonNull(slots[thread].thread));
            return found == slots[thread];
        }

        /** The operations for one thread: what they mean. */
        public static final class Specification {

            private final boolean[] present = new boolean[THREADS];

            public void add(int thread) {
                present[thread] = true;
            }

            public void remove(int thread) {
                present[thread] = false;
            }

            public boolean find(int thread) {
                return present[thread];
            }
        }
    }

    /** Broken: reads that a position is empty, and then writes it without a CAS. */
    public static final class CheckThenAct extends SameHomePosition {
        public CheckThenAct() {
            super(new ThreadSlots(8) {
                @Override
                boolean tryAdd(int position, @Nullable Slot slot) {
                    if (slots[position] != null) {
                        return false;
                    }
                    slots[position] = slot;
                    return true;
                }
            });
        }
    }

    @Test
    void modelChecking() {
        shipped(perThread(modelCheckingOptions(TestDepth.of(40, 100)))).check(OverArray.class);
    }

    @Test
    void stress() {
        shipped(perThread(new StressOptions().invocationsPerIteration(TestDepth.of(500, 1_500))))
                .check(OffHeap.class);
    }

    /** A thread adds while another reclaims, which random scenarios have too seldom. */
    @Test
    void modelCheckingCatchesReclaimingFromLiveThreads() {
        addUnderReclaim(TestDepth.of(60, 1_000)).check(OverArray.class);
        assertCaught(addUnderReclaim(1_000), ReclaimingFromLiveThreads.class);
    }

    private static ModelCheckingOptions addUnderReclaim(int invocations) {
        ExecutionScenario scenario = new ExecutionScenario(
                List.of(),
                List.of(List.of(actor("add", 1), actor("add", 2)), List.of(actor("reclaim"))),
                List.of(actor("total")),
                null);
        return modelCheckingOptions(invocations)
                .iterations(0)
                .addCustomScenario(scenario)
                .sequentialSpecification(PerThreadOperations.Specification.class);
    }

    private static Actor actor(String operation, Integer... arguments) {
        Method method = Arrays.stream(PerThreadOperations.class.getMethods())
                .filter(candidate -> candidate.getName().equals(operation))
                .findFirst()
                .orElseThrow();
        return new Actor(method, List.of(arguments), false, false, false, false, false);
    }

    @Test
    void threadSlotsModelChecking() {
        shipped(threadSlots(modelCheckingOptions(TestDepth.of(100, 300)))).check(SameHomePosition.class);
    }

    @Test
    void threadSlotsModelCheckingCatchesCheckThenAct() {
        assertCaught(threadSlots(modelCheckingOptions(300)), CheckThenAct.class);
    }

    private static ModelCheckingOptions modelCheckingOptions(int invocations) {
        return new ModelCheckingOptions().invocationsPerIteration(invocations);
    }

    private static void assertCaught(Options<?, ?> options, Class<?> broken) {
        assertThatThrownBy(() -> options.minimizeFailedScenario(false).check(broken))
                .isInstanceOf(LincheckAssertionError.class);
    }

    /** Fewer scenarios by default. The broken ones get all of them, and end when they are caught. */
    private static <O extends Options<O, ?>> O shipped(O options) {
        return TestDepth.THOROUGH ? options : options.iterations(2);
    }

    private static <O extends Options<O, ?>> O perThread(O options) {
        return common(options).actorsPerThread(2).sequentialSpecification(PerThreadOperations.Specification.class);
    }

    private static <O extends Options<O, ?>> O threadSlots(O options) {
        return common(options).actorsPerThread(3).sequentialSpecification(SameHomePosition.Specification.class);
    }

    private static <O extends Options<O, ?>> O common(O options) {
        return options.iterations(8).threads(3).actorsBefore(1).actorsAfter(2);
    }
}
