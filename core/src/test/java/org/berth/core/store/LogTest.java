package org.berth.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.berth.offheap.ArrayWords;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Segments and the log, with threads that are late: what they do in between is called where they would stop. */
@Timeout(60)
class LogTest {

    private static final int CAPACITY = 128;
    private static final int RECORD = 40;

    private final AtomicLong memory = new AtomicLong();

    private Segment.Memory memory(long bytes) {
        memory.addAndGet(bytes);
        AtomicLong held = new AtomicLong(bytes);
        return new Segment.Memory(new ArrayWords(bytes), null, () -> memory.addAndGet(-held.getAndSet(0)));
    }

    private static boolean givesMemory(Segment segment) {
        return Segment.offset(segment.reserve(RECORD)) + RECORD <= segment.capacity;
    }

    @Test
    void aSegmentGivesMemoryOnlyOnceItIsOpened() {
        assertThat(givesMemoryBeforeItIsOpened(BrokenStores.NONE)).isFalse();
        assertThat(givesMemoryBeforeItIsOpened(BrokenStores.OPENED_IN_THE_POOL)).isTrue();
    }

    private boolean givesMemoryBeforeItIsOpened(BrokenStores store) {
        Segment segment = store.segment(1, 7, memory(CAPACITY), () -> {});
        assertThat(givesMemory(segment)).isFalse();
        segment.activate();
        segment.open(6);
        boolean gives = givesMemory(segment);
        segment.open(7);
        assertThat(givesMemory(segment)).isTrue();
        return gives;
    }

    /** Threads may try for long while memory is short: their tries must not add up. */
    @Test
    void reservationsOfAFullSegmentChangeNothing() {
        Segment segment = new Segment(1, 7, memory(CAPACITY));
        segment.activate();
        segment.open(7);
        segment.reserve(CAPACITY);
        long full = segment.reserve(RECORD);
        for (int i = 0; i < 1 << 21; i++) {
            segment.reserve(Reference.MAX_SEGMENT);
        }
        assertThat(segment.reserve(RECORD)).isEqualTo(full);
    }

    /** At no step of its life but one can a segment be walked. */
    @Test
    void aSegmentIsWalkedOnlyWhenItIsFullSettledAndRetired() {
        Segment segment = new Segment(1, 0, memory(3 * RECORD));
        assertThat(segment.canBeWalked()).isFalse();
        segment.activate();
        assertThat(segment.canBeWalked()).isFalse();
        segment.open(0);
        for (int i = 0; i < 3; i++) {
            assertThat(givesMemory(segment)).isTrue();
            assertThat(segment.canBeWalked()).isFalse();
        }
        segment.settle(RECORD);
        segment.settle(RECORD);
        assertThat(segment.retire()).isEqualTo(Segment.Dying.LIVE);
        assertThat(segment.canBeWalked()).isFalse();
        segment.settle(RECORD);
        assertThat(segment.canBeWalked()).isTrue();
        assertThat(segment.addDead(RECORD)).isEqualTo(Segment.Dying.LIVE);
        assertThat(segment.addDead(RECORD)).isEqualTo(Segment.Dying.HALF_DEAD);
        assertThat(segment.canBeWalked()).isTrue();
        assertThat(segment.addDead(RECORD)).isEqualTo(Segment.Dying.ALL_DEAD);
        assertThat(segment.canBeWalked()).isFalse();
    }

    /** A segment that is wholly dead, but still an append point, is not recycled. */
    @Test
    void aSegmentIsRecycledOnceItIsRetired() {
        Log log = new Log(this::memory, CAPACITY, 64 * CAPACITY, 1, 100);
        for (int i = 0; i < 3; i++) {
            discard(log, log.append(RECORD, 0));
        }
        assertThat(log.recycled()).isZero();
        discard(log, log.append(RECORD, 0));
        assertThat(log.recycled()).isEqualTo(1);
    }

    /** What a segment was before still shows in its words while it is made one of a single record. */
    @Test
    void aSegmentOfOneRecordIsNotWalkedBeforeItIsSettled() {
        assertThat(couldBeWalkedUnsettled(BrokenStores.NONE)).isFalse();
        assertThat(couldBeWalkedUnsettled(BrokenStores.RETIRED_BEFORE_UNSETTLED))
                .isTrue();
    }

    private boolean couldBeWalkedUnsettled(BrokenStores store) {
        AtomicBoolean could = new AtomicBoolean();
        List<Segment> made = new ArrayList<>();
        AtomicBoolean looking = new AtomicBoolean();
        Segment segment = store.segment(1, 7, memory(CAPACITY), () -> {
            // Not at the steps of the look itself.
            if (!made.isEmpty() && looking.compareAndSet(false, true)) {
                could.compareAndSet(false, made.getFirst().canBeWalked());
                looking.set(false);
            }
        });
        made.add(segment);
        segment.activateForOne();
        segment.settle(RECORD);
        return could.get();
    }

    /** A segment that is taken and not needed is settled before it is dead, or the other way round: it is closed. */
    @Test
    void aSegmentThatIsGivenBackIsNotWalked() {
        Segment segment = new Segment(1, 7, memory(CAPACITY));
        segment.activate();
        segment.settle(CAPACITY);
        assertThat(segment.canBeWalked()).isFalse();
        assertThat(segment.retire()).isEqualTo(Segment.Dying.LIVE);
        assertThat(segment.canBeWalked()).isFalse();
        assertThat(segment.addDead(CAPACITY)).isEqualTo(Segment.Dying.ALL_DEAD);
        assertThat(segment.canBeWalked()).isFalse();
        assertThat(segment.isRecycled()).isTrue();
    }

    /** Memory that a call gets while the log is closed is freed, though the closing has not seen the segment. */
    @Test
    void memoryThatIsAllocatedWhileTheLogIsClosedIsFreed() {
        List<Log> closing = new ArrayList<>();
        Log log = new Log(
                bytes -> {
                    Segment.Memory granted = memory(bytes);
                    closing.forEach(Log::close);
                    return granted;
                },
                CAPACITY,
                64 * CAPACITY,
                1,
                100);
        assertThat(log.append(RECORD, 0)).isNotEqualTo(Log.NONE);
        closing.add(log);
        assertThat(memory).hasPositiveValue();
        assertThat(log.append(2 * CAPACITY, 0)).isNotEqualTo(Log.NONE);
        assertThat(memory).hasValue(0);
    }

    /** What is kept for the next use counts against the limit as well, where a record needs a segment of its own. */
    @Test
    void aLargeRecordComesBeforeWhatIsKept() {
        int limit = 16 * CAPACITY;
        Log log = new Log(this::memory, CAPACITY, limit, 1, 100);
        List<Long> records = new ArrayList<>();
        for (long record = log.append(RECORD, 0); record != Log.NONE; record = log.append(RECORD, 0)) {
            records.add(record);
        }
        records.forEach(record -> discard(log, record));
        long kept = log.pooledBytes();
        assertThat(kept).isGreaterThan((long) Log.RESERVE * CAPACITY);
        long large = log.writableBytes() - log.usedBytes();
        assertThat(log.append(large + 8, 0)).isEqualTo(Log.NONE);
        assertThat(log.append(large, 0)).isNotEqualTo(Log.NONE);
        assertThat(memory.get()).isEqualTo(log.allocatedBytes()).isLessThanOrEqualTo(limit);
    }

    /** An evacuation that finds no segment appends to what is left of those of the writers. */
    @Test
    void anEvacuationAppendsToTheRest() {
        Log log = new Log(this::memory, CAPACITY, 8 * CAPACITY, 2, 100);
        long written = log.append(RECORD, 1);
        while (log.append(RECORD, 2) != Log.NONE) {
            // All that evacuations may have.
        }
        long record = log.appendToRest(RECORD);
        assertThat(Reference.id(record)).isEqualTo(Reference.id(written));
        assertThat(Reference.offset(record)).isEqualTo(RECORD);
        assertThat(log.appendToRest(CAPACITY)).isEqualTo(Log.NONE);
    }

    @Test
    void aFullSegmentIsNotWalkedWhileItIsInstalled() {
        Segment segment = new Segment(1, 0, memory(3 * RECORD));
        segment.activate();
        segment.open(0);
        segment.reserve(3 * RECORD);
        segment.settle(3 * RECORD);
        assertThat(segment.canBeWalked()).isFalse();
        assertThat(segment.retire()).isEqualTo(Segment.Dying.LIVE);
        assertThat(segment.canBeWalked()).isTrue();
    }

    /** A walk that is late does not take the cursor back, nor into another use of the segment. */
    @Test
    void aLateWalkDoesNotMoveTheCursor() {
        Segment segment = new Segment(1, 0, memory(CAPACITY));
        segment.activate();
        long before = segment.cursor();
        assertThat(segment.advanceCursor(before, RECORD)).isTrue();
        long after = segment.cursor();
        assertThat(Segment.offset(after)).isEqualTo(RECORD);
        assertThat(segment.advanceCursor(before, RECORD + RECORD)).isFalse();
        assertThat(segment.cursor()).isEqualTo(after);
        assertThat(segment.advanceGeneration()).isEqualTo(1);
        segment.activate();
        assertThat(segment.advanceCursor(after, RECORD)).isFalse();
        assertThat(Segment.generation(segment.cursor())).isEqualTo(1);
    }

    @Test
    void writersLeaveTheReserve() {
        Log log = new Log(this::memory, CAPACITY, 64 * CAPACITY, 1, 100);
        List<Long> records = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            long record = log.append(RECORD, 0);
            if (record != Log.NONE) {
                records.add(record);
            }
            if (i % 20 == 0) {
                records.forEach(before -> discard(log, before));
                records.clear();
            }
            assertThat(log.pooledBytes()).isGreaterThanOrEqualTo((long) Log.RESERVE * CAPACITY);
        }
    }

    /** Memory is refused, or granted and the segment cannot be made. Later, the same id is used again. */
    @Test
    void aSegmentThatIsRefusedLeavesNothing() {
        AtomicBoolean refused = new AtomicBoolean();
        AtomicBoolean failing = new AtomicBoolean();
        Log log = new Log(
                bytes -> {
                    if (refused.get()) {
                        throw new OutOfMemoryError("on purpose");
                    }
                    return memory(bytes);
                },
                (id, generation, granted) -> {
                    if (failing.get()) {
                        throw new IllegalStateException("on purpose");
                    }
                    return new Segment(id, generation, granted);
                },
                CAPACITY,
                64 * CAPACITY,
                1,
                100);
        long first = log.append(2 * CAPACITY, 0);
        Segment segment = log.segment(first);
        segment.settle(2 * CAPACITY);
        log.declareDead(segment, 2 * CAPACITY);
        assertThat(memory).hasValue(0);
        refused.set(true);
        assertThat(log.append(2 * CAPACITY, 0)).isEqualTo(Log.NONE);
        refused.set(false);
        failing.set(true);
        assertThatIllegalStateException().isThrownBy(() -> log.append(2 * CAPACITY, 0));
        failing.set(false);
        assertThat(memory).hasValue(0);
        assertThat(log.usedBytes()).isZero();
        long again = log.append(2 * CAPACITY, 0);
        assertThat(Reference.id(again)).isEqualTo(Reference.id(first));
        assertThat(Reference.generation(again)).isGreaterThan(Reference.generation(first));
    }

    private static void discard(Log log, long record) {
        Segment segment = log.segment(record);
        segment.words.set(Reference.offset(record), Records.header(0, RECORD - Records.HEADER));
        segment.settle(RECORD);
        log.declareDead(segment, RECORD);
    }

    /**
     * A thread stops between its look at the append point and its reservation, and goes on when the segment is in the
     * pool, taken for another use, installed, opened, or full.
     */
    @ParameterizedTest
    @EnumSource
    void aLateThreadGetsAPlaceInThePresentUse(Late late) {
        List<Runnable> meanwhile = new ArrayList<>();
        Log log = new Log(
                this::memory,
                (id, generation, granted) -> {
                    return new Segment(id, generation, granted) {
                        @Override
                        long reserve(long bytes) {
                            if (!meanwhile.isEmpty()) {
                                meanwhile.removeFirst().run();
                            }
                            return super.reserve(bytes);
                        }
                    };
                },
                CAPACITY,
                64 * CAPACITY,
                2,
                100);
        long opened = log.append(RECORD, 0);
        meanwhile.add(() -> late.meanwhile(log, opened));
        long record = log.append(RECORD, 0);
        Segment segment = log.segment(record);
        assertThat(segment.isCurrent(Reference.generation(record))).isTrue();
        assertThat(segment.canBeWalked()).isFalse();
        assertThat(log.segment(opened).generation()).isEqualTo(1);
        discard(log, record);
        // All that was appended is dead, or was given to somebody: nothing is lost, and nothing recycled twice.
        long live = 0;
        for (int id = 0; id < log.created(); id++) {
            live += log.segmentOrNull(id).liveBytes();
        }
        assertThat(live).isZero();
    }

    /** When the late thread goes on. */
    enum Late {
        POOLED(0),
        INSTALLED_ELSEWHERE(1),
        PARTLY_FILLED(2),
        FULL(3);

        private final int appended;

        Late(int appended) {
            this.appended = appended;
        }

        private void meanwhile(Log log, long first) {
            discard(log, first);
            // The rest of the first segment, and one record of the next.
            for (int i = 0; i < 3; i++) {
                discard(log, log.append(RECORD, 0));
            }
            // The other point takes the first segment from the pool.
            for (int i = 0; i < appended; i++) {
                discard(log, log.append(RECORD, 1));
            }
        }
    }

    @Test
    void anIdIsGivenUpWhenItsGenerationsHaveRunOut() {
        Log log = new Log(this::memory, CAPACITY, 8 * CAPACITY, 1, 2);
        for (int i = 0; i < 60; i++) {
            long record = log.append(RECORD, 0);
            assertThat(record).isNotEqualTo(Log.NONE);
            assertThat(Reference.generation(record)).isLessThanOrEqualTo(2);
            discard(log, record);
        }
        assertThat(memory.get()).isEqualTo(log.allocatedBytes());
        log.close();
        assertThat(memory).hasValue(0);
    }
}
