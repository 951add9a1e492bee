package org.berth.core.map;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts the resizes of a suite's maps, so that a suite that has not met every kind fails. Lincheck's model checker
 * must be told to ignore this class: it undoes what the code that it follows has done to static state.
 */
final class ResizeCoverage {

    private static final Map<String, Long> COUNTS = new ConcurrentHashMap<>();

    /** Counted beside the kinds of resize: tables that were made to follow one that is not the root. */
    private static final String OVERLAPPING = "OVERLAPPING";

    /** Counted, too: tables that were made of the memory of a retired one. */
    private static final String REUSED = "REUSED";

    private ResizeCoverage() {}

    static void reset() {
        COUNTS.clear();
    }

    /** Counts the resizes of a map whose scenario has ended. */
    static void resized(LongLongMap map) {
        for (Resizer.Resize kind : Resizer.Resize.values()) {
            count(kind.name(), map.resizer.resizes(kind));
        }
    }

    /** Counts an allocation by a map, null while it is constructed. */
    static void allocating(@Nullable LongLongMap map) {
        if (map != null && map.tables() > 1) {
            count(OVERLAPPING, 1);
        }
    }

    /** Counts memory that is cleared for another table. */
    static void reused() {
        count(REUSED, 1);
    }

    private static void count(String what, long times) {
        if (times > 0) {
            COUNTS.merge(what, times, Long::sum);
        }
    }

    static void assertEverything() {
        assertThat(COUNTS).containsKey(OVERLAPPING);
        for (Resizer.Resize kind : Resizer.Resize.values()) {
            assertThat(COUNTS).containsKey(kind.name());
        }
    }

    static void assertReused() {
        assertThat(COUNTS).containsKey(REUSED);
    }
}
