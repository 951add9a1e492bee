package org.berth.offheap.placement;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryLimitTest {

    private static final String VERSION_2 = "27 23 0:24 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n";
    private static final String VERSION_1 =
            "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n";

    @TempDir
    private Path root;

    private KernelTree tree;

    @BeforeEach
    void makeTree() {
        tree = new KernelTree(root);
    }

    private KernelTree group(String name, String limit, String used, int cache) {
        String directory = "sys/fs/cgroup" + name + "/";
        return tree.file(directory + "memory.max", limit + "\n")
                .file(directory + "memory.current", used + "\n")
                .file(
                        directory + "memory.stat",
                        "anon 5\ninactive_anon 7\ninactive_file %d\nactive_file 1\nfile 9\n".formatted(cache - 1));
    }

    private Optional<MemoryLimit> limit() {
        return MemoryLimit.read(root);
    }

    @Test
    void theGroupWithLeastLeftHasTheLimit() {
        tree.file("proc/self/cgroup", "0::/outer/inner\n").file("proc/self/mountinfo", VERSION_2);
        group("/outer/inner", "max", "500", 1);
        group("/outer", "2000", "1900", 800);
        group("", "9000", "8999", 100);
        group("/other", "1", "1", 1);
        MemoryLimit top = new MemoryLimit(9000, 8899, "/sys/fs/cgroup/memory.max");
        assertThat(limit()).contains(top);
        assertThat(top.left()).isEqualTo(101);

        group("/outer/inner", "600", "550", 10);
        assertThat(limit()).contains(new MemoryLimit(600, 540, "/sys/fs/cgroup/outer/inner/memory.max"));
    }

    @Test
    void aContainerSeesItsGroupAsTheTopmost() {
        tree.file("proc/self/cgroup", "0::/\n").file("proc/self/mountinfo", VERSION_2);
        group("", "1000", "400", 100);
        assertThat(limit()).contains(new MemoryLimit(1000, 300, "/sys/fs/cgroup/memory.max"));
    }

    @Test
    void groupsOfVersionOne() {
        String group = "sys/fs/cgroup/memory/job/";
        tree.file("proc/self/cgroup", "4:memory:/job\n0::/\n")
                .file("proc/self/mountinfo", VERSION_1)
                .file(group + "memory.limit_in_bytes", "4096\n")
                .file(group + "memory.usage_in_bytes", "3000\n")
                .file(
                        group + "memory.stat",
                        "inactive_file 1\nactive_file 2\ntotal_inactive_file 1500\ntotal_active_file 500\n");
        assertThat(limit()).contains(new MemoryLimit(4096, 1000, "/" + group + "memory.limit_in_bytes"));
    }

    /** The kernel's number for none: more than any machine has. */
    @Test
    void noLimitOfVersionOneLeavesEnough() {
        String group = "sys/fs/cgroup/memory/";
        tree.file("proc/self/cgroup", "4:memory:/\n")
                .file("proc/self/mountinfo", VERSION_1)
                .file(group + "memory.limit_in_bytes", "9223372036854771712\n")
                .file(group + "memory.usage_in_bytes", "3000\n")
                .file(group + "memory.stat", "total_inactive_file 0\ntotal_active_file 0\n");
        assertThat(limit()).hasValueSatisfying(limit -> assertThat(limit.left()).isGreaterThan(1L << 60));
    }

    @Test
    void moreCacheThanUseIsNoUse() {
        tree.file("proc/self/cgroup", "0::/\n").file("proc/self/mountinfo", VERSION_2);
        group("", "1000", "400", 500);
        assertThat(limit()).contains(new MemoryLimit(1000, 0, "/sys/fs/cgroup/memory.max"));
        group("", "300", "400", 10);
        assertThat(limit()).hasValueSatisfying(limit -> assertThat(limit.left()).isZero());
    }

    @ParameterizedTest
    @CsvSource({
        "max, 100",
        "'', 100",
        "-1, 100",
        "1000, ''",
        "1000, -5",
        "1000, many",
        "a lot, 1",
        "1 2, 1",
        "0x10, 1",
        "99999999999999999999, 1",
        "9999999999999999999, 1"
    })
    void malformedNumbersAreNoLimit(String limit, String used) {
        tree.file("proc/self/cgroup", "0::/\n").file("proc/self/mountinfo", VERSION_2);
        group("", limit, used, 10);
        assertThat(limit()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "inactive_file 1", "inactive_file\nactive_file", "inactive_file x\nactive_file 1", "\0\n "})
    void unknownCacheIsNoLimit(String stat) {
        tree.file("proc/self/cgroup", "0::/\n").file("proc/self/mountinfo", VERSION_2);
        group("", "1000", "500", 10).file("sys/fs/cgroup/memory.stat", stat);
        assertThat(limit()).isEmpty();
    }

    @Test
    void theMachineIsALimitToo() {
        tree.file("proc/meminfo", "MemTotal:       24 kB\nMemFree:  1 kB\nMemAvailable:    10 kB\n");
        MemoryLimit machine = new MemoryLimit(24 * 1024, 14 * 1024, "/proc/meminfo");
        assertThat(limit()).contains(machine);
        tree.file("proc/self/cgroup", "0::/\n").file("proc/self/mountinfo", VERSION_2);
        group("", "20000", "500", 10);
        assertThat(limit()).contains(machine);
        group("", "2000", "500", 10);
        assertThat(limit()).contains(new MemoryLimit(2000, 490, "/sys/fs/cgroup/memory.max"));
        tree.file("proc/meminfo", "MemTotal:       24 kB\n");
        group("", "max", "500", 10);
        assertThat(limit()).isEmpty();
    }

    @Test
    void withoutFilesThereIsNoLimit() {
        assertThat(limit()).isEmpty();
    }

    @Test
    void theLimitOfThisProcessCanBeRead() {
        MemoryLimit.current().ifPresent(limit -> {
            assertThat(limit.bytes()).isNotNegative();
            assertThat(limit.used()).isNotNegative();
            assertThat(Path.of(limit.source())).isReadable();
        });
    }
}
