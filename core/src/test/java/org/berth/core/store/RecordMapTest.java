package org.berth.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.berth.core.map.LongLongMap;
import org.berth.core.map.MapFullException;
import org.berth.offheap.OffHeapBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The map of bytes against the JDK's, with segments so small that everything is evacuated all the time. */
@Timeout(120)
class RecordMapTest {

    private static final int SEGMENT = 1 << 10;

    private final MutableDirectBuffer key = OffHeapBuffer.ofAuto(64);
    private final MutableDirectBuffer value = OffHeapBuffer.ofAuto(8 * SEGMENT);
    private final MutableDirectBuffer other = OffHeapBuffer.ofAuto(8 * SEGMENT);

    @ParameterizedTest
    @CsvSource({"1, -1, 1", "2, -1, 2", "3, 15, 1", "4, 1, 1", "5, 0, 2", "6, 255, 4"})
    void againstHashMap(long seed, long hashMask, int points) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, String> expected = new HashMap<>();
        AtomicLong memory = new AtomicLong();
        try (RecordMap map = TestRecordMaps.create(
                bytes -> TestRecordMaps.regions(bytes, memory), SEGMENT, 1 << 20, points, hashMask, 50, 0)) {
            for (int i = 0; i < 30_000; i++) {
                String k = text(random.nextInt(60), 24);
                String v = text(i, i % 100 == 0 ? 3 * SEGMENT : 150);
                step(map, expected, k, v, random.nextInt(11));
                if (i % 5_000 == 0) {
                    TestRecordMaps.audit(map);
                }
            }
            assertThat(contents(map)).isEqualTo(expected);
            assertThat(map.size()).isEqualTo(expected.size());
            TestRecordMaps.audit(map);
            BytesMapStatistics statistics = map.statistics();
            assertThat(statistics.segmentsRecycled()).isGreaterThan(1_000);
            if (hashMask > 1 || hashMask < 0) {
                // Otherwise a record has so many keys that it has a segment of its own.
                assertThat(statistics.evacuated()).isGreaterThan(100);
            }
            assertThat(memory.get()).isEqualTo(statistics.allocatedBytes());
            map.clear();
            assertThat(map.size()).isZero();
            TestRecordMaps.audit(map);
        }
        assertThat(memory).hasValue(0);
    }

    /** A text of some length, the same for the same number. */
    private static String text(int number, int maximum) {
        return (Integer.toString(number, 36) + "-").repeat(maximum).substring(0, number * 31 % (maximum + 1));
    }

    private void step(RecordMap map, Map<String, String> expected, String k, String v, int operation) {
        int keyLength = put(key, k);
        int length = put(value, v);
        switch (operation) {
            case 0, 1 ->
                assertThat(map.update(RecordMap.Change.PUT, key, 3, keyLength, null, 0, 0, value, 3, length))
                        .isEqualTo(expected.put(k, v) != null);
            case 2 ->
                assertThat(map.update(RecordMap.Change.PUT_IF_ABSENT, key, 3, keyLength, null, 0, 0, value, 3, length))
                        .isEqualTo(expected.putIfAbsent(k, v) != null);
            case 3 ->
                assertThat(map.update(RecordMap.Change.REPLACE, key, 3, keyLength, null, 0, 0, value, 3, length))
                        .isEqualTo(expected.replace(k, v) != null);
            case 4 ->
                assertThat(map.update(RecordMap.Change.REMOVE, key, 3, keyLength, null, 0, 0, null, 0, 0))
                        .isEqualTo(expected.remove(k) != null);
            case 5 -> {
                String before = expected.getOrDefault(k, "");
                int beforeLength = put(other, before);
                assertThat(map.update(
                                RecordMap.Change.REPLACE, key, 3, keyLength, other, 3, beforeLength, value, 3, length))
                        .isEqualTo(expected.replace(k, before, v));
                assertThat(map.update(
                                RecordMap.Change.REPLACE, key, 3, keyLength, other, 3, beforeLength, value, 3, length))
                        .isEqualTo(expected.replace(k, before, v));
            }
            case 6 -> {
                int wrong = put(other, v);
                assertThat(map.update(RecordMap.Change.REMOVE, key, 3, keyLength, other, 3, wrong, null, 0, 0))
                        .isEqualTo(expected.remove(k, v));
            }
            case 7 -> {
                String present = expected.computeIfPresent(k, (name, before) -> v.isEmpty() ? null : before + v);
                int result = map.update(key, 3, keyLength, other, (buffer, before) -> {
                    if (before == RecordMap.MISSING || v.isEmpty()) {
                        return RecordMap.MISSING;
                    }
                    buffer.putBytes(before, value, 3, length);
                    return before + length;
                });
                assertThat(result == RecordMap.MISSING ? null : string(other, 0, result))
                        .isEqualTo(present);
                if (present != null && present.length() > 3 * SEGMENT) {
                    map.update(RecordMap.Change.REMOVE, key, 3, keyLength, null, 0, 0, null, 0, 0);
                    expected.remove(k);
                }
            }
            case 8 -> {
                StringBuilder seen = new StringBuilder();
                boolean found = map.read(
                        key, 3, keyLength, (bytes, at, size) -> bytes.getStringWithoutLengthAscii(at, size, seen));
                assertThat(found ? seen.toString() : null).isEqualTo(expected.get(k));
                OffHeapBuffer copy = map.copy(key, 3, keyLength);
                assertThat(copy == null ? null : string(copy, 0, copy.capacity()))
                        .isEqualTo(expected.get(k));
            }
            case 9 -> {
                expected.putIfAbsent(k, v);
                map.update(RecordMap.Change.PUT_IF_ABSENT, key, 3, keyLength, null, 0, 0, value, 3, length);
                int words = expected.get(k).length() / Long.BYTES;
                if (words > 0) {
                    int index = (words - 1) * Long.BYTES;
                    assertThat(map.getAndAdd(key, 3, keyLength, index, 3)).isEqualTo(word(expected.get(k), index));
                    assertThat(map.getAndAdd(key, 3, keyLength, index, -3)).isEqualTo(word(expected.get(k), index) + 3);
                } else {
                    int index = expected.get(k).length() & -Long.BYTES;
                    assertThatThrownBy(() -> map.getAndAdd(key, 3, keyLength, index, 1))
                            .isInstanceOf(IndexOutOfBoundsException.class)
                            .hasMessageContaining("index=" + index);
                }
            }
            default -> {
                String present = expected.get(k);
                int found = map.get(key, 3, keyLength, other, 5);
                assertThat(map.containsKey(key, 3, keyLength)).isEqualTo(present != null);
                assertThat(found == RecordMap.MISSING ? null : string(other, 5, found))
                        .isEqualTo(present);
            }
        }
    }

    private static long word(String text, int index) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1))
                .order(ByteOrder.nativeOrder())
                .getLong(index);
    }

    private static int put(MutableDirectBuffer buffer, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        // At an odd offset, and followed by what is not part of it.
        buffer.putBytes(3, bytes);
        buffer.putLong(3 + bytes.length, -1);
        return bytes.length;
    }

    /** It stays as it was, whatever becomes of the mapping and of the map. */
    @Test
    void aCopyOutlivesTheMap() {
        OffHeapBuffer copy;
        OffHeapBuffer empty;
        try (BytesMap map = BytesMap.create()) {
            int keyLength = put(key, "k");
            int length = put(value, "some text");
            map.put(key, 3, keyLength, value, 3, length);
            copy = map.copyOf(key, 3, keyLength);
            map.put(key, 3, keyLength, value, 3, 0);
            empty = map.copyOf(key, 3, keyLength);
            map.remove(key, 3, keyLength);
            assertThat(map.copyOf(key, 3, keyLength)).isNull();
        }
        assertThat(string(copy, 0, copy.capacity())).isEqualTo("some text");
        assertThat(empty.capacity()).isZero();
        assertThatThrownBy(() -> copy.putByte(0, (byte) 1)).isInstanceOf(IllegalArgumentException.class);
    }

    private static String string(MutableDirectBuffer buffer, int offset, int length) {
        byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static Map<String, String> contents(RecordMap map) {
        Map<String, String> contents = new HashMap<>();
        map.forEach((bytes, keyOffset, keyLength, valueOffset, valueLength) -> {
            byte[] k = new byte[keyLength];
            bytes.getBytes(keyOffset, k);
            byte[] v = new byte[valueLength];
            bytes.getBytes(valueOffset, v);
            assertThat(contents.put(
                            new String(k, StandardCharsets.ISO_8859_1), new String(v, StandardCharsets.ISO_8859_1)))
                    .isNull();
        });
        return contents;
    }

    @Test
    void aFullMapStaysUsable() {
        try (RecordMap map = TestRecordMaps.create(SEGMENT, 32 * SEGMENT, 1, -1)) {
            List<String> keys = new ArrayList<>();
            assertThatThrownBy(() -> {
                        for (int i = 1; i < 10_000; i++) {
                            String k = "key " + i;
                            update(map, RecordMap.Change.PUT, k, "value " + i);
                            keys.add(k);
                        }
                    })
                    .isInstanceOf(MapFullException.class)
                    .hasMessageContaining("maximumBytes=" + 32 * SEGMENT);
            assertThat(keys.size()).isGreaterThan(400);
            TestRecordMaps.audit(map);
            for (int i = 1; i <= keys.size(); i++) {
                assertThat(get(map, "key " + i)).isEqualTo("value " + i);
            }
            // Removing needs no memory, and gives some.
            for (int round = 0; round < 20; round++) {
                for (int i = 0; i < keys.size(); i += 2) {
                    update(map, RecordMap.Change.REMOVE, keys.get(i), null);
                }
                for (int i = 0; i < keys.size(); i += 2) {
                    assertThat(update(map, RecordMap.Change.PUT, keys.get(i), "new " + i))
                            .isFalse();
                }
            }
            assertThat(map.size()).isEqualTo(keys.size());
            TestRecordMaps.audit(map);
        }
    }

    @Test
    void memoryStaysBoundedWhileEverythingIsReplaced() {
        AtomicLong memory = new AtomicLong();
        try (RecordMap map = TestRecordMaps.create(
                bytes -> TestRecordMaps.regions(bytes, memory), SEGMENT, 1 << 24, 2, -1, 1 << 20, Evacuator.SLACK)) {
            churn(map, memory, 100);
        }
    }

    /** Replaces values many times, and asserts all the time that the memory is bounded by what is live. */
    private void churn(RecordMap map, AtomicLong memory, int times) {
        int keys = 2_000;
        long live = 0;
        for (int i = 1; i <= keys; i++) {
            update(map, RecordMap.Change.PUT, "key " + i, "value " + i);
            live += Records.size(Records.header(("key " + i).length(), ("value " + i).length()));
        }
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < times * keys; i++) {
            update(map, RecordMap.Change.PUT, "key " + (1 + random.nextInt(keys)), "value " + (1000 + i % 1000));
            assertThat(memory.get()).isLessThan(3 * live / 2 + 8 * SEGMENT);
        }
    }

    /** The process has less memory than the map may use: the limit of the map never comes to bear. */
    @Test
    void aMapThatIsRefusedMemoryStaysUsable() {
        AtomicLong memory = new AtomicLong();
        LongFunction<Segment.Memory> refusing = bytes -> {
            if (memory.get() + bytes > 32 * SEGMENT) {
                throw new OutOfMemoryError("refused");
            }
            return TestRecordMaps.regions(bytes, memory);
        };
        try (RecordMap map = TestRecordMaps.create(refusing, SEGMENT, 1 << 24, 1, -1, 1000, 0)) {
            List<String> keys = new ArrayList<>();
            assertThatThrownBy(() -> {
                        for (int i = 1; i < 10_000; i++) {
                            update(map, RecordMap.Change.PUT, "key " + i, "value " + i);
                            keys.add("key " + i);
                        }
                    })
                    .isInstanceOf(MapFullException.class);
            assertThat(keys.size()).isGreaterThan(400);
            for (int round = 0; round < 20; round++) {
                for (int i = 0; i < keys.size(); i += 2) {
                    assertThat(update(map, RecordMap.Change.REMOVE, keys.get(i), null))
                            .isTrue();
                }
                for (int i = 0; i < keys.size(); i += 2) {
                    assertThat(update(map, RecordMap.Change.PUT, keys.get(i), "new " + i))
                            .isFalse();
                }
            }
            TestRecordMaps.audit(map);
        }
        assertThat(memory).hasValue(0);
    }

    /**
     * A thread that stops before it sets the index keeps its segment, and no other. When it has gone on, its record is
     * moved like any other, though its segment was walked before.
     */
    @Test
    void aWriterThatIsStoppedHoldsUpNoEvacuation() {
        AtomicLong memory = new AtomicLong();
        KeyHash hash = Xxh3.ofRandomSeed();
        Log log = new Log(size -> TestRecordMaps.regions(size, memory), SEGMENT, 1 << 24, 1, 1 << 20);
        try (RecordMap map = new RecordMap(LongLongMap.create(), log, hash, Evacuator.SLACK)) {
            int keyLength = put(key, "stopped");
            int length = put(value, "value");
            long bytes = Records.size(Records.header(keyLength, length));
            long stopped = log.append(bytes, 0);
            Segment segment = log.segment(stopped);
            TestRecordMaps.write(segment, stopped, key, 3, keyLength, value, 3, length);
            segment.settle(bytes);
            churn(map, memory, 10);
            assertThat(segment.isCurrent(Reference.generation(stopped))).isTrue();
            map.index.put(hash.hash(key, 3, put(key, "stopped")), stopped);
            churn(map, memory, 10);
            assertThat(segment.isCurrent(Reference.generation(stopped))).isFalse();
            assertThat(get(map, "stopped")).isEqualTo("value");
            TestRecordMaps.audit(map);
        }
        assertThat(memory).hasValue(0);
    }

    /** A buffer of the caller's own throws while it is read: nothing is changed, and nothing lost. */
    @Test
    void buffersThatThrow() {
        try (RecordMap map = TestRecordMaps.create(SEGMENT, 64 * SEGMENT, 1, 1)) {
            for (String k : List.of("a", "b", "c", "d")) {
                update(map, RecordMap.Change.PUT, k, "present " + k);
            }
            int length = put(value, "a value of five whole words and a rest");
            int failures = 0;
            for (int i = 0; i < 2_000; i++) {
                AtomicInteger left = new AtomicInteger(i % 7);
                DirectBuffer throwing = throwing(value, left);
                int keyLength = put(key, List.of("a", "b", "e").get(i % 3));
                try {
                    map.update(RecordMap.Change.PUT, key, 3, keyLength, null, 0, 0, throwing, 3, length);
                    assertThat(left.get()).isNotNegative();
                } catch (UnsupportedOperationException e) {
                    failures++;
                }
            }
            assertThat(failures).isGreaterThan(1_000);
            TestRecordMaps.audit(map);
            assertThat(get(map, "c")).isEqualTo("present c");
        }
    }

    private static DirectBuffer throwing(DirectBuffer buffer, AtomicInteger left) {
        return (DirectBuffer) Proxy.newProxyInstance(
                RecordMapTest.class.getClassLoader(),
                new Class<?>[] {DirectBuffer.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("getLong") && left.decrementAndGet() < 0) {
                        throw new UnsupportedOperationException("on purpose");
                    }
                    return method.invoke(buffer, arguments);
                });
    }

    @Test
    void removalsAloneGiveMemoryBack() {
        AtomicLong memory = new AtomicLong();
        try (RecordMap map = TestRecordMaps.create(
                bytes -> TestRecordMaps.regions(bytes, memory), SEGMENT, 1 << 24, 1, -1, 1000, Evacuator.SLACK)) {
            int keys = 10_000;
            long bytes = 0;
            for (int i = 0; i < keys; i++) {
                update(map, RecordMap.Change.PUT, "key " + i, "value " + i);
                bytes += Records.size(Records.header(("key " + i).length(), ("value " + i).length()));
            }
            for (int i = 0; i < keys; i++) {
                if (i % 10 != 0) {
                    update(map, RecordMap.Change.REMOVE, "key " + i, null);
                }
            }
            assertThat(memory.get()).isLessThan(3 * bytes / 20 + 12 * SEGMENT);
            TestRecordMaps.audit(map);
        }
    }

    private boolean update(RecordMap map, RecordMap.Change change, String k, String v) {
        int keyLength = put(key, k);
        if (v == null) {
            return map.update(change, key, 3, keyLength, null, 0, 0, null, 0, 0);
        }
        return map.update(change, key, 3, keyLength, null, 0, 0, value, 3, put(value, v));
    }

    private String get(RecordMap map, String k) {
        int length = map.get(key, 3, put(key, k), other, 0);
        return length == RecordMap.MISSING ? null : string(other, 0, length);
    }

    @Test
    void valuesOfAllSizes() {
        try (BytesMap map = BytesMap.create()) {
            OffHeapBuffer large = OffHeapBuffer.ofAuto(1 << 24);
            OffHeapBuffer copy = OffHeapBuffer.ofAuto(7 + (1 << 24));
            for (int length = 1; length <= 1 << 24; length *= 2) {
                large.setMemory(0, length, (byte) (length % 127 + 1));
                key.putInt(0, length);
                for (int less = 0; less < 2; less++) {
                    assertThat(map.put(key, 0, 4 + less, large, 0, length - less))
                            .isFalse();
                    assertThat(map.get(key, 0, 4 + less, copy, 7)).isEqualTo(length - less);
                    if (length > 1) {
                        assertThat(copy.getByte(7)).isEqualTo(large.getByte(0));
                        assertThat(copy.getByte(7 + length - less - 1)).isEqualTo(large.getByte(0));
                    }
                }
            }
            assertThat(map.size()).isEqualTo(50);
            map.clear();
            assertThat(map.statistics().allocatedBytes()).isLessThan(8 << 20);
        }
    }
}
