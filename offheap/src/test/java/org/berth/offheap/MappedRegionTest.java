package org.berth.offheap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.opentest4j.TestAbortedException;

/** No test may read the file by other means while it is mapped, because that would drop the lock. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MappedRegionTest {

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("region");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 7, 8, 128, 4096, 1_000_003})
    void isZeroAndAlignedAndHasTheRequestedLength(long bytes) throws IOException {
        try (Region region = Region.create(file, bytes)) {
            assertThat(region.size()).isEqualTo(bytes);
            OffHeapBuffer buffer = region.buffer(0, (int) bytes);
            assertThat(buffer.addressOffset() % Region.ALIGNMENT).isZero();
            for (int i = 0; i < bytes; i++) {
                assertThat(buffer.getByte(i)).isZero();
            }
            assertThat(region.toString()).isEqualTo("Region[size=" + bytes + ", path=" + file + "]");
        }
        assertThat(Files.size(file)).isEqualTo(bytes);
        try (Region region = Region.open(file)) {
            assertThat(region.size()).isEqualTo(bytes);
            assertThat(region.buffer(0, 1).addressOffset() % Region.ALIGNMENT).isZero();
        }
    }

    @Test
    void contentsSurviveTheRegion() throws Exception {
        try (Region region = Region.create(file, 4096)) {
            region.words().setRelease(0, 1);
            region.defineConstantWords().getAndAdd(8, 2);
            region.buffer(16, 4080).putLong(4072, 3);
        }
        try (Region region = Region.open(file)) {
            assertThat(region.words().get(0)).isEqualTo(1);
            assertThat(region.words().get(8)).isEqualTo(2);
            assertThat(region.words().get(4088)).isEqualTo(3);
            assertThat(region.defineConstantWords().get(4088)).isEqualTo(3);
            region.words().set(0, 4);
        }
        try (Region region = Region.open(file)) {
            assertThat(region.buffer(0, 8).getLong(0)).isEqualTo(4);
        }
    }

    @Test
    void takesDiskSpaceOnlyWhereItIsTouched() throws Exception {
        try (Region region = Region.create(file, 1L << 28)) {
            assertThat(allocatedKibibytes(file)).isLessThan(1 << 10);
            region.words().set(1L << 27, 1);
            region.force();
            assertThat(allocatedKibibytes(file)).isBetween(4L, 1L << 10);
        }
    }

    /** Does not open the file. */
    static long allocatedKibibytes(Path file) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder("du", "-k", file.toString()).start();
        } catch (IOException e) {
            throw new TestAbortedException("needs du", e);
        }
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            String line = output.readLine();
            assertThat(process.waitFor()).isZero();
            return Long.parseLong(line.substring(0, line.indexOf('\t')));
        }
    }

    @Test
    void onlyTheOwnerMayReadAndWriteWhateverTheUmask() throws Exception {
        assumeTrue(file.getFileSystem().supportedFileAttributeViews().contains("posix"));
        List<String> umask = List.of("sh", "-c", "umask 0; exec \"$@\"", "sh");
        try (OtherProcess other = OtherProcess.start(umask, "create", file)) {
            assertThat(other.end()).isEqualTo("created");
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void filesThatExistAreNotCreated() throws IOException {
        Files.writeString(file, "precious");
        assertThatExceptionOfType(FileAlreadyExistsException.class).isThrownBy(() -> Region.create(file, 8));
        assertThat(file).hasContent("precious");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void invalidSizesAreRefused(long bytes) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Region.create(file, bytes))
                .withMessageContaining("bytes=" + bytes);
        assertThat(file).doesNotExist();
    }

    /** The first is too long for some file systems and to be mapped from the others, the second is too long for all. */
    @ParameterizedTest
    @ValueSource(longs = {1L << 48, Long.MAX_VALUE})
    void creationThatFailsLeavesNothing(long bytes) throws IOException {
        assertThatIOException().isThrownBy(() -> Region.create(file, bytes));
        assertThat(folder).isEmptyDirectory();
        Region.create(file, 8).close();
    }

    @Test
    void creationThatIsInterruptedLeavesNothing() throws IOException {
        Thread.currentThread().interrupt();
        try {
            assertThatExceptionOfType(ClosedByInterruptException.class).isThrownBy(() -> Region.create(file, 8));
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(folder).isEmptyDirectory();
        Region.create(file, 8).close();
    }

    @Test
    void missingFilesAreNotOpened() {
        assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> Region.open(file));
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> Region.create(folder.resolve("none").resolve("region"), 8));
        assertThat(file).doesNotExist();
    }

    @Test
    void onlyRegularFilesAreOpened() throws IOException {
        assertThatIOException()
                .isThrownBy(() -> Region.open(folder))
                .withMessageContaining("regular file")
                .withMessageContaining("path=" + folder);

        Files.createFile(file);
        assertThatIOException()
                .isThrownBy(() -> Region.open(file))
                .withMessageContaining("empty")
                .withMessageContaining("path=" + file);
    }

    @ParameterizedTest
    @ValueSource(strings = {"r--------", "-w-------", "---------"})
    void filesThatMayNotBeReadAndWrittenAreNotOpened(String permissions) throws IOException {
        assumeTrue(file.getFileSystem().supportedFileAttributeViews().contains("posix"));
        Region.create(file, 8).close();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        assumeTrue(!Files.isReadable(file) || !Files.isWritable(file), "root may do anything");

        assertThatIOException()
                .isThrownBy(() -> Region.open(file))
                .withMessageContaining("readable and writable")
                .withMessageContaining("path=" + file);

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Region.open(file).close();
    }

    @Test
    void twoRegionsOfThisProcessCannotHaveOneFile() throws Exception {
        Path symbolic = folder.resolve("symbolic");
        Path hard = folder.resolve("hard");
        try (Region region = Region.create(file, 4096)) {
            Files.createSymbolicLink(symbolic, file);
            Files.createLink(hard, file);
            for (Path path : List.of(file, symbolic, hard)) {
                assertThatIllegalStateException()
                        .isThrownBy(() -> Region.open(path))
                        .withMessageContaining("in use")
                        .withMessageContaining("path=" + path);
                assertThatExceptionOfType(FileAlreadyExistsException.class).isThrownBy(() -> Region.create(path, 8));
            }
            region.words().set(0, 1);

            // The attempts that failed have not dropped the lock.
            assertThat(OtherProcess.run("open", file)).contains("refused", "in use", "path=" + file);
        }

        assertThat(OtherProcess.run("open", file)).isEqualTo("opened, mark=1");
        try (Region region = Region.open(symbolic)) {
            assertThat(region.words().get(0)).isEqualTo(1);
            assertThatIllegalStateException().isThrownBy(() -> Region.open(file));
            assertThat(OtherProcess.run("open", file)).contains("refused");
        }
    }

    @Test
    void regionsOfTwoProcessesCannotHaveOneFile() throws Exception {
        Region.create(file, 4096).close();
        try (OtherProcess other = OtherProcess.start(List.of(), "hold", file)) {
            assertThat(other.answer()).isEqualTo("holding");
            assertThatIllegalStateException()
                    .isThrownBy(() -> Region.open(file))
                    .withMessageContaining("in use")
                    .withMessageContaining("path=" + file);
            assertThat(descriptors()).isZero();
            assertThat(other.end()).startsWith("released");
        }
        Region.open(file).close();
    }

    /** How many descriptors of the file this process has, where that can be known. */
    private long descriptors() throws IOException {
        Path descriptors = Path.of("/proc/self/fd");
        if (!Files.isDirectory(descriptors)) {
            return 0;
        }
        try (Stream<Path> all = Files.list(descriptors)) {
            return all.filter(this::isOfTheFile).count();
        }
    }

    private boolean isOfTheFile(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).equals(file.toRealPath());
        } catch (IOException e) {
            return false; // closed meanwhile
        }
    }

    /** Neither a file that is not ready yet, nor one that is deleted already. */
    @Test
    void filesThatOtherProcessesCreateAndDeleteAreNeverOpened() throws Exception {
        int refused = 0;
        try (OtherProcess other = OtherProcess.start(List.of(), "churn", file)) {
            assertThat(other.answer()).isEqualTo("churning");
            while (other.isAlive()) {
                try (Region region = Region.open(file)) {
                    throw new AssertionError("opened: region=" + region);
                } catch (IllegalStateException | IOException e) {
                    refused++;
                }
            }
            assertThat(other.end()).matches("churned, retries=[0-9]");
        }
        assertThat(refused).isPositive();
    }

    @Test
    void processesThatAreKilledLoseNothingAndReleaseTheFile() throws Exception {
        Region.create(file, 4096).close();
        try (OtherProcess other = OtherProcess.start(List.of(), "hold", file)) {
            assertThat(other.answer()).isEqualTo("holding");
        }
        try (Region region = Region.open(file)) {
            assertThat(region.words().get(0)).isEqualTo(OtherProcess.MARK);
        }
    }

    @Test
    void filesThatOtherCodeOfThisProcessHasLockedAreInUse() throws IOException {
        Region.create(file, 4096).close();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            assertThat(channel.tryLock()).isNotNull();
            assertThatIllegalStateException()
                    .isThrownBy(() -> Region.open(file))
                    .withMessageContaining("in use")
                    .withMessageContaining("path=" + file);
        }
        Region.open(file).close();
    }

    @Test
    void theLockOutlivesTheRegionObject() throws Exception {
        Words words = Region.create(file, 4096).words();
        for (int i = 0; i < 10; i++) {
            System.gc();
            Thread.sleep(20);
        }
        assertThat(OtherProcess.run("open", file)).contains("refused");
        words.set(0, 1);
    }

    @Test
    void forcingWritesToTheDevice() throws IOException {
        Path maps = Path.of("/proc/self/smaps");
        assumeTrue(Files.isReadable(maps), "needs Linux");
        assumeTrue(!Files.getFileStore(folder).type().equals("tmpfs"), "needs a file system with a device");
        // The kernel calls a mapping by the name that the file had when it was opened.
        Region.create(file, 1 << 20).close();
        try (Region region = Region.open(file)) {
            for (int i = 0; i < region.size(); i += Long.BYTES) {
                region.words().set(i, i);
            }
            assertThat(dirtyKibibytes(maps)).isPositive();
            region.force();
            assertThat(dirtyKibibytes(maps)).isZero();
        }
    }

    /** The number of bytes of the file that are changed in memory only. */
    private long dirtyKibibytes(Path maps) throws IOException {
        List<String> lines = Files.readAllLines(maps);
        long sum = -1;
        boolean inside = false;
        for (String line : lines) {
            if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                inside = line.endsWith(file.toRealPath().toString());
            } else if (inside && line.contains("_Dirty:")) {
                sum = Math.max(0, sum) + Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        return sum;
    }

    @Test
    void closesOnceAndForAll() throws Exception {
        Region region = Region.create(file, 64);
        Words words = region.words();
        OffHeapBuffer buffer = region.buffer(0, 64);
        region.close();
        assertThat(region.isClosed()).isTrue();
        assertThat(region.toString()).endsWith("region, closed]");
        assertThat(region.description()).isEqualTo(file.toString());
        assertThatIllegalStateException()
                .isThrownBy(() -> words.getAcquire(0))
                .withMessageContaining("memory is closed: offset=0, region=" + file);
        assertThatIllegalStateException().isThrownBy(() -> buffer.getLong(0));
        assertThatIllegalStateException()
                .isThrownBy(region::force)
                .withMessageContaining("region is closed: region=" + file);

        // Closing again is not to release what another region has now.
        try (Region next = Region.open(file)) {
            region.close();
            assertThatIllegalStateException().isThrownBy(() -> Region.open(file));
            assertThat(OtherProcess.run("open", file)).contains("refused");
            assertThat(next.isClosed()).isFalse();
        }
    }

    /** Forces so much that it takes a while, and closes meanwhile. */
    @Test
    void closeWaitsForForce() throws Exception {
        Region region = Region.create(file, 1 << 25);
        for (int i = 0; i < region.size(); i += 4096) {
            region.words().set(i, i + 1);
        }
        FutureTask<Boolean> force = new FutureTask<>(region::force, true);
        Thread thread = new Thread(force);
        thread.start();
        while (thread.isAlive() && Stream.of(thread.getStackTrace()).noneMatch(MappedRegionTest::isForce)) {
            Thread.onSpinWait();
        }
        region.close();
        assertThat(force.get()).isTrue();
    }

    private static boolean isForce(StackTraceElement frame) {
        return frame.isNativeMethod() && frame.getMethodName().startsWith("force");
    }

    @Test
    void closingUnderLoadGivesExceptionsAndNoCrash() throws Exception {
        Region.create(file, 4096).close();
        for (int round = 0; round < TestDepth.of(30, 100); round++) {
            Region region = Region.open(file);
            RegionTest.closeUnderLoad(region, false, List.of(forcing(region)));
        }
    }

    @Test
    void closingUnderLoadGivesExceptionsAndNoCrashIfTheWordsAreConstant() throws Exception {
        Region.create(file, 4096).close();
        for (int round = 0; round < 5; round++) {
            Region region = Region.open(file);
            RegionTest.closeUnderLoad(region, true, List.of(forcing(region)));
        }
    }

    private static Callable<Long> forcing(Region region) {
        return () -> {
            long count = 0;
            try {
                while (!Thread.currentThread().isInterrupted()) {
                    region.force();
                    count++;
                }
            } catch (IllegalStateException e) {
                assertThat(e).hasMessageContaining("closed");
            } catch (UncheckedIOException e) {
                throw new AssertionError("forced what was unmapped", e);
            }
            return count;
        };
    }

    @Test
    void filesThatAreTruncatedWhileMappedGiveErrorsAndNoCrash() throws Exception {
        Region.create(file, 4096).close();
        assertThat(OtherProcess.run("truncate", file)).matches("errors=[1-9][0-9]*");
    }
}
