package org.berth.bench.workload;

/** JVM flags of the map's workloads. The heap is the same for all: peers that keep 10 million boxes need it. */
final class MapFlags {

    static final String HEAP_MIN = "-Xms4g";
    static final String HEAP_MAX = "-Xmx4g";

    /** What Chronicle Map requires, except its analytics. */
    static final String OPEN_LANG = "--add-opens=java.base/java.lang=ALL-UNNAMED";

    static final String OPEN_REFLECT = "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED";
    static final String OPEN_IO = "--add-opens=java.base/java.io=ALL-UNNAMED";
    static final String OPEN_UTIL = "--add-opens=java.base/java.util=ALL-UNNAMED";
    static final String OPEN_NIO = "--add-opens=java.base/java.nio=ALL-UNNAMED";
    static final String OPEN_CH = "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED";
    static final String EXPORT_REF = "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED";
    static final String EXPORT_CH = "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED";
    static final String EXPORT_JAVAC = "--add-exports=jdk.compiler/com.sun.tools.javac.file=ALL-UNNAMED";
    static final String OPEN_JAVAC = "--add-opens=jdk.compiler/com.sun.tools.javac=ALL-UNNAMED";
    static final String NO_ANALYTICS = "-Dchronicle.analytics.disable=true";

    private MapFlags() {}
}
