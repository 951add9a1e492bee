package org.berth.bench.machine;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.berth.offheap.placement.KernelTree;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineReaderTest {

    @TempDir
    private Path root;

    @Test
    void readsTwoSocketsWithTwoThreadsPerCore() throws IOException {
        write("proc/cpuinfo", "processor\t: 0\nmodel name\t: Made-up CPU @ 3 GHz\nflags\t\t: fpu hypervisor sse2\n");
        // Numbered as Linux does: first all cores, then their second threads.
        tree().cpus("0-8", "0-7").allowed("0-6", "0-2").onlineNodes("0,2");
        tree().core(0, "0,4").core(0, "1,5").core(1, "2,6").core(1, "3,7");
        tree().node(0, "0-1,4-5", 1 << 20, "10 21").node(2, "2-3,6-7", 0, "21 10");
        tree().cache(0, 1, "Data", "32K", 128, "0,4");

        Machine machine = machine();
        Machine.Cpu cpu = machine.cpu();

        assertThat(cpu.model()).isEqualTo("Made-up CPU @ 3 GHz");
        assertThat(cpu.hypervisor()).isTrue();
        assertThat(cpu.threads()).isEqualTo(8);
        assertThat(cpu.cores()).isEqualTo(4);
        assertThat(cpu.threadsPerCore()).isEqualTo(2);
        assertThat(cpu.sockets()).isEqualTo(2);
        assertThat(cpu.numaNodes()).isEqualTo(2);
        assertThat(cpu.lineBytes()).isEqualTo(128);
        assertThat(cpu.usable()).isEqualTo("0-6");
        assertThat(cpu.kinds()).isEmpty();
        assertThat(machine.nodes())
                .containsExactly(
                        new Machine.Node(0, "0-1,4-5", 1L << 30, true, Map.of(0, 10, 2, 21)),
                        new Machine.Node(2, "2-3,6-7", 0L, false, Map.of(0, 21, 2, 10)));
        assertThat(machine.lines())
                .contains("node           0: CPUs 0-1,4-5, 1.0 GiB, distances 0:10 2:21")
                .contains("node           2: CPUs 2-3,6-7, no memory, distances 0:21 2:10");
    }

    @Test
    void readsMemoryCachesAndLoad() throws IOException {
        write("proc/meminfo", "MemTotal:       24684084 kB\nMemFree: 1 kB\nMemAvailable:   1024 kB\n");
        write("proc/loadavg", "0.50 1.25 2.00 1/234 5678\n");
        write("proc/stat", "cpu  50 0 10 30 0 0 0 10 7 0\ncpu0 50 0 10 30 0 0 0 10 0 0\n");
        write("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
        write("sys/kernel/mm/transparent_hugepage/hpage_pmd_size", "2097152\n");
        write("sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "0\n");
        tree().cpus("0-7", "0-7").cache(2, 2, "Unified", "2M", 64, "4-7").cache(3, 3, "Unified", "32768K", 64, "0-7");

        Machine machine = machine();

        assertThat(machine.memory()).isEqualTo(new Machine.Memory(24684084L * 1024, 1024L * 1024));
        assertThat(machine.load()).isEqualTo("0.50 1.25 2.00");
        assertThat(machine.stolen()).isEqualTo("10.00 %");
        assertThat(machine.hugePages()).isEqualTo("madvise");
        assertThat(machine.pages()).isEqualTo(new Machine.Pages(null, List.of(2L << 20), 2L << 20));
        assertThat(machine.lines()).contains("pages          unknown, huge 2 MiB, transparent 2 MiB");
        assertThat(machine.caches()).containsExactly(new Machine.Cache(3L, "Unified", "32768K", "0-7"));
    }

    @Test
    void readsWhatItHasWritten() {
        tree().cpus("0-1", "0-1").onlineNodes("0-1").node(0, "0-1", 4, "10 20").node(1, "", 4, "20 10");

        assertThat(Machine.parse(machine().json())).isEqualTo(machine());
    }

    @Test
    void readsWhatOlderVersionsHaveWritten() throws IOException {
        JsonObject json = JsonParser.parseString(machine().json()).getAsJsonObject();
        List.of("nodes", "pages", "unknown").forEach(json::remove);
        List.of("usable", "kinds").forEach(json.get("cpu").getAsJsonObject()::remove);

        Machine machine = Machine.parse(json.toString());

        assertThat(machine.nodes()).isNull();
        assertThat(machine.lines()).noneMatch(line -> line.contains("null"));
    }

    @Test
    void whatIsMissingIsUnknown() {
        Machine machine = machine();

        assertThat(machine.cpu().model()).isNull();
        assertThat(machine.cpu().cores()).isNull();
        assertThat(machine.cpu().available()).isPositive();
        assertThat(machine.caches()).isEmpty();
        assertThat(machine.stolen()).isEqualTo("unknown");
        assertThat(machine.lines())
                .contains("CPU            unknown")
                .contains("topology       sockets: unknown, NUMA nodes: unknown, cores: unknown, threads per core: "
                        + "unknown")
                .contains("memory         unknown, unknown available")
                .contains("CPU limit      none found")
                .anyMatch(line -> line.startsWith("unknown        NUMA nodes: "));
        assertThat(machine.summary().getFirst()).startsWith("Machine: unknown, ");
        JsonObject json = JsonParser.parseString(machine.json()).getAsJsonObject();
        assertThat(json.get("schema").getAsInt()).isEqualTo(1);
        assertThat(json.get("cpu").getAsJsonObject().get("model").isJsonNull()).isTrue();
    }

    @Test
    void whatCannotBeReadIsUnknown() throws IOException {
        write("proc/cpuinfo", "no colon\n: no key\n");
        write("proc/meminfo", "MemTotal: much\n");
        write("proc/loadavg", "1\n");
        write("proc/stat", "cpu  1 2 x 4 5 6 7 8\n");
        write("proc/self/cgroup", "nonsense\n0::/a\n");
        write("sys/fs/cgroup/a/cpu.max", "a lot\n");
        Files.createDirectories(root.resolve("sys/kernel/mm/transparent_hugepage/enabled"));

        Machine machine = machine();

        assertThat(machine.cpu().model()).isNull();
        assertThat(machine.memory().total()).isNull();
        assertThat(machine.load()).isNull();
        assertThat(machine.stolen()).isEqualTo("unknown");
        assertThat(machine.cpuLimit()).isNull();
        assertThat(machine.hugePages()).isNull();
    }

    @Test
    void armNamesItsProcessorsByNumber() throws IOException {
        write("proc/cpuinfo", "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd40\n");

        assertThat(machine().cpu().model()).isEqualTo("implementer 0x41 part 0xd40");
        assertThat(machine().cpu().hypervisor()).isNull();
    }

    @Test
    void readsTheLimitOfTheControlGroup() throws IOException {
        write("proc/self/cgroup", "0::/\n");
        write("sys/fs/cgroup/cpu.max", "150000 100000\n");

        assertThat(machine().cpuLimit()).isEqualTo(1.5);
    }

    @Test
    void stolenTimeIsThatBetweenTwoReadings() throws IOException {
        write("proc/stat", "cpu  100 0 0 100 0 0 0 0 0 0\n");
        CpuTime before = CpuTime.read(new HostFiles(root));
        write("proc/stat", "cpu  150 0 0 145 0 0 0 5 0 0\n");
        CpuTime after = CpuTime.read(new HostFiles(root));

        assertThat(before.stolenUntil(after)).isEqualTo("5.00 %");
        assertThat(before.isMuchStolenUntil(after)).isTrue();
        assertThat(after.isMuchStolenUntil(after)).isFalse();
        assertThat(after.stolenUntil(after)).isEqualTo("unknown");
    }

    @Test
    void whatMakesFiguresLessTrustworthyIsSaid() throws IOException {
        assertThat(machine().warnings()).noneMatch(warning -> warning.contains("null"));
        write("proc/self/cgroup", "0::/\n");
        write("sys/fs/cgroup/cpu.max", "50000 100000\n");
        write("proc/cpuinfo", "flags\t\t: fpu hypervisor sse2\n");
        write("proc/loadavg", "99.50 1.25 2.00 1/234 5678\n");
        write("proc/stat", "cpu  50 0 10 30 0 0 0 10 7 0\n");
        tree().cpus("0-1", "0-1").core(0, "0-1").node(0, "0", 1, "10 20").node(1, "1", 1, "20 10");
        write("sys/devices/cpu_core/cpus", "0\n");
        write("sys/devices/cpu_atom/cpus", "1\n");
        write("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n");

        assertThat(machine().governor()).isEqualTo("powersave");
        assertThat(machine().warnings())
                .anyMatch(warning -> warning.contains("limit=0.5 "))
                .anyMatch(warning -> warning.contains("threadsPerCore=2 cores=1"))
                .anyMatch(warning -> warning.contains("governor=powersave"))
                .anyMatch(warning -> warning.contains("nodes=2"))
                .anyMatch(warning -> warning.contains("kinds=[performance: CPUs 0, efficiency: CPUs 1]"))
                .anyMatch(warning -> warning.startsWith("A virtual machine"))
                .anyMatch(warning -> warning.contains("stolen=10.00 %"))
                .anyMatch(warning -> warning.contains("load=99.5 "));
    }

    @Test
    void aMachineOfItsOwnHasNoWarnings() throws IOException {
        write("proc/loadavg", "0.00 0.00 0.00 1/234 5678\n");
        write("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "performance\n");
        assertThat(machine().warnings())
                .noneMatch(warning -> !warning.startsWith("One CPU"))
                .hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void thisMachineCanBeRead() {
        assertThat(Machine.read().lines()).hasSizeGreaterThan(10).noneMatch(line -> line.contains("null"));
    }

    private Machine machine() {
        return new MachineReader(new HostFiles(root), tree().read()).read();
    }

    private KernelTree tree() {
        return new KernelTree(root);
    }

    private void write(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
