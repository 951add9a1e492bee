package org.berth.bench.workload;

import org.berth.core.map.LongLongMap;
import org.berth.offheap.placement.Placement;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Berth's map, by the kind of pages of its memory. */
@SuppressWarnings("NullAway.Init") // by JMH, in setup
public class PlacedMaps {

    /** A map without a placement. */
    static final String ORDINARY = "ordinary";

    static final String HUGE = "huge";
    static final String HUGE_TOUCHED = "huge-touched";

    private static final int FIRST_KEYS = 1_000;

    private PlacedMaps() {}

    private static LongLongMap.Builder builder(String pages) {
        LongLongMap.Builder builder = LongLongMap.builder().maximumBytes(Long.MAX_VALUE);
        return switch (pages) {
            case ORDINARY -> builder;
            case HUGE -> builder.placement(Placement.local().hugePages());
            case HUGE_TOUCHED -> builder.placement(Placement.local().hugePages().preTouched());
            default -> throw new IllegalArgumentException("unknown: pages=" + pages);
        };
    }

    /** A presized map, filled with all keys. */
    @State(Scope.Benchmark)
    public static class Full {

        @Param({ORDINARY, HUGE_TOUCHED})
        public String pages;

        LongLongMap map;

        @Setup
        public void fill(MapKeys.Keys keys) {
            map = builder(pages).expectedSize(keys.size).build();
            for (int i = 0; i < keys.size; i++) {
                map.put(MapKeys.key(i), i);
            }
            // Not at each iteration: the report allocates, which would be counted.
            HugePagesProfiler.found(map.placementReport());
        }

        @TearDown
        public void close() {
            Verify.counted("map", map.size());
            map.close();
        }
    }

    /**
     * A map that starts small. An invocation takes seconds, so that setup and teardown per invocation do not distort
     * it.
     */
    @State(Scope.Benchmark)
    public static class Growing {

        @Param({ORDINARY, HUGE, HUGE_TOUCHED})
        public String pages;

        LongLongMap map;

        @Setup(Level.Invocation)
        public void create() {
            map = builder(pages).build();
            for (int i = 0; i < FIRST_KEYS; i++) {
                map.put(MapKeys.key(i), i);
            }
        }

        /** Puts the remaining keys. */
        void growTo(int size) {
            for (int i = FIRST_KEYS; i < size; i++) {
                map.put(MapKeys.key(i), i);
            }
        }

        @TearDown(Level.Invocation)
        public void close() {
            HugePagesProfiler.found(map.placementReport());
            Verify.counted("growing map", map.size() - FIRST_KEYS);
            map.close();
        }
    }
}
