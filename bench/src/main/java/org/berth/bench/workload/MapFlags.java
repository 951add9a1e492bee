package org.berth.bench.workload;

/** JVM flags of the map's workloads. The heap is the same for all: peers that keep 10 million boxes need it. */
final class MapFlags {

    static final String HEAP_MIN = "-Xms4g";
    static final String HEAP_MAX = "-Xmx4g";

    private MapFlags() {}
}
