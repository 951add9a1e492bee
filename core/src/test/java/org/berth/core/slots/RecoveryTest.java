package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.berth.core.slots.CrashedRun.Death;
import org.berth.core.slots.CrashedRun.Mortal;
import org.berth.core.slots.Ledger.Kind;
import org.berth.offheap.ArrayWords;
import org.berth.offheap.ForwardingWords;
import org.berth.offheap.Words;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The process ends before any one of the stores of all that changes a table, and the memory is recovered: then the table is as
 * it was before the step that was under way, or as it is after it, and no slot is lost. Stores come one after the other here;
 * for real threads and processors see {@link CrashTest}.
 */
class RecoveryTest {

    private static final long GIVEN_OFFSET = ((Fields.Located) Ledger.GIVEN).offset();

    @ParameterizedTest
    @EnumSource
    void everyStepIsThereWholeOrNotAtAll(Kind kind) {
        checkEveryEnd(kind, UnaryOperator.identity());
    }

    @ParameterizedTest
    @EnumSource
    void recoveryItselfMayEndBeforeAnyStore(Kind kind) {
        Map<Integer, String> expected = states(kind);
        // Not each end of each recovery: every eleventh, each time others.
        int first = 0;
        for (CrashedRun life : CrashedRun.toEachStore(kind, UnaryOperator.identity())) {
            int stores = first++ % 11;
            while (endedAgain(kind, stores, expected, life)) {
                stores += 11;
            }
        }
    }

    private static boolean endedAgain(Kind kind, int stores, Map<Integer, String> expected, CrashedRun life) {
        Words copy = CrashedRun.copy(life.memory);
        boolean ended = false;
        try {
            TableFile.recover(new TableMemory(kind.descriptor(CrashedRun.CAPACITY), new Mortal(copy, stores), null));
        } catch (Death e) {
            ended = true;
        }
        check(expected, life, state(kind, copy), "more stores=" + stores);
        return ended;
    }

    /** The redo area has to say what is drained, not what was there when the owner began to leave. */
    @Test
    void whatOthersGiveWhileTheOwnerLeavesIsCountedOnce() {
        TableDescriptor d = Kind.MERGE.descriptor(1);
        for (int stores = 0; ; stores++) {
            Words memory = new ArrayWords(d.bytes);
            SlotTable table = SlotTable.over(memory, d);
            Slot slot = table.claim(1);
            table.at(1).getAndAdd(Ledger.GIVEN, 5);
            Words gives = new ForwardingWords(new Mortal(memory, stores)) {
                @Override
                public void setOpaque(long offset, long value) {
                    super.setOpaque(offset, value);
                    if (offset == d.base + TableDescriptor.SEQUENCE
                            && memory.getAndAdd(d.base + GIVEN_OFFSET, 0) == 5) {
                        memory.getAndAdd(d.base + GIVEN_OFFSET, 100);
                    }
                }
            };
            boolean complete = true;
            try {
                new TableMemory(d, gives, null).retained.merge(slot.base, new StagedWords(d));
            } catch (Death e) {
                complete = false;
            }
            long given = table.at(1).get(Ledger.GIVEN) == 5 ? 5 : 105;
            table = SlotTable.over(memory, d);
            TableFile.recover(table.memory);
            assertThat(table.sum(Ledger.GIVEN)).as("stores=%d", stores).isEqualTo(given);
            if (complete) {
                assertThat(given).isEqualTo(105);
                return;
            }
        }
    }

    /** Tests that pass on these test nothing. */
    @ParameterizedTest
    @EnumSource
    void storesInAnotherOrderAreFound(Kind kind) {
        TableDescriptor d = kind.descriptor(CrashedRun.CAPACITY);
        Map<String, Late.Rule> rules = Map.of(
                "redo area complete after the sequence is odd",
                (at, value, odd) -> at >= d.masks,
                "masks complete after the sequence is odd",
                (at, value, odd) -> at >= d.masks && at < d.redoArea,
                "words written after the sequence is even",
                (at, value, odd) -> odd && at >= TableDescriptor.OWNED && at < d.masks,
                "sequence even after the next redo area is begun",
                (at, value, odd) -> at == TableDescriptor.SEQUENCE && (value & 1) == 0);
        rules.forEach((what, rule) -> assertThatExceptionOfType(AssertionError.class)
                .as(what)
                .isThrownBy(() -> checkEveryEnd(kind, words -> new Late(words, d, rule))));
    }

    @Test
    void aCommitThatIsNotDoneAgainIsFound() {
        assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> {
            TableDescriptor d = Kind.KEEP.descriptor(CrashedRun.CAPACITY);
            for (CrashedRun life : CrashedRun.toEachStore(Kind.KEEP, UnaryOperator.identity())) {
                for (int slot = 0; slot < CrashedRun.CAPACITY; slot++) {
                    life.memory.set(d.base(slot) + TableDescriptor.SEQUENCE, 0);
                }
                state(Kind.KEEP, life.memory);
            }
        });
    }

    /** Words that hold some stores to a slot back until the slot's sequence has been written once more. */
    private static final class Late extends ForwardingWords {

        /** Whether a store at {@code at}, counted from the slot's base, is held back; {@code odd} is the sequence now. */
        interface Rule {
            boolean isLate(long at, long value, boolean odd);
        }

        private final TableDescriptor descriptor;
        private final Rule rule;
        private final Map<Long, Long> held = new HashMap<>();
        private boolean odd;

        Late(Words words, TableDescriptor descriptor, Rule rule) {
            super(words);
            this.descriptor = descriptor;
            this.rule = rule;
        }

        @Override
        public long get(long offset) {
            return held.getOrDefault(offset, super.get(offset));
        }

        @Override
        public void set(long offset, long value) {
            if (!hold(offset, value)) {
                super.set(offset, value);
            }
        }

        @Override
        public void setOpaque(long offset, long value) {
            if (!hold(offset, value)) {
                super.setOpaque(offset, value);
            }
        }

        @Override
        public void setRelease(long offset, long value) {
            if (!hold(offset, value)) {
                super.setRelease(offset, value);
            }
        }

        private boolean hold(long offset, long value) {
            long first = descriptor.base + TableDescriptor.SEQUENCE;
            long at = Math.floorMod(offset - first, descriptor.stride) + TableDescriptor.SEQUENCE;
            if (offset < descriptor.slots || at >= descriptor.redoArea + 8L * descriptor.stagedWords) {
                return false;
            }
            boolean late = rule.isLate(at, value, odd);
            if (late) {
                held.put(offset, value);
            }
            if (at == TableDescriptor.SEQUENCE) {
                odd = (value & 1) != 0;
                if (!late) {
                    held.remove(offset);
                    super.setOpaque(offset, value);
                    held.forEach(super::setOpaque);
                    held.clear();
                    return true;
                }
            }
            return late;
        }
    }

    private static void checkEveryEnd(Kind kind, UnaryOperator<Words> weakened) {
        Map<Integer, String> expected = states(kind);
        int stores = 0;
        for (CrashedRun life : CrashedRun.toEachStore(kind, weakened)) {
            check(expected, life, state(kind, life.memory), "stores=" + stores++);
        }
    }

    private static void check(Map<Integer, String> expected, CrashedRun life, String state, String when) {
        int step = life.stepsDone();
        assertThat(state)
                .as("%s in step %d", when, step)
                .isIn(expected.get(step), expected.getOrDefault(step + 1, expected.get(step)));
    }

    /** What is to be found after so many steps. */
    private static Map<Integer, String> states(Kind kind) {
        Map<Integer, String> states = new HashMap<>();
        for (int steps = 0; steps <= CrashedRun.steps(); steps++) {
            states.put(steps, state(kind, CrashedRun.ofSteps(kind, steps).memory));
        }
        return states;
    }

    /** Recovers a table; all that can be seen of it, and how many keys it still takes. */
    private static String state(Kind kind, Words memory) {
        SlotTable table = SlotTable.over(memory, kind.descriptor(CrashedRun.CAPACITY));
        TableFile.recover(table.memory);
        Ledger.check(table);
        Map<String, String> records = new TreeMap<>();
        Snapshot record = Ledger.LAYOUT.newSnapshot();
        table.forEach(view -> {
            assertThat(view.isOwned()).isFalse();
            view.read(record);
            records.put(
                    view.isNamed() ? view.name() : "" + view.key(),
                    record.get(Ledger.AMOUNT) + " " + record.get(Ledger.LAST) + " " + record.get(Ledger.GIVEN));
        });
        assertThat(records).hasSize(table.size());
        String totals = table.sum(Ledger.AMOUNT) + " " + table.sum(Ledger.GIVEN);
        return records + " totals " + totals + " room " + room(table);
    }

    private static int room(SlotTable table) {
        for (int room = 0; ; room++) {
            try {
                table.claim(100 + room);
            } catch (IllegalStateException e) {
                assertThat(e).hasMessageContaining("table is full");
                return room;
            }
        }
    }
}
