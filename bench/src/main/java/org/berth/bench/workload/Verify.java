package org.berth.bench.workload;

/** Fails a benchmark that measured nothing. */
final class Verify {

    private Verify() {}

    static void counted(String what, long count) {
        if (count <= 0) {
            throw new IllegalStateException("the benchmark measured nothing: what=" + what + " count=" + count);
        }
    }
}
