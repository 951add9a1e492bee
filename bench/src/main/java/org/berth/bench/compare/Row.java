package org.berth.bench.compare;

import java.util.Map;
import java.util.TreeMap;

/**
 * One implementation of a workload.
 *
 * @param label     what the report calls it
 * @param method    of the benchmark class, or its JMH group
 * @param params    for JMH
 * @param against   the label of Berth's row that this one's cost is divided by; empty for no ratio
 * @param berth     whether this is Berth, which must not allocate
 * @param allocates whether it may all the same, as what it does is to make an object
 * @param crowd     whether it is measured under {@link ThreadCounts#CROWD} too
 * @param smoke     whether it is in the smallest run
 * @param detail    whether it is in the longest run only
 */
record Row(
        String label,
        String method,
        Map<String, String> params,
        String against,
        boolean berth,
        boolean allocates,
        boolean crowd,
        boolean smoke,
        boolean detail) {

    /** The parameter that tells the pages. */
    static final String PAGES = "pages";

    static Row berth(String label, String method) {
        return new Row(label, method, Map.of(), "", true, false, false, false, false);
    }

    static Row peer(String label, String method, String against) {
        return new Row(label, method, Map.of(), against, false, false, false, false, false);
    }

    Row with(String param, String value) {
        Map<String, String> more = new TreeMap<>(params);
        more.put(param, value);
        return new Row(label, method, more, against, berth, allocates, crowd, smoke, detail);
    }

    /** Whether it is about the pages that memory is made of. */
    boolean hasPages() {
        return params.containsKey(PAGES);
    }

    /** Whether it asks for huge pages. */
    boolean asksForHugePages() {
        return params.getOrDefault(PAGES, "").startsWith("huge");
    }

    /** The same as another row, to see what noise makes of one and the same. */
    static String again(String label) {
        return label + ", once more";
    }

    Row onceMore() {
        return new Row(again(label), method, params, label, berth, allocates, crowd, false, true);
    }

    Row comparedWith(String other) {
        return new Row(label, method, params, other, berth, allocates, crowd, smoke, detail);
    }

    Row inCrowd() {
        return new Row(label, method, params, against, berth, allocates, true, smoke, detail);
    }

    Row inSmoke() {
        return new Row(label, method, params, against, berth, allocates, crowd, true, detail);
    }

    Row allocating() {
        return new Row(label, method, params, against, berth, true, crowd, smoke, detail);
    }

    Row asDetail() {
        return new Row(label, method, params, against, berth, allocates, crowd, smoke, true);
    }
}
