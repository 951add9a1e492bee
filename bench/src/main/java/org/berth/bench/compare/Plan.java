package org.berth.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Chooses what a run measures. */
final class Plan {

    private Plan() {}

    /**
     * The measurements of a run, workload by workload, thread count by thread count: implementations that are compared
     * run one after the other, so that noise which comes and goes hits them alike.
     *
     * @param subject of the run
     * @param effort  of the run
     * @param cpus    of this machine; the longest run also has thread counts below their number
     * @param include a pattern to find in a benchmark's name and parameters
     * @param exclude a pattern that must not be found in them, or null
     */
    static List<Measurement> of(Suite subject, RunMode effort, Cpus cpus, Pattern include, @Nullable Pattern exclude) {
        List<Measurement> plan = new ArrayList<>();
        for (ReportSection section : subject.sections()) {
            for (ThreadCounts load : loads(section, effort, cpus)) {
                for (int threads : load.threads(cpus, effort)) {
                    addRows(plan, section, load, threads, effort, include, exclude);
                }
            }
        }
        return plan;
    }

    /**
     * The same, at thread counts that somebody has chosen: more than there are CPUs is a crowd, in which every workload for several
     * threads runs with all its implementations.
     *
     * @param threads in the order wanted
     */
    static List<Measurement> of(
            Suite subject,
            RunMode effort,
            int cpus,
            List<Integer> threads,
            Pattern include,
            @Nullable Pattern exclude) {
        List<Measurement> plan = new ArrayList<>();
        for (ReportSection section : subject.sections()) {
            for (int count : threads) {
                ThreadCounts load = count == 1
                        ? ThreadCounts.ONE
                        : count <= cpus || section.loads().contains(ThreadCounts.EACH_CPU)
                                ? ThreadCounts.EACH_CPU
                                : ThreadCounts.CROWD;
                addRows(plan, section, load, count, effort, include, exclude);
            }
        }
        return plan;
    }

    private static void addRows(
            List<Measurement> plan,
            ReportSection section,
            ThreadCounts load,
            int threads,
            RunMode effort,
            Pattern include,
            @Nullable Pattern exclude) {
        for (Row row : section.rows()) {
            Measurement measurement = new Measurement(section, row, threads);
            String name = measurement.searchable();
            if (section.runs(row, load)
                    && effort.has(row)
                    && include.matcher(name).find()
                    && (exclude == null || !exclude.matcher(name).find())) {
                plan.add(measurement);
            }
        }
    }

    private static List<ThreadCounts> loads(ReportSection section, RunMode effort, Cpus cpus) {
        List<ThreadCounts> possible = new ArrayList<>(List.of(ThreadCounts.values()));
        possible.removeIf(load -> !load.isPossible(cpus.available()));
        if (effort.isShort()) {
            // One is enough: threads together, where the workload has them.
            possible.remove(ThreadCounts.CROWD);
            possible.removeIf(load -> !section.loads().contains(load));
            return possible.isEmpty() ? List.of() : List.of(possible.getLast());
        }
        return possible;
    }
}
