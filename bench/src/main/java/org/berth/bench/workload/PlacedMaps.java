package org.berth.bench.workload;

import org.berth.core.map.LongLongMap;
import org.berth.offheap.placement.Placement;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Berth's map by the pages that its memory is made of. */
@SuppressWarnings("NullAway.Init") // by JMH, in setup
public class PlacedMaps {

    /** What a map is that asks for nothing. */
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

    /** With room for all of the keys from the start, and with all of them in it. */
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
            // Not at each iteration: to look allocates, and would count.
            HugePages.found(map.placementReport());
        }

        @TearDown
        public void close() {
            Verify.counted("map", map.size());
            map.close();
        }
    }

    /** Small at first. An invocation takes seconds, so that what is done before and after it does not count. */
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

        /** Puts the keys that follow the first ones. */
        void growTo(int size) {
            for (int i = FIRST_KEYS; i < size; i++) {
                map.put(MapKeys.key(i), i);
            }
        }

        @TearDown(Level.Invocation)
        public void close() {
            HugePages.found(map.placementReport());
            Verify.counted("growing map", map.size() - FIRST_KEYS);
            map.close();
        }
    }
}
