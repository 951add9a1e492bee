package org.berth.bench.placement;

import java.io.PrintWriter;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.berth.bench.placement.PlacementCheck.Outcome;
import org.berth.bench.placement.PlacementCheck.Verdict;
import org.berth.offheap.Region;
import org.berth.offheap.placement.Placement;
import org.berth.offheap.placement.Topology;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs the checks and prints one line for each. */
@Command(
        name = "placement-check",
        description = "Requests every placement that this machine should support, and verifies the node of every "
                + "page, thread and slot.")
@SuppressWarnings("NullAway.Init") // by picocli
public final class PlacementCheckCommand implements Callable<Integer> {

    private static final int CANNOT_CHECK = 2;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--huge-pages",
            defaultValue = "8",
            paramLabel = "N",
            description = "Size of each region, in huge pages (of 2 MB on most machines); 8 by default.")
    private int hugePages;

    @Override
    public Integer call() {
        if (hugePages < 1) {
            throw new ParameterException(spec.commandLine(), "--huge-pages must be 1 or more: huge-pages=" + hugePages);
        }
        PrintWriter out = spec.commandLine().getOut();
        Topology topology = Topology.current();
        out.print(topology.describe());
        out.println("JVM " + Runtime.version() + ", "
                + ManagementFactory.getGarbageCollectorMXBeans().stream()
                        .map(GarbageCollectorMXBean::getName)
                        .collect(Collectors.joining(", ")));
        out.println();
        try {
            Region.anonymous(1, Placement.local()).close();
        } catch (UnsupportedOperationException e) {
            out.println("Nothing was checked: " + e.getMessage());
            out.flush();
            return CANNOT_CHECK;
        }
        Map<Verdict, Integer> counts = new EnumMap<>(Verdict.class);
        for (PlacementCheck check : checks(topology)) {
            Outcome outcome = check.run();
            counts.merge(outcome.verdict(), 1, Integer::sum);
            out.printf(Locale.ROOT, "%-7s %s: %s%n", outcome.verdict(), check.name(), outcome.what());
            out.flush();
        }
        int failed = counts.getOrDefault(Verdict.FAIL, 0);
        out.printf(
                Locale.ROOT,
                "%n%d passed, %d failed, %d skipped%n%s%n",
                counts.getOrDefault(Verdict.PASS, 0),
                failed,
                counts.getOrDefault(Verdict.SKIPPED, 0),
                next(failed));
        out.flush();
        return failed == 0 ? 0 : 1;
    }

    private List<PlacementCheck> checks(Topology topology) {
        List<PlacementCheck> checks = new ArrayList<>();
        checks.addAll(new MemoryChecks(topology, hugePages).all());
        checks.addAll(new ThreadChecks(topology).all());
        checks.addAll(new SlotChecks(topology).all());
        checks.addAll(new MapChecks(topology, hugePages).all());
        return checks;
    }

    private static String next(int failed) {
        return failed == 0
                ? "Next: placement works here; berth-bench compare --placement measures its effect."
                : "Next: each failure says what to do; where that does not help, report it with all of this output.";
    }
}
