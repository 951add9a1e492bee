package org.berth.core.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.agrona.MutableDirectBuffer;
import org.berth.core.map.LongLongMap;
import org.berth.core.store.BytesMap;
import org.berth.offheap.OffHeapBuffer;
import org.berth.offheap.TestDepth;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes that load two maps, and save them again and again, are killed at random moments, one after the other. What
 * each finds is what was saved last, or what was being saved, as a whole. For more: {@code
 * -Dberth.crash.kills=500}.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class SnapshotCrashTest {

    private static final int KILLS = TestDepth.of("berth.crash.kills", 12, 25);
    private static final long SEED = Long.getLong("berth.crash.seed", System.nanoTime());
    private static final int MAX_RUN_MILLIS = Integer.getInteger("berth.crash.millis", 60);

    private static final String RUNNING = "running";
    private static final String SAVED = "saved ";

    private static final int LONGS = 30_000;
    private static final int BYTES = 3_000;

    @TempDir
    private Path directory;

    /** The kills that came while a file was being written: if there were none, this test has tested nothing. */
    private int savesCutShort;

    @Test
    void noKillLeavesAFileThatIsNotWhole(TestReporter reporter) throws Exception {
        Random random = new Random(SEED);
        long before = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            long saved = killOne(random.nextInt(MAX_RUN_MILLIS));
            try (Maps maps = new Maps(directory)) {
                maps.load();
                String when = "seed=" + SEED + " kill=" + kill;
                assertThat(maps.generation()).as(when).isBetween(Math.max(before, saved), Math.max(before, saved) + 1);
                maps.check();
                before = maps.generation();
            }
        }
        reporter.publishEntry("kills=" + KILLS + " generations=" + before + " saves cut short=" + savesCutShort);
        assertThat(savesCutShort).isPositive();
        try (Maps maps = new Maps(directory)) {
            maps.load();
            maps.save();
            assertThat(files()).containsExactlyInAnyOrder(maps.longsFile, maps.bytesFile);
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    /** Returns the last generation of which the process said that both files have it, or 0. */
    private long killOne(int millis) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                SnapshotCrashTest.class.getName(),
                directory.toString());
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
        Process process = builder.redirectErrorStream(true).start();
        try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(said.readLine()).isEqualTo(RUNNING);
            long saved = 0;
            // After its first save, so that there always is one to lose.
            String line = said.readLine();
            Thread.sleep(millis);
            assertThat(process.isAlive()).as("runs until it is killed").isTrue();
            // Not by the Process, which would close what is to be read.
            assertThat(process.toHandle().destroyForcibly()).isTrue();
            // The last line may be cut off.
            while (line != null && line.startsWith(SAVED) && line.endsWith(".")) {
                saved = Long.parseLong(line.substring(SAVED.length(), line.length() - 1));
                line = said.readLine();
            }
            assertThat(line == null || !line.endsWith(".")).as(line).isTrue();
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            savesCutShort += files().size() > 2 ? 1 : 0;
            return saved;
        } finally {
            process.destroyForcibly();
        }
    }

    /** The process that is killed. */
    @SuppressWarnings("SystemOut")
    public static void main(String[] args) throws IOException {
        try (Maps maps = new Maps(Path.of(args[0]))) {
            maps.load();
            maps.check();
            System.out.println(RUNNING);
            while (true) {
                maps.next();
                // More than once, so that most of the time a file is being written.
                for (int i = 0; i < 8; i++) {
                    maps.save();
                }
                System.out.println(SAVED + maps.generation() + ".");
            }
        }
    }

    /** Two maps, all of whose values say how often they were saved. */
    private static final class Maps implements AutoCloseable {

        final Path longsFile;
        final Path bytesFile;
        private final LongLongMap longs = LongLongMap.create();
        private final BytesMap bytes = BytesMap.create();
        private final MutableDirectBuffer key = OffHeapBuffer.ofAuto(8);
        private final MutableDirectBuffer value = OffHeapBuffer.ofAuto(256);

        Maps(Path directory) {
            longsFile = directory.resolve("longs");
            bytesFile = directory.resolve("bytes");
        }

        void load() throws IOException {
            if (Files.exists(longsFile)) {
                assertThat(longs.load(longsFile)).isEqualTo(LONGS);
            }
            if (Files.exists(bytesFile)) {
                assertThat(bytes.load(bytesFile)).isEqualTo(BYTES);
            }
        }

        void next() {
            long generation = generation() + 1;
            for (int i = 0; i < LONGS; i++) {
                longs.put(i, generation);
            }
            for (int i = 0; i < BYTES; i++) {
                key.putLong(0, i);
                value.putLong(i % 240, generation);
                bytes.put(key, 0, 8, value, 0, i % 240 + 8);
            }
        }

        void save() throws IOException {
            longs.save(longsFile);
            bytes.save(bytesFile);
        }

        long generation() {
            return longs.getOrDefault(0, 0);
        }

        /** Each map is of one generation, and the second is at most one behind the first. */
        void check() {
            long generation = generation();
            longs.forEach((number, saved) -> assertThat(saved).isEqualTo(generation));
            long[] ofBytes = {-1};
            bytes.forEach((buffer, keyOffset, keyLength, valueOffset, valueLength) -> {
                long number = buffer.getLong(keyOffset);
                assertThat(valueLength).isEqualTo((int) (number % 240) + 8);
                long saved = buffer.getLong(valueOffset + valueLength - 8);
                assertThat(saved).isIn(generation, generation - 1);
                assertThat(ofBytes[0]).isIn(-1L, saved);
                ofBytes[0] = saved;
            });
        }

        @Override
        public void close() {
            longs.close();
            bytes.close();
        }
    }
}
