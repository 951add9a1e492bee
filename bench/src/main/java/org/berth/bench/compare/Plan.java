package org.berth.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Selects the measurements of a run. */
final class Plan {

    private Plan() {}

    /**
     * Returns the measurements of a run, by workload and thread count: implementations that are compared run one after
     * the other, so that noise affects them alike.
     *
     * @param suite   of the run
     * @param mode    of the run
     * @param cpus    of this machine; a full run also has lower thread counts
     * @param include a pattern to find in a benchmark's name and parameters
     * @param exclude a pattern that must not be found in them, or null
     */
    static List<Measurement> of(Suite suite, RunMode mode, Cpus cpus, Pattern include, @Nullable Pattern exclude) {
        List<Measurement> plan = new ArrayList<>();
        for (ReportSection section : suite.sections()) {
            for (ThreadCounts counts : threadCounts(section, mode, cpus)) {
                for (int threads : counts.threads(cpus, mode)) {
                    addRows(plan, section, counts, threads, mode, include, exclude);
                }
            }
        }
        return plan;
    }

    /**
     * Returns the measurements at given thread counts. With more threads than CPUs, every workload for several threads
     * runs with all its implementations.
     *
     * @param threads the thread counts, in order
     */
    static List<Measurement> of(
            Suite suite, RunMode mode, int cpus, List<Integer> threads, Pattern include, @Nullable Pattern exclude) {
        List<Measurement> plan = new ArrayList<>();
        for (ReportSection section : suite.sections()) {
            for (int count : threads) {
                ThreadCounts counts = count == 1
                        ? ThreadCounts.ONE
                        : count <= cpus || section.threadCounts().contains(ThreadCounts.ONE_PER_CPU)
                                ? ThreadCounts.ONE_PER_CPU
                                : ThreadCounts.OVERSUBSCRIBED;
                addRows(plan, section, counts, count, mode, include, exclude);
            }
        }
        return plan;
    }

    private static void addRows(
            List<Measurement> plan,
            ReportSection section,
            ThreadCounts counts,
            int threads,
            RunMode mode,
            Pattern include,
            @Nullable Pattern exclude) {
        for (Row row : section.rows()) {
            Measurement measurement = new Measurement(section, row, threads);
            String name = measurement.searchable();
            if (section.runs(row, counts)
                    && mode.has(row)
                    && include.matcher(name).find()
                    && (exclude == null || !exclude.matcher(name).find())) {
                plan.add(measurement);
            }
        }
    }

    private static List<ThreadCounts> threadCounts(ReportSection section, RunMode mode, Cpus cpus) {
        List<ThreadCounts> possible = new ArrayList<>(List.of(ThreadCounts.values()));
        possible.removeIf(counts -> !counts.isPossible(cpus.available()));
        if (mode.isShort()) {
            // One is enough: several threads, where the workload has them.
            possible.remove(ThreadCounts.OVERSUBSCRIBED);
            possible.removeIf(counts -> !section.threadCounts().contains(counts));
            return possible.isEmpty() ? List.of() : List.of(possible.getLast());
        }
        return possible;
    }
}
