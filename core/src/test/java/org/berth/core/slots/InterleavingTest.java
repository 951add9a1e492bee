package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Field.SharedLong;
import org.berth.core.slots.SteppedRun.SteppedWords;
import org.berth.offheap.ArrayWords;
import org.berth.offheap.TestDepth;
import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every operation by key, suspended before each of its accesses to memory while another thread removes the key, claims
 * others and adds it again, itself suspended before each of its accesses: two and more suspensions of either, in all
 * combinations. What the two return, and what the table then holds, must be what some order of the operations gives;
 * and then each key must be found, and each slot must be fit for use, for two more keys, so that no reference is left.
 *
 * <p>The default build tries one of several schedules. So that it does not depend on which, {@link BrokenSlotWords} has
 * the faults that these scenarios are for, one for each step of the protocol, and {@link #aBrokenTableIsDetected}
 * tries all schedules of one scenario until it has detected the fault.
 */
@Timeout(300)
class InterleavingTest {

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    private static final OwnedLong OWNED = RECORD.ownedLong("owned", Merge.SUM);
    private static final SharedLong SHARED = RECORD.sharedLong("shared", Merge.SUM);
    private static final RecordLayout LAYOUT = RECORD.build();

    private static final int CAPACITY = 4;

    /** One atomic operation of a thread on a table; returns what it has seen. */
    record Step(String what, Function<Actor, @Nullable Object> operation) {

        String run(Actor actor) {
            try {
                return "" + operation.apply(actor);
            } catch (NoSuchElementException | IllegalStateException e) {
                return e.getClass().getSimpleName();
            }
        }

        @Override
        public String toString() {
            return what;
        }
    }

    /** A thread, with the handle that it has opened last, and all that its operations have returned. */
    static final class Actor {

        final SlotTable table;
        final List<String> results = new ArrayList<>();

        @Nullable
        SlotView handle;

        Actor(SlotTable table) {
            this.table = table;
        }

        void run(List<Step> steps) {
            for (Step step : steps) {
                results.add(step.run(this));
            }
        }
    }

    /** Keys by the role that they have in a scenario. */
    record Keys(String what, Object old, Object next, Object behind) {

        @Override
        public String toString() {
            return what;
        }
    }

    static Stream<Scenario> scenarios() {
        List<Scenario> scenarios = new ArrayList<>();
        for (boolean recycling : new boolean[] {true, false}) {
            for (Keys keys : keys()) {
                // A thread that has retained a slot too late is the last to release it when the next key is removed.
                List<Step> replaceTwice = removal(keys.old, claimAndRemove(keys.next));
                scenarios.add(Scenario.of(recycling, keys, List.of(getAndAdd(keys.old)), replaceTwice));
                for (List<Step> others : others(keys)) {
                    for (List<Step> steps : operations(keys)) {
                        scenarios.add(Scenario.of(recycling, keys, steps, others));
                    }
                }
            }
        }
        return scenarios.stream();
    }

    /** Keys whose chains meet: a search for one goes through the slot of the other. */
    private static List<Keys> keys() {
        long zero = 0;
        long one = 1;
        long withZero = sameChain(zero, 10);
        long withOne = sameChain(one, 10);
        return List.of(
                // A free slot at the end of its list looks as if its key was 0.
                new Keys("0", zero, otherChain(zero), withZero),
                new Keys("1", one, otherChain(one), withOne),
                new Keys("name", "n", otherChain(zero), "m"));
    }

    private static List<List<Step>> operations(Keys keys) {
        return List.of(
                List.of(getAndAdd(keys.old)),
                List.of(step(
                        "compareAndSet",
                        keys.old,
                        (actor, key) -> at(actor, key).compareAndSet(SHARED, 1, 9))),
                List.of(step("get", keys.old, (actor, key) -> at(actor, key).get(OWNED))),
                List.of(step("contains", keys.old, InterleavingTest::contains)),
                List.of(remove(keys.old)),
                List.of(
                        step("view", keys.old, (actor, key) -> open(actor, view(actor, key))),
                        handle("getAndAdd", view -> view.getAndAdd(SHARED, 5)),
                        handle("close", InterleavingTest::close)),
                claim(keys.old),
                claim(77L),
                getAndAddAndClaim(keys.old, 78L),
                List.of(getAndAdd(keys.behind)),
                List.of(remove(keys.behind)),
                List.of(new Step("forEach", InterleavingTest::forEach)));
    }

    private static List<List<Step>> others(Keys keys) {
        return List.of(
                removal(keys.old, claim(keys.next)),
                removal(keys.old, removal(keys.behind, claim(keys.old))),
                removal(keys.old, claim(77L)));
    }

    private static Step remove(Object key) {
        return step("remove", key, InterleavingTest::remove);
    }

    private static List<Step> claim(Object key) {
        return List.of(
                step("claim", key, (actor, claimed) -> open(actor, tryClaim(actor.table, claimed))),
                handle("add", view -> ((Slot) view).add(OWNED, 100)),
                handle("close", InterleavingTest::close));
    }

    /** An addition, and then a claim, which may get the slot that the addition was the last to release. */
    private static List<Step> getAndAddAndClaim(Object key, Object other) {
        List<Step> steps = new ArrayList<>(List.of(getAndAdd(key)));
        steps.addAll(claim(other));
        return steps;
    }

    /** A claim, and then the removal of its key. */
    private static List<Step> claimAndRemove(Object key) {
        List<Step> steps = new ArrayList<>(claim(key));
        steps.add(remove(key));
        return steps;
    }

    /** The removal of a key, and then other operations. */
    private static List<Step> removal(Object key, List<Step> then) {
        List<Step> steps = new ArrayList<>(List.of(remove(key)));
        steps.addAll(then);
        return steps;
    }

    /**
     * What two threads do beside each other.
     *
     * @param present the keys that are claimed before, the first for the end of its chain
     * @param removed those of them that are removed before, so that their slots are free
     * @param steps   of the first thread
     * @param others  of the second
     */
    record Scenario(
            boolean recycling, List<Object> present, List<Object> removed, List<Step> steps, List<Step> others) {

        /** A table with two keys, one behind the other in a chain, and a list of two free slots if it is recycling. */
        static Scenario of(boolean recycling, Keys keys, List<Step> steps, List<Step> others) {
            return new Scenario(
                    recycling, List.of(100L, 101L, keys.behind, keys.old), List.of(100L, 101L), steps, others);
        }

        @Override
        public String toString() {
            return (recycling ? "recycling " : "") + steps + " beside " + others;
        }
    }

    /** Weakens the words of a table, or not. */
    @FunctionalInterface
    interface Weakening {

        Weakening NONE = (words, descriptor) -> words;

        Words of(Words words, TableDescriptor descriptor);
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void everyInterleavingIsOneOfAnOrder(Scenario scenario) throws InterruptedException {
        check(scenario, Weakening.NONE, TestDepth.of("every", 11, 1));
    }

    /** The scenarios above in which a broken table goes wrong; without this, they could pass as they detect nothing. */
    @ParameterizedTest
    @MethodSource("broken")
    void aBrokenTableIsDetected(String what, Scenario scenario, Weakening weakening) throws InterruptedException {
        check(scenario, Weakening.NONE, TestDepth.of(3, 1));
        assertThatExceptionOfType(AssertionError.class).as(what).isThrownBy(() -> check(scenario, weakening, 1));
    }

    static Stream<Object[]> broken() {
        Keys zero = keys().getFirst();
        Keys one = keys().get(1);
        long withOne = sameChain(1, 30);
        List<Step> getAndAdd = List.of(getAndAdd(zero.old));
        List<Step> getAndAddBehind = List.of(getAndAdd(zero.behind));
        List<Step> claim = claim(zero.old);
        List<Step> replace = removal(zero.old, claim(zero.next));
        List<Step> replaceBoth = removal(zero.old, removal(zero.behind, claim(zero.old)));
        return Stream.of(
                broken(
                        "the key is looked at before the state",
                        BrokenSlotWords::keyBeforeState,
                        zero,
                        getAndAdd,
                        replace),
                broken("a search does not look twice", BrokenSlotWords::oneLook, zero, getAndAddBehind, replace),
                broken("a search ignores marks", BrokenSlotWords::markIgnored, zero, getAndAdd, replace),
                broken(
                        "a retain that came late does not free",
                        BrokenSlotWords::lateRetainOnlyCounts,
                        zero,
                        getAndAdd,
                        removal(zero.old, claimAndRemove(zero.next))),
                broken("a retain that came late leaks", BrokenSlotWords::lateRetainLeaks, zero, getAndAdd, replace),
                broken(
                        "a retain that came late is forgotten",
                        BrokenSlotWords::lateRetainForgotten,
                        zero,
                        getAndAdd,
                        replace),
                broken(
                        "a slot keeps its version",
                        BrokenSlotWords::sameVersion,
                        zero,
                        List.of(remove(zero.old)),
                        replace),
                broken("a lost CAS of a state is taken for won", BrokenSlotWords::lostStateWon, zero, claim, replace),
                broken(
                        "a lost CAS of the index is taken for won",
                        BrokenSlotWords::lostIndexWon,
                        zero,
                        claim,
                        replaceBoth),
                broken(
                        "a slot is freed though its count cannot be closed",
                        BrokenSlotWords::lostReferencesWon,
                        zero,
                        List.of(remove(zero.old)),
                        replace),
                new Object[] {
                    "pushes and pops of free slots are not counted",
                    new Scenario(
                            true,
                            List.of(100L, 101L, 102L, zero.old),
                            List.of(100L, 101L, 102L),
                            claim(77L),
                            concat(List.of(claim(zero.next), claim(78L), List.of(remove(zero.next))))),
                    (Weakening) BrokenSlotWords::freeNotCounted
                },
                broken(
                        "changes of the index are not counted",
                        BrokenSlotWords::indexNotCounted,
                        one,
                        claim(withOne),
                        concat(List.of(claim(withOne), List.of(remove(one.old)), claim(one.old)))),
                new Object[] {
                    "the count of a link begins anew",
                    new Scenario(
                            true,
                            List.of(1L, sameChain(1, 10), sameChain(1, 30)),
                            List.of(),
                            List.of(getAndAdd(1L)),
                            concat(List.of(
                                    List.of(remove(sameChain(1, 30)), remove(sameChain(1, 10))),
                                    claim(otherChain(1)),
                                    claim(sameChain(otherChain(1), 50))))),
                    (Weakening) BrokenSlotWords::linkCountedAnew
                });
    }

    private static Object[] broken(String what, Weakening weakening, Keys keys, List<Step> steps, List<Step> others) {
        return new Object[] {what, Scenario.of(true, keys, steps, others), weakening};
    }

    private static Step getAndAdd(Object key) {
        return step("getAndAdd", key, (actor, added) -> at(actor, added).getAndAdd(SHARED, 5));
    }

    private static List<Step> concat(List<List<Step>> parts) {
        return parts.stream().flatMap(List::stream).toList();
    }

    /** Tries one of {@code every} schedules. */
    private static void check(Scenario scenario, Weakening weakening, int every) throws InterruptedException {
        Set<String> allowed = new TreeSet<>();
        addOrders(scenario, new ArrayList<>(), allowed);
        int[] most = run(scenario, weakening, allowed);
        int[] firstAlone = run(scenario, weakening, allowed, Integer.MAX_VALUE);
        Arrays.setAll(most, i -> Math.max(most[i], firstAlone[i]));
        int schedule = 0;
        for (int first = 0; first <= most[0]; first++) {
            for (int second = 1; second <= most[1]; second++) {
                for (int third = 0; third <= most[0] - first; third++) {
                    if (schedule++ % every == 0) {
                        run(scenario, weakening, allowed, first, second, third);
                    }
                }
            }
        }
    }

    /** Adds the outcomes of all orders of the operations that begin in this way: true for one of the first thread. */
    private static void addOrders(Scenario scenario, List<Boolean> order, Set<String> outcomes) {
        List<Step> steps = scenario.steps;
        List<Step> others = scenario.others;
        int mine = Collections.frequency(order, true);
        if (order.size() == steps.size() + others.size()) {
            Run run = new Run(scenario, Weakening.NONE);
            int[] next = new int[2];
            for (boolean first : order) {
                if (first) {
                    run.first.run(List.of(steps.get(next[0]++)));
                } else {
                    run.second.run(List.of(others.get(next[1]++)));
                }
            }
            outcomes.add(run.outcome());
            return;
        }
        for (boolean first : new boolean[] {true, false}) {
            if (first ? mine < steps.size() : order.size() - mine < others.size()) {
                List<Boolean> longer = new ArrayList<>(order);
                longer.add(first);
                addOrders(scenario, longer, outcomes);
            }
        }
    }

    private static int[] run(Scenario scenario, Weakening weakening, Set<String> allowed, int... turns)
            throws InterruptedException {
        Run run = new Run(scenario, weakening);
        int[] accesses = SteppedRun.of(
                run.words, () -> run.first.run(scenario.steps), () -> run.second.run(scenario.others), turns);
        String outcome;
        try {
            outcome = run.outcome();
        } catch (RuntimeException e) {
            throw new AssertionError("turns=" + Arrays.toString(turns), e);
        }
        assertThat(allowed).as(() -> "turns=" + Arrays.toString(turns)).contains(outcome);
        return accesses;
    }

    /** A table that two threads use. */
    private static final class Run {

        final SteppedWords words;
        final SlotTable table;
        final Actor first;
        final Actor second;

        Run(Scenario scenario, Weakening weakening) {
            TableDescriptor descriptor = descriptor(scenario.recycling);
            words = new SteppedWords(new ArrayWords(descriptor.bytes));
            table = SlotTable.over(weakening.of(words, descriptor), descriptor);
            first = new Actor(table);
            second = new Actor(table);
            for (Object key : scenario.present) {
                try (Slot slot = tryClaim(table, key)) {
                    slot.add(OWNED, 10);
                    slot.set(SHARED, 1);
                }
            }
            for (Object key : scenario.removed) {
                remove(first, key);
            }
        }

        /**
         * Describes what the operations have returned and what the table holds. Then removes all keys, each of which is
         * found until it is removed, and looks whether all slots can be used again.
         */
        String outcome() {
            TreeMap<String, String> records = new TreeMap<>();
            List<Object> left = new ArrayList<>();
            table.forEach(view -> {
                String former = records.put(
                        describe(view), view.get(OWNED) + "/" + view.get(SHARED) + (view.isOwned() ? " owned" : ""));
                assertThat(former).as("record of %s", view).isNull();
                left.add(view.isNamed() ? view.name() : (Object) view.key());
            });
            String outcome = first.results + " beside " + second.results + " " + records + " size " + table.size();
            removeAll(left);
            if (table.memory.recycling) {
                // Twice: a slot whose reference count is wrong is lost when its next key is removed.
                List<Object> keys = new ArrayList<>();
                for (long key = 1_000; key < 1_000 + CAPACITY; key++) {
                    keys.add(key);
                }
                claimAll(keys);
                removeAll(keys);
                claimAll(keys);
            }
            return outcome;
        }

        private void claimAll(List<Object> keys) {
            for (Object key : keys) {
                tryClaim(table, key).close();
            }
        }

        private void removeAll(List<Object> keys) {
            for (Object key : keys) {
                assertThat(contains(first, key)).as("%s is found", key).isTrue();
            }
            for (Object key : keys) {
                assertThat(remove(first, key)).as("%s is removed", key).isTrue();
                assertThat(contains(first, key)).as("%s is found", key).isFalse();
            }
            assertThat(table.size()).isZero();
        }
    }

    private interface ByKey {
        @Nullable
        Object on(Actor actor, Object key);
    }

    private static Step step(String what, Object key, ByKey operation) {
        return new Step(what + " " + key, actor -> operation.on(actor, key));
    }

    /** An operation through the actor's handle, if it has one. */
    private static Step handle(String what, Function<SlotView, Object> operation) {
        return new Step(what, actor -> actor.handle == null ? "-" : operation.apply(actor.handle));
    }

    private static String open(Actor actor, @Nullable SlotView handle) {
        actor.handle = handle;
        return handle == null ? "owned" : describe(handle);
    }

    private static String close(SlotView handle) {
        handle.close();
        return "closed";
    }

    private static RecordAccess at(Actor actor, Object key) {
        return key instanceof Long number ? actor.table.at(number) : actor.table.at((String) key);
    }

    private static SlotView view(Actor actor, Object key) {
        return key instanceof Long number ? actor.table.view(number) : actor.table.view((String) key);
    }

    private static @Nullable Slot tryClaim(SlotTable table, Object key) {
        return key instanceof Long number ? table.tryClaim(number) : table.tryClaim((String) key);
    }

    private static boolean remove(Actor actor, Object key) {
        return key instanceof Long number ? actor.table.remove(number) : actor.table.remove((String) key);
    }

    private static boolean contains(Actor actor, Object key) {
        return key instanceof Long number ? actor.table.contains(number) : actor.table.contains((String) key);
    }

    /** Each record that it meets is whole. Which it meets is not promised, of those that come and go meanwhile. */
    private static String forEach(Actor actor) {
        actor.table.forEach(view -> {
            // The key first: a view that is not the key's would show another key's values.
            String key = describe(view);
            assertThat(view.get(OWNED) + "/" + view.get(SHARED))
                    .as("record of %s", key)
                    .matches("(10|110)/1|(0|100)/0");
            assertThat(Ownership.code(actor.table.memory.ownership.state(view.slot)))
                    .as("state of %s, which is retained", key)
                    .isNotEqualTo(Ownership.FREE);
        });
        return "met all";
    }

    private static String describe(SlotView view) {
        return view.isNamed() ? view.name() : "" + view.key();
    }

    private static TableDescriptor descriptor(boolean recycling) {
        return new TableDescriptor(
                LAYOUT, recycling ? CAPACITY : 4 * CAPACITY, Long.BYTES, OnRelease.KEEP, recycling, false);
    }

    private static long sameChain(long key, long from) {
        long other = from;
        while (chain(other) != chain(key)) {
            other++;
        }
        return other;
    }

    private static long otherChain(long key) {
        long other = 2;
        while (chain(other) == chain(key)) {
            other++;
        }
        return other;
    }

    /** The position in the index that a key's chain begins at. */
    private static int chain(long key) {
        TableDescriptor descriptor = descriptor(true);
        ArrayWords words = new ArrayWords(descriptor.bytes);
        SlotTable.over(words, descriptor).claim(key);
        int position = 0;
        while (words.get(descriptor.index(position)) == 0) {
            position++;
        }
        return position;
    }
}
