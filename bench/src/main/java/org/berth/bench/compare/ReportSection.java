package org.berth.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A section of the report: a workload and its implementations.
 *
 * @param tables       the titles of its tables in the report: one, or one for each role if JMH groups threads of
 *                     several
 * @param about        what an operation is
 * @param benchmarks   the class of its benchmarks
 * @param threadCounts thread counts at which every row is measured
 * @param rows         Berth and its peers
 */
record ReportSection(
        List<String> tables, String about, Class<?> benchmarks, Set<ThreadCounts> threadCounts, List<Row> rows) {

    /**
     * Roles, in the order of their tables: the writers' methods are named {@code …Write}, the reader's {@code …Read}.
     */
    static final List<String> ROLES = List.of("Write", "Read");

    /** Returns the section with its first row repeated, after the rows whose baseline it is; in a full run only. */
    ReportSection withRepeatedBaseline() {
        int end = 1;
        while (end < rows.size() && !rows.get(end).baseline().isEmpty()) {
            end++;
        }
        List<Row> more = new ArrayList<>(rows);
        more.add(end, rows.getFirst().repeated());
        return new ReportSection(tables, about, benchmarks, threadCounts, List.copyOf(more));
    }

    boolean hasRoles() {
        return tables.size() == ROLES.size();
    }

    boolean runs(Row row, ThreadCounts counts) {
        return threadCounts.contains(counts) || (counts == ThreadCounts.OVERSUBSCRIBED && row.oversubscribed());
    }
}
