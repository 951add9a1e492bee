package org.berth.bench.report;

import java.util.Collections;
import java.util.List;
import org.berth.bench.compare.Measured;

/**
 * The change of a figure since an earlier folder.
 *
 * @param times  this figure as a multiple of the earlier one
 * @param within whether the change is within noise, or noise is unknown
 * @param known  whether the noise is known
 */
record Change(double times, boolean within, boolean known) {

    /**
     * Of costs: within noise if the two intervals overlap.
     *
     * @param noise the noise floor, relative: no confidence interval is taken to be narrower
     */
    static Change of(Measured.Cell before, Measured.Cell after, double noise) {
        double times = after.nanos() / before.nanos();
        if (before.error() == null || after.error() == null) {
            return new Change(times, true, false);
        }
        double errors =
                Math.max(before.error(), noise * before.nanos()) + Math.max(after.error(), noise * after.nanos());
        return new Change(times, Math.abs(after.nanos() - before.nanos()) <= errors, true);
    }

    /**
     * Of rounds, by their medians: within noise if the ranges of the rounds overlap. With a single round, noise is
     * unknown.
     */
    static Change of(List<Long> before, List<Long> after) {
        boolean known = before.size() > 1 && after.size() > 1;
        boolean apart =
                Collections.min(after) > Collections.max(before) || Collections.max(after) < Collections.min(before);
        return new Change(median(after) / Math.max(1, median(before)), !known || !apart, known);
    }

    private static double median(List<Long> rounds) {
        List<Long> sorted = rounds.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2.0;
    }

    String verdict() {
        return !known ? "noise not known" : within ? "within noise" : times < 1 ? "faster" : "slower";
    }

    /**
     * The changes of rounds of calls.
     *
     * @param p50  of their medians
     * @param p999 of their tails
     */
    record OfCalls(Change p50, Change p999) {}
}
