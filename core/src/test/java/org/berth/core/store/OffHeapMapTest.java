package org.berth.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.Uninterruptibles;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.berth.core.map.MapFullException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Guava's suite for concurrent maps does not test. */
@Timeout(120)
class OffHeapMapTest {

    private static final long BYTES = 4 << 20;

    record UserDay(long user, int day) {}

    private final OffHeapMap<String, String> map = OffHeapMap.builder(Codecs.ofString(), Codecs.ofString())
            .maximumBytes(BYTES)
            .build();

    @AfterEach
    void close() {
        map.close();
    }

    private static <K, V> OffHeapMap<K, V> ofOneHash(Codec<K> keys, Codec<V> values, long mask) {
        return new OffHeapMap<>(new BytesMap(TestRecordMaps.create(1 << 10, BYTES, 2, mask)), keys, values);
    }

    /** All operations against the JDK's map, with keys that share their hashes, too. */
    @ParameterizedTest
    @ValueSource(longs = {-1, 3, 0})
    void againstHashMap(long mask) {
        SplittableRandom random = new SplittableRandom(mask);
        Map<String, String> expected = new HashMap<>();
        try (OffHeapMap<String, String> ours = ofOneHash(Codecs.ofString(), Codecs.ofString(), mask)) {
            for (int i = 0; i < 20_000; i++) {
                String key = "key-" + random.nextInt(30) * 37;
                String value = "x".repeat(random.nextInt(4)).repeat(random.nextInt(40)) + (i % 7);
                String present = expected.getOrDefault(key, "none");
                int operation = random.nextInt(14);
                assertThat(step(ours, operation, key, value, present))
                        .as("operation %d", operation)
                        .isEqualTo(step(expected, operation, key, value, present));
                if (i % 2_000 == 0) {
                    assertThat(ours).isEqualTo(expected).hasSameHashCodeAs(expected);
                    assertThat(ours.mappingCount()).isEqualTo(expected.size());
                }
            }
            assertThat(ours.keySet()).isEqualTo(expected.keySet());
            assertThat(ours.values()).containsExactlyInAnyOrderElementsOf(expected.values());
            assertThat(ours.statistics().segmentsRecycled()).isPositive();
        }
    }

    private static Object step(Map<String, String> on, int operation, String key, String value, String present) {
        return switch (operation) {
            case 0 -> on.put(key, value);
            case 1 -> on.get(key);
            case 2 -> on.remove(key);
            case 3 -> on.putIfAbsent(key, value);
            case 4 -> on.replace(key, value);
            case 5 -> on.replace(key, present, value);
            case 6 -> on.remove(key, present);
            case 7 -> on.compute(key, (k, v) -> v == null ? k : v.length() > 50 ? null : v + k);
            case 8 -> on.computeIfAbsent(key, k -> k.endsWith("1") ? null : value);
            case 9 -> on.computeIfPresent(key, (k, v) -> v.length() % 3 == 0 ? null : v + "+");
            case 10 -> on.merge(key, value, (a, b) -> a.length() > 60 ? null : a + b);
            case 11 -> on.containsKey(key);
            case 12 -> {
                if (key.endsWith("3")) {
                    on.replaceAll((k, v) -> v.isEmpty() ? v : v.substring(1));
                }
                yield on.containsValue(present);
            }
            default -> key.endsWith("7") && on.values().removeIf(v -> v.length() > 30);
        };
    }

    @Test
    void setStoresWithoutReading() {
        map.set("a", "1");
        map.set("a", "2");
        assertThat(map).containsExactly(Map.entry("a", "2"));
        assertThatThrownBy(() -> map.set("a", null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> map.set(null, "b")).isInstanceOf(NullPointerException.class);
    }

    @Test
    void aKeyOfAnotherTypeIsRefused() {
        map.put("a", "1");
        Object number = 7;
        Map<?, ?> untyped = map;
        Object entry = Map.entry("a", 7);
        assertThatThrownBy(() -> untyped.get(number)).isInstanceOf(ClassCastException.class);
        assertThat(untyped.remove("a", number)).isFalse();
        assertThat(untyped.remove("a", null)).isFalse();
        assertThat(untyped.containsValue(number)).isFalse();
        assertThat(untyped.entrySet().contains(entry)).isFalse();
        assertThat(untyped).isNotEqualTo(Map.of(number, "1")).isNotEqualTo(number);
    }

    @Test
    void arraysAreWhatTheyContain() {
        try (OffHeapMap<byte[], byte[]> bytes =
                OffHeapMap.builder(Codecs.ofBytes(), Codecs.ofBytes()).build()) {
            byte[] one = {1};
            byte[] two = {2, 2};
            bytes.put(one, two);
            assertThat(bytes.get(one.clone())).isEqualTo(two);
            assertThat(bytes.containsValue(two.clone())).isTrue();
            assertThat(bytes.replace(one.clone(), two.clone(), one)).isTrue();
            assertThat(bytes.remove(one, two)).isFalse();
            assertThat(bytes.remove(one.clone(), one.clone())).isTrue();
            assertThat(bytes.isEmpty()).isTrue();
        }
    }

    @Test
    void keysOfTwoParts() {
        try (OffHeapMap<UserDay, Long> visits = OffHeapMap.builder(Codecs.ofRecord(UserDay.class), Codecs.ofLong())
                        .build();
                OffHeapMap<Map.Entry<Long, Integer>, Long> pairs = OffHeapMap.builder(
                                Codecs.pair(Codecs.ofLong(), Codecs.ofInt()), Codecs.ofLong())
                        .build()) {
            for (int i = 0; i < 1_000; i++) {
                visits.merge(new UserDay(i % 10, i % 3), 1L, Long::sum);
                pairs.merge(Map.entry(i % 10L, i % 3), 1L, Long::sum);
            }
            assertThat(visits).hasSize(30);
            assertThat(visits.get(new UserDay(0, 0))).isEqualTo(34);
            assertThat(pairs).hasSize(30).containsEntry(Map.entry(0L, 0), 34L);
        }
    }

    /** Throws in the middle of what it writes or reads, when it is told to. */
    private static final class Failing implements Codec<String> {

        private final AtomicBoolean writing = new AtomicBoolean();
        private final AtomicBoolean reading = new AtomicBoolean();

        @Override
        public int write(String value, MutableDirectBuffer into, int offset) {
            if (writing.get()) {
                into.putBytes(offset, "half of it".getBytes(java.nio.charset.StandardCharsets.UTF_8));
                throw new UncheckedFailure();
            }
            return Codecs.ofString().write(value, into, offset);
        }

        @Override
        public String read(DirectBuffer from, int offset, int length) {
            if (reading.get()) {
                throw new UncheckedFailure();
            }
            return Codecs.ofString().read(from, offset, length);
        }
    }

    private static final class UncheckedFailure extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    @Test
    void aCodecThatThrowsChangesNothing() {
        Failing keys = new Failing();
        Failing values = new Failing();
        RecordMap records = TestRecordMaps.create(1 << 10, BYTES, 2, 1);
        try (OffHeapMap<String, String> failing = new OffHeapMap<>(new BytesMap(records), keys, values)) {
            for (int i = 0; i < 10; i++) {
                failing.put("key" + i, "value" + i);
            }
            Map<String, String> before = Map.copyOf(failing);
            BytesMapStatistics statistics = failing.statistics();
            List<ThrowingCallable> writers = List.of(
                    () -> failing.put("key1", "new"),
                    () -> failing.set("key1", "new"),
                    () -> failing.put("new", "new"),
                    () -> failing.putIfAbsent("new", "new"),
                    () -> failing.replace("key1", "new"),
                    () -> failing.replace("key1", "value1", "new"),
                    () -> failing.compute("key1", (k, v) -> "new"),
                    () -> failing.compute("new", (k, v) -> "new"),
                    () -> failing.computeIfAbsent("new", k -> "new"),
                    () -> failing.computeIfPresent("key1", (k, v) -> "new"),
                    () -> failing.merge("key1", "new", (a, b) -> "new"),
                    () -> failing.merge("new", "new", (a, b) -> "new"),
                    () -> failing.replaceAll((k, v) -> "new"));
            List<ThrowingCallable> readers = List.of(
                    () -> failing.get("key1"),
                    () -> failing.put("key1", "new"),
                    () -> failing.remove("key1"),
                    () -> failing.remove("key1", "value1"),
                    () -> failing.replace("key1", "new"),
                    () -> failing.replace("key1", "value1", "new"),
                    () -> failing.putIfAbsent("key1", "new"),
                    () -> failing.compute("key1", (k, v) -> "new"),
                    () -> failing.computeIfPresent("key1", (k, v) -> null),
                    () -> failing.merge("key1", "new", (a, b) -> "new"),
                    () -> failing.values().removeIf(v -> true),
                    () -> failing.values().iterator().next(),
                    () -> failing.entrySet().iterator().next());
            assertAllFail(values.writing, writers);
            assertAllFail(values.reading, readers);
            assertAllFail(keys.writing, writers);
            assertAllFail(
                    keys.reading, List.of(() -> failing.keySet().iterator().next()));
            assertThat(failing).isEqualTo(before);
            assertThat(failing.statistics()).isEqualTo(statistics);
            TestRecordMaps.audit(records);
            // What a codec has left behind in a buffer is not part of the next key.
            assertThat(failing.get("key1")).isEqualTo("value1");
        }
    }

    private static void assertAllFail(AtomicBoolean failure, List<ThrowingCallable> calls) {
        failure.set(true);
        try {
            for (int i = 0; i < calls.size(); i++) {
                assertThatThrownBy(calls.get(i)).as("call %d", i).isInstanceOf(UncheckedFailure.class);
            }
        } finally {
            failure.set(false);
        }
    }

    @Test
    void aFunctionThatThrowsChangesNothing() {
        map.put("a", "1");
        BytesMapStatistics statistics = map.statistics();
        assertThatThrownBy(() -> map.compute("a", (k, v) -> fail())).isInstanceOf(UncheckedFailure.class);
        assertThatThrownBy(() -> map.merge("a", "2", (a, b) -> fail())).isInstanceOf(UncheckedFailure.class);
        assertThatThrownBy(() -> map.computeIfAbsent("b", k -> fail())).isInstanceOf(UncheckedFailure.class);
        assertThatThrownBy(() -> map.replaceAll((k, v) -> null)).isInstanceOf(NullPointerException.class);
        assertThat(map).containsExactly(Map.entry("a", "1"));
        assertThat(map.statistics()).isEqualTo(statistics);
    }

    private static String fail() {
        throw new UncheckedFailure();
    }

    /** A codec of fixed size that leaves out what is zero, as that of a message with optional fields may. */
    private record WithGaps() implements Codec<Long> {

        @Override
        public int write(Long value, MutableDirectBuffer into, int offset) {
            if (value > 255) {
                into.putLong(offset, value);
            } else {
                into.putByte(offset, value.byteValue());
            }
            return Long.BYTES;
        }

        @Override
        public Long read(DirectBuffer from, int offset, int length) {
            return from.getLong(offset);
        }
    }

    @Test
    void whatACodecLeavesOutIsZero() {
        try (OffHeapMap<Long, Long> gaps =
                OffHeapMap.builder(new WithGaps(), new WithGaps()).build()) {
            gaps.put(7L, 7L);
            gaps.put(Long.MAX_VALUE, Long.MAX_VALUE);
            assertThat(gaps.get(7L)).isEqualTo(7);
            gaps.put(7L, 9L);
            assertThat(gaps).isEqualTo(Map.of(7L, 9L, Long.MAX_VALUE, Long.MAX_VALUE));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1 << 20})
    void aCodecThatReturnsAWrongLengthIsRefused(int length) {
        Codec<String> wrong = new Codec<>() {
            @Override
            public int write(String value, MutableDirectBuffer into, int offset) {
                return length;
            }

            @Override
            public String read(DirectBuffer from, int offset, int read) {
                return "";
            }
        };
        try (OffHeapMap<String, String> broken =
                OffHeapMap.builder(Codecs.ofString(), wrong).build()) {
            assertThatThrownBy(() -> broken.put("a", "b"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("length=" + length);
            assertThat(broken.isEmpty()).isTrue();
        }
    }

    /** Each call in a function has buffers of its own. */
    @Test
    void functionsMayUseTheMap() {
        map.put("a", "1");
        map.put("b", "2");
        String result = map.compute("a", (k, v) -> {
            String other = map.compute("b", (k2, v2) -> {
                map.put("c", "a longer value than those before");
                return v2 + map.get("a") + map.get("c").length();
            });
            return v + other;
        });
        assertThat(result).isEqualTo("12132");
        assertThat(map)
                .containsOnly(
                        Map.entry("a", "12132"),
                        Map.entry("b", "2132"),
                        Map.entry("c", "a longer value than those before"));
        assertThat(map.computeIfAbsent("d", k -> map.merge("e", "5", String::concat)))
                .isEqualTo("5");
    }

    /** Another thread is faster: the function is called again with what that has stored. */
    @Test
    void aFunctionIsCalledAgain() {
        map.put("a", "1");
        AtomicInteger calls = new AtomicInteger();
        assertThat(map.compute("a", (k, v) -> {
                    if (calls.incrementAndGet() == 1) {
                        map.put("a", "other");
                    }
                    return v + "+";
                }))
                .isEqualTo("other+");
        assertThat(calls).hasValue(2);
        assertThat(map.merge("a", "x", (v, w) -> calls.incrementAndGet() == 3 ? map.remove("a") : v + w))
                .isEqualTo("x");
        assertThat(map.computeIfAbsent("b", k -> {
                    map.put("b", "first");
                    return "second";
                }))
                .isEqualTo("first");
        assertThat(map).isEqualTo(Map.of("a", "x", "b", "first"));
    }

    @Test
    void valuesLargerThanASegment() {
        try (OffHeapMap<String, byte[]> large = OffHeapMap.builder(Codecs.ofString(), Codecs.ofBytes())
                .maximumBytes(64 << 20)
                .build()) {
            for (int length : new int[] {0, 1, 1_000, 70_000, (1 << 20) + 5, 5 << 20}) {
                byte[] value = new byte[length];
                new SplittableRandom(length).nextBytes(value);
                large.put("key" + length, value);
                assertThat(large.get("key" + length)).isEqualTo(value);
                assertThat(large.replace("key" + length, value, value)).isTrue();
            }
            assertThat(large.values().stream().mapToInt(value -> value.length).max())
                    .hasValue(5 << 20);
            assertThatThrownBy(() -> large.put("key", new byte[100 << 20])).isInstanceOf(MapFullException.class);
            assertThat(large).doesNotContainKey("key");
        }
    }

    /** Not for ever: a large value would hold its memory on the heap once for each processor. */
    @Test
    void largeBuffersAreNotKept() {
        try (OffHeapMap<String, byte[]> large =
                OffHeapMap.builder(Codecs.ofString(), Codecs.ofBytes()).build()) {
            large.put("a", new byte[60_000]);
            assertThat(large.scratches.keptBytes()).isBetween(60_000, 3 * Scratch.MAX_KEPT_BYTES);
            large.put("a", new byte[5 << 20]);
            large.get("a");
            large.get("k".repeat(1 << 20));
            assertThat(large.scratches.keptBytes()).isLessThan(3 * Scratch.MAX_KEPT_BYTES);
        }
    }

    @Test
    void nextReturnsWhatHasNextHasPromised() {
        map.put("b", "20");
        Iterator<Map.Entry<String, String>> entries = map.entrySet().iterator();
        assertThat(entries.hasNext()).isTrue();
        map.remove("b");
        Map.Entry<String, String> entry = entries.next();
        assertThat(entry).isEqualTo(Map.entry("b", "20"));
        assertThat(entries.hasNext()).isFalse();
        assertThatThrownBy(entries::next).isInstanceOf(NoSuchElementException.class);

        assertThat(entry.setValue("21")).isEqualTo("20");
        assertThat(map.get("b")).isEqualTo("21");
        entries.remove();
        assertThat(map.isEmpty()).isTrue();
        assertThatThrownBy(entries::remove).isInstanceOf(IllegalStateException.class);
    }

    /** Of keys of one hash and of others, each mapping is met once while others come and go. */
    @ParameterizedTest
    @ValueSource(longs = {-1, 7})
    void iteratorsAreWeaklyConsistent(long mask) {
        try (OffHeapMap<String, String> ours = ofOneHash(Codecs.ofString(), Codecs.ofString(), mask)) {
            for (int i = 0; i < 20; i++) {
                ours.put("stays" + i, "x".repeat(i));
            }
            AtomicBoolean done = new AtomicBoolean();
            Thread writer = Thread.ofPlatform().start(() -> {
                for (int i = 0; !done.get(); i++) {
                    ours.put("comes" + i % 10, "y".repeat(i % 100));
                    ours.remove("comes" + (i + 5) % 10);
                    ours.put("stays" + i % 20, "x".repeat(i % 20));
                }
            });
            try {
                for (int i = 0; i < 500; i++) {
                    List<String> keys = ours.keySet().stream().toList();
                    assertThat(keys).doesNotHaveDuplicates();
                    assertThat(keys.stream().filter(key -> key.startsWith("stays")))
                            .hasSize(20);
                    ours.forEach((key, value) -> assertThat(value).matches(key.startsWith("stays") ? "x*" : "y*"));
                    assertThat(ours.entrySet().toArray()).doesNotContainNull();
                }
            } finally {
                done.set(true);
                // The JDK may report an interruption to a thread that has read memory while it was freed.
                Uninterruptibles.joinUninterruptibly(writer);
            }
        }
    }

    @Test
    void removeIfRemovesWhatMatches() {
        ConcurrentMap<String, String> view = map;
        for (int i = 0; i < 10; i++) {
            view.put("k" + i, "v" + i * i);
        }
        assertThat(view.values().removeIf(value -> value.length() > 2)).isTrue();
        assertThat(view.entrySet().removeIf(entry -> entry.getKey().equals("k2")))
                .isTrue();
        assertThat(view.keySet().removeIf(key -> key.equals("k3"))).isTrue();
        assertThat(view.values().removeIf(value -> value.length() > 2)).isFalse();
        assertThat(view.keySet()).containsExactlyInAnyOrder("k0", "k1");
        // One that changes meanwhile stays.
        assertThat(view.values().removeIf(value -> view.replace("k0", "new") != null && value.equals("v0")))
                .isFalse();
        assertThat(view).containsEntry("k0", "new");
    }

    @Test
    void anEntryThatWasReadFromAStreamIsOneByItself() throws Exception {
        map.put("b", "20");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(map.entrySet().iterator().next());
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            @SuppressWarnings("unchecked") // as it was written
            Map.Entry<String, String> entry = (Map.Entry<String, String>) in.readObject();
            assertThat(entry.setValue("21")).isEqualTo("20");
        }
        assertThat(map.get("b")).isEqualTo("20");
    }

    @Test
    void afterClose() {
        map.put("a", "1");
        Iterator<String> keys = map.keySet().iterator();
        map.close();
        map.close();
        assertThat(map.toString()).isEqualTo("OffHeapMap[closed]");
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> map.get("a"),
                () -> map.put("a", "b"),
                () -> map.merge("a", "b", String::concat),
                map::size,
                map::isEmpty,
                keys::next,
                () -> map.entrySet().iterator())) {
            assertThatThrownBy(call).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        }
    }

    @Test
    void settingsAreThoseOfTheBytes() {
        OffHeapMap.Builder<String, String> builder = OffHeapMap.builder(Codecs.ofString(), Codecs.ofString());
        assertThatThrownBy(() -> builder.maximumBytes(10)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.expectedSize(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> OffHeapMap.builder(null, Codecs.ofString())).isInstanceOf(NullPointerException.class);
        try (OffHeapMap<String, String> small = builder.maximumBytes(1 << 20).build()) {
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 10_000; i++) {
                            small.put("key" + i, "x".repeat(1_000));
                        }
                    })
                    .isInstanceOf(MapFullException.class);
            small.clear();
            small.put("key", "value");
            assertThat(small).hasSize(1);
        }
    }
}
