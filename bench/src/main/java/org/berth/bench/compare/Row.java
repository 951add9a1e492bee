package org.berth.bench.compare;

import java.util.Map;
import java.util.TreeMap;

/**
 * One implementation of a workload.
 *
 * @param label          its name in the report
 * @param method         name of the benchmark method, or its JMH group
 * @param params         JMH parameters
 * @param baseline       the label of Berth's row whose cost divides this one's; empty for no ratio
 * @param berth          whether this is Berth, whose operations must not allocate
 * @param allocates      whether it may allocate all the same, as it creates an object
 * @param oversubscribed whether it is also measured with {@link ThreadCounts#OVERSUBSCRIBED} threads
 * @param smoke          whether it is in a smoke run
 * @param fullOnly       whether it is in a full run only
 */
record Row(
        String label,
        String method,
        Map<String, String> params,
        String baseline,
        boolean berth,
        boolean allocates,
        boolean oversubscribed,
        boolean smoke,
        boolean fullOnly) {

    /** The JMH parameter for the kind of pages. */
    static final String PAGES = "pages";

    static Row berth(String label, String method) {
        return new Row(label, method, Map.of(), "", true, false, false, false, false);
    }

    static Row peer(String label, String method, String baseline) {
        return new Row(label, method, Map.of(), baseline, false, false, false, false, false);
    }

    Row with(String param, String value) {
        Map<String, String> more = new TreeMap<>(params);
        more.put(param, value);
        return new Row(label, method, more, baseline, berth, allocates, oversubscribed, smoke, fullOnly);
    }

    /** Returns whether the kind of pages is a parameter. */
    boolean hasPages() {
        return params.containsKey(PAGES);
    }

    /** Returns whether it asks for huge pages. */
    boolean asksForHugePages() {
        return params.getOrDefault(PAGES, "").startsWith("huge");
    }

    /** Returns the label of a repeated row, whose difference is the noise floor. */
    static String repeated(String label) {
        return label + ", repeated";
    }

    Row repeated() {
        return new Row(repeated(label), method, params, label, berth, allocates, oversubscribed, false, true);
    }

    Row withBaseline(String other) {
        return new Row(label, method, params, other, berth, allocates, oversubscribed, smoke, fullOnly);
    }

    Row alsoOversubscribed() {
        return new Row(label, method, params, baseline, berth, allocates, true, smoke, fullOnly);
    }

    Row inSmoke() {
        return new Row(label, method, params, baseline, berth, allocates, oversubscribed, true, fullOnly);
    }

    Row allocating() {
        return new Row(label, method, params, baseline, berth, true, oversubscribed, smoke, fullOnly);
    }

    Row inFullOnly() {
        return new Row(label, method, params, baseline, berth, allocates, oversubscribed, smoke, true);
    }
}
