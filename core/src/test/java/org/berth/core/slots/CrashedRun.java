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
 * The life of a table in memory that outlives it: some steps of everything that changes a table, which can end before any
 * single store as the end of the process would end it.
 */
final class CrashedRun {

    static final int CAPACITY = 4;

    /** Each takes the table from one state that others may see to the next. */
    private static final List<Consumer<CrashedRun>> STEPS = List.of(
            life -> life.a = life.table.claim("a"),
            life -> Ledger.book(slot(life.a), 3),
            life -> life.table.at("a").getAndAdd(Ledger.GIVEN, 5),
            life -> Ledger.note(slot(life.a), 12),
            life -> Ledger.book(slot(life.a), 4),
            life -> slot(life.a).add(Ledger.LAST, 0),
            life -> life.b = life.table.claim(1),
            life -> Ledger.book(slot(life.b), 7),
            life -> slot(life.a).close(),
            life -> life.table.at("a").getAndAdd(Ledger.GIVEN, 2),
            life -> life.table.remove("a"),
            // In a recycling table this is the slot that was removed.
            life -> life.a = life.table.claim("größer"),
            life -> Ledger.book(slot(life.a), 2),
            life -> slot(life.a).close(),
            life -> life.a = life.table.claim("größer"),
            life -> life.table.at("größer").getAndAdd(Ledger.GIVEN, 1),
            life -> Ledger.book(slot(life.a), 6),
            life -> slot(life.a).close(),
            life -> slot(life.b).close(),
            life -> life.table.remove(1),
            life -> life.b = life.table.claim("a"),
            life -> Ledger.book(slot(life.b), 8));

    /** The memory, as whoever comes after finds it. */
    final Words memory;

    private final Mortal mortal;
    private final SlotTable table;
    private @Nullable Slot a;
    private @Nullable Slot b;

    /** The steps that are over. */
    private int steps;

    private CrashedRun(Kind kind, int stores, UnaryOperator<Words> weakened) {
        TableDescriptor descriptor = kind.descriptor(CAPACITY);
        this.memory = new ArrayWords(descriptor.bytes);
        TableHeader.write(memory, descriptor);
        this.mortal = new Mortal(memory, stores);
        this.table = SlotTable.over(weakened.apply(mortal), descriptor);
    }

    static int steps() {
        return STEPS.size();
    }

    /** A life of so many whole steps. */
    static CrashedRun ofSteps(Kind kind, int steps) {
        CrashedRun life = new CrashedRun(kind, Integer.MAX_VALUE, UnaryOperator.identity());
        STEPS.subList(0, steps).forEach(step -> step.accept(life));
        life.steps = steps;
        return life;
    }

    /** A life of so many stores. */
    static CrashedRun ofStores(Kind kind, int stores) {
        return ofStores(kind, stores, UnaryOperator.identity());
    }

    /**
     * A life of no store, one of one store, and so on to a whole one.
     *
     * @param weakened what the table sees instead of its memory
     */
    static List<CrashedRun> toEachStore(Kind kind, UnaryOperator<Words> weakened) {
        List<CrashedRun> lives = new ArrayList<>();
        do {
            lives.add(ofStores(kind, lives.size(), weakened));
        } while (lives.getLast().steps < STEPS.size());
        return lives;
    }

    private static CrashedRun ofStores(Kind kind, int stores, UnaryOperator<Words> weakened) {
        CrashedRun life = new CrashedRun(kind, stores, weakened);
        try {
            for (Consumer<CrashedRun> step : STEPS) {
                step.accept(life);
                life.steps++;
            }
        } catch (Death e) {
            // As ordered.
        }
        return life;
    }

    /** How many steps were over before it ended. */
    int stepsDone() {
        return steps;
    }

    /** Memory of the same content. */
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

    /** The end of the process: not even a finally block gets anything done after it. */
    static final class Death extends Error {

        private static final long serialVersionUID = 1L;

        Death() {
            super("dead", null, false, false);
        }
    }

    /** Words that do so many stores and then nothing any more. */
    static final class Mortal extends WatchedWords {

        private int left;

        Mortal(Words words, int stores) {
            super(words);
            this.left = stores;
        }

        @Override
        void beforeStore() {
            if (left == 0) {
                throw new Death();
            }
            left--;
        }
    }
}
