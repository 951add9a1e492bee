package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.berth.core.slots.Ledger.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables in files on a disk that is full: an exception, never a crash of the JVM. */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FullDiskTest {

    /** The index of this many slots fits on the disk of 1 MiB, and the slots do not. */
    private static final int CAPACITY = 8192;

    /** In each there is room for a page more, so that the disk is full for another store. */
    private static final int ROUNDS = 12;

    private static final int PAGE = 4096;

    @TempDir
    private Path directory;

    /** In the interpreter an atomic update that finds the disk full would crash the JVM. */
    @ParameterizedTest
    @CsvSource({
        "tmpfs, KEEP, -Xint",
        "tmpfs, MERGE, -Xint",
        "ext4, KEEP, -Xint",
        "ext4, MERGE, -Xint",
        "ext4, MERGE_RECYCLING, -Xint",
        "ext4, MERGE, -Xcomp"
    })
    void claimsThatFindTheDiskFullThrow(String disk, Kind kind, String flag) throws Exception {
        // A collection may come, and the handles that it finds dropped are logged.
        assertThat(onSmallDisk(disk, flag, kind, false).lines().filter(line -> line.startsWith("claimed=")))
                .hasSize(ROUNDS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tmpfs", "ext4"})
    void reservationsThatFindTheDiskFullThrow(String disk) throws Exception {
        assertThat(onSmallDisk(disk, "-ea", Kind.KEEP, true))
                .startsWith("no space for the file")
                .contains("error=");
    }

    @Test
    void aReservedFileTakesItsSpaceAtOnce() throws IOException {
        Path file = directory.resolve("table");
        try (SlotTable table =
                SlotTable.builder(Ledger.LAYOUT, 64).reserveFile().build(file)) {
            assertThat(Files.size(file)).isEqualTo(table.memoryBytes());
            table.claim(1).close();
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() ->
                            SlotTable.builder(Ledger.LAYOUT, 64).reserveFile().build(file));
        }
        try (SlotTable table = SlotTable.open(file, Ledger.LAYOUT)) {
            assertThat(table.size()).isEqualTo(1);
        }
    }

    /**
     * Runs {@link #main} where the directory is a disk of 1 MiB, in namespaces of its own. On a tmpfs the first access
     * to a page takes its space, be it a read; on ext4 it is the first write, so it can be an atomic update. The latter
     * needs root.
     */
    private String onSmallDisk(String disk, String flag, Kind kind, boolean reserve)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                disk.equals("tmpfs")
                        ? List.of("unshare", "-rm", "sh", "-c", "mount -t tmpfs -o size=1m tmpfs \"$0\" && exec \"$@\"")
                        : List.of("unshare", "-m", "sh", "-c", """
                                truncate -s 1536K "$0/disk" &&
                                mke2fs -q -t ext4 -O ^has_journal -m 0 -N 16 "$0/disk" &&
                                mount -o loop "$0/disk" "$0" && exec "$@"
                                """));
        command.add(directory.toString());
        List<String> trial = new ArrayList<>(command);
        trial.add("true");
        assumeTrue(succeeds(trial), "needs a namespace of its own in which it may mount a disk");
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                flag,
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                FullDiskTest.class.getName(),
                directory.resolve("table").toString(),
                kind.name(),
                Boolean.toString(reserve)));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
        Process process = builder.start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).as(output).isZero();
            return output;
        } finally {
            process.destroyForcibly();
        }
    }

    private static boolean succeeds(List<String> command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false; // there is no such program
        }
    }

    /** Claims keys until the disk is full, gives it room, and opens the table again. */
    @SuppressWarnings("SystemOut")
    public static void main(String[] args) throws IOException {
        Path file = Path.of(args[0]);
        Path filler = file.resolveSibling("filler");
        SlotTable.Builder builder = Kind.valueOf(args[1]).builder(CAPACITY);
        if (Boolean.parseBoolean(args[2])) {
            try (SlotTable table = builder.reserveFile().build(file)) {
                System.out.println("built, size=" + table.size());
            } catch (IOException e) {
                System.out.println(e.getMessage());
            }
            return;
        }
        for (int round = 0; round < ROUNDS; round++) {
            int claimed = fill(builder, file, filler, round);
            Files.delete(filler);
            try (SlotTable table = SlotTable.open(file, Ledger.LAYOUT)) {
                if (table.size() < claimed) {
                    throw new IllegalStateException("keys are lost: claimed=" + claimed + " found=" + table.size());
                }
                System.out.println("claimed=" + claimed);
            }
            Files.delete(file);
        }
    }

    /** Leaves room for some pages on the disk, claims keys until it is full, and returns how many. */
    private static int fill(SlotTable.Builder builder, Path file, Path filler, int pages) throws IOException {
        int claimed = 1;
        try (SlotTable table = builder.build(file)) {
            // The slots of the next keys are in the same pages as this one, and their links in others.
            Ledger.book(table.claim(0), 1);
            try (FileChannel channel =
                    FileChannel.open(filler, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                assertThatIOException().isThrownBy(() -> {
                    while (true) {
                        channel.write(ByteBuffer.allocate(PAGE));
                    }
                });
                channel.truncate(channel.size() - (long) pages * PAGE);
            }
            try {
                for (; claimed < CAPACITY; claimed++) {
                    Ledger.book(table.claim(claimed), 1);
                    table.at(claimed).getAndAdd(Ledger.GIVEN, 1);
                }
                throw new IllegalStateException("all fits: claimed=" + claimed);
            } catch (InternalError full) {
                table.at(0).getAndAdd(Ledger.GIVEN, 1);
            }
        } catch (InternalError late) {
            // Of the store before, at a moment of the JVM's choice.
        }
        return claimed;
    }
}
