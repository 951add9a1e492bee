package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Field.OwnedLongs;
import org.berth.core.slots.Ledger.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Arrays of longs: every operation, and their totals. */
class OwnedLongsTest {

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    private static final OwnedLong BEFORE = RECORD.ownedLong("before");
    private static final OwnedLongs COUNTS = RECORD.ownedLongs("counts", 100, Merge.SUM);
    private static final OwnedLongs LOWEST = RECORD.ownedLongs("lowest", 3, Merge.MIN);
    private static final OwnedLongs HIGHEST = RECORD.ownedLongs("highest", 3, Merge.MAX);
    private static final OwnedLongs PLAIN = RECORD.ownedLongs("plain", 5);
    private static final OwnedLong BEHIND = RECORD.ownedLong("behind", Merge.SUM);
    private static final RecordLayout LAYOUT = RECORD.build();

    private static SlotTable table(Kind kind) {
        SlotTable.Builder builder = SlotTable.builder(LAYOUT, 4).onRelease(kind.onRelease);
        return (kind.recycling ? builder.recycling() : builder).build();
    }

    @Test
    void eachElementIsReadAndWrittenOnItsOwn() {
        try (SlotTable table = table(Kind.KEEP)) {
            Slot slot = table.claim(1);
            SlotView view = table.view(1);
            slot.set(BEFORE, -1);
            slot.set(BEHIND, -2);
            for (int i = 0; i < 100; i++) {
                assertThat(slot.get(COUNTS, i)).isZero();
                slot.set(COUNTS, i, 1000 + i);
            }
            for (int i = 0; i < 5; i++) {
                assertThat(slot.add(PLAIN, i, Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
                assertThat(slot.add(PLAIN, i, i + 1)).isEqualTo(Long.MIN_VALUE + i);
            }
            for (int i = 0; i < 100; i++) {
                assertThat(slot.get(COUNTS, i)).isEqualTo(1000 + i);
                assertThat(view.get(COUNTS, i)).isEqualTo(1000 + i);
                assertThat(table.at(1).get(COUNTS, i)).isEqualTo(1000 + i);
                assertThat(table.cursor().seek(1).get(COUNTS, i)).isEqualTo(1000 + i);
            }
            for (int i = 0; i < 3; i++) {
                assertThat(view.get(LOWEST, i)).isEqualTo(Long.MAX_VALUE);
                assertThat(view.get(HIGHEST, i)).isEqualTo(Long.MIN_VALUE);
            }
            assertThat(view.get(PLAIN, 4)).isEqualTo(Long.MIN_VALUE + 4);
            assertThat(view.get(BEFORE)).isEqualTo(-1);
            assertThat(view.get(BEHIND)).isEqualTo(-2);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 100, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void otherIndexesAreRefused(int index) {
        try (SlotTable table = table(Kind.KEEP_RECYCLING)) {
            Slot slot = table.claim(1);
            SlotWrite write = slot.begin();
            Snapshot snapshot = LAYOUT.newSnapshot();
            slot.read(snapshot);
            List<ThrowingCallable> uses = List.of(
                    () -> slot.get(COUNTS, index),
                    () -> table.at(1).get(COUNTS, index),
                    () -> snapshot.get(COUNTS, index),
                    () -> write.get(COUNTS, index),
                    () -> write.set(COUNTS, index, 1),
                    () -> write.add(COUNTS, index, 1));
            for (ThrowingCallable use : uses) {
                assertThatExceptionOfType(IndexOutOfBoundsException.class)
                        .isThrownBy(use)
                        .withMessage("index out of bounds: field=counts index=" + index + " length=100");
            }
            write.commit();
            // Nothing is retained by the call that threw, or the removed slot would not be free again.
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> slot.set(COUNTS, index, 1));
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> slot.add(COUNTS, index, 1));
            slot.close();
            for (int key = 0; key < 20; key++) {
                table.remove(1);
                table.claim(1).close();
            }
            assertThat(table.view(1).get(BEFORE)).isZero();
        }
    }

    @Test
    void anotherLayoutsArrayAndAClosedHandleAreRefused() {
        OwnedLongs other = RecordLayout.builder().ownedLongs("other", 100);
        SlotTable table = table(Kind.KEEP);
        Slot slot = table.claim(1);
        SlotView view = table.view(1);
        Snapshot snapshot = LAYOUT.newSnapshot();
        assertThatIllegalStateException().isThrownBy(() -> snapshot.get(COUNTS, 0));
        slot.read(snapshot);
        List<ThrowingCallable> uses = List.of(
                () -> slot.set(other, 0, 1),
                () -> slot.add(other, 0, 1),
                () -> view.get(other, 0),
                () -> snapshot.get(other, 0),
                () -> snapshot.copyTo(other, new long[100]),
                () -> slot.write(write -> write.add(other, 0, 1)),
                () -> table.total(other, new long[100]));
        for (ThrowingCallable use : uses) {
            assertThatIllegalArgumentException().isThrownBy(use).withMessageContaining("field=other");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> snapshot.copyTo(COUNTS, new long[99]))
                .withMessageContaining("field=counts length=99 needed=100");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> table.total(COUNTS, new long[99]))
                .withMessageContaining("field=counts length=99 needed=100");
        slot.close();
        assertThatIllegalStateException().isThrownBy(() -> slot.set(COUNTS, 0, 1));
        assertThatIllegalStateException().isThrownBy(() -> slot.add(COUNTS, 0, 1));
        table.close();
        assertThatIllegalStateException().isThrownBy(() -> view.get(COUNTS, 0));
        assertThatIllegalStateException().isThrownBy(() -> table.total(COUNTS, new long[100]));
    }

    @Test
    void aWriteStagesElementsAndAppliesThemTogether() {
        try (SlotTable table = table(Kind.KEEP)) {
            Slot slot = table.claim(1);
            Snapshot snapshot = LAYOUT.newSnapshot();
            slot.set(COUNTS, 99, 5);
            try (SlotWrite write = slot.begin()) {
                write.add(COUNTS, 99, 1).add(COUNTS, 99, 1).set(COUNTS, 0, 3).set(BEHIND, 4);
                assertThat(write.get(COUNTS, 99)).isEqualTo(7);
                assertThat(write.get(COUNTS, 0)).isEqualTo(3);
                assertThat(write.get(COUNTS, 50)).isZero();
                assertThat(slot.get(COUNTS, 99)).isEqualTo(5);
                write.commit();
            }
            slot.begin().set(COUNTS, 50, 9).close();
            slot.read(snapshot);
            long[] counts = new long[101];
            counts[100] = 77;
            snapshot.copyTo(COUNTS, counts);
            long[] expected = new long[101];
            expected[0] = 3;
            expected[99] = 7;
            expected[100] = 77;
            assertThat(counts).isEqualTo(expected);
            assertThat(snapshot.get(COUNTS, 99)).isEqualTo(7);
            assertThat(snapshot.get(BEHIND)).isEqualTo(4);
        }
    }

    /** Against totals that are kept beside, over any order of claims, writes, ends of claims and removals. */
    @ParameterizedTest
    @EnumSource
    void totalsAreThoseOfTheElements(Kind kind) {
        SplittableRandom random = new SplittableRandom(5);
        long[] sums = new long[100];
        long[] lows = filled(3, Long.MAX_VALUE);
        long[] highs = filled(3, Long.MIN_VALUE);
        try (SlotTable table = table(kind)) {
            checkTotals(table, sums, lows, highs);
            for (int step = 0; step < 300; step++) {
                long key = random.nextInt(3);
                try (Slot slot = table.claim(key)) {
                    for (int left = random.nextInt(4); left > 0; left--) {
                        int delta = random.nextInt(-5, 6);
                        int at = random.nextInt(100);
                        if (random.nextBoolean()) {
                            slot.add(COUNTS, at, delta);
                            slot.set(LOWEST, at % 3, Math.min(slot.get(LOWEST, at % 3), delta));
                            slot.set(HIGHEST, at % 3, Math.max(slot.get(HIGHEST, at % 3), delta));
                        } else {
                            slot.write(w -> w.add(COUNTS, at, delta)
                                    .set(LOWEST, at % 3, Math.min(w.get(LOWEST, at % 3), delta))
                                    .set(HIGHEST, at % 3, Math.max(w.get(HIGHEST, at % 3), delta)));
                        }
                        sums[at] += delta;
                        lows[at % 3] = Math.min(lows[at % 3], delta);
                        highs[at % 3] = Math.max(highs[at % 3], delta);
                    }
                    checkTotals(table, sums, lows, highs);
                }
                if (kind == Kind.MERGE_RECYCLING && random.nextInt(4) == 0) {
                    table.remove(key);
                }
                checkTotals(table, sums, lows, highs);
            }
        }
    }

    private static void checkTotals(SlotTable table, long[] sums, long[] lows, long[] highs) {
        long[] found = filled(100, 7);
        table.total(COUNTS, found);
        assertThat(found).isEqualTo(sums);
        found = filled(3, 7);
        table.total(LOWEST, found);
        assertThat(found).isEqualTo(lows);
        table.total(HIGHEST, found);
        assertThat(found).isEqualTo(highs);
    }

    private static long[] filled(int length, long value) {
        long[] array = new long[length];
        Arrays.fill(array, value);
        return array;
    }

    @Test
    void withoutAMergeThereAreSumsWhereATableKeepsAndNoTotalsElsewhere() {
        try (SlotTable keeping = table(Kind.KEEP);
                SlotTable merging = table(Kind.MERGE)) {
            keeping.claim(1).set(PLAIN, 4, 5);
            keeping.claim(2).set(PLAIN, 4, 6);
            keeping.claim(3).close();
            keeping.remove(3);
            long[] totals = filled(6, 7);
            keeping.total(PLAIN, totals);
            assertThat(totals).containsExactly(0, 0, 0, 0, 11, 7);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> merging.total(PLAIN, totals))
                    .withMessageContaining("field without a merge in a table that merges: field=plain");
        }
    }

    @Test
    void aThreadAddsToItsOwnElements() {
        try (PerThread perThread = PerThread.create(LAYOUT, 2)) {
            assertThat(perThread.add(COUNTS, 3, 5)).isEqualTo(5);
            assertThat(perThread.add(COUNTS, 3, 2)).isEqualTo(7);
            perThread.leave();
            assertThat(perThread.add(COUNTS, 3, 1)).isOne();
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> perThread.add(COUNTS, 100, 1));
            long[] totals = new long[COUNTS.length()];
            perThread.table().total(COUNTS, totals);
            assertThat(totals[3]).isEqualTo(8);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 65_537, Integer.MAX_VALUE})
    void otherLengthsAreRefused(int length) {
        RecordLayout.Builder builder = RecordLayout.builder();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.ownedLongs("a", length))
                .withMessageContaining("field=a length=" + length + " smallest=1 largest=65536");
        assertThatIllegalArgumentException().isThrownBy(() -> builder.ownedLongs("a", length, Merge.SUM));
        assertThat(builder.ownedLongs("a", 1).offset()).isZero();
    }

    @Test
    void anArrayCountsAsOneField() {
        RecordLayout.Builder builder = RecordLayout.builder();
        for (int i = 0; i < RecordLayout.Builder.MAX_FIELDS; i++) {
            builder.ownedLongs("f" + i, 1000);
        }
        assertThat(builder.build().ownedBytes()).isEqualTo(8 * 1000 * RecordLayout.Builder.MAX_FIELDS);
    }

    @Test
    void theDescriptionHasTheLength() {
        assertThat(new String(LayoutDescription.of(LAYOUT), StandardCharsets.UTF_8))
                .isEqualTo("""
                        owned long - 0 before
                        owned long[100] sum 8 counts
                        owned long[3] min 808 lowest
                        owned long[3] max 832 highest
                        owned long[5] - 856 plain
                        owned long sum 896 behind
                        """);
        assertThat(LayoutDescription.parse("owned long[65536] max 0 a\n")
                        .field("a", OwnedLongs.class)
                        .length())
                .isEqualTo(65_536);
        for (String line : List.of(
                "owned long[0] - 0 a",
                "owned long[] - 0 a",
                "owned long[65537] - 0 a",
                "owned long[99999] - 0 a",
                "owned long[100000] - 0 a",
                "owned int[3] - 0 a",
                "owned ascii[3] - 0 a",
                "owned long(3) - 0 a",
                "shared long[3] - -16 a")) {
            assertThatIllegalArgumentException()
                    .as(line)
                    .isThrownBy(() -> LayoutDescription.parse(line + "\n"))
                    .satisfies(e -> assertThat(e.getMessage()).containsAnyOf("line=" + line, "length is out of range"));
        }
    }

    /** More than a thousand masks. */
    @Test
    @Timeout(60)
    void theLongestArrayIsWrittenReadAndRecovered(@TempDir Path directory) throws IOException {
        RecordLayout.Builder builder = RecordLayout.builder();
        OwnedLongs longest = builder.ownedLongs("longest", RecordLayout.Builder.MAX_LENGTH, Merge.SUM);
        OwnedLong last = builder.ownedLong("last");
        RecordLayout layout = builder.build();
        Path file = directory.resolve("table");
        long[] found = new long[longest.length()];
        long[] expected = new long[longest.length()];
        Arrays.setAll(expected, i -> 2L * i);
        try (SlotTable table =
                SlotTable.builder(layout, 2).onRelease(OnRelease.MERGE).build(file)) {
            for (int round = 0; round < 2; round++) {
                try (Slot slot = table.claim(1)) {
                    slot.write(write -> {
                        for (int i = 0; i < longest.length(); i++) {
                            write.set(longest, i, i);
                        }
                        write.set(last, 5);
                    });
                    Snapshot snapshot = layout.newSnapshot();
                    table.view(1).read(snapshot);
                    assertThat(snapshot.get(longest, 65_535)).isEqualTo(65_535);
                    assertThat(snapshot.get(last)).isEqualTo(5);
                }
            }
            table.total(longest, found);
            assertThat(found).isEqualTo(expected);
            table.claim(1).set(longest, 65_535, 1);
        }
        try (SlotTable table = SlotTable.open(file)) {
            table.total(table.layout().field("longest", OwnedLongs.class), found);
            expected[65_535]++;
            assertThat(found).isEqualTo(expected);
        }
    }

    /** An owner adds 1 to all elements at once, all the time, and closes its slot now and then. */
    @ParameterizedTest
    @EnumSource
    @Timeout(120)
    void neitherSnapshotsNorTotalsSeeHalfAWrite(Kind kind) throws Exception {
        int writes = 20_000;
        try (SlotTable table = table(kind)) {
            table.claim(1).close();
            CompletableFuture<Void> owner = CompletableFuture.runAsync(() -> {
                for (int write = 0; write < writes; ) {
                    try (Slot slot = table.claim(1)) {
                        for (int left = 50; left > 0; left--, write++) {
                            slot.write(w -> {
                                for (int i = 0; i < COUNTS.length(); i++) {
                                    w.add(COUNTS, i, 1);
                                }
                            });
                        }
                    }
                }
            });
            Snapshot snapshot = LAYOUT.newSnapshot();
            SlotView view = table.view(1);
            long[] values = new long[COUNTS.length()];
            long last = 0;
            do {
                if (view.tryRead(snapshot, 1, TimeUnit.MILLISECONDS)) {
                    snapshot.copyTo(COUNTS, values);
                    assertThat(values).containsOnly(values[0]);
                }
                table.total(COUNTS, values);
                assertThat(values).containsOnly(values[0]);
                assertThat(values[0]).isGreaterThanOrEqualTo(last);
                last = values[0];
            } while (!owner.isDone());
            owner.get(60, TimeUnit.SECONDS);
            table.total(COUNTS, values);
            assertThat(values).containsOnly(writes);
        }
    }
}
