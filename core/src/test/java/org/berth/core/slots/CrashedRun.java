package org.berth.core.slots;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.berth.core.slots.Ledger.Kind;
import org.berth.offheap.ArrayWords;
import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;

/**
 * A run of all operations that change a table, over memory that outlives it. A run may be cut short before any single
 * store, as a crash of the process would do it.
 */
final class CrashedRun {

    static final int CAPACITY = 4;

    /** The operations; each takes the table from one state that other threads may see to the next. */
    private static final List<Consumer<CrashedRun>> STEPS = List.of(
            run -> run.a = run.table.claim("a"),
            run -> Ledger.book(slot(run.a), 3),
            run -> run.table.at("a").getAndAdd(Ledger.GIVEN, 5),
            run -> Ledger.note(slot(run.a), 12),
            run -> Ledger.book(slot(run.a), 4),
            run -> slot(run.a).add(Ledger.LAST, 0),
            run -> run.b = run.table.claim(1),
            run -> Ledger.book(slot(run.b), 7),
            run -> slot(run.a).close(),
            run -> run.table.at("a").getAndAdd(Ledger.GIVEN, 2),
            run -> run.table.remove("a"),
            // In a recycling table this is the slot that was removed.
            run -> run.a = run.table.claim("größer"),
            run -> Ledger.book(slot(run.a), 2),
            run -> slot(run.a).close(),
            run -> run.a = run.table.claim("größer"),
            run -> run.table.at("größer").getAndAdd(Ledger.GIVEN, 1),
            run -> Ledger.book(slot(run.a), 6),
            run -> slot(run.a).close(),
            run -> slot(run.b).close(),
            run -> run.table.remove(1),
            run -> run.b = run.table.claim("a"),
            run -> Ledger.book(slot(run.b), 8));

    /** The memory, as the next process finds it. */
    final Words memory;

    private final CrashingWords crashing;
    private final SlotTable table;
    private @Nullable Slot a;
    private @Nullable Slot b;

    /** The number of steps that are complete. */
    private int steps;

    private CrashedRun(Kind kind, int stores, UnaryOperator<Words> weakened) {
        TableDescriptor descriptor = kind.descriptor(CAPACITY);
        this.memory = new ArrayWords(descriptor.bytes);
        TableHeader.write(memory, descriptor);
        this.crashing = new CrashingWords(memory, stores);
        this.table = SlotTable.over(weakened.apply(crashing), descriptor);
    }

    static int steps() {
        return STEPS.size();
    }

    /** Returns a run of {@code steps} whole steps. */
    static CrashedRun ofSteps(Kind kind, int steps) {
        CrashedRun run = new CrashedRun(kind, Integer.MAX_VALUE, UnaryOperator.identity());
        STEPS.subList(0, steps).forEach(step -> step.accept(run));
        run.steps = steps;
        return run;
    }

    /** Returns a run that crashes after {@code stores} stores. */
    static CrashedRun crashingAfter(Kind kind, int stores) {
        return crashingAfter(kind, stores, UnaryOperator.identity());
    }

    /**
     * Returns a run that crashes before its first store, one that crashes before its second, and so on to
     * a complete one.
     *
     * @param weakened what the table sees instead of its memory
     */
    static List<CrashedRun> crashingAtEachStore(Kind kind, UnaryOperator<Words> weakened) {
        List<CrashedRun> runs = new ArrayList<>();
        do {
            runs.add(crashingAfter(kind, runs.size(), weakened));
        } while (runs.getLast().steps < STEPS.size());
        return runs;
    }

    private static CrashedRun crashingAfter(Kind kind, int stores, UnaryOperator<Words> weakened) {
        CrashedRun run = new CrashedRun(kind, stores, weakened);
        try {
            for (Consumer<CrashedRun> step : STEPS) {
                step.accept(run);
                run.steps++;
            }
        } catch (Crash e) {
            // On purpose.
        }
        return run;
    }

    /** Returns the number of steps that were complete before the crash. */
    int stepsDone() {
        return steps;
    }

    /** Returns a copy of the memory. */
    static Words copy(Words memory) {
        Words copy = new ArrayWords(memory.size());
        for (long at = 0; at < memory.size(); at += Long.BYTES) {
            copy.set(at, memory.get(at));
        }
        return copy;
    }

    private static Slot slot(@Nullable Slot slot) {
        return Objects.requireNonNull(slot);
    }

    /** The crash of the process: not even a finally block stores anything after it. */
    static final class Crash extends Error {

        private static final long serialVersionUID = 1L;

        Crash() {
            super("crashed", null, false, false);
        }
    }

    /** Words that crash after a number of stores, and at each store from then on. */
    static final class CrashingWords extends WatchedWords {

        private int left;

        CrashingWords(Words words, int stores) {
            super(words);
            this.left = stores;
        }

        @Override
        void beforeStore() {
            if (left == 0) {
                throw new Crash();
            }
            left--;
        }
    }
}
