package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.berth.core.slots.Field.OwnedDouble;
import org.berth.core.slots.Field.OwnedInt;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Field.OwnedUtf8;
import org.berth.core.slots.Field.SharedDouble;
import org.berth.core.slots.Field.SharedLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables that merge the values of a record into totals at the end of a claim. */
class MergeTest {

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    private static final OwnedLong ORDERS = RECORD.ownedLong("orders", Merge.SUM);
    private static final OwnedLong PEAK = RECORD.ownedLong("peak", Merge.MAX);
    private static final OwnedInt FEWEST = RECORD.ownedInt("fewest", Merge.MIN);
    private static final OwnedInt SMALL = RECORD.ownedInt("small", Merge.SUM);
    private static final OwnedDouble VOLUME = RECORD.ownedDouble("volume", Merge.SUM);
    private static final OwnedDouble LOW = RECORD.ownedDouble("low", Merge.MIN);
    private static final SharedLong HITS = RECORD.sharedLong("hits", Merge.SUM);
    private static final SharedDouble HIGH = RECORD.sharedDouble("high", Merge.MAX);
    private static final OwnedLong STEP = RECORD.ownedLong("step");
    private static final OwnedUtf8 NOTE = RECORD.ownedUtf8("note", 16);
    private static final RecordLayout LAYOUT = RECORD.build();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void valuesOfFormerOwnersAreInTheTotals(boolean recycling) {
        try (SlotTable table = merging(4, recycling)) {
            assertThat(table.sum(ORDERS)).isZero();
            assertThat(table.max(PEAK)).isEqualTo(Long.MIN_VALUE);
            assertThat(table.min(LOW)).isEqualTo(Double.POSITIVE_INFINITY);
            for (int i = 1; i <= 5; i++) {
                try (Slot slot = table.claim("t" + i % 2)) {
                    assertThat(slot.get(ORDERS)).as("starts anew").isZero();
                    assertThat(slot.get(PEAK)).isEqualTo(Long.MIN_VALUE);
                    assertThat(slot.get(FEWEST)).isEqualTo(Integer.MAX_VALUE);
                    assertThat(slot.get(HITS)).isZero();
                    assertThat(slot.get(STEP)).isZero();
                    Snapshot snapshot = LAYOUT.newSnapshot();
                    slot.read(snapshot);
                    assertThat(snapshot.get(NOTE)).isEmpty();
                    slot.add(ORDERS, i);
                    slot.set(PEAK, 10L * i);
                    slot.set(FEWEST, -i);
                    slot.set(SMALL, Integer.MAX_VALUE);
                    slot.set(STEP, 7);
                    slot.set(VOLUME, 0.5);
                    slot.set(LOW, 100 - i);
                    slot.write(write -> write.set(NOTE, "note"));
                    slot.getAndAdd(HITS, 2);
                    slot.updateAndGet(HIGH, high -> Math.max(high, 3.5));
                }
                if (i == 4) {
                    table.remove("t0");
                }
            }
            assertThat(table.sum(ORDERS)).isEqualTo(15);
            assertThat(table.max(PEAK)).isEqualTo(50);
            assertThat(table.min(FEWEST)).isEqualTo(-5);
            assertThat(table.sum(SMALL)).as("more than an int holds").isEqualTo(5L * Integer.MAX_VALUE);
            assertThat(table.sum(VOLUME)).isEqualTo(2.5);
            assertThat(table.min(LOW)).isEqualTo(95.0);
            assertThat(table.sum(HITS)).isEqualTo(10);
            assertThat(table.max(HIGH)).isEqualTo(3.5);
            try (Slot live = table.claim("t9")) {
                live.set(ORDERS, 100);
                live.set(PEAK, 60);
                assertThat(table.sum(ORDERS)).isEqualTo(115);
                assertThat(table.max(PEAK)).isEqualTo(60);
                assertThat(table.fold(ORDERS, 0, (sum, value) -> sum + value)).isEqualTo(115);
            }
            assertThat(table.sum(ORDERS)).isEqualTo(115);
        }
    }

    @Test
    void additionsBetweenOwnersCountOnce() {
        try (SlotTable table = merging(2, true)) {
            table.claim(1).close();
            table.at(1).getAndAdd(HITS, 3);
            assertThat(table.sum(HITS)).isEqualTo(3);
            table.claim(1).close();
            assertThat(table.sum(HITS)).isEqualTo(3);
            table.at(1).getAndAdd(HITS, 4);
            table.remove(1);
            assertThat(table.sum(HITS)).isEqualTo(7);
            try (Slot next = table.claim(2)) {
                assertThat(next.get(HITS)).isZero();
                assertThat(table.sum(HITS)).isEqualTo(7);
            }
        }
    }

    @Test
    void totalsMustBeWhatAFieldMergesTo() {
        try (SlotTable table = merging(1, false)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> table.max(ORDERS))
                    .withMessageContaining("field=orders merge=SUM asked=MAX");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> table.sum(STEP))
                    .withMessageContaining("without a merge in a table that merges: field=step");
            assertThatIllegalArgumentException().isThrownBy(() -> table.fold(STEP, 0, Long::sum));
            assertThatIllegalArgumentException().isThrownBy(() -> table.sum(LOW));
        }
        RecordLayout.Builder builder = RecordLayout.builder();
        builder.sharedLong("bare");
        RecordLayout bare = builder.build();
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        SlotTable.builder(bare, 1).onRelease(OnRelease.MERGE).build())
                .withMessageContaining("shared field without a merge in a table that merges: field=bare");
    }

    @Test
    void aTableThatKeepsStartsFromTheIdentityToo() {
        try (SlotTable table = SlotTable.create(LAYOUT, 2)) {
            try (Slot slot = table.claim(1)) {
                assertThat(slot.get(PEAK)).isEqualTo(Long.MIN_VALUE);
                slot.set(PEAK, 5);
                slot.set(ORDERS, 5);
            }
            assertThat(table.max(PEAK)).isEqualTo(5);
            assertThat(table.at(1).get(ORDERS)).isEqualTo(5);
            assertThat(table.max(ORDERS)).isEqualTo(5);
        }
    }

    @Test
    void intervalsAddUpToTheSum() {
        try (SlotTable table = merging(1, false)) {
            IntervalReader first = table.interval(ORDERS);
            IntervalReader small = table.interval(SMALL);
            try (Slot slot = table.claim(1)) {
                slot.add(ORDERS, 5);
                slot.add(SMALL, 2);
                assertThat(first.next()).isEqualTo(5);
                slot.add(ORDERS, 7);
                IntervalReader second = table.interval(ORDERS);
                slot.add(ORDERS, 1);
                assertThat(second.next()).isEqualTo(1);
            }
            assertThat(first.next()).as("the end of a claim changes nothing").isEqualTo(8);
            assertThat(first.next()).isZero();
            assertThat(small.next()).isEqualTo(2);
        }
    }

    /**
     * Threads claim, add, close and remove while a reader sums up: sums never fall, and no value is lost
     * or counted twice.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void soak(boolean recycling) throws Exception {
        int threads = 3;
        int rounds = recycling ? 30_000 : 10_000;
        try (SlotTable table = merging(recycling ? threads + 1 : threads * rounds, recycling)) {
            AtomicBoolean done = new AtomicBoolean();
            try (ExecutorService pool = Executors.newFixedThreadPool(threads + 1)) {
                Future<Long> reader = pool.submit(() -> watch(table, done));
                List<Future<long[]>> results = new ArrayList<>();
                for (int t = 0; t < threads; t++) {
                    int thread = t;
                    results.add(pool.submit(() -> claimAndRemove(table, thread, rounds)));
                }
                long added = 0;
                long hits = 0;
                for (Future<long[]> result : results) {
                    long[] sums = result.get(120, TimeUnit.SECONDS);
                    added += sums[0];
                    hits += sums[1];
                }
                done.set(true);
                assertThat(reader.get(10, TimeUnit.SECONDS)).as("readings").isPositive();
                assertThat(table.sum(ORDERS)).isEqualTo(added);
                assertThat(table.sum(HITS)).isEqualTo(hits);
                assertThat(table.max(PEAK)).isEqualTo(rounds - 1);
            }
        }
    }

    private static long watch(SlotTable table, AtomicBoolean done) {
        long readings = 0;
        long orders = 0;
        long hits = 0;
        long peak = Long.MIN_VALUE;
        while (!done.get()) {
            long now = table.sum(ORDERS);
            assertThat(now).isGreaterThanOrEqualTo(orders);
            orders = now;
            now = table.sum(HITS);
            assertThat(now).isGreaterThanOrEqualTo(hits);
            hits = now;
            now = table.max(PEAK);
            assertThat(now).isGreaterThanOrEqualTo(peak);
            peak = now;
            readings++;
        }
        return readings;
    }

    /** Returns the sums that this thread added to its own field and to the shared one. */
    private static long[] claimAndRemove(SlotTable table, int thread, int rounds) {
        SplittableRandom random = new SplittableRandom(thread);
        long[] sums = new long[2];
        for (int i = 0; i < rounds; i++) {
            String name = "t" + thread + (random.nextBoolean() ? "" : "x");
            try (Slot slot = table.claim(name)) {
                slot.add(ORDERS, i);
                slot.set(PEAK, i);
                slot.getAndAdd(HITS, 1);
                sums[0] += i;
            }
            table.at(name).getAndAdd(HITS, 1);
            sums[1] += 2;
            table.remove(name);
        }
        return sums;
    }

    private static SlotTable merging(int capacity, boolean recycling) {
        SlotTable.Builder builder =
                SlotTable.builder(LAYOUT, capacity).padding(64).onRelease(OnRelease.MERGE);
        return (recycling ? builder.recycling() : builder).build();
    }
}
