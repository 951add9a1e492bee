package org.berth.bench.placement;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.berth.bench.placement.PlacementCheck.Skipped;
import org.berth.offheap.placement.CpuSet;
import org.berth.offheap.placement.CurrentCpu;
import org.berth.offheap.placement.ThreadAffinity;
import org.berth.offheap.placement.Topology;
import org.berth.offheap.placement.Topology.Node;

/** Checks that pinned threads run on their CPUs, and that they observe it. */
final class ThreadChecks {

    private static final int NO_CPU = 16_000;
    private static final int LOOKS = 1_000;

    private final Topology topology;

    ThreadChecks(Topology topology) {
        this.topology = topology;
    }

    List<PlacementCheck> all() {
        List<PlacementCheck> checks = new ArrayList<>();
        for (Node node : topology.nodes()) {
            checks.add(new PlacementCheck("pin to each CPU of node " + node.id(), () -> toCpus(node)));
            checks.add(new PlacementCheck("pin to node " + node.id(), () -> toNode(node)));
        }
        checks.add(new PlacementCheck("a thread on each CPU at once", this::together));
        checks.add(new PlacementCheck("affinities nest and are restored", this::nested));
        checks.add(refused("a CPU that is not there", CpuSet.of(NO_CPU)));
        checks.add(refused("a CPU that is offline", topology.offlineCpus()));
        checks.add(new PlacementCheck("pinning a virtual thread is refused", this::virtual));
        return checks;
    }

    private static String toCpus(Node node) throws Exception {
        requireCpus(node);
        for (int cpu : node.usableCpus().stream().toArray()) {
            PlacementCheck.onNewThread(() -> {
                try (ThreadAffinity _ = ThreadAffinity.bindToCpu(cpu)) {
                    return requireCpu(cpu, node.id());
                }
            });
        }
        return "CPUs " + node.usableCpus() + ", each on node " + node.id();
    }

    private static boolean requireCpu(int cpu, int node) {
        for (int i = 0; i < LOOKS; i++) {
            int nowCpu = CurrentCpu.cpu();
            int nowNode = CurrentCpu.node();
            PlacementCheck.require(
                    nowCpu == cpu && nowNode == node,
                    "runs elsewhere: cpu=" + nowCpu + " node=" + nowNode + " expected cpu=" + cpu + " node=" + node);
        }
        return true;
    }

    private static String toNode(Node node) throws Exception {
        if (node.usableCpus().isEmpty()) {
            return PlacementCheck.refusal(
                    IllegalArgumentException.class,
                    () -> ThreadAffinity.bindToNode(node.id()).close(),
                    "has no CPU that this process may use: node=" + node.id());
        }
        return PlacementCheck.onNewThread(() -> {
            try (ThreadAffinity affinity = ThreadAffinity.bindToNode(node.id())) {
                for (int i = 0; i < LOOKS; i++) {
                    int now = CurrentCpu.node();
                    PlacementCheck.require(now == node.id(), "runs elsewhere: node=" + now);
                    PlacementCheck.require(
                            affinity.cpus().contains(CurrentCpu.cpu()), "runs elsewhere: cpu=" + CurrentCpu.cpu());
                    Thread.onSpinWait();
                }
                return LOOKS + " looks, always on node " + node.id() + ", CPUs " + affinity.cpus();
            }
        });
    }

    private static void requireCpus(Node node) throws Skipped {
        if (node.usableCpus().isEmpty()) {
            throw new Skipped("it has no CPU that this process may use");
        }
    }

    private String together() throws Exception {
        List<FutureTask<Boolean>> tasks = new ArrayList<>();
        CyclicBarrier start = new CyclicBarrier(topology.nodes().stream()
                .mapToInt(node -> node.usableCpus().size())
                .sum());
        for (Node node : topology.nodes()) {
            for (int cpu : node.usableCpus().stream().toArray()) {
                tasks.add(new FutureTask<>(() -> {
                    try (ThreadAffinity _ = ThreadAffinity.bindToCpu(cpu)) {
                        start.await(1, TimeUnit.MINUTES);
                        return requireCpu(cpu, node.id());
                    }
                }));
            }
        }
        tasks.forEach(task -> Thread.ofPlatform().start(task));
        for (FutureTask<Boolean> task : tasks) {
            task.get();
        }
        return tasks.size() + " threads";
    }

    private String nested() throws Exception {
        return PlacementCheck.onNewThread(() -> {
            CpuSet all = topology.usableCpus();
            int last = all.stream().max().orElseThrow();
            try (ThreadAffinity outer = ThreadAffinity.bindToCpus(all)) {
                try (ThreadAffinity _ = ThreadAffinity.bindToCpu(last)) {
                    PlacementCheck.require(CurrentCpu.cpu() == last, "runs elsewhere: cpu=" + CurrentCpu.cpu());
                }
                for (int cpu : all.stream().toArray()) { // each is allowed again
                    try (ThreadAffinity _ = ThreadAffinity.bindToCpu(cpu)) {
                        PlacementCheck.require(CurrentCpu.cpu() == cpu, "runs elsewhere: cpu=" + CurrentCpu.cpu());
                    }
                }
                return "CPUs " + outer.cpus();
            }
        });
    }

    private static PlacementCheck refused(String what, CpuSet cpus) {
        return new PlacementCheck("pinning to " + what + " is refused", () -> {
            if (cpus.isEmpty()) {
                throw new Skipped("this machine has none");
            }
            int cpu = cpus.stream().findFirst().orElseThrow();
            return PlacementCheck.refusal(
                    IllegalArgumentException.class,
                    () -> ThreadAffinity.bindToCpu(cpu).close(),
                    "cpus=" + cpu);
        });
    }

    private String virtual() throws Exception {
        CpuSet all = topology.usableCpus();
        FutureTask<String> task = new FutureTask<>(() -> PlacementCheck.refusal(
                UnsupportedOperationException.class,
                () -> ThreadAffinity.bindToCpus(all).close(),
                "virtual thread"));
        Thread.startVirtualThread(task).join();
        return task.get();
    }
}
