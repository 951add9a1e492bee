package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.agrona.DirectBuffer;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Field.SharedLong;
import org.berth.offheap.Region;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The places of the fields in memory: each field of each slot is written with a value of its own through the API and
 * looked up in the raw memory, and absolute addresses are compared, not offsets.
 */
class TableLayoutTest {

    private static final int LINE = 64;

    @ParameterizedTest
    @CsvSource({"1,0", "0,1", "1,1", "3,5", "16,16", "17,1", "40,33"})
    void linesAreNeverShared(int owned, int shared) {
        for (int padding : new int[] {64, 128, 256, 4096}) {
            check(owned, shared, padding, 9);
        }
    }

    private static void check(int owned, int shared, int padding, int capacity) {
        RecordLayout.Builder builder = RecordLayout.builder();
        for (int i = 0; i < Math.max(owned, shared); i++) {
            if (i < owned) {
                builder.ownedLong("owned" + i);
            }
            if (i < shared) {
                builder.sharedLong("shared" + i);
            }
        }
        RecordLayout layout = builder.build();
        TableDescriptor descriptor = new TableDescriptor(layout, capacity, padding);
        try (Region region = Region.anonymous(descriptor.bytes)) {
            SlotTable table = SlotTable.over(region.words(), layout, capacity, padding);
            Map<Long, String> expected = new HashMap<>();
            for (int key = 0; key < capacity; key++) {
                Slot slot = table.claim(key);
                for (Field field : layout.fields()) {
                    long value = 0x5E_0000_0000L + expected.size();
                    switch (field) {
                        case OwnedLong f -> slot.set(f, value);
                        case SharedLong f -> slot.set(f, value);
                        default -> throw new AssertionError(field);
                    }
                    expected.put(value, (field instanceof OwnedLong ? "owned " : "shared ") + key);
                }
            }
            DirectBuffer memory = region.buffer(0, Math.toIntExact(region.size()));
            long start = memory.addressOffset();
            assertThat(start % 128).isZero();
            // A line, or a block of the padding's size, has parts of one area of one slot, or of none.
            Map<Long, Set<String>> byLine = new HashMap<>();
            Map<Long, Set<String>> byBlock = new HashMap<>();
            int found = 0;
            for (int at = 0; at < memory.capacity(); at += Long.BYTES) {
                String area = expected.get(memory.getLong(at));
                if (area != null) {
                    found++;
                    long address = start + at;
                    byLine.computeIfAbsent(address / LINE, l -> new HashSet<>()).add(area);
                    byBlock.computeIfAbsent((address - descriptor.slots - start) / padding, l -> new HashSet<>())
                            .add(area);
                }
            }
            assertThat(found).isEqualTo(expected.size());
            assertThat(byLine.values()).allSatisfy(areas -> assertThat(areas).hasSize(1));
            assertThat(byBlock.values()).allSatisfy(areas -> assertThat(areas).hasSize(1));
            // With the default, no two slots (nor the two areas of one) share a pair of lines that is prefetched
            // together.
            if (padding >= 128) {
                assertThat((start + descriptor.slots) % 128).isZero();
            }
            // Nor do slots share a line with the cold part in front of them.
            assertThat(descriptor.slots % 128).isZero();
        }
    }

    /** A sequence and a field. */
    @Test
    void packedSlotsAreTwoWordsApart() {
        RecordLayout.Builder builder = RecordLayout.builder();
        OwnedLong only = builder.ownedLong("only");
        RecordLayout layout = builder.build();
        TableDescriptor descriptor = new TableDescriptor(layout, 16, 8);
        assertThat(descriptor.stride).isEqualTo(16);
        try (Region region = Region.anonymous(descriptor.bytes)) {
            SlotTable table = SlotTable.over(region.words(), layout, 16, 8);
            for (int key = 0; key < 16; key++) {
                table.claim(key).set(only, 100 + key);
            }
            for (int key = 0; key < 16; key++) {
                assertThat(region.words().get(descriptor.slots + 16L * key + 8)).isEqualTo(100 + key);
            }
        }
    }

    @Test
    void sharedFieldsAloneTakeNoRoomForWrites() {
        RecordLayout.Builder builder = RecordLayout.builder();
        builder.sharedLong("only");
        assertThat(new TableDescriptor(builder.build(), 16, 8).stride).isEqualTo(8);
    }

    @ParameterizedTest
    @CsvSource({
        "0,40,128",
        "1,48,128",
        "8,48,128",
        "9,56,128",
        "40,80,128",
        "41,88,256",
        "128,168,256",
        "1024,1064,1152"
    })
    void metadataFitNamesAndFillWholePairsOfLines(int nameBytes, long owner, long bytes) {
        TableDescriptor d = new TableDescriptor(
                TestLayout.LAYOUT, 3, 8, OnRelease.KEEP, false, false, nameBytes, NodePartitions.ONE);
        assertThat(d.metadata % 128).isZero();
        assertThat(d.metadata(2) - d.metadata(1)).isEqualTo(bytes);
        assertThat(d.owner(1) - d.metadata(1)).isEqualTo(owner);
        assertThat(d.slots).isEqualTo(d.metadata(0) + 3 * bytes);
    }

    @Test
    void partsDoNotOverlap() {
        RecordLayout layout = TestLayout.LAYOUT;
        for (int capacity : new int[] {1, 2, 3, 100, 1024, TableDescriptor.MAX_CAPACITY}) {
            for (int padding : new int[] {8, 64, 128, 4096}) {
                TableDescriptor d = new TableDescriptor(layout, capacity, padding);
                assertThat(d.indexLength).satisfies(n -> assertThat((long) n).isBetween(2L * capacity, 4L * capacity));
                assertThat(Integer.bitCount(d.indexLength)).isOne();
                assertThat(d.index(0)).isGreaterThanOrEqualTo(TableDescriptor.DESCRIPTION + d.description.length);
                assertThat(d.metadata).isGreaterThanOrEqualTo(d.index(d.indexLength - 1) + 8);
                assertThat(d.slots).isGreaterThanOrEqualTo(d.metadata(capacity - 1) + d.metadataBytes);
                assertThat(d.base(0) + TableDescriptor.SEQUENCE - layout.sharedBytes())
                        .isGreaterThanOrEqualTo(d.slots);
                assertThat(d.base(capacity - 1) + d.masks).isLessThanOrEqualTo(d.bytes);
                assertThat(d.stride).isGreaterThanOrEqualTo(layout.ownedBytes() + layout.sharedBytes());
                assertThat(d.bytes).isPositive();
            }
        }
    }
}
