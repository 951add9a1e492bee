package org.berth.core.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.Stream;
import org.berth.offheap.TestDepth;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Maps of numbers that are saved to a file and loaded from it. */
@Timeout(120)
class MapSnapshotTest {

    private static final long[] ODD_KEYS = {0, 1, 2, -1, Long.MIN_VALUE, Long.MIN_VALUE + 1, Long.MAX_VALUE};

    @TempDir
    private Path directory;

    private Path file() {
        return directory.resolve("snapshot");
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    private static Map<Long, Long> contents(LongLongMap map) {
        Map<Long, Long> contents = new HashMap<>();
        map.forEach((key, value) -> assertThat(contents.put(key, value)).isNull());
        return contents;
    }

    /** Around what a block holds, which is 4,096 mappings. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4_095, 4_096, 4_097, 8_192, 1_000_000})
    void roundTrip(int size) throws IOException {
        try (LongLongMap map = LongLongMap.create();
                LongLongMap loaded = LongLongMap.create()) {
            for (int i = 0; i < size; i++) {
                map.put(i * 0x9E3779B97F4A7C15L, ~i);
            }
            map.save(file());
            assertThat(loaded.load(file())).isEqualTo(size);
            assertThat(loaded.size()).isEqualTo(size);
            for (int i = 0; i < size; i++) {
                assertThat(loaded.get(i * 0x9E3779B97F4A7C15L)).isEqualTo(~i);
            }
        }
        assertThat(files()).containsExactly(file());
    }

    @Test
    void everyKeyAndValueIsSaved() throws IOException {
        try (LongLongMap map = LongLongMap.builder().missingValue(7).build();
                LongLongMap loaded = LongLongMap.builder().missingValue(7).build()) {
            for (long key : ODD_KEYS) {
                map.put(key, key == 7 || key == 6 ? 0 : key);
            }
            map.put(3, LongLongMap.MISSING);
            map.save(file());
            assertThat(loaded.load(file())).isEqualTo(ODD_KEYS.length + 1);
            assertThat(contents(loaded)).isEqualTo(contents(map)).containsKeys(0L, 1L);
        }
    }

    @Test
    void doubles() throws IOException {
        double[] values = {0.0, -0.0, Double.NaN, Double.NEGATIVE_INFINITY, Double.MIN_VALUE, -1.5};
        try (LongDoubleMap map = LongDoubleMap.create();
                LongDoubleMap loaded = LongDoubleMap.create();
                LongLongMap other = LongLongMap.builder().missingValue(-1).build()) {
            for (int i = 0; i < values.length; i++) {
                map.put(i, values[i]);
            }
            map.save(file());
            assertThat(loaded.load(file())).isEqualTo(values.length);
            for (int i = 0; i < values.length; i++) {
                assertThat(loaded.containsKey(i)).isTrue();
                assertThat(Double.doubleToRawLongBits(loaded.get(i))).isEqualTo(Double.doubleToRawLongBits(values[i]));
            }
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> other.load(file()))
                    .withMessageContaining("kind=LONG_DOUBLE expected=LONG_LONG")
                    .withMessageContaining(file().toString());
            assertThat(other.isEmpty()).isTrue();
        }
    }

    @Test
    void anotherMissingValueIsRefused() throws IOException {
        try (LongLongMap map = LongLongMap.builder().missingValue(-1).build();
                LongLongMap other = LongLongMap.create()) {
            map.put(5, 6);
            map.save(file());
            other.put(1, 2);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> other.load(file()))
                    .withMessageContaining("missingValue=-1 expected=" + Long.MIN_VALUE);
            assertThat(contents(other)).isEqualTo(Map.of(1L, 2L));
        }
    }

    @Test
    void loadingReplacesTheSameKeysAndKeepsOthers() throws IOException {
        try (LongLongMap map = LongLongMap.create()) {
            map.put(0, 1);
            map.put(5, 6);
            map.save(file());
            map.put(5, 7);
            map.remove(0);
            map.put(9, 10);
            assertThat(map.load(file())).isEqualTo(2);
            assertThat(contents(map)).isEqualTo(Map.of(0L, 1L, 5L, 6L, 9L, 10L));
        }
    }

    @Test
    void savingReplacesTheFile() throws IOException {
        try (LongLongMap map = LongLongMap.create()) {
            map.put(2, 3);
            map.save(file());
            map.put(4, 5);
            map.save(file());
            map.clear();
            assertThat(map.load(file())).isEqualTo(2);
        }
        assertThat(files()).containsExactly(file());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
    }

    @Test
    void aFullMapStaysUsable() throws IOException {
        try (LongLongMap map = LongLongMap.create();
                LongLongMap small = LongLongMap.builder().maximumBytes(1 << 15).build()) {
            for (int i = 0; i < 100_000; i++) {
                map.put(i, i);
            }
            map.save(file());
            assertThatExceptionOfType(MapFullException.class)
                    .isThrownBy(() -> small.load(file()))
                    .withMessageContaining("loaded=" + small.size() + " entries=100000")
                    .withMessageContaining(file().toString());
            assertThat(small.size()).isPositive();
            small.forEach((key, value) -> assertThat(value).isEqualTo(key));
            small.clear();
            small.put(1, 2);
            assertThat(small.get(1)).isEqualTo(2);
        }
    }

    @Test
    void aClosedMapNeitherSavesNorLoads() throws IOException {
        LongLongMap map = LongLongMap.create();
        map.save(file());
        map.close();
        Files.move(file(), directory.resolve("other"));
        assertThatIllegalStateException().isThrownBy(() -> map.save(file())).withMessageContaining("closed");
        assertThatIllegalStateException()
                .isThrownBy(() -> map.load(directory.resolve("other")))
                .withMessageContaining("closed");
        assertThat(files()).containsExactly(directory.resolve("other"));
    }

    @Test
    void anInterruptionEndsASaveButNotALoad() throws IOException {
        try (LongLongMap map = LongLongMap.create()) {
            map.put(1, 2);
            map.save(file());
            map.put(1, 3);
            Thread.currentThread().interrupt();
            assertThatExceptionOfType(ClosedByInterruptException.class).isThrownBy(() -> map.save(file()));
            assertThat(files()).containsExactly(file());
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
            assertThat(map.load(file())).isEqualTo(1);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(map.get(1)).isEqualTo(2);
        }
    }

    @Test
    void whereNothingCanBeWritten() throws IOException {
        Path taken = Files.createDirectory(directory.resolve("taken"));
        try (LongLongMap map = LongLongMap.create()) {
            assertThatExceptionOfType(NoSuchFileException.class)
                    .isThrownBy(() -> map.save(directory.resolve("nowhere").resolve("snapshot")))
                    .withMessageContaining("nowhere");
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> map.save(taken))
                    .withMessageContaining(taken.toString());
            assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> map.load(file()));
        }
        assertThat(files()).containsExactly(taken);
    }

    /**
     * One thread has each key. It says what it is about to store, stores it, and says that it has: so the value in a
     * file is between what was stored when the save began, and what was about to be when it had ended. Other keys come
     * and go, and make the map grow and shrink.
     */
    @Test
    void eachMappingIsOneThatTheKeyHadDuringTheSave() throws Exception {
        int keys = 10_000;
        AtomicLongArray begun = new AtomicLongArray(keys);
        AtomicLongArray done = new AtomicLongArray(keys);
        AtomicBoolean stop = new AtomicBoolean();
        long changedMeanwhile = 0;
        long othersSeen = 0;
        try (LongLongMap map = LongLongMap.create();
                ExecutorService threads = Executors.newFixedThreadPool(3)) {
            for (int key = 0; key < keys; key++) {
                map.put(key, 0);
            }
            Future<?> even = threads.submit(updates(map, 0, begun, done, stop));
            Future<?> odd = threads.submit(updates(map, 1, begun, done, stop));
            Future<?> others = threads.submit(() -> {
                for (long round = 0; !stop.get(); round++) {
                    for (long i = 0; i < 30_000; i++) {
                        map.put(keys + i, round);
                    }
                    for (long i = 0; i < 30_000; i++) {
                        map.remove(keys + i);
                    }
                }
            });
            try {
                for (int save = 0; save < TestDepth.of(20, 60); save++) {
                    long[] least = new long[keys];
                    for (int key = 0; key < keys; key++) {
                        least[key] = done.get(key);
                    }
                    map.save(file());
                    try (LongLongMap loaded = LongLongMap.create()) {
                        long[] most = new long[keys];
                        for (int key = 0; key < keys; key++) {
                            most[key] = begun.get(key);
                        }
                        assertThat(loaded.load(file())).isEqualTo(loaded.size());
                        for (int key = 0; key < keys; key++) {
                            assertThat(loaded.get(key)).as("key=%d", key).isBetween(least[key], most[key]);
                            changedMeanwhile += most[key] > least[key] ? 1 : 0;
                        }
                        othersSeen += loaded.size() - keys;
                    }
                }
            } finally {
                stop.set(true);
            }
            even.get();
            odd.get();
            others.get();
        }
        assertThat(changedMeanwhile).isPositive();
        assertThat(othersSeen).isPositive();
    }

    private static Callable<Void> updates(
            LongLongMap map, int first, AtomicLongArray begun, AtomicLongArray done, AtomicBoolean stop) {
        return () -> {
            for (long version = 1; !stop.get(); version++) {
                for (int key = first; key < begun.length(); key += 2) {
                    begun.set(key, version);
                    map.put(key, version);
                    done.set(key, version);
                }
            }
            return null;
        };
    }

    @Test
    void severalThreadsMaySaveToOnePath() throws Exception {
        try (LongLongMap map = LongLongMap.create();
                ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (int i = 0; i < 20_000; i++) {
                map.put(i, i);
            }
            List<Callable<Void>> saves = Stream.generate(() -> (Callable<Void>) () -> {
                        for (int i = 0; i < 10; i++) {
                            map.save(file());
                        }
                        return null;
                    })
                    .limit(4)
                    .toList();
            for (Future<Void> save : threads.invokeAll(saves)) {
                save.get();
            }
            assertThat(map.load(file())).isEqualTo(20_000);
            assertThat(files()).containsExactly(file());
        }
    }

    /** Whatever the save is in the middle of, it leaves the older file, or is complete. */
    @Test
    void closingWhileItIsSaved() throws Exception {
        int cutShort = 0;
        for (int round = 0; round < 20; round++) {
            LongLongMap map = LongLongMap.create();
            for (int i = 0; i < 200_000; i++) {
                map.put(i, i);
            }
            Thread closing = Thread.ofPlatform().start(map::close);
            try {
                map.save(file());
            } catch (IllegalStateException e) {
                cutShort++;
            }
            closing.join();
            assertThat(files()).isSubsetOf(List.of(file()));
            if (Files.exists(file())) {
                try (LongLongMap loaded = LongLongMap.create()) {
                    assertThat(loaded.load(file())).isEqualTo(200_000);
                }
            }
        }
        assertThat(cutShort).isPositive();
    }
}
