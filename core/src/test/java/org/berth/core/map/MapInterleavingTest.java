package org.berth.core.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.berth.core.map.LongLongMap.MISSING;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.berth.core.slots.SteppedRun;
import org.berth.core.slots.SteppedRun.Steps;
import org.berth.offheap.ArrayWords;
import org.berth.offheap.ForwardingWords;
import org.berth.offheap.TestDepth;
import org.berth.offheap.Words;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every operation on a key, suspended before and after each of its accesses to memory, while another thread updates the
 * key and resizes the map twice or more: the table in which the first thread is suspended is transferred and retired,
 * and its memory is poisoned or becomes another table's unless the thread is known to access it. What both threads
 * return, and what the map then holds, must be what some order of the operations gives.
 *
 * <p>The default build tries one of several schedules.
 */
@Timeout(300)
class MapInterleavingTest {

    private static final long KEY = 3;

    /** Schedules per scenario that a brief build tries, roughly. */
    private static final int SCHEDULES = TestDepth.of(1_000, 100_000);

    /** An operation, on the map and on its model. */
    record Step(String what, ToLongFunction<LongLongMap> operation, ToLongFunction<Map<Long, Long>> model) {}

    record Scenario(
            String what, long orderedBytes, boolean reuse, List<Step> setUp, List<Step> first, List<Step> second) {

        @Override
        public String toString() {
            return what
                    + (orderedBytes == 0 ? " unordered" : " ordered")
                    + (reuse ? " reused " : " poisoned ")
                    + first.stream().map(Step::what).toList();
        }
    }

    private static long orMissing(Long value) {
        return value == null ? MISSING : value;
    }

    private static Step put(long key, long value) {
        return new Step(
                "put " + key + " " + value, map -> map.put(key, value), model -> orMissing(model.put(key, value)));
    }

    private static Step remove(long key) {
        return new Step("remove " + key, map -> map.remove(key), model -> orMissing(model.remove(key)));
    }

    private static Step get(long key) {
        return new Step("get " + key, map -> map.get(key), model -> orMissing(model.get(key)));
    }

    private static Step getAndAdd(long key, long delta) {
        return new Step(
                "getAndAdd " + key,
                map -> map.getAndAdd(key, delta),
                model -> model.merge(key, delta, Long::sum) - delta);
    }

    private static Step putIfAbsent(long key, long value) {
        return new Step(
                "putIfAbsent " + key,
                map -> map.putIfAbsent(key, value),
                model -> orMissing(model.putIfAbsent(key, value)));
    }

    private static Step compareAndSet(long key, long expected, long value) {
        return new Step(
                "compareAndSet " + key,
                map -> map.compareAndSet(key, expected, value) ? 1 : 0,
                model -> model.replace(key, expected, value) ? 1 : 0);
    }

    private static Step removeValue(long key, long expected) {
        return new Step(
                "remove " + key + " " + expected,
                map -> map.remove(key, expected) ? 1 : 0,
                model -> model.remove(key, expected) ? 1 : 0);
    }

    private static Step compute(long key) {
        return new Step(
                "compute " + key,
                map -> map.compute(key, before -> before == MISSING ? 40 : MISSING),
                model -> orMissing(model.compute(key, (same, before) -> before == null ? 40L : null)));
    }

    private static Step resize() {
        return new Step(
                "finishResize",
                map -> {
                    map.finishResize();
                    return 0;
                },
                model -> 0);
    }

    static Stream<Scenario> scenarios() {
        List<Scenario> scenarios = new ArrayList<>();
        for (List<Step> first : List.of(
                List.of(get(KEY), get(8)),
                List.of(put(KEY, 20)),
                List.of(remove(KEY)),
                List.of(getAndAdd(KEY, 100)),
                List.of(putIfAbsent(KEY, 20)),
                List.of(compareAndSet(KEY, 10, 20)),
                List.of(removeValue(KEY, 11)),
                List.of(compute(KEY)),
                // A key without a slot.
                List.of(put(9, 20), get(9)),
                List.of(get(9), remove(9)),
                List.of(resize()))) {
            for (long orderedBytes : new long[] {MapOptions.ORDERED_BYTES, 0}) {
                for (boolean reuse : new boolean[] {true, false}) {
                    scenarios.add(new Scenario("rehash", orderedBytes, reuse, rehashed(), first, rehashing()));
                    scenarios.add(new Scenario("expand", orderedBytes, reuse, List.of(put(KEY, 10)), first, growing()));
                }
            }
        }
        return scenarios.stream();
    }

    private static List<Step> rehashed() {
        return List.of(put(2, 1), remove(2), put(KEY, 10));
    }

    /** The third table has the memory of the first. */
    private static List<Step> rehashing() {
        return List.of(
                put(5, 5),
                remove(5),
                resize(),
                put(KEY, 11),
                put(6, 6),
                remove(6),
                put(7, 7),
                remove(KEY),
                resize(),
                remove(7),
                put(8, 8));
    }

    private static List<Step> growing() {
        return List.of(
                put(5, 5), put(6, 6), remove(KEY), resize(), put(KEY, 11), put(7, 7), remove(5), remove(6), resize());
    }

    /** What both threads have seen, and what is there in the end. */
    private record Outcome(List<Long> first, List<Long> second, Map<Long, Long> content) {}

    private static Set<Outcome> allowed(Scenario scenario) {
        Map<Long, Long> model = new HashMap<>();
        for (Step step : scenario.setUp) {
            apply(step.model, model);
        }
        Set<Outcome> outcomes = new HashSet<>();
        addOrders(scenario, model, List.of(), List.of(), outcomes);
        return outcomes;
    }

    private static void addOrders(
            Scenario scenario, Map<Long, Long> model, List<Long> first, List<Long> second, Set<Outcome> outcomes) {
        if (first.size() == scenario.first.size() && second.size() == scenario.second.size()) {
            outcomes.add(new Outcome(first, second, new TreeMap<>(model)));
        }
        if (first.size() < scenario.first.size()) {
            Map<Long, Long> after = new HashMap<>(model);
            long result = scenario.first.get(first.size()).model.applyAsLong(after);
            addOrders(scenario, after, plus(first, result), second, outcomes);
        }
        if (second.size() < scenario.second.size()) {
            Map<Long, Long> after = new HashMap<>(model);
            long result = scenario.second.get(second.size()).model.applyAsLong(after);
            addOrders(scenario, after, first, plus(second, result), outcomes);
        }
    }

    /** For a step whose result is known. */
    private static <T> void apply(ToLongFunction<T> operation, T target) {
        long result = operation.applyAsLong(target);
        assertThat(result).isNotEqualTo(Long.MAX_VALUE);
    }

    private static List<Long> plus(List<Long> results, long result) {
        List<Long> all = new ArrayList<>(results);
        all.add(result);
        return all;
    }

    /** Words each access to which is a step, before and after. */
    private static final class SteppedMapWords extends ForwardingWords {

        private final Steps steps;

        SteppedMapWords(Words words, Steps steps) {
            super(words);
            this.steps = steps;
        }

        private long after(long word) {
            steps.step();
            return word;
        }

        @Override
        public long get(long offset) {
            steps.step();
            return after(super.get(offset));
        }

        @Override
        public long getOpaque(long offset) {
            steps.step();
            return after(super.getOpaque(offset));
        }

        @Override
        public long getAcquire(long offset) {
            steps.step();
            return after(super.getAcquire(offset));
        }

        @Override
        public long compareAndExchange(long offset, long expected, long value) {
            steps.step();
            return after(super.compareAndExchange(offset, expected, value));
        }

        @Override
        public void setMemory(long offset, long length, byte value) {
            steps.step();
            super.setMemory(offset, length, value);
            steps.step();
        }
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void someOrderExplainsEverySchedule(Scenario scenario) throws InterruptedException {
        Set<Outcome> allowed = allowed(scenario);
        int[] alone = run(scenario, allowed, Integer.MAX_VALUE);
        // The first is suspended once, and the second until then never.
        for (int i = 0; i <= alone[0]; i++) {
            run(scenario, allowed, i);
        }
        int accesses = alone[0] + alone[1];
        // The first is suspended, the second is suspended, the first goes on, and after it the second.
        int every = Math.max(1, alone[0] * alone[1] / SCHEDULES);
        for (int i = 0, n = 0; i <= alone[0]; i++) {
            for (int j = 1; j <= alone[1]; j++) {
                if (n++ % every == 0) {
                    run(scenario, allowed, i, j, accesses);
                }
            }
        }
        // The first is suspended twice.
        every = Math.max(1, alone[0] * alone[0] * alone[1] / 2 / SCHEDULES);
        for (int i = 0, n = 0; i <= alone[0]; i++) {
            for (int j = 1; j <= alone[1]; j++) {
                for (int k = 1; k <= alone[0] - i; k++) {
                    if (n++ % every == 0) {
                        run(scenario, allowed, i, j, k);
                    }
                }
            }
        }
    }

    private static int[] run(Scenario scenario, Set<Outcome> allowed, int... turns) throws InterruptedException {
        Steps steps = new Steps();
        AtomicInteger seeds = new AtomicInteger();
        LongLongMap map = TestMaps.reclaimingAtOnce(
                bytes -> new SteppedMapWords(new ArrayWords(bytes), steps),
                new Transfer(),
                TestMaps.options(
                        () -> {
                            steps.step();
                            return seeds.incrementAndGet() * 0x9E3779B97F4A7C15L;
                        },
                        1,
                        scenario.orderedBytes),
                ChunkSource.EAGER_CHUNK,
                steps::step,
                scenario.reuse);
        for (Step step : scenario.setUp) {
            apply(step.operation, map);
        }
        List<Long> first = new ArrayList<>();
        List<Long> second = new ArrayList<>();
        int[] accesses = SteppedRun.of(
                steps,
                () -> scenario.first.forEach(step -> first.add(step.operation.applyAsLong(map))),
                () -> scenario.second.forEach(step -> second.add(step.operation.applyAsLong(map))),
                turns);
        Map<Long, Long> content = new TreeMap<>();
        map.forEach(content::put);
        assertThat(allowed)
                .as(() -> scenario + " turns=" + Arrays.toString(turns))
                .contains(new Outcome(first, second, content));
        map.finishResize();
        assertThat(map.tables()).isEqualTo(1);
        for (long key = 2; key < 10; key++) {
            assertThat(map.get(key)).isEqualTo(orMissing(content.get(key)));
        }
        assertThat(map.memory.retiredBytes()).as("retired").isZero();
        return accesses;
    }
}
