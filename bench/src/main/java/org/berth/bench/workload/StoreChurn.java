package org.berth.bench.workload;

import java.util.concurrent.TimeUnit;
import org.berth.bench.affinity.CpuOrder;
import org.berth.bench.store.ByteStore;
import org.berth.bench.store.ChronicleFlags;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.ThreadParams;

/** Each thread puts a new key and removes its oldest one: the size of the store stays constant. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(jvmArgsAppend = {MapFlags.HEAP_MIN, MapFlags.HEAP_MAX})
public class StoreChurn {

    /** A thread's keys: every n-th number, for n threads, so that threads share none. */
    @State(Scope.Thread)
    public static class Window {

        private long newest;
        private long oldest;
        private long step;

        @Setup
        public void begin(MapKeys.Keys keys, ThreadParams thread) {
            // The store holds the keys 0 to size - 1: each thread owns its share.
            step = thread.getThreadCount();
            oldest = thread.getThreadIndex();
            newest = keys.size + Math.floorMod(oldest - keys.size, step);
        }

        /** If any of this fails, the size at the end is not what it was. */
        void slide(ByteStore.Access access) {
            access.putNew(newest);
            access.remove(oldest);
            newest += step;
            oldest += step;
        }
    }

    @Benchmark
    public void berth(SharedStores.BerthThread mine, Window window) {
        window.slide(mine.access);
    }

    @Benchmark
    public void concurrentHashMap(SharedStores.ConcurrentThread mine, Window window) {
        window.slide(mine.access);
    }

    @Benchmark
    public void caffeine(SharedStores.CaffeineThread mine, Window window) {
        window.slide(mine.access);
    }

    @Benchmark
    public void ehcache(SharedStores.EhcacheThread mine, Window window) {
        window.slide(mine.access);
    }

    @Benchmark
    @Fork(jvmArgsAppend = {MapFlags.HEAP_MIN, MapFlags.HEAP_MAX, CpuOrder.NATIVE_ACCESS})
    public void ohc(SharedStores.OhcThread mine, Window window) {
        window.slide(mine.access);
    }

    @Benchmark
    @Fork(
            jvmArgsAppend = {
                MapFlags.HEAP_MIN,
                MapFlags.HEAP_MAX,
                ChronicleFlags.OPEN_LANG,
                ChronicleFlags.OPEN_REFLECT,
                ChronicleFlags.OPEN_IO,
                ChronicleFlags.OPEN_UTIL,
                ChronicleFlags.OPEN_NIO,
                ChronicleFlags.OPEN_CH,
                ChronicleFlags.EXPORT_REF,
                ChronicleFlags.EXPORT_CH,
                ChronicleFlags.EXPORT_JAVAC,
                ChronicleFlags.OPEN_JAVAC,
                CpuOrder.NATIVE_ACCESS,
                ChronicleFlags.NO_ANALYTICS
            })
    public void chronicleMap(SharedStores.ChronicleThread mine, Window window) {
        window.slide(mine.access);
    }
}
