package org.berth.bench.compare;

import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.berth.bench.machine.Machine;
import org.jspecify.annotations.Nullable;

/**
 * The CPUs, from which thread counts are derived.
 *
 * @param available to the JVM
 * @param perNode   of a node of memory
 */
record Cpus(int available, int perNode) {

    static Cpus ofOneNode(int cpus) {
        return new Cpus(cpus, cpus);
    }

    static Cpus of(Machine machine) {
        int available = machine.cpu().available();
        @Nullable Integer nodes = machine.cpu().numaNodes();
        return new Cpus(available, nodes == null ? available : Math.max(1, available / nodes));
    }

    /** Returns the powers of two below the number of CPUs, the CPUs of one node, and all CPUs. */
    List<Integer> steps() {
        SortedSet<Integer> steps = new TreeSet<>();
        for (int threads = 2; threads < available; threads *= 2) {
            steps.add(threads);
        }
        if (perNode > 1) {
            steps.add(perNode);
        }
        steps.add(available);
        return List.copyOf(steps);
    }
}
