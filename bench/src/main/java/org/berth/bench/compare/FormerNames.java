package org.berth.bench.compare;

import java.util.Map;

/** Former names of benchmark classes, under which older runs have published their results. */
final class FormerNames {

    private static final Map<String, String> PRESENT = Map.of(
            "org.berth.bench.workload.Claiming", "org.berth.bench.workload.ClaimAndRemove",
            "org.berth.bench.workload.Entering", "org.berth.bench.workload.KeyLocking",
            "org.berth.bench.workload.WhereAmI", "org.berth.bench.workload.CurrentNode");

    private FormerNames() {}

    /** Returns the present name of a benchmark: its class and method. */
    static String present(String benchmark) {
        int dot = benchmark.lastIndexOf('.');
        String type = dot < 0 ? benchmark : benchmark.substring(0, dot);
        return PRESENT.getOrDefault(type, type) + benchmark.substring(type.length());
    }
}
