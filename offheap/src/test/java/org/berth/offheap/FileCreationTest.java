package org.berth.offheap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.berth.offheap.internal.TemporaryName;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file that has its name is complete, whenever its creator ends, and what a creator leaves behind is deleted. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FileCreationTest {

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("region");
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.sorted().toList();
        }
    }

    @Test
    void theFileHasItsNameOnlyWhenItIsComplete() throws IOException {
        List<Path> during = new ArrayList<>();
        try (Region region = Region.create(file, 4096, words -> {
            during.addAll(TemporaryName.list(file));
            assertThat(file).doesNotExist();
            assertThat(words.size()).isEqualTo(4096);
            assertThat(words.get(8)).isZero();
            words.set(8, 7);
        })) {
            assertThat(during).singleElement().asString().matches(".*/\\.region\\.[0-9a-f]{16}\\.new");
            assertThat(files()).containsExactly(file);
            assertThat(region.words().get(8)).isEqualTo(7);
            assertThat(region.toString()).contains("path=" + file);
            assertThatIllegalStateException().isThrownBy(() -> Region.open(file));
        }
        try (Region region = Region.open(file)) {
            assertThat(region.words().get(8)).isEqualTo(7);
        }
    }

    @Test
    void contentThatThrowsLeavesNothing() throws IOException {
        List<Words> leaked = new ArrayList<>();
        assertThatExceptionOfType(ArithmeticException.class)
                .isThrownBy(() -> Region.create(file, 4096, words -> {
                    leaked.add(words);
                    words.set(0, 1 / words.get(0));
                }));
        assertThat(files()).isEmpty();
        assertThatIllegalStateException().isThrownBy(() -> leaked.getFirst().get(0));
        Region.create(file, 8).close();
    }

    @Test
    void creatorsThatAreKilledLeaveNoFileOfTheName() throws Exception {
        assertThat(OtherProcess.run("halt", file)).isEmpty();
        assertThat(file).doesNotExist();
        assertThat(files()).hasSize(1);

        try (Region region = Region.create(file, 4096)) {
            assertThat(region.words().get(0)).isZero();
            assertThat(files()).containsExactly(file);
        }
    }

    /** What creators leave that are killed after the creation, the extension and the naming of the file. */
    @ParameterizedTest
    @ValueSource(strings = {"empty", "long", "named"})
    void whatKilledCreatorsLeaveIsDeleted(String step) throws IOException {
        Path left = TemporaryName.of(file);
        for (boolean reopened : new boolean[] {false, true}) {
            Files.deleteIfExists(file);
            if (reopened || step.equals("named")) {
                Region.create(file, 4096, words -> words.set(0, 1)).close();
            }
            switch (step) {
                case "empty" -> Files.createFile(left);
                case "long" -> Files.write(left, new byte[4096]);
                default -> Files.createLink(left, file);
            }
            assertThat(files()).contains(left);
            if (Files.exists(file)) {
                assertThatExceptionOfType(FileAlreadyExistsException.class).isThrownBy(() -> Region.create(file, 4096));
                try (Region region = Region.open(file)) {
                    assertThat(files()).containsExactly(file);
                    assertThat(region.words().get(0)).isEqualTo(1);
                    assertThatIllegalStateException().isThrownBy(() -> Region.open(file));
                }
            } else {
                Region.create(file, 4096).close();
                assertThat(files()).containsExactly(file);
            }
        }
    }

    /** To open it and close it again would drop the lock. */
    @Test
    void aSecondNameOfARegionOfThisProcessIsDeletedAndTheLockIsKept() throws Exception {
        Path left = TemporaryName.of(file);
        Path moved = folder.resolve("moved");
        try (Region region = Region.create(file, 4096)) {
            Files.createLink(left, file);
            Files.move(file, moved);
            Region.create(file, 4096).close();
            assertThat(files()).containsExactly(moved, file);
            assertThat(OtherProcess.run("open", moved)).contains("refused", "in use");
            assertThat(region.words().get(0)).isZero();
        }
    }

    @Test
    void otherFilesAreLeftAlone() throws IOException {
        String digits = "0123456789abcdef";
        List<Path> others = Stream.of(
                        ".region." + digits + ".old",
                        ".region." + digits + "0.new",
                        ".region." + digits.replace('a', 'g') + ".new",
                        ".region.part." + digits + ".new",
                        ".region2." + digits + ".new",
                        "region." + digits + ".new",
                        "xregion." + digits + ".new")
                .map(folder::resolve)
                .sorted()
                .toList();
        for (Path other : others) {
            Files.createFile(other);
        }
        Path directory = Files.createDirectory(TemporaryName.of(file));
        Path symbolic = Files.createSymbolicLink(TemporaryName.of(file), others.getFirst());

        Region.create(file, 8).close();
        Region.open(file).close();

        assertThat(files())
                .containsAll(others)
                .contains(directory, symbolic, file)
                .hasSize(others.size() + 3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "[a]{b}?", "a b", "\u00e4", ".new", "."})
    void namesMayHaveAnyCharacters(String name) throws IOException {
        Path odd = folder.resolve("x" + name);
        Path left = Files.createFile(TemporaryName.of(odd));
        Region.create(odd, 8).close();
        assertThat(left).doesNotExist();
        assertThat(files()).containsExactly(odd);
    }

    @Test
    void namesMayBeAsLongAsTheFileSystemAllows() throws IOException {
        Path longest = folder.resolve("n".repeat(255));
        Path left = Files.createFile(TemporaryName.of(longest));
        Region.create(longest, 8).close();
        assertThat(left).doesNotExist();
        Region.open(longest).close();
    }

    @Test
    void relativePathsWork() throws IOException {
        Path relative = Path.of("").toAbsolutePath().relativize(file.toAbsolutePath());
        Path left = Files.createFile(TemporaryName.of(file));
        Region.create(relative, 8).close();
        assertThat(left).doesNotExist();

        Path name = Path.of("created-by-a-test-" + ProcessHandle.current().pid());
        Path besideIt = Files.createFile(TemporaryName.of(name));
        try {
            Region.create(name, 8).close();
            assertThat(besideIt).doesNotExist();
            Region.open(name).close();
        } finally {
            Files.deleteIfExists(besideIt);
            Files.deleteIfExists(name);
        }
    }

    @Test
    void aLivingCreatorOfAnotherProcessIsLeftAlone() throws Exception {
        try (OtherProcess other = OtherProcess.start(List.of(), "fill", file)) {
            assertThat(other.answer()).isEqualTo("filling");
            Path temporary = files().getFirst();
            Path second = folder.resolve("second");

            // Creates beside it, and wins.
            try (Region region = Region.create(file, 64)) {
                assertThat(files()).containsExactly(temporary, file);
                Files.move(file, second);
                assertThat(region.size()).isEqualTo(64);
            }
            // The lock still holds.
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                assertThat(channel.tryLock()).isNull();
            }
            assertThat(other.end()).isEqualTo("created, mark=" + OtherProcess.MARK);
            assertThat(files()).containsExactly(file, second);
        }
    }

    @Test
    void aFileThatIsThereMeanwhileIsNotReplaced() throws Exception {
        try (OtherProcess other = OtherProcess.start(List.of(), "fill", file)) {
            assertThat(other.answer()).isEqualTo("filling");
            Files.writeString(file, "precious");
            assertThat(other.end()).isEqualTo("exists, path=" + file);
        }
        assertThat(file).hasContent("precious");
        assertThat(files()).containsExactly(file);
    }

    /** A thread that fills a file does not keep others from creating and opening files. */
    @Test
    void aLivingCreatorOfThisProcessIsLeftAlone() throws Exception {
        CountDownLatch filling = new CountDownLatch(1);
        CountDownLatch created = new CountDownLatch(1);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<Region> slow = thread.submit(() -> Region.create(file, 4096, words -> {
                filling.countDown();
                await(created);
            }));
            filling.await();
            List<Path> temporary = files();
            Region.create(file, 64).close();
            Region.open(file).close();
            assertThat(files()).containsAll(temporary).contains(file);
            Files.delete(file);
            created.countDown();
            try (Region region = slow.get()) {
                assertThat(files()).containsExactly(file);
                assertThat(OtherProcess.run("open", file)).contains("refused", "in use");
                assertThat(region.size()).isEqualTo(4096);
            }
        } finally {
            created.countDown();
            thread.shutdownNow();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void ofManyThreadsOneCreates() throws Exception {
        int threads = 4;
        CyclicBarrier start = new CyclicBarrier(threads);
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            for (int round = 0; round < TestDepth.of(50, 300); round++) {
                List<Callable<Boolean>> creators = new ArrayList<>();
                for (int i = 0; i < threads; i++) {
                    long mark = i;
                    creators.add(() -> {
                        start.await();
                        return creates(mark);
                    });
                }
                int winners = 0;
                for (Future<Boolean> result : executor.invokeAll(creators)) {
                    winners += result.get() ? 1 : 0;
                }
                assertThat(winners).isEqualTo(1);
                assertThat(files()).containsExactly(file);
                Files.delete(file);
            }
        } finally {
            executor.shutdownNow();
        }
    }

    private boolean creates(long mark) throws IOException {
        try (Region region = Region.create(file, 4096, words -> words.set(0, mark))) {
            assertThat(region.words().get(0)).isEqualTo(mark);
            return true;
        } catch (FileAlreadyExistsException e) {
            assertThat(e).hasMessage(file.toString());
            return false;
        }
    }

    @Test
    void ofManyProcessesOneCreates() throws Exception {
        List<OtherProcess> others = new ArrayList<>();
        try {
            for (int i = 0; i < 4; i++) {
                others.add(OtherProcess.start(List.of(), "compete", file));
            }
            for (OtherProcess other : others) {
                assertThat(other.answer()).isEqualTo("ready");
            }
            others.forEach(OtherProcess::endInput);
            List<String> answers = new ArrayList<>();
            for (OtherProcess other : others) {
                answers.add(other.end());
            }
            assertThat(answers).containsOnlyOnce("created, mark=" + OtherProcess.MARK);
            answers.remove("created, mark=" + OtherProcess.MARK);
            assertThat(answers).hasSize(3).containsOnly("exists");
        } finally {
            others.forEach(OtherProcess::close);
        }
        assertThat(files()).containsExactly(file);
    }

    @Test
    void withoutHardLinksTheFileIsMoved() throws IOException {
        Path temporary = Files.writeString(TemporaryName.of(file), "new");
        Exception obstacle = new UnsupportedOperationException("no links");
        LockedFile.moveInstead(file, temporary, obstacle);
        assertThat(files()).containsExactly(file);
        assertThat(file).hasContent("new");

        Files.writeString(temporary, "newer");
        assertThatExceptionOfType(FileAlreadyExistsException.class)
                .isThrownBy(() -> LockedFile.moveInstead(file, temporary, obstacle))
                .withMessage(file.toString())
                .satisfies(e -> assertThat(e.getSuppressed()).containsExactly(obstacle));
        assertThat(file).hasContent("new");
    }

    /** Its directory cannot be listed, so nothing can be deleted there, and all else works. */
    @Test
    void directoriesThatCannotBeReadAreEnough() throws IOException {
        assumeTrue(folder.toFile().setReadable(false) && !Files.isReadable(folder), "root may do anything");
        try {
            Region.create(file, 8).close();
            Region.open(file).close();
        } finally {
            assertThat(folder.toFile().setReadable(true)).isTrue();
        }
    }
}
