package org.berth.offheap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Space that is reserved is there: a full disk is an exception when the file is created, and nothing after that. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FileReservationTest {

    /** Lets the kernel allocate the space, and has zeros written. */
    private static final String NATIVE = "--enable-native-access=ALL-UNNAMED";

    private static final String ZEROS = "-ea";

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("region");
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 1",
        "1, 100, 100",
        "1, 65536, 65536",
        "1, 65537, 65536",
        "1, 1000000, 65536",
        "65536, 1000000, 65536",
        "65537, 1000000, 131072",
        "983040, 1000000, 983040",
        "983041, 1000000, 1000000",
        "1000000, 1000000, 1000000",
        "9223372036854775807, 9223372036854775807, 9223372036854775807",
        "1, 9223372036854775807, 65536"
    })
    void reservationsAreOfWholePages(long reserved, long bytes, long length) {
        assertThat(FileReservation.length(reserved, bytes)).isEqualTo(length);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 4096, 100_000, 1 << 20})
    void whatIsReservedTakesSpaceAndIsZero(long reserved) throws Exception {
        try (Region region = Region.create(file, 1 << 20, reserved, words -> words.set(8, 1))) {
            assertThat(MappedRegionTest.allocatedKibibytes(file)).isBetween(reserved >> 10, (reserved >> 10) + 256);
            assertThat(region.words().get(8)).isEqualTo(1);
            for (int offset = 16; offset < region.size(); offset += Long.BYTES) {
                assertThat(region.words().get(offset)).isZero();
            }
        }
        assertThat(Files.size(file)).isEqualTo(1 << 20);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 4097, Long.MAX_VALUE, Long.MIN_VALUE})
    void onlyBytesOfTheFileAreReserved(long reserved) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Region.create(file, 4096, reserved, words -> {}))
                .withMessageContaining("reserved=" + reserved + ", bytes=4096");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void reservationsThatAreInterruptedLeaveNothing() {
        Thread.currentThread().interrupt();
        try {
            assertThatExceptionOfType(ClosedByInterruptException.class)
                    .isThrownBy(() -> Region.create(file, 1 << 20, 1 << 20, words -> {}));
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(folder).isEmptyDirectory();
    }

    /** Where the limit on the length of files stands for the size of the disk: that works everywhere. */
    @ParameterizedTest
    @ValueSource(strings = {NATIVE, ZEROS})
    @DisabledOnOs(OS.WINDOWS)
    void noSpaceIsAnExceptionAndLeavesNothing(String flag) throws Exception {
        List<String> limit = List.of("sh", "-c", "ulimit -f 512; exec \"$@\"", "sh");
        try (OtherProcess other = OtherProcess.start(limit, List.of(flag), "reserve", file)) {
            assertThat(other.end())
                    .startsWith("left=0, no space for the file: path=")
                    .contains("reserved=2097152 error=");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {NATIVE, ZEROS})
    void onAFullDiskNoReservationIsMade(String flag) throws Exception {
        try (OtherProcess other = OtherProcess.start(smallDisk(), List.of(flag), "reserve", file)) {
            assertThat(other.end())
                    .startsWith("left=0, no space for the file: path=")
                    .contains("reserved=2097152 error=");
        }
    }

    /** In the interpreter, too, which an atomic update that finds the disk full would crash. */
    @ParameterizedTest
    @CsvSource({NATIVE + ",-Xint", ZEROS + ",-Xint", NATIVE + ",-Xcomp", ZEROS + ",-Xcomp"})
    void onAFullDiskReservedBytesCanBeUpdated(String access, String compilation) throws Exception {
        try (OtherProcess other = OtherProcess.start(smallDisk(), List.of(access, compilation), "full", file)) {
            assertThat(other.end()).isIn("marks=" + OtherProcess.MARK + ", errors=1", "late error");
        }
    }

    /** A command that has a disk of 1 MiB at the folder, in namespaces of its own. */
    private List<String> smallDisk() throws InterruptedException {
        String mount = "mount -t tmpfs -o size=1m tmpfs '" + folder + "' && exec \"$@\"";
        List<String> command = List.of("unshare", "-rm", "sh", "-c", mount, "sh");
        assumeTrue(succeeds(command), "needs a namespace of its own in which it may mount a disk");
        return command;
    }

    private static boolean succeeds(List<String> prefix) throws InterruptedException {
        List<String> command = new ArrayList<>(prefix);
        command.add("true");
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
}
