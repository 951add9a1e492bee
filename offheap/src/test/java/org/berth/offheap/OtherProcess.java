package org.berth.offheap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Another JVM that uses the same file, started with all denials that the JVM offers. */
final class OtherProcess implements AutoCloseable {

    /** The value that it writes at offset 0. */
    static final long MARK = 0x1234_5678_9ABC_DEF0L;

    private final Process process;
    private final BufferedReader answers;

    private OtherProcess(Process process) {
        this.process = process;
        this.answers = process.inputReader(StandardCharsets.UTF_8);
    }

    /**
     * Starts one.
     *
     * @param prefix of the shell command that starts Java
     * @param what   to do, see {@link #main}
     */
    static OtherProcess start(List<String> prefix, String what, Path file) throws IOException {
        return start(prefix, List.of(), what, file);
    }

    /**
     * Starts one.
     *
     * @param prefix of the shell command that starts Java
     * @param flags  of the JVM
     * @param what   to do, see {@link #main}
     */
    static OtherProcess start(List<String> prefix, List<String> flags, String what, Path file) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--sun-misc-unsafe-memory-access=deny",
                "--illegal-native-access=deny",
                "-Xmx64m"));
        command.addAll(flags);
        command.addAll(List.of(
                "-cp", System.getProperty("java.class.path"), OtherProcess.class.getName(), what, file.toString()));
        // A warning would be taken for an answer, so that tests that look at the answer see that there was none.
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        // The JVM says on stderr that it has read them.
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
        return new OtherProcess(builder.start());
    }

    /** Starts one, reads all its output, and lets it end by itself. */
    static String run(String what, Path file) throws IOException, InterruptedException {
        try (OtherProcess other = start(List.of(), what, file)) {
            return other.end();
        }
    }

    /** The next line of its output. */
    String answer() throws IOException {
        return String.valueOf(answers.readLine());
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Lets it go on or end by itself. */
    void endInput() {
        try {
            process.outputWriter(StandardCharsets.UTF_8).close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads all its output, and lets it end by itself. */
    String end() throws IOException, InterruptedException {
        endInput();
        String all = answers.readAllAsString().strip();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(all).isZero();
        return all;
    }

    /** Kills it as {@code kill -9} does. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The other process. The arguments are what to do, and the file. */
    @SuppressWarnings("SystemOut")
    public static void main(String[] args) throws IOException {
        Path file = Path.of(args[1]);
        System.out.println(
                switch (args[0]) {
                    case "create" -> create(file);
                    case "halt" -> halt(file);
                    case "fill" -> fill(file);
                    case "compete" -> compete(file);
                    case "open" -> open(file);
                    case "full" -> full(file);
                    case "reserve" -> reserve(file);
                    case "hold" -> hold(file);
                    case "churn" -> churn(file);
                    case "truncate" -> truncate(file);
                    default -> throw new IllegalArgumentException("what=" + args[0]);
                });
    }

    private static String create(Path file) throws IOException {
        try (Region region = Region.create(file, 4096)) {
            region.words().setVolatile(0, MARK);
            return "created";
        }
    }

    /** Ends as by {@code kill -9}, while it creates the file. */
    private static String halt(Path file) throws IOException {
        try (Region region = Region.create(file, 4096, words -> {
            words.setVolatile(0, MARK);
            Runtime.getRuntime().halt(0);
        })) {
            return "created, size=" + region.size();
        }
    }

    /** Goes on creating the file until it is killed or its input ends. */
    @SuppressWarnings("SystemOut")
    private static String fill(Path file) throws IOException {
        try (Region region = Region.create(file, 4096, words -> {
            words.setVolatile(0, MARK);
            System.out.println("filling");
            awaitInput();
        })) {
            return "created, mark=" + region.words().getVolatile(0);
        } catch (FileAlreadyExistsException e) {
            return "exists, path=" + e.getMessage();
        }
    }

    /** Creates the file when its input ends, and keeps it. */
    @SuppressWarnings("SystemOut")
    private static String compete(Path file) throws IOException {
        System.out.println("ready");
        awaitInput();
        try {
            Region region = Region.create(file, 4096, words -> words.set(0, MARK));
            return "created, mark=" + region.words().get(0);
        } catch (FileAlreadyExistsException e) {
            return "exists";
        }
    }

    private static void awaitInput() {
        try {
            if (System.in.read() >= 0) {
                throw new IllegalStateException("unexpected input");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String open(Path file) throws IOException {
        try (Region region = Region.open(file)) {
            return "opened, mark=" + region.words().getVolatile(0);
        } catch (IllegalStateException e) {
            return "refused, " + e.getMessage();
        }
    }

    /** Fills the disk of 1 MiB, on which the first half of the file is reserved, and then updates the file. */
    private static String full(Path file) throws IOException {
        Path filler = file.resolveSibling("filler");
        try (Region region = Region.create(file, 1 << 22, 1 << 19, words -> {})) {
            Words words = region.words();
            assertThatIOException().isThrownBy(() -> Files.write(filler, new byte[1 << 20]));
            for (int offset = 0; offset < 1 << 19; offset += Long.BYTES) {
                words.getAndAdd(offset, 1);
                words.compareAndSet(offset, 1, MARK);
            }
            int errors = 0;
            try {
                // A plain store, as an atomic update would crash the JVM.
                words.set(1 << 21, 1);
                Thread.onSpinWait();
            } catch (InternalError e) {
                errors++;
            }
            return "marks=" + words.get((1 << 19) - Long.BYTES) + ", errors=" + errors;
        } catch (InternalError late) {
            return "late error";
        }
    }

    /** Reserves more than there can be, which must leave no file. */
    private static String reserve(Path file) throws IOException {
        try (Region region = Region.create(file, 1 << 22, 1 << 21, words -> {})) {
            return "created, size=" + region.size();
        } catch (IOException e) {
            try (Stream<Path> left = Files.list(file.resolveSibling(""))) {
                return "left=" + left.count() + ", " + e.getMessage();
            }
        }
    }

    /** Holds the file until it is killed or its input ends. */
    @SuppressWarnings("SystemOut")
    private static String hold(Path file) throws IOException {
        try (Region region = Region.open(file)) {
            region.words().setVolatile(0, MARK);
            System.out.println("holding");
            return "released, read=" + System.in.read();
        }
    }

    /** Creates the file and deletes it again while it is mapped, many times: no other process ever gets it. */
    @SuppressWarnings("SystemOut")
    private static String churn(Path file) throws IOException {
        System.out.println("churning");
        int retries = 0;
        for (int i = 0; i < 4_000; i++) {
            try (Region region = Region.create(file, 4096)) {
                region.words().set(0, i);
                Files.delete(file);
            } catch (IllegalStateException e) {
                retries++; // rare: the other process has taken the new file for one that was deleted
            }
        }
        return "churned, retries=" + retries;
    }

    /** Truncates the file under the mapping and goes on reading and writing it, interpreted at first, then compiled. */
    private static String truncate(Path file) throws IOException {
        int errors = 0;
        try (Region region = Region.open(file)) {
            touch(region.words(), 0);
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(0);
            }
            // Around the loop, because the error can come after the access, at the end of the loop's body for example.
            for (int i = 0; i < 50_000; ) {
                try {
                    while (i < 50_000) {
                        touch(region.words(), i++);
                    }
                } catch (InternalError e) {
                    errors++;
                }
            }
        } catch (InternalError late) {
            errors++;
        }
        return "errors=" + errors;
    }

    private static void touch(Words words, int i) {
        long at = (i & 7) * 8L;
        words.setRelease(at, words.getAcquire(at) + 1);
        words.getAndAdd(at, words.get(at));
        words.compareAndSet(at, 0, i);
    }
}
