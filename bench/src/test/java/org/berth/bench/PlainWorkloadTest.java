package org.berth.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.dynatrace.hash4j.hashing.Hashing;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.AtomicBuffer;
import org.berth.core.slots.SlotTable;
import org.berth.offheap.Region;
import org.jctools.queues.MessagePassingQueue;
import org.jctools.queues.varhandle.MpscVarHandleArrayQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Berth needs no flags and provokes no warnings, where the JVM denies everything that it can deny. */
class PlainWorkloadTest {

    @TempDir
    private Path folder;

    @Test
    void runsSilentlyOnTheClassPath() throws IOException, InterruptedException {
        assertRuns("-cp", System.getProperty("java.class.path"));
    }

    @Test
    void runsSilentlyOnTheModulePath() throws IOException, InterruptedException, URISyntaxException {
        String modules = String.join(
                System.getProperty("path.separator"),
                location(SlotTable.class),
                location(Region.class),
                location(AtomicBuffer.class),
                location(Hashing.class),
                location(MessagePassingQueue.class),
                location(MpscVarHandleArrayQueue.class));

        assertRuns("--module-path", modules, "--add-modules", "org.berth.core", "-cp", location(PlainWorkload.class));
    }

    private void assertRuns(String... where) throws IOException, InterruptedException {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--sun-misc-unsafe-memory-access=deny",
                "--illegal-native-access=deny"));
        command.addAll(List.of(where));
        command.add(PlainWorkload.class.getName());
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        // The JVM says on stderr that it has read them.
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
        Process process = builder.start();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }

        assertThat(err).content().isEmpty();
        assertThat(out).content().matches("total=800000 tickets=800000 expected=800000 each, [0-9]+ ops/s\\R");
        assertThat(process.exitValue()).isZero();
    }

    private static String location(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString();
    }
}
