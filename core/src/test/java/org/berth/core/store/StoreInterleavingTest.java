package org.berth.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.berth.core.slots.SteppedRun;
import org.berth.core.slots.SteppedRun.Steps;
import org.berth.offheap.TestDepth;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every operation on a key, suspended before its accesses to records and to the words of a segment, while another
 * thread updates the same keys: the segment in which the first thread is suspended is evacuated, recycled, and used
 * again or freed. What both threads return, and what the map then holds, must be what some order of the operations
 * gives; and what the segments count as live must be what the index leads to.
 *
 * <p>The default build tries one of several schedules.
 */
@Timeout(300)
class StoreInterleavingTest {

    private static final int MISSING = SteppedStore.MISSING;

    /** Schedules of each kind per scenario that a brief build tries, roughly. */
    private static final int SCHEDULES = TestDepth.of(40, 200);

    /** Enough for each broken variant. */
    private static final int SCHEDULES_TO_CATCH = 2_000;

    /** An operation, on the map and on its model. */
    record Step(String what, ToIntFunction<SteppedStore> operation, ToIntFunction<Map<Integer, Integer>> model) {}

    record Scenario(String what, long lastGeneration, List<Step> setUp, List<Step> first, List<Step> second) {

        @Override
        public String toString() {
            return what
                    + (lastGeneration == 0 ? " freed " : " used again ")
                    + first.stream().map(Step::what).toList();
        }
    }

    private static int orMissing(Integer value) {
        return value == null ? MISSING : value;
    }

    private static Step put(int key, int value) {
        return new Step(
                "put " + key + " " + value, map -> map.put(key, value), model -> model.put(key, value) == null ? 0 : 1);
    }

    private static Step putIfAbsent(int key, int value) {
        return new Step(
                "putIfAbsent " + key,
                map -> map.putIfAbsent(key, value),
                model -> model.putIfAbsent(key, value) == null ? 0 : 1);
    }

    private static Step replace(int key, int expected, int value) {
        return new Step(
                "replace " + key + " " + expected,
                map -> map.replace(key, expected, value),
                model -> model.replace(key, expected, value) ? 1 : 0);
    }

    private static Step remove(int key) {
        return new Step("remove " + key, map -> map.remove(key), model -> model.remove(key) == null ? 0 : 1);
    }

    private static Step remove(int key, int expected) {
        return new Step(
                "remove " + key + " " + expected,
                map -> map.remove(key, expected),
                model -> model.remove(key, expected) ? 1 : 0);
    }

    private static Step get(int key) {
        return new Step("get " + key, map -> map.get(key), model -> orMissing(model.get(key)));
    }

    private static Step putUnreadable(int key) {
        return new Step("put unreadable " + key, map -> map.putUnreadable(key), model -> 1);
    }

    private static Step traversed(int key) {
        return new Step("traversed " + key, map -> map.traversed(key), model -> orMissing(model.get(key)));
    }

    static Stream<Scenario> scenarios() {
        List<Scenario> scenarios = new ArrayList<>();
        for (List<Step> first : List.of(
                List.of(get(1), get(5)),
                List.of(put(1, 90), get(1)),
                List.of(putIfAbsent(1, 91)),
                List.of(replace(1, 10, 92)),
                List.of(remove(1), get(1)),
                List.of(remove(1, 11)),
                // The key has the hash of another one.
                List.of(put(5, 93)),
                List.of(remove(5), putIfAbsent(5, 94)),
                List.of(traversed(1)),
                List.of(putUnreadable(2), putUnreadable(5)),
                // A key that has no mapping, and whose update evacuates.
                List.of(put(3, 95), get(3)),
                List.of(put(2, 97), put(2, 98)))) {
            for (long lastGeneration : new long[] {1000, 0}) {
                scenarios.add(new Scenario("churn", lastGeneration, setUp(false), first, churn()));
                scenarios.add(new Scenario("moved", lastGeneration, setUp(true), first, moves()));
                scenarios.add(new Scenario("shared", lastGeneration, setUp(true), first, changes()));
            }
        }
        return scenarios.stream();
    }

    /** A segment of records most of which are dead, and others. */
    private static List<Step> setUp(boolean shared) {
        List<Step> steps = new ArrayList<>(List.of(put(1, 10), put(2, 4), put(2, 8), remove(2), put(2, 12)));
        if (shared) {
            steps.add(put(5, 50));
        }
        return steps;
    }

    /** The key 1 is only moved, until it is replaced in the end. */
    private static List<Step> churn() {
        return List.of(
                put(2, 1),
                put(2, 2),
                put(2, 3),
                put(2, 16),
                put(2, 20),
                put(2, 21),
                put(2, 22),
                put(1, 11),
                put(2, 23));
    }

    /** The keys 1 and 5 are only moved. */
    private static List<Step> moves() {
        return List.of(put(2, 1), put(2, 2), put(2, 3), put(2, 16), put(2, 20), put(2, 21), put(2, 22), put(2, 23));
    }

    private static List<Step> changes() {
        return List.of(
                put(2, 1), put(5, 51), put(2, 17), remove(5), put(2, 2), put(1, 11), put(2, 24), put(5, 52), put(2, 5));
    }

    /** What both threads have seen, and what is there in the end. */
    private record Outcome(List<Integer> first, List<Integer> second, Map<Integer, Integer> content) {}

    private static Set<Outcome> allowed(Scenario scenario) {
        Map<Integer, Integer> model = new HashMap<>();
        scenario.setUp.forEach(step -> apply(step.model, model));
        Set<Outcome> outcomes = new HashSet<>();
        addOrders(scenario, model, List.of(), List.of(), outcomes);
        return outcomes;
    }

    private static void addOrders(
            Scenario scenario,
            Map<Integer, Integer> model,
            List<Integer> first,
            List<Integer> second,
            Set<Outcome> outcomes) {
        if (first.size() == scenario.first.size() && second.size() == scenario.second.size()) {
            outcomes.add(new Outcome(first, second, new TreeMap<>(model)));
        }
        if (first.size() < scenario.first.size()) {
            Map<Integer, Integer> after = new HashMap<>(model);
            int result = scenario.first.get(first.size()).model.applyAsInt(after);
            addOrders(scenario, after, plus(first, result), second, outcomes);
        }
        if (second.size() < scenario.second.size()) {
            Map<Integer, Integer> after = new HashMap<>(model);
            int result = scenario.second.get(second.size()).model.applyAsInt(after);
            addOrders(scenario, after, first, plus(second, result), outcomes);
        }
    }

    /** For a step of the set-up: nothing is torn then. */
    private static <T> void apply(ToIntFunction<T> operation, T target) {
        int result = operation.applyAsInt(target);
        assertThat(result).isNotEqualTo(SteppedStore.TORN);
    }

    private static List<Integer> plus(List<Integer> results, int result) {
        List<Integer> all = new ArrayList<>(results);
        all.add(result);
        return all;
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void someOrderExplainsEverySchedule(Scenario scenario) throws InterruptedException {
        StoreCoverage.reset();
        tryAll(scenario, BrokenStores.NONE, SCHEDULES);
        StoreCoverage.assertEverything();
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NONE", "WALKED_GENERATION_READ_LATE", "OPENED_IN_THE_POOL", "RETIRED_BEFORE_UNSETTLED"})
    void brokenStepsAreCaught(BrokenStores broken) throws InterruptedException {
        AssertionError caught = null;
        for (Scenario scenario : scenarios().toList()) {
            try {
                tryAll(scenario, broken, SCHEDULES_TO_CATCH);
            } catch (AssertionError e) {
                caught = e;
                break;
            }
        }
        assertThat(caught).as("caught").isNotNull();
    }

    private static void tryAll(Scenario scenario, BrokenStores broken, int schedules) throws InterruptedException {
        Set<Outcome> allowed = allowed(scenario);
        int[] alone = run(scenario, broken, allowed, Integer.MAX_VALUE);
        // The first is suspended once, and the second until then never.
        for (int i = 0; i <= alone[0]; i++) {
            run(scenario, broken, allowed, i);
        }
        int accesses = alone[0] + alone[1];
        // The first is suspended, the second is suspended, the first goes on, and after it the second.
        int every = Math.max(1, alone[0] * alone[1] / schedules);
        for (int i = 0, n = 0; i <= alone[0]; i++) {
            for (int j = 1; j <= alone[1]; j++) {
                if (n++ % every == 0) {
                    run(scenario, broken, allowed, i, j, accesses);
                }
            }
        }
        // The first is suspended twice.
        every = Math.max(1, alone[0] * alone[0] / 2 * alone[1] / schedules);
        for (int i = 0, n = 0; i <= alone[0]; i++) {
            for (int j = 1; j <= alone[1]; j++) {
                for (int k = 1; k <= alone[0] - i; k++) {
                    if (n++ % every == 0) {
                        run(scenario, broken, allowed, i, j, k);
                    }
                }
            }
        }
    }

    private static int[] run(Scenario scenario, BrokenStores broken, Set<Outcome> allowed, int... turns)
            throws InterruptedException {
        Steps steps = new Steps();
        try (SteppedStore store = new SteppedStore(broken, scenario.lastGeneration, steps::step)) {
            scenario.setUp.forEach(step -> apply(step.operation, store));
            List<Integer> first = new ArrayList<>();
            List<Integer> second = new ArrayList<>();
            int[] accesses = SteppedRun.of(
                    steps,
                    () -> scenario.first.forEach(step -> first.add(step.operation.applyAsInt(store))),
                    () -> scenario.second.forEach(step -> second.add(step.operation.applyAsInt(store))),
                    turns);
            Outcome outcome = new Outcome(first, second, store.contents());
            assertThat(allowed)
                    .as(() -> scenario + " turns=" + Arrays.toString(turns))
                    .contains(outcome);
            store.audit();
            StoreCoverage.count(store.map.statistics());
            return accesses;
        }
    }
}
