package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.berth.core.slots.CrashedRun.Crash;
import org.berth.core.slots.CrashedRun.CrashingWords;
import org.berth.core.slots.Field.OwnedBytes;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Field.OwnedLongs;
import org.berth.offheap.ArrayWords;
import org.berth.offheap.ForwardingWords;
import org.berth.offheap.Words;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A crash of the process before any single store of writes to a record of several masks: of each write, what is under
 * the one mask and what is under the others.
 */
class WideRecordTest {

    private static final int SINGLE = 70;

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    private static final OwnedLong[] FIELDS = new OwnedLong[SINGLE];

    static {
        Arrays.setAll(FIELDS, i -> i % 2 == 0 ? RECORD.ownedLong("f" + i) : RECORD.ownedLong("f" + i, Merge.SUM));
    }

    private static final OwnedLongs COUNTS = RECORD.ownedLongs("counts", 70, Merge.SUM);
    private static final OwnedBytes BYTES = RECORD.ownedBytes("bytes", 300);
    private static final OwnedLong LAST = RECORD.ownedLong("last", Merge.SUM);
    private static final RecordLayout LAYOUT = RECORD.build();

    /** Each takes the record from one state that other threads may see to the next. */
    private static final List<Consumer<Run>> STEPS = List.of(
            Run::claim,
            // Under the masks behind the first.
            run -> run.slot().write(w -> {
                w.set(FIELDS[69], 1).set(COUNTS, 69, 1).set(LAST, 1);
                w.buffer(BYTES).setMemory(0, 300, (byte) 1);
            }),
            // Outside of a write: what the masks of the one before are of is old now.
            run -> run.slot().set(FIELDS[69], 5),
            run -> run.slot().add(COUNTS, 69, 5),
            run -> run.slot().set(LAST, 5),
            // Under the first mask only.
            run -> run.slot().write(w -> w.set(FIELDS[0], 2)),
            // Under one in the middle.
            run -> run.slot().write(w -> w.add(COUNTS, 10, 3)),
            run -> run.slot().set(FIELDS[0], 6),
            run -> run.slot().add(COUNTS, 10, 6),
            run -> run.slot().write(w -> w.set(LAST, 7)),
            // Under all.
            run -> run.slot().write(w -> {
                for (OwnedLong field : FIELDS) {
                    w.add(field, 10);
                }
                for (int i = 0; i < COUNTS.length(); i++) {
                    w.add(COUNTS, i, 10);
                }
                w.buffer(BYTES).setMemory(0, 300, (byte) 2);
                w.add(LAST, 10);
            }),
            run -> run.slot().set(FIELDS[1], 8),
            run -> run.slot().write(w -> w.buffer(BYTES).putByte(150, (byte) 3)),
            run -> run.slot().close(),
            Run::claim,
            run -> run.slot().write(w -> w.set(FIELDS[0], 1)));

    private static TableDescriptor descriptor(OnRelease onRelease) {
        return new TableDescriptor(LAYOUT, 1, 8, onRelease, false, true);
    }

    /** A run of the steps, over memory that outlives it. */
    private static final class Run {

        private final Words memory;
        private final SlotTable table;
        private final List<Slot> slots = new ArrayList<>();
        private int steps;

        Run(OnRelease onRelease, int stores, UnaryOperator<Words> weakened) {
            TableDescriptor descriptor = descriptor(onRelease);
            this.memory = new ArrayWords(descriptor.bytes);
            this.table = SlotTable.over(weakened.apply(new CrashingWords(memory, stores)), descriptor);
        }

        void claim() {
            slots.add(table.claim(1));
        }

        Slot slot() {
            return slots.getLast();
        }

        /** Returns whether the steps were complete. */
        boolean complete(int count) {
            try {
                for (; steps < count; steps++) {
                    STEPS.get(steps).accept(this);
                }
                return true;
            } catch (Crash e) {
                return false;
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyWriteIsRecoveredWholeOrNotAtAll(OnRelease onRelease) {
        checkEveryCrash(onRelease, UnaryOperator.identity());
    }

    private static void checkEveryCrash(OnRelease onRelease, UnaryOperator<Words> weakened) {
        List<String> states = new ArrayList<>();
        for (int steps = 0; steps <= STEPS.size(); steps++) {
            Run run = new Run(onRelease, Integer.MAX_VALUE, UnaryOperator.identity());
            assertThat(run.complete(steps)).isTrue();
            states.add(state(onRelease, run.memory));
        }
        boolean complete = false;
        for (int stores = 0; !complete; stores++) {
            Run run = new Run(onRelease, stores, weakened);
            complete = run.complete(STEPS.size());
            assertThat(state(onRelease, run.memory))
                    .as("stores=%d in step %d", stores, run.steps)
                    .isIn(states.subList(run.steps, Math.min(run.steps + 2, states.size())));
        }
    }

    /** Recovers a copy; returns all that the record and the totals have. */
    private static String state(OnRelease onRelease, Words memory) {
        SlotTable table = SlotTable.over(CrashedRun.copy(memory), descriptor(onRelease));
        TableFile.recover(table.memory);
        long[] counts = new long[COUNTS.length()];
        table.total(COUNTS, counts);
        StringBuilder state = new StringBuilder("totals ")
                .append(table.sum(FIELDS[69]))
                .append(' ')
                .append(table.sum(LAST))
                .append(Arrays.toString(counts));
        Snapshot record = LAYOUT.newSnapshot();
        table.forEach(view -> {
            view.read(record);
            state.append(" record");
            for (OwnedLong field : FIELDS) {
                state.append(' ').append(record.get(field));
            }
            record.copyTo(COUNTS, counts);
            state.append(Arrays.toString(counts)).append(record.get(LAST));
            for (int i = 0; i < BYTES.length(); i++) {
                state.append(record.buffer(BYTES).getByte(i));
            }
        });
        return state.toString();
    }

    /** Without this, the test above could pass because it detects nothing. */
    @ParameterizedTest
    @EnumSource
    void masksThatAreLeftFromTheWriteBeforeAreDetected(OnRelease onRelease) {
        TableDescriptor d = descriptor(onRelease);
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> checkEveryCrash(onRelease, words -> new ForwardingWords(words) {
                    @Override
                    public void setOpaque(long offset, long value) {
                        boolean mask = offset >= d.base + d.masks && offset < d.base + d.redoArea;
                        if (!mask || value != 0) {
                            super.setOpaque(offset, value);
                        }
                    }
                }));
    }

    @Test
    void theRecordHasSeveralMasks() {
        assertThat(descriptor(OnRelease.KEEP).maskWords).isEqualTo(3);
        assertThat(descriptor(OnRelease.MERGE).maskWords).isEqualTo(5);
    }
}
