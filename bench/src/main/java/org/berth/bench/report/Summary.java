package org.berth.bench.report;

/** The figures that answer one question about the published runs. */
interface Summary {

    /**
     * A table and a chart of the same figures.
     *
     * @param markdown the table
     * @param svg      the chart; empty if there is none
     */
    record Rendered(String markdown, String svg) {}

    Rendered render();
}
