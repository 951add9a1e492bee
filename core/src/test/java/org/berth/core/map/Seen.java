package org.berth.core.map;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What the maps of a suite went through, so that a suite that has not met it fails. Lincheck's model checker must be told to
 * ignore this class: it takes back what the code that it follows has done to static state.
 */
final class Seen {

    private static final Map<String, Long> COUNTS = new ConcurrentHashMap<>();

    /** What is counted beside the kinds of growth: tables that were made to follow one that is not the root. */
    private static final String CHAIN = "CHAIN";

    private Seen() {}

    static void reset() {
        COUNTS.clear();
    }

    /** The growths of a map that has ended. */
    static void growths(LongLongMap map) {
        for (TableList.Resize kind : TableList.Resize.values()) {
            count(kind.name(), map.growths(kind));
        }
    }

    /** A map that allocates a table, null while it is made. */
    static void allocating(@Nullable LongLongMap map) {
        if (map != null && map.tables() > 1) {
            count(CHAIN, 1);
        }
    }

    private static void count(String what, long times) {
        if (times > 0) {
            COUNTS.merge(what, times, Long::sum);
        }
    }

    static void assertEverything() {
        assertThat(COUNTS).containsKey(CHAIN);
        for (TableList.Resize kind : TableList.Resize.values()) {
            assertThat(COUNTS).containsKey(kind.name());
        }
    }
}
