package org.berth.core.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.agrona.MutableDirectBuffer;
import org.berth.core.store.BytesMap;
import org.berth.offheap.OffHeapBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A snapshot that does not fit on the disk: the older one stays, and nothing else. */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SnapshotFullDiskTest {

    @TempDir
    private Path directory;

    @Test
    void theOlderFileStays() throws Exception {
        assertThat(onSmallDisk())
                .contains("file could not be written: path=" + directory.resolve("snapshot"))
                .contains("the old file is unchanged")
                .endsWith("files=1 loaded=10 saved=10");
    }

    /** Runs {@link #main} where the directory is a disk of 1 MiB, in namespaces of its own. */
    private String onSmallDisk() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of("unshare", "-rm", "sh", "-c", "mount -t tmpfs -o size=1m tmpfs \"$0\" && exec \"$@\""));
        command.add(directory.toString());
        List<String> trial = new ArrayList<>(command);
        trial.add("true");
        assumeTrue(succeeds(trial), "needs a namespace of its own in which it may mount a disk");
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                SnapshotFullDiskTest.class.getName(),
                directory.resolve("snapshot").toString()));
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

    /** Saves a small map, one that is too large, and the small one again. */
    @SuppressWarnings("SystemOut")
    public static void main(String[] args) throws IOException {
        Path file = Path.of(args[0]);
        MutableDirectBuffer bytes = OffHeapBuffer.ofAuto(40_000);
        try (BytesMap map = BytesMap.create();
                BytesMap loaded = BytesMap.create()) {
            put(map, bytes, 0, 10);
            map.save(file);
            put(map, bytes, 10, 50);
            try {
                map.save(file);
                System.out.println("saved on a full disk");
            } catch (IOException e) {
                System.out.println(e.getMessage());
            }
            try (Stream<Path> files = Files.list(file.resolveSibling(""))) {
                System.out.print("files=" + files.count());
            }
            System.out.print(" loaded=" + loaded.load(file));
            loaded.save(file);
            System.out.println(" saved=" + loaded.load(file));
        }
    }

    private static void put(BytesMap map, MutableDirectBuffer bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            bytes.putInt(0, i);
            map.put(bytes, 0, 4, bytes, 0, bytes.capacity());
        }
    }
}
