package org.berth.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.Stream;
import org.agrona.MutableDirectBuffer;
import org.berth.core.map.LongLongMap;
import org.berth.core.map.MapFullException;
import org.berth.offheap.OffHeapBuffer;
import org.berth.offheap.TestDepth;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Maps of bytes that are saved to a file and loaded from it. */
@Timeout(180)
class BytesSnapshotTest {

    private static final int LONGEST = 5 << 20;

    @TempDir
    private Path directory;

    private final MutableDirectBuffer key = OffHeapBuffer.ofAuto(1 << 17);
    private final MutableDirectBuffer value = OffHeapBuffer.ofAuto(LONGEST);
    private final MutableDirectBuffer seen = OffHeapBuffer.ofAuto(LONGEST);

    private Path file() {
        return directory.resolve("snapshot");
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    /** Writes bytes that follow from a number and from their place. */
    private static void fill(MutableDirectBuffer buffer, int length, long number) {
        for (int i = 0; i < length; i++) {
            buffer.putByte(i, (byte) ((number + 1) * 31 + i * 7L + (i >> 8)));
        }
    }

    private void put(BytesMap map, int keyLength, int valueLength) {
        fill(key, keyLength, keyLength);
        fill(value, valueLength, valueLength);
        map.put(key, 0, keyLength, value, 0, valueLength);
    }

    private void assertHas(BytesMap map, int keyLength, int valueLength) {
        fill(key, keyLength, keyLength);
        fill(value, valueLength, valueLength);
        assertThat(map.get(key, 0, keyLength, seen, 0)).as("key=%d", keyLength).isEqualTo(valueLength);
        for (int i = 0; i < valueLength; i++) {
            if (seen.getByte(i) != value.getByte(i)) {
                throw new AssertionError("key=" + keyLength + " value=" + valueLength + " at=" + i);
            }
        }
    }

    /** A value of each of these lengths: none, around what a block holds, and more than a segment. */
    @Test
    void everyLengthIsSaved() throws IOException {
        int[] lengths = {0, 1, 7, 8, 9, 1_000, 65_519, 65_527, 65_528, 65_529, 131_071, 131_080, 1 << 20, LONGEST, 3};
        try (BytesMap map = BytesMap.create();
                BytesMap loaded = BytesMap.create()) {
            for (int i = 0; i < lengths.length; i++) {
                put(map, i, lengths[i]);
            }
            put(map, 1 << 17, 2);
            map.save(file());
            assertThat(loaded.load(file())).isEqualTo(lengths.length + 1);
            assertThat(loaded.size()).isEqualTo(lengths.length + 1);
            for (int i = 0; i < lengths.length; i++) {
                assertHas(loaded, i, lengths[i]);
            }
            assertHas(loaded, 1 << 17, 2);
        }
        assertThat(files()).containsExactly(file());
    }

    /** The entry ends with the block, or is a byte longer, behind another one and alone. */
    @ParameterizedTest
    @ValueSource(ints = {65_526, 65_527, 65_528, 65_529})
    void aBlockIsFilledToItsEnd(int length) throws IOException {
        try (BytesMap map = BytesMap.create();
                BytesMap loaded = BytesMap.create()) {
            put(map, 0, length);
            map.save(file());
            assertThat(loaded.load(file())).isEqualTo(1);
            assertHas(loaded, 0, length);
            put(map, 1, 0);
            put(map, 2, length - 8 - 1 - 8 - 2);
            map.save(file());
            loaded.clear();
            assertThat(loaded.load(file())).isEqualTo(3);
            assertHas(loaded, 1, 0);
            assertHas(loaded, 2, length - 19);
        }
    }

    @Test
    void aMillionEntries() throws IOException {
        int size = 1_000_000;
        try (BytesMap map = BytesMap.builder().expectedSize(size).build();
                BytesMap loaded = BytesMap.create()) {
            for (int i = 0; i < size; i++) {
                int length = key.putIntAscii(0, i);
                map.put(key, 0, length, key, 0, length);
            }
            map.save(file());
            map.clear();
            assertThat(loaded.load(file())).isEqualTo(size);
            assertThat(loaded.size()).isEqualTo(size);
            for (int i = 0; i < size; i++) {
                int length = key.putIntAscii(0, i);
                assertThat(loaded.get(key, 0, length, seen, 0)).isEqualTo(length);
                assertThat(seen.parseIntAscii(0, length)).isEqualTo(i);
            }
        }
    }

    /** Keys of one hash share a record, and are entries of their own in a file. */
    @Test
    void keysOfOneHash() throws IOException {
        try (BytesMap map = new BytesMap(TestRecordMaps.create(4096, 1 << 20, 1, 1));
                BytesMap loaded = BytesMap.create()) {
            for (int i = 0; i < 50; i++) {
                put(map, i, i);
            }
            map.save(file());
            assertThat(loaded.load(file())).isEqualTo(50);
            for (int i = 0; i < 50; i++) {
                assertHas(loaded, i, i);
            }
        }
    }

    @Test
    void loadingReplacesTheSameKeysAndKeepsOthers() throws IOException {
        try (BytesMap map = BytesMap.create()) {
            put(map, 1, 10);
            put(map, 2, 20);
            map.save(file());
            map.clear();
            put(map, 2, 21);
            put(map, 3, 30);
            assertThat(map.load(file())).isEqualTo(2);
            assertThat(map.size()).isEqualTo(3);
            assertHas(map, 1, 10);
            assertHas(map, 2, 20);
            assertHas(map, 3, 30);
        }
    }

    @Test
    void aFileOfAnotherKindIsRefused() throws IOException {
        try (BytesMap map = BytesMap.create();
                LongLongMap numbers = LongLongMap.create()) {
            numbers.save(file());
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> map.load(file()))
                    .withMessageContaining("kind=LONG_LONG expected=BYTES");
            map.save(file());
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> numbers.load(file()))
                    .withMessageContaining("kind=BYTES expected=LONG_LONG");
        }
    }

    @Test
    void aFullMapStaysUsable() throws IOException {
        try (BytesMap map = BytesMap.create();
                BytesMap small = BytesMap.builder().maximumBytes(1 << 20).build()) {
            for (int i = 0; i < 4_000; i++) {
                put(map, i, 1_000);
            }
            map.save(file());
            assertThatExceptionOfType(MapFullException.class)
                    .isThrownBy(() -> small.load(file()))
                    .withMessageContaining("loaded=" + small.size() + " entries=4000")
                    .withMessageContaining(file().toString());
            assertThat(small.size()).isPositive();
            small.forEach((bytes, keyOffset, keyLength, valueOffset, valueLength) ->
                    assertThat(valueLength).isEqualTo(1_000));
            small.clear();
            put(small, 1, 2);
            assertHas(small, 1, 2);
        }
    }

    @Test
    void aClosedMapNeitherSavesNorLoads() throws IOException {
        BytesMap map = BytesMap.create();
        map.save(file());
        map.close();
        assertThatIllegalStateException().isThrownBy(() -> map.load(file())).withMessageContaining("closed");
        Files.delete(file());
        assertThatIllegalStateException().isThrownBy(() -> map.save(file())).withMessageContaining("closed");
        assertThat(files()).isEmpty();
    }

    /** The lengths of the longest entries are those that the map takes. */
    @Test
    void aFileHasWhatAMapTakes() throws ReflectiveOperationException {
        Class<?> format = Class.forName("org.berth.core.snapshot.SnapshotFormat");
        for (String name : List.of("MAX_KEY", "MAX_VALUE")) {
            var inFile = format.getDeclaredField(name);
            inFile.setAccessible(true);
            assertThat(inFile.getInt(null)).isEqualTo(name.equals("MAX_KEY") ? Records.MAX_KEY : Records.MAX_VALUE);
        }
    }

    /**
     * One thread has each key. It says which version it is about to store, stores it, and says that it has. Some keys
     * are removed in between. The segments are so small that records are moved all the time.
     */
    @ParameterizedTest
    @CsvSource({"-1, 1024", "15, 1024", "-1, 65536"})
    void eachEntryIsOneThatTheKeyHadDuringTheSave(long hashMask, int segmentBytes) throws Exception {
        int keys = 400;
        AtomicIntegerArray begun = new AtomicIntegerArray(keys);
        AtomicIntegerArray done = new AtomicIntegerArray(keys);
        AtomicBoolean stop = new AtomicBoolean();
        long changedMeanwhile = 0;
        try (BytesMap map = new BytesMap(TestRecordMaps.create(segmentBytes, 1 << 24, 2, hashMask));
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<Future<Void>> updates = List.of(
                    threads.submit(updates(map, 0, begun, done, stop)),
                    threads.submit(updates(map, 1, begun, done, stop)));
            try {
                for (int save = 0; save < TestDepth.of(20, 60); save++) {
                    int[] least = new int[keys];
                    for (int number = 0; number < keys; number++) {
                        least[number] = done.get(number);
                    }
                    map.save(file());
                    int[] most = new int[keys];
                    for (int number = 0; number < keys; number++) {
                        most[number] = begun.get(number);
                    }
                    changedMeanwhile += check(least, most);
                }
            } finally {
                stop.set(true);
            }
            for (Future<Void> update : updates) {
                update.get();
            }
            assertThat(map.statistics().segmentsRecycled()).isPositive();
        }
        assertThat(changedMeanwhile).isPositive();
    }

    private static boolean isRemoved(int number, int version) {
        return number % 3 == 0 && version % 5 == 0;
    }

    private static int length(int number, int version) {
        return 8 + (number * 31 + version * 17) % 200;
    }

    private static int key(MutableDirectBuffer into, int number) {
        fill(into, 4 + number % 9, number);
        into.putInt(0, number);
        return 4 + number % 9;
    }

    private static Callable<Void> updates(
            BytesMap map, int first, AtomicIntegerArray begun, AtomicIntegerArray done, AtomicBoolean stop) {
        return () -> {
            MutableDirectBuffer key = OffHeapBuffer.ofAuto(16);
            MutableDirectBuffer value = OffHeapBuffer.ofAuto(256);
            for (int version = 1; !stop.get(); version++) {
                for (int number = first; number < begun.length(); number += 2) {
                    int keyLength = key(key, number);
                    int length = length(number, version);
                    fill(value, length, number + version);
                    value.putInt(0, number);
                    value.putInt(4, version);
                    begun.set(number, version);
                    if (isRemoved(number, version)) {
                        map.remove(key, 0, keyLength);
                    } else {
                        map.put(key, 0, keyLength, value, 0, length);
                    }
                    done.set(number, version);
                }
            }
            return null;
        };
    }

    /** Checks the file, and returns the number of keys that had several versions meanwhile. */
    private int check(int[] least, int[] most) throws IOException {
        Map<Integer, Integer> versions = new HashMap<>();
        try (BytesMap loaded = BytesMap.create()) {
            assertThat(loaded.load(file())).isEqualTo(loaded.size());
            loaded.forEach((bytes, keyOffset, keyLength, valueOffset, valueLength) -> {
                int number = bytes.getInt(keyOffset);
                int version = bytes.getInt(valueOffset + 4);
                assertThat(keyLength).isEqualTo(4 + number % 9);
                assertThat(bytes.getInt(valueOffset)).isEqualTo(number);
                assertThat(valueLength).isEqualTo(length(number, version));
                fill(value, valueLength, number + version);
                for (int i = 8; i < valueLength; i++) {
                    assertThat(bytes.getByte(valueOffset + i)).isEqualTo(value.getByte(i));
                }
                assertThat(versions.put(number, version)).isNull();
            });
        }
        int changed = 0;
        for (int number = 0; number < least.length; number++) {
            Integer version = versions.get(number);
            if (version != null) {
                assertThat(version).as("key=%d", number).isBetween(least[number], most[number]);
                assertThat(isRemoved(number, version)).isFalse();
            } else {
                boolean mayBeAbsent = least[number] == 0;
                for (int v = least[number]; v <= most[number]; v++) {
                    mayBeAbsent |= isRemoved(number, v);
                }
                assertThat(mayBeAbsent).as("key=%d", number).isTrue();
            }
            changed += most[number] > least[number] ? 1 : 0;
        }
        return changed;
    }
}
