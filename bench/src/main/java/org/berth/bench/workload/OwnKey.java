package org.berth.bench.workload;

import java.util.stream.LongStream;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.ThreadParams;

/** A thread's own key, as a long, a box and a name, created before the measurement. */
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init") // by JMH, in setup
public class OwnKey {

    /** Above the boxes that the JDK caches. */
    private static final long FIRST = 1_000;

    private static final int LEAST_KEYS = 64;

    /**
     * Several keys lie between two threads' keys, so that their entries in a map filled in key order are apart, too.
     */
    private static final int KEYS_PER_THREAD = 8;

    long key;
    Long boxed;
    String name;

    @Setup
    public void choose(ThreadParams thread) {
        key = of(thread.getThreadIndex());
        boxed = key;
        name = name(key);
    }

    static int count(int threads) {
        return Math.max(LEAST_KEYS, KEYS_PER_THREAD * threads);
    }

    static LongStream all(int threads) {
        return LongStream.range(FIRST, FIRST + count(threads));
    }

    static long of(int thread) {
        return FIRST + (long) KEYS_PER_THREAD * thread;
    }

    static String name(long key) {
        return "key-" + key;
    }
}
