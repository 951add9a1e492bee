package org.berth.offheap.placement;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CgroupsTest {

    private static final String VERSION_2 = "27 23 0:24 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n";

    @TempDir
    private Path root;

    private KernelTree tree;

    @BeforeEach
    void makeTree() {
        tree = new KernelTree(root);
    }

    private KernelTree groups(String groups, String mounts) {
        return tree.file("proc/self/cgroup", groups).file("proc/self/mountinfo", mounts);
    }

    @Test
    void theSmallestLimitOfAllGroupsHolds() {
        groups("0::/outer/inner\n", VERSION_2)
                .file("sys/fs/cgroup/outer/inner/cpu.max", "max 100000\n")
                .file("sys/fs/cgroup/outer/cpu.max", "150000 100000\n")
                .file("sys/fs/cgroup/cpu.max", "400000 100000\n")
                .file("sys/fs/cgroup/other/cpu.max", "1000 100000\n");

        assertThat(tree.read().cpuLimit()).hasValue(1.5);
        assertThat(tree.read().describe()).contains("CPU limit      1.5 CPUs\n");
    }

    @Test
    void aContainerSeesItsGroupAsTheTopmost() {
        groups("0::/\n", VERSION_2)
                .file("sys/fs/cgroup/cpu.max", "50000 100000\n")
                .file("sys/fs/cgroup/cpuset.cpus.effective", "4-7\n");

        assertThat(tree.read().cpuLimit()).hasValue(0.5);
        assertThat(tree.read().cpuset()).contains(CpuSet.parse("4-7"));
    }

    @Test
    void withoutMountsTheUsualDirectoryIsTaken() {
        tree.file("proc/self/cgroup", "0::/a\n").file("sys/fs/cgroup/a/cpu.max", "50000 100000\n");
        assertThat(tree.read().cpuLimit()).hasValue(0.5);
    }

    @Test
    void theNearestGroupThatTellsHasTheCpus() {
        groups("0::/outer/inner\n", VERSION_2)
                .file("sys/fs/cgroup/outer/inner/cpuset.cpus.effective", "\n")
                .file("sys/fs/cgroup/outer/cpuset.cpus.effective", "0-1\n")
                .file("sys/fs/cgroup/cpuset.cpus.effective", "0-7\n");
        assertThat(tree.read().cpuset()).contains(CpuSet.parse("0-1"));
    }

    @Test
    void groupsOfVersionOne() {
        groups("4:memory:/job\n3:cpuset:/set\n2:cpu,cpuacct:/job\n", """
                        32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct
                        34 31 0:31 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset
                        """)
                .file("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "50000\n")
                .file("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", "100000\n")
                .file("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n")
                .file("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n")
                .file("sys/fs/cgroup/cpuset/set/cpuset.cpus", "0-3\n")
                .file("sys/fs/cgroup/cpuset/set/cpuset.effective_cpus", "0-2\n");

        assertThat(tree.read().cpuLimit()).hasValue(0.5);
        assertThat(tree.read().cpuset()).contains(CpuSet.parse("0-2"));
    }

    @Test
    void bothVersionsAtOnce() {
        groups("2:cpuset:/\n1:cpu:/\n0::/\n", """
                        32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu
                        34 31 0:31 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset
                        41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
                        """)
                .file("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "200000\n")
                .file("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n")
                .file("sys/fs/cgroup/cpuset/cpuset.cpus", "0-3\n");

        assertThat(tree.read().cpuLimit()).hasValue(2);
        assertThat(tree.read().cpuset()).contains(CpuSet.parse("0-3"));
    }

    /** Without a namespace of its own, a container reads the host's path and sees only its part of the hierarchy. */
    @ParameterizedTest
    @ValueSource(strings = {"/docker/abc", "/docker/abc/sub", "/elsewhere", "/../other", "/docker/abc/../../x"})
    void aContainerThatReadsPathsOfTheHost(String path) {
        groups("2:cpu:" + path + "\n", "32 31 0:29 /docker/abc /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n")
                .file("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "300000\n")
                .file("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n")
                .file("sys/fs/cgroup/cpu/sub/cpu.cfs_quota_us", "150000\n")
                .file("sys/fs/cgroup/cpu/sub/cpu.cfs_period_us", "100000\n")
                .file("sys/fs/cgroup/other/cpu.cfs_quota_us", "1\n")
                .file("sys/fs/cgroup/other/cpu.cfs_period_us", "100000\n");

        assertThat(tree.read().cpuLimit()).hasValue(path.endsWith("/sub") ? 1.5 : 3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "max 100000",
                "100000",
                "a lot",
                "0 100000",
                "100000 0",
                "-1 100000",
                "1 2 3",
                "",
                "99999999999999999999999 1"
            })
    void limitsThatAreNone(String limit) {
        groups("0::/\n", VERSION_2).file("sys/fs/cgroup/cpu.max", limit);
        assertThat(tree.read().cpuLimit()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "0::",
                "::",
                "0::a\0b",
                "0::/a\0b",
                "1:cpu:",
                "1:cpu:/a/",
                "0::/ä/b",
                "\n\n:::::",
                "0:://a//b"
            })
    void malformedGroups(String groups) {
        groups(groups, VERSION_2).file("sys/fs/cgroup/cpu.max", "max 100000\n");
        assertThat(tree.read().cpuLimit()).isEmpty();
        Consistency.check(tree.read());
    }
}
