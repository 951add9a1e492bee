package org.berth.bench.compare;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.berth.bench.workload.HugePagesProfiler;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/** The costs measured so far. */
final class Results {

    /** The allocation profiler's metric for bytes per operation. */
    private static final String BYTES = "gc.alloc.rate.norm";

    private record Key(String table, String row, int threads) {}

    private final Map<Key, Cost> costs = new LinkedHashMap<>();
    private final Map<Key, Double> hugePages = new LinkedHashMap<>();

    void put(String table, String row, int threads, Cost cost) {
        costs.put(new Key(table, row, threads), cost);
    }

    /** Adds the share of memory in huge pages, in percent. */
    void putHugePages(String table, String row, int threads, double share) {
        hugePages.put(new Key(table, row, threads), share);
    }

    /** Returns the share in percent; null if it is unknown. */
    @Nullable
    Double hugePages(String table, String row, int threads) {
        return hugePages.get(new Key(table, row, threads));
    }

    /** Adds a result of JMH. */
    void put(Measurement measurement, RunResult result) {
        Result<?> bytes = result.getSecondaryResults().get(BYTES);
        double allocated = bytes == null ? Double.NaN : bytes.getScore();
        ReportSection section = measurement.section();
        String row = measurement.row().label();
        for (int i = 0; i < section.tables().size(); i++) {
            Result<?> time = section.hasRoles()
                    ? result.getSecondaryResults().get(measurement.row().method() + ReportSection.ROLES.get(i))
                    : result.getPrimaryResult();
            if (time == null) {
                throw new IllegalStateException("no result for a role: measurement=" + measurement + " role="
                        + ReportSection.ROLES.get(i) + " results="
                        + result.getSecondaryResults().keySet());
            }
            Cost cost = new Cost(time.getScore(), time.getScoreError(), allocated);
            put(section.tables().get(i), row, measurement.threads(), cost);
            Result<?> huge = result.getSecondaryResults().get(HugePagesProfiler.SHARE);
            if (huge != null) {
                putHugePages(section.tables().get(i), row, measurement.threads(), huge.getScore());
            }
        }
    }

    @Nullable
    Cost find(String table, String row, int threads) {
        return costs.get(new Key(table, row, threads));
    }

    /**
     * Returns the first row's cost divided by the second's; null unless both were measured. The error is at least the
     * noise floor.
     */
    @Nullable
    Ratio ratio(String table, String dividend, String divisor, int threads) {
        Cost over = find(table, dividend, threads);
        Cost under = find(table, divisor, threads);
        if (over == null || under == null) {
            return null;
        }
        return Ratio.of(over, under).withErrorOfAtLeast(noise(table, threads));
    }

    /**
     * Returns the noise floor: the relative difference between a measurement and its repetition; 0 if nothing was
     * repeated.
     */
    double noise(String table, int threads) {
        double noise = 0;
        for (Map.Entry<Key, Cost> entry : costs.entrySet()) {
            Key key = entry.getKey();
            Cost again = find(table, Row.repeated(key.row), threads);
            if (key.table.equals(table) && key.threads == threads && again != null) {
                noise = Math.abs(again.nanos() / entry.getValue().nanos() - 1);
            }
        }
        return noise;
    }

    /** Returns the thread counts of a table, in ascending order. */
    SortedSet<Integer> threads(Collection<String> tables) {
        SortedSet<Integer> threads = new TreeSet<>();
        for (Key key : costs.keySet()) {
            if (tables.contains(key.table)) {
                threads.add(key.threads);
            }
        }
        return threads;
    }
}
