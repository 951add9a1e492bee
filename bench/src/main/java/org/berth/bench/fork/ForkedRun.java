package org.berth.bench.fork;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What a run measures in forked JVMs, and how it is reported.
 *
 * @param <V> one measurement
 */
public interface ForkedRun<V> {

    /** Returns the kind of run, which is also the command that measures in the forked JVM. */
    String kind();

    /** Returns the name of a measurement. */
    String name(V measurement);

    /** Returns the flags of every JVM. */
    List<String> jvmArgs();

    /** Returns the flags that a measurement's JVM needs besides. */
    List<String> jvmArgs(V measurement);

    /** Returns the options that tell the forked command what to measure. */
    List<String> args(V measurement);

    /** Returns an estimate of a measurement's seconds. */
    double seconds(V measurement);

    /** Returns why the figures must not be published. */
    List<String> caveats();

    /**
     * Renders the report.
     *
     * @param header   lines for its head
     * @param folder   with what the forked JVMs have written
     * @param measured the measurements that succeeded
     */
    String render(List<String> header, Path folder, List<V> measured) throws IOException;

    /** Returns the file name of the report. */
    default String report() {
        return kind() + ".md";
    }
}
