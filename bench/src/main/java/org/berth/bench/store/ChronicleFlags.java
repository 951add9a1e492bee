package org.berth.bench.store;

import java.util.List;
import org.berth.bench.affinity.CpuOrder;

/** The JVM flags that Chronicle Map requires, and one against its analytics. */
public final class ChronicleFlags {

    /** Constants, as annotations take nothing else. */
    public static final String OPEN_LANG = "--add-opens=java.base/java.lang=ALL-UNNAMED";

    public static final String OPEN_REFLECT = "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED";
    public static final String OPEN_IO = "--add-opens=java.base/java.io=ALL-UNNAMED";
    public static final String OPEN_UTIL = "--add-opens=java.base/java.util=ALL-UNNAMED";
    public static final String OPEN_NIO = "--add-opens=java.base/java.nio=ALL-UNNAMED";
    public static final String OPEN_CH = "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED";
    public static final String EXPORT_REF = "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED";
    public static final String EXPORT_CH = "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED";
    public static final String EXPORT_JAVAC = "--add-exports=jdk.compiler/com.sun.tools.javac.file=ALL-UNNAMED";
    public static final String OPEN_JAVAC = "--add-opens=jdk.compiler/com.sun.tools.javac=ALL-UNNAMED";
    public static final String NO_ANALYTICS = "-Dchronicle.analytics.disable=true";

    /** All of them. */
    static final List<String> ALL = List.of(
            OPEN_LANG,
            OPEN_REFLECT,
            OPEN_IO,
            OPEN_UTIL,
            OPEN_NIO,
            OPEN_CH,
            EXPORT_REF,
            EXPORT_CH,
            EXPORT_JAVAC,
            OPEN_JAVAC,
            CpuOrder.NATIVE_ACCESS,
            NO_ANALYTICS);

    private ChronicleFlags() {}
}
