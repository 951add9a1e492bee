package org.berth.bench.workload;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.ThreadParams;

/** Each thread puts a new key and removes its oldest one: the size of the map stays constant. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(jvmArgsAppend = {MapFlags.HEAP_MIN, MapFlags.HEAP_MAX})
@SuppressWarnings("NullAway") // every key is present, and a check would cost
public class MapChurn {

    /** A thread's keys: every n-th number, for n threads, so that threads share none. */
    @State(Scope.Thread)
    public static class Window {

        private long newest;
        private long step;
        private long length;

        @Setup
        public void begin(MapKeys.Keys keys, ThreadParams thread) {
            // The map holds the keys 0 to size - 1: each thread owns its share.
            step = thread.getThreadCount();
            length = keys.size / step * step;
            newest = length + thread.getThreadIndex() - step;
        }

        long newest() {
            newest += step;
            return MapKeys.key(newest);
        }

        long oldest() {
            return MapKeys.key(newest - length);
        }
    }

    @Benchmark
    public long berth(SharedMaps.Berth shared, Window window) {
        shared.map.put(window.newest(), window.newest);
        return shared.map.remove(window.oldest());
    }

    @Benchmark
    public Object concurrentHashMap(SharedMaps.Concurrent shared, Window window) {
        shared.map.put(window.newest(), (Long) window.newest);
        return shared.map.remove(window.oldest());
    }

    @Benchmark
    public Object nonBlockingHashMapLong(SharedMaps.NonBlocking shared, Window window) {
        shared.map.put(window.newest(), (Long) window.newest);
        return shared.map.remove(window.oldest());
    }

    @Benchmark
    public Object synchronizedMap(SharedMaps.Synchronized shared, Window window) {
        shared.map.put(window.newest(), (Long) window.newest);
        return shared.map.remove(window.oldest());
    }
}
