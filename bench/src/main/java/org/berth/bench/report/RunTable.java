package org.berth.bench.report;

import java.util.List;

/**
 * A table of a run whose kind has no interactive charts.
 *
 * @param folder its index in the page
 * @param title  of the table
 * @param head   its headings
 * @param rows   its cells
 * @param svg    a chart of the same figures; empty if there is none
 */
record RunTable(int folder, String title, List<String> head, List<List<String>> rows, String svg) {}
