package org.berth.bench.compare;

import java.util.stream.Collectors;

/**
 * One measurement: an implementation of a workload at a number of threads.
 *
 * @param section of the workload
 * @param row     of the implementation
 * @param threads that run concurrently
 */
record Measurement(ReportSection section, Row row, int threads) {

    /** Returns JMH's name of the benchmark, without parameters. */
    String benchmark() {
        return section.benchmarks().getName() + "." + row.method();
    }

    /** Returns what patterns match: the name of the benchmark and its parameters. */
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
