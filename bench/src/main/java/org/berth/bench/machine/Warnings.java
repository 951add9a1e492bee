package org.berth.bench.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Warnings about conditions on a machine that distort measurements. */
final class Warnings {

    /** On an idle machine the load per CPU is below this. */
    private static final double BUSY = 0.3;

    private final Machine machine;
    private final List<String> warnings = new ArrayList<>();

    private Warnings(Machine machine) {
        this.machine = machine;
    }

    /** Returns the warnings, each with what to do about it. */
    static List<String> of(Machine machine) {
        Warnings warnings = new Warnings(machine);
        warnings.aboutCpus();
        warnings.aboutOthers();
        return List.copyOf(warnings.warnings);
    }

    private void aboutCpus() {
        Machine.Cpu cpu = machine.cpu();
        if (cpu.available() == 1) {
            warn("One CPU: threads take turns, so contention cannot be measured. available=1");
        }
        @Nullable Double limit = machine.cpuLimit();
        // The JVM counts no more CPUs than the limit allows.
        if (limit != null && limit <= cpu.available()) {
            warn("The control group limits CPU time, the JVM's own threads included, and stops all when it is used up:"
                    + " run without a limit, or with fewer threads. limit=" + limit + " available=" + cpu.available());
        }
        @Nullable Integer perCore = cpu.threadsPerCore();
        if (perCore != null && perCore > 1) {
            warn("CPUs share cores: with more threads than cores, threads slow each other down; with fewer, "
                    + "unpinned threads may still share a core: --pin takes one CPU of each core first. "
                    + "threadsPerCore="
                    + perCore
                    + " cores=" + cpu.cores());
        }
        @Nullable List<String> kinds = cpu.kinds();
        if (kinds != null && kinds.size() > 1) {
            warn("Cores differ in speed, and threads run on any: keep to one kind with taskset. kinds=" + kinds);
        }
        @Nullable String governor = machine.governor();
        if (governor != null && !governor.equals("performance")) {
            warn("The CPUs' frequency follows the load: set the governor to performance. governor=" + governor);
        }
        @Nullable Integer nodes = cpu.numaNodes();
        if (nodes != null && nodes > 1) {
            warn("Threads may migrate between nodes, away from their memory, unless --pin pins them to CPUs: for "
                    + "figures of one node run under numactl --cpunodebind=0 --membind=0. nodes=" + nodes);
        }
    }

    private void aboutOthers() {
        if (Boolean.TRUE.equals(machine.cpu().hypervisor())) {
            warn("A virtual machine: other guests may use the same cores and caches, and the hypervisor "
                    + "defines the topology.");
        }
        double stolen = number(machine.stolen());
        if (stolen > CpuTime.MUCH_PERCENT) {
            warn(String.format(
                    Locale.ROOT, "The hypervisor has given much CPU time to others. stolen=%.2f %%", stolen));
        }
        double load = machine.load() == null ? 0 : number(machine.load());
        if (load > BUSY * machine.cpu().available()) {
            warn("Other processes use the CPUs: wait until they have ended. load=" + load + " available="
                    + machine.cpu().available());
        }
    }

    private void warn(String warning) {
        warnings.add(warning);
    }

    /** Parses the first word; returns 0 if it is not a number. */
    private static double number(String text) {
        try {
            return Double.parseDouble(text.split(" ", -1)[0]);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
