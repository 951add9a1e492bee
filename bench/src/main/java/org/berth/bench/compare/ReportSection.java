package org.berth.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A workload and its implementations.
 *
 * @param tables     the titles of its tables in the report: one, or one for each role if JMH groups threads of several
 * @param about      what an operation is
 * @param benchmarks the class of its benchmarks
 * @param loads      that every row is measured under
 * @param rows       Berth and its peers
 */
record ReportSection(List<String> tables, String about, Class<?> benchmarks, Set<ThreadCounts> loads, List<Row> rows) {

    /**
     * Roles, in the order of their tables: the writers' methods are named {@code …Write}, the reader's {@code …Read}.
     */
    static final List<String> ROLES = List.of("Write", "Read");

    /** With the first row of Berth a second time, behind those that are compared with it; in the longest run only. */
    ReportSection withItself() {
        int end = 1;
        while (end < rows.size() && !rows.get(end).against().isEmpty()) {
            end++;
        }
        List<Row> more = new ArrayList<>(rows);
        more.add(end, rows.getFirst().onceMore());
        return new ReportSection(tables, about, benchmarks, loads, List.copyOf(more));
    }

    boolean hasRoles() {
        return tables.size() == ROLES.size();
    }

    boolean runs(Row row, ThreadCounts load) {
        return loads.contains(load) || (load == ThreadCounts.CROWD && row.crowd());
    }
}
