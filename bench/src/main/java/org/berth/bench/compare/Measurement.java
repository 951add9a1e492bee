package org.berth.bench.compare;

import java.util.stream.Collectors;

/**
 * One measurement: an implementation of a workload at a number of threads.
 *
 * @param section of the workload
 * @param row     of the implementation
 * @param threads that work at once
 */
record Measurement(ReportSection section, Row row, int threads) {

    /** The name that JMH knows, without the parameters. */
    String benchmark() {
        return section.benchmarks().getName() + "." + row.method();
    }

    /** What patterns choose by: the name that JMH knows, and the parameters. */
    String searchable() {
        return benchmark()
                + row.params().entrySet().stream()
                        .map(param -> " " + param.getKey() + "=" + param.getValue())
                        .collect(Collectors.joining());
    }

    @Override
    public String toString() {
        String params = row.params().values().stream().collect(Collectors.joining(" ", "(", ")"));
        return section.benchmarks().getSimpleName() + "." + row.method()
                + (row.params().isEmpty() ? "" : params) + ", " + threads + (threads == 1 ? " thread" : " threads");
    }
}
