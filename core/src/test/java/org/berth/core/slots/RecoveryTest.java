package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.berth.core.slots.CrashedRun.Crash;
import org.berth.core.slots.CrashedRun.CrashingWords;
import org.berth.core.slots.Ledger.Kind;
import org.berth.offheap.ArrayWords;
import org.berth.offheap.ForwardingWords;
import org.berth.offheap.Words;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A crash of the process before any single store of the operations that change a table, and recovery of the memory: the
 * table is as it was before the operation that was under way, or as it is after it, and no slot is lost. Stores take
 * effect in program order here; for real threads and processors see {@link CrashTest}.
 */
class RecoveryTest {

    private static final long GIVEN_OFFSET = ((Fields.FieldImpl) Ledger.GIVEN).wordOffset();

    @ParameterizedTest
    @EnumSource
    void everyStepIsRecoveredWholeOrNotAtAll(Kind kind) {
        checkEveryCrash(kind, UnaryOperator.identity());
    }

    @ParameterizedTest
    @EnumSource
    void recoveryItselfMayCrashBeforeAnyStore(Kind kind) {
        Map<Integer, String> expected = states(kind);
        // Not each crash of each recovery, but every eleventh, each time others.
        int first = 0;
        for (CrashedRun run : CrashedRun.crashingAtEachStore(kind, UnaryOperator.identity())) {
            int stores = first++ % 11;
            while (crashesAgain(kind, stores, expected, run)) {
                stores += 11;
            }
        }
    }

    private static boolean crashesAgain(Kind kind, int stores, Map<Integer, String> expected, CrashedRun run) {
        Words copy = CrashedRun.copy(run.memory);
        boolean crashed = false;
        try {
            TableFile.recover(
                    new TableMemory(kind.descriptor(CrashedRun.CAPACITY), new CrashingWords(copy, stores), null));
        } catch (Crash e) {
            crashed = true;
        }
        check(expected, run, state(kind, copy), "more stores=" + stores);
        return crashed;
    }

    /**
     * The redo area must have the value that is drained, not the one that the field had when the end of
     * the claim began.
     */
    @Test
    void updatesDuringTheEndOfAClaimCountOnce() {
        TableDescriptor d = Kind.MERGE.descriptor(1);
        for (int stores = 0; ; stores++) {
            Words memory = new ArrayWords(d.bytes);
            SlotTable table = SlotTable.over(memory, d);
            Slot slot = table.claim(1);
            table.at(1).getAndAdd(Ledger.GIVEN, 5);
            Words updating = new ForwardingWords(new CrashingWords(memory, stores)) {
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
                new TableMemory(d, updating, null).retained.merge(slot.base, new StagedWords(d));
            } catch (Crash e) {
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

    /** Without this, the tests above could pass because they detect nothing. */
    @ParameterizedTest
    @EnumSource
    void reorderedStoresAreDetected(Kind kind) {
        TableDescriptor d = kind.descriptor(CrashedRun.CAPACITY);
        Map<String, DelayedWords.Rule> rules = Map.of(
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
                .isThrownBy(() -> checkEveryCrash(kind, words -> new DelayedWords(words, d, rule))));
    }

    @Test
    void aCommitThatIsNotRecoveredIsDetected() {
        assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> {
            TableDescriptor d = Kind.KEEP.descriptor(CrashedRun.CAPACITY);
            for (CrashedRun run : CrashedRun.crashingAtEachStore(Kind.KEEP, UnaryOperator.identity())) {
                for (int slot = 0; slot < CrashedRun.CAPACITY; slot++) {
                    run.memory.set(d.base(slot) + TableDescriptor.SEQUENCE, 0);
                }
                state(Kind.KEEP, run.memory);
            }
        });
    }

    /** Words that delay some stores to a slot until the slot's sequence has been written once more. */
    private static final class DelayedWords extends ForwardingWords {

        /**
         * Returns whether a store at {@code at}, from the slot's base, is delayed; {@code odd} tells about
         * the sequence now.
         */
        interface Rule {
            boolean isDelayed(long at, long value, boolean odd);
        }

        private final TableDescriptor descriptor;
        private final Rule rule;
        private final Map<Long, Long> held = new HashMap<>();
        private boolean odd;

        DelayedWords(Words words, TableDescriptor descriptor, Rule rule) {
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
            boolean delayed = rule.isDelayed(at, value, odd);
            if (delayed) {
                held.put(offset, value);
            }
            if (at == TableDescriptor.SEQUENCE) {
                odd = (value & 1) != 0;
                if (!delayed) {
                    held.remove(offset);
                    super.setOpaque(offset, value);
                    held.forEach(super::setOpaque);
                    held.clear();
                    return true;
                }
            }
            return delayed;
        }
    }

    private static void checkEveryCrash(Kind kind, UnaryOperator<Words> weakened) {
        Map<Integer, String> expected = states(kind);
        int stores = 0;
        for (CrashedRun run : CrashedRun.crashingAtEachStore(kind, weakened)) {
            check(expected, run, state(kind, run.memory), "stores=" + stores++);
        }
    }

    private static void check(Map<Integer, String> expected, CrashedRun run, String state, String when) {
        int step = run.stepsDone();
        assertThat(state)
                .as("%s in step %d", when, step)
                .isIn(expected.get(step), expected.getOrDefault(step + 1, expected.get(step)));
    }

    /** Returns the state of a table after each number of steps. */
    private static Map<Integer, String> states(Kind kind) {
        Map<Integer, String> states = new HashMap<>();
        for (int steps = 0; steps <= CrashedRun.steps(); steps++) {
            states.put(steps, state(kind, CrashedRun.ofSteps(kind, steps).memory));
        }
        return states;
    }

    /** Recovers a table; returns all that the API shows of it, and the number of new keys that it takes. */
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
        return records + " totals " + totals + " free " + freeSlots(table);
    }

    private static int freeSlots(SlotTable table) {
        for (int free = 0; ; free++) {
            try {
                table.claim(100 + free);
            } catch (IllegalStateException e) {
                assertThat(e).hasMessageContaining("table is full");
                return free;
            }
        }
    }
}
