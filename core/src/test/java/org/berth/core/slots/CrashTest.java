package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.berth.core.slots.CrashingWriters.Progress;
import org.berth.core.slots.Ledger.Kind;
import org.berth.offheap.Region;
import org.berth.offheap.TestDepth;
import org.berth.offheap.Words;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes that change tables in files are killed, one after the other, at random moments, and after each the tables
 * are opened: they have every write that had returned, and at most the one under way besides, and can be used further.
 * For more of it: {@code -Dberth.crash.kills=500}; for code that C2 has compiled: {@code -Dberth.crash.millis=3000}.
 */
class CrashTest {

    private static final int KILLS = TestDepth.of("berth.crash.kills", 12, 25);
    private static final long SEED = Long.getLong("berth.crash.seed", System.nanoTime());
    private static final int MAX_RUN_MILLIS = Integer.getInteger("berth.crash.millis", 40);

    @TempDir
    private Path directory;

    /** The operations that the kills have interrupted: if there were none, this test has tested nothing. */
    private int commitsCutShort;

    private int claimsCutShort;
    private int slotsOwned;

    @Test
    void noKillTearsAWrite(TestReporter reporter) throws Exception {
        for (Kind kind : Kind.values()) {
            kind.builder(CrashingWriters.capacity(kind))
                    .build(directory.resolve(kind.name()))
                    .close();
        }
        Region.create(directory.resolve(CrashingWriters.PROGRESS), Progress.BYTES)
                .close();
        Random random = new Random(SEED);
        for (int kill = 0; kill < KILLS; kill++) {
            String when = "seed=" + SEED + " kill=" + kill;
            killOne(random.nextInt(MAX_RUN_MILLIS));
            assertTimeoutPreemptively(Duration.ofMinutes(1), this::checkAll, when);
        }
        reporter.publishEntry("kills=" + KILLS + " commits cut short=" + commitsCutShort + " claims cut short="
                + claimsCutShort + " slots owned=" + slotsOwned);
        assertThat(slotsOwned).isPositive();
    }

    private void killOne(int millis) throws IOException, InterruptedException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                CrashingWriters.class.getName(),
                directory.toString());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
            String first;
            do {
                // The JVM may say that it has read an option from the environment.
                first = said.readLine();
            } while (first != null && first.startsWith("Picked up"));
            assertThat(first).isEqualTo(CrashingWriters.RUNNING);
            Thread.sleep(millis);
            assertThat(process.isAlive()).as("runs until it is killed").isTrue();
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private void checkAll() throws IOException {
        try (Region region = Region.open(directory.resolve(CrashingWriters.PROGRESS))) {
            for (Kind kind : Kind.values()) {
                Path file = directory.resolve(kind.name());
                countInterruptedSteps(file);
                try (SlotTable table = SlotTable.open(file, Ledger.LAYOUT)) {
                    Ledger.check(table);
                    checkProgress(kind, table, new Progress(region.words(), kind));
                    useAll(kind, table);
                }
            }
        }
    }

    private void countInterruptedSteps(Path file) throws IOException {
        try (Region region = Region.open(file)) {
            Words words = region.words();
            TableDescriptor descriptor = TableHeader.read(words);
            for (int slot = 0; slot < words.get(TableDescriptor.NEXT); slot++) {
                long code = Ownership.code(words.get(descriptor.metadata(slot)));
                commitsCutShort += (int) (words.get(descriptor.base(slot) + TableDescriptor.SEQUENCE) & 1);
                claimsCutShort += code == Ownership.NEW ? 1 : 0;
                slotsOwned += code == Ownership.OWNED ? 1 : 0;
            }
        }
    }

    private static void checkProgress(Kind kind, SlotTable table, Progress progress) {
        if (kind.merges()) {
            assertThat(table.sum(Ledger.AMOUNT)).isIn(sums(progress, Progress.BOOKED));
            assertThat(table.sum(Ledger.GIVEN)).isIn(sums(progress, Progress.GIVEN));
            progress.set(0, Progress.BOOKED, table.sum(Ledger.AMOUNT));
            progress.set(0, Progress.GIVEN, table.sum(Ledger.GIVEN));
            progress.set(1, Progress.BOOKED, 0);
            progress.set(1, Progress.GIVEN, 0);
            return;
        }
        for (int thread = 0; thread < CrashingWriters.THREADS; thread++) {
            String key = CrashingWriters.key(thread);
            boolean present = table.contains(key);
            long booked = present ? table.at(key).get(Ledger.AMOUNT) : 0;
            long given = present ? table.at(key).get(Ledger.GIVEN) : 0;
            assertThat(booked).isIn(progress.done(thread, Progress.BOOKED), progress.begun(thread, Progress.BOOKED));
            assertThat(given).isIn(progress.done(thread, Progress.GIVEN), progress.begun(thread, Progress.GIVEN));
            progress.set(thread, Progress.BOOKED, booked);
            progress.set(thread, Progress.GIVEN, given);
        }
    }

    /** Returns all sums that the threads may have reached together. */
    private static Set<Long> sums(Progress progress, int what) {
        Set<Long> sums = new HashSet<>(Set.of(0L));
        for (int thread = 0; thread < CrashingWriters.THREADS; thread++) {
            Set<Long> more = new HashSet<>();
            for (long sum : sums) {
                more.add(sum + progress.done(thread, what));
                more.add(sum + progress.begun(thread, what));
            }
            sums = more;
        }
        return sums;
    }

    /** Claims every key and, in a recycling table, every free slot: no slot is lost. */
    private static void useAll(Kind kind, SlotTable table) {
        List<Object> keys = new ArrayList<>();
        table.forEach(view -> keys.add(view.name()));
        List<Slot> slots = new ArrayList<>();
        keys.forEach(key -> slots.add(table.claim((String) key)));
        for (int key = 0; kind.recycling && slots.size() < table.capacity(); key++) {
            slots.add(table.claim(key));
        }
        slots.forEach(Slot::close);
        for (int key = 0; kind.recycling && table.size() > keys.size(); key++) {
            assertThat(table.remove(key)).isTrue();
        }
    }
}
