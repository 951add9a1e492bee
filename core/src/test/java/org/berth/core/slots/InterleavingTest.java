package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every operation by key, suspended before each of its accesses to memory while another thread removes the key, claims
 * others and adds it again, itself suspended before each of its accesses: two and more suspensions of either, in all
 * combinations. What the two return, and what the table then holds, must be what some order of the operations gives.
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

    static Stream<Object[]> scenarios() {
        List<Object[]> scenarios = new ArrayList<>();
        for (boolean recycling : new boolean[] {true, false}) {
            for (Keys keys : keys()) {
                for (List<Step> others : others(keys)) {
                    for (List<Step> steps : operations(keys)) {
                        scenarios.add(new Object[] {recycling, keys, steps, others});
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
                List.of(step(
                        "getAndAdd", keys.old, (actor, key) -> at(actor, key).getAndAdd(SHARED, 5))),
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
                List.of(step(
                        "getAndAdd", keys.behind, (actor, key) -> at(actor, key).getAndAdd(SHARED, 5))),
                List.of(remove(keys.behind)));
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

    /** The removal of a key, and then other operations. */
    private static List<Step> removal(Object key, List<Step> then) {
        List<Step> steps = new ArrayList<>(List.of(remove(key)));
        steps.addAll(then);
        return steps;
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void everyInterleavingIsOneOfAnOrder(boolean recycling, Keys keys, List<Step> steps, List<Step> others)
            throws InterruptedException {
        Set<String> allowed = new TreeSet<>();
        addOrders(recycling, keys, steps, others, new ArrayList<>(), allowed);
        int[] most = run(recycling, keys, steps, others, allowed);
        int[] firstAlone = run(recycling, keys, steps, others, allowed, Integer.MAX_VALUE);
        Arrays.setAll(most, i -> Math.max(most[i], firstAlone[i]));
        int every = TestDepth.of("every", 7, 1);
        int schedule = 0;
        for (int first = 0; first <= most[0]; first++) {
            for (int second = 1; second <= most[1]; second++) {
                for (int third = 0; third <= most[0] - first; third++) {
                    if (schedule++ % every == 0) {
                        run(recycling, keys, steps, others, allowed, first, second, third);
                    }
                }
            }
        }
    }

    /** Adds the outcomes of all orders of the operations that begin in this way: true for one of the first thread. */
    private static void addOrders(
            boolean recycling,
            Keys keys,
            List<Step> steps,
            List<Step> others,
            List<Boolean> order,
            Set<String> outcomes) {
        int mine = Collections.frequency(order, true);
        if (order.size() == steps.size() + others.size()) {
            Run run = new Run(recycling, keys);
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
                addOrders(recycling, keys, steps, others, longer, outcomes);
            }
        }
    }

    private static int[] run(
            boolean recycling, Keys keys, List<Step> steps, List<Step> others, Set<String> allowed, int... turns)
            throws InterruptedException {
        Run run = new Run(recycling, keys);
        int[] accesses = SteppedRun.of(run.words, () -> run.first.run(steps), () -> run.second.run(others), turns);
        assertThat(allowed).as(() -> "turns=" + Arrays.toString(turns)).contains(run.outcome());
        return accesses;
    }

    /** A table with two keys, one behind the other in a chain, and a list of two free slots if it is recycling. */
    private static final class Run {

        final SteppedWords words;
        final SlotTable table;
        final Actor first;
        final Actor second;

        Run(boolean recycling, Keys keys) {
            TableDescriptor descriptor = new TableDescriptor(
                    LAYOUT, recycling ? CAPACITY : 4 * CAPACITY, Long.BYTES, OnRelease.KEEP, recycling, false);
            words = new SteppedWords(new ArrayWords(descriptor.bytes));
            table = SlotTable.over(words, descriptor);
            first = new Actor(table);
            second = new Actor(table);
            for (Object key : List.of(100L, 101L, keys.behind, keys.old)) {
                try (Slot slot = tryClaim(table, key)) {
                    slot.add(OWNED, 10);
                    slot.set(SHARED, 1);
                }
            }
            table.remove(100);
            table.remove(101);
        }

        /** Describes what the operations have returned, what the table holds, and that no slot is lost. */
        String outcome() {
            TreeMap<String, String> records = new TreeMap<>();
            table.forEach(view -> {
                String former = records.put(
                        describe(view), view.get(OWNED) + "/" + view.get(SHARED) + (view.isOwned() ? " owned" : ""));
                assertThat(former).as("record of %s", view).isNull();
            });
            int size = table.size();
            int free = 0;
            try {
                for (; ; free++) {
                    table.claim(1_000 + free);
                }
            } catch (IllegalStateException e) {
                assertThat(e).hasMessageContaining("full");
            }
            return first.results + " beside " + second.results + " " + records + " size " + size
                    + (table.memory.recycling ? " free " + free : "");
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

    private static String describe(SlotView view) {
        return view.isNamed() ? view.name() : "" + view.key();
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
        TableDescriptor descriptor = new TableDescriptor(LAYOUT, CAPACITY, Long.BYTES, OnRelease.KEEP, true, false);
        ArrayWords words = new ArrayWords(descriptor.bytes);
        SlotTable.over(words, descriptor).claim(key);
        int position = 0;
        while (words.get(descriptor.index(position)) == 0) {
            position++;
        }
        return position;
    }
}
