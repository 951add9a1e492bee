package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.berth.offheap.Region;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A table's file that another process has open, also where it has lost the file's lock. */
@Timeout(120)
class FileInUseTest {

    @TempDir
    Path folder;

    @Test
    void aFileIsRefusedThoughItsProcessHasLostTheLock() throws Exception {
        Path file = folder.resolve("table");
        try (SlotTable table = SlotTable.builder(TestLayout.LAYOUT, 2).build(file);
                Slot slot = table.claim(1)) {
            assertThat(openElsewhere(file)).contains("file is in use");
            // As any reading of the file does, POSIX drops the lock when the descriptor is closed.
            Files.copy(file, folder.resolve("copy"));
            assertThat(openElsewhere(file))
                    .contains("IllegalStateException")
                    .contains("in use by pid " + ProcessHandle.current().pid());
            slot.set(TestLayout.ORDERS, 5);
        }
        assertThat(openElsewhere(file)).contains("opened: orders=5");
    }

    @Test
    void aProcessThatHasEndedOrIsAnotherOneOfItsIdDoesNotKeepAFile() throws Exception {
        Path file = folder.resolve("table");
        long parent = ProcessHandle.current().parent().orElseThrow().pid();
        long start = ProcessHandle.of(parent)
                .orElseThrow()
                .info()
                .startInstant()
                .orElseThrow()
                .toEpochMilli();
        SlotTable.builder(TestLayout.LAYOUT, 2).build(file).close();
        assertThat(open(file, parent, start)).contains("in use by pid " + parent);
        assertThat(open(file, parent, start + 900)).as("rounded otherwise").contains("in use by pid " + parent);
        assertThat(open(file, parent, 0)).as("it would know its start").isEqualTo("opened");
        assertThat(open(file, parent, start - 60_000))
                .as("a later process of that id")
                .isEqualTo("opened");
        assertThat(open(file, 0x7FFF_FFF0L, start)).as("no such process").isEqualTo("opened");
        assertThat(open(file, ProcessHandle.current().pid(), 1))
                .as("this id, before")
                .isEqualTo("opened");
    }

    private static String open(Path file, long pid, long start) throws IOException {
        try (Region region = Region.open(file)) {
            region.words().set(TableDescriptor.PROCESSES, pid);
            region.words().set(TableDescriptor.PROCESSES + Long.BYTES, start);
        }
        try (SlotTable table = SlotTable.open(file, TestLayout.LAYOUT)) {
            return table.isClosed() ? "closed" : "opened";
        } catch (IllegalStateException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static String openElsewhere(Path file) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FileInUseTest.class.getName(),
                        file.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return output;
    }

    /** Opens a table in another process. */
    public static void main(String[] args) throws IOException {
        try (SlotTable table = SlotTable.open(Path.of(args[0]), TestLayout.LAYOUT)) {
            System.out.println("opened: orders=" + table.at(1).get(TestLayout.ORDERS));
        }
    }
}
