package org.berth.bench.workload;

import java.util.concurrent.TimeUnit;
import org.berth.bench.affinity.CpuOrder;
import org.berth.bench.store.ChronicleFlags;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** Threads set the values of random keys of a store, all present. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(jvmArgsAppend = {MapFlags.HEAP_MIN, MapFlags.HEAP_MAX})
public class StoreUpdate {

    @Benchmark
    public void berth(SharedStores.BerthThread mine, StoreDraws draws) {
        mine.access.put(draws.next());
    }

    @Benchmark
    public void concurrentHashMap(SharedStores.ConcurrentThread mine, StoreDraws draws) {
        mine.access.put(draws.next());
    }

    @Benchmark
    public void concurrentHashMapPrebuilt(SharedStores.PrebuiltThread mine, StoreDraws draws) {
        mine.access.put(draws.next());
    }

    @Benchmark
    public void caffeine(SharedStores.CaffeineThread mine, StoreDraws draws) {
        mine.access.put(draws.next());
    }

    @Benchmark
    public void ehcache(SharedStores.EhcacheThread mine, StoreDraws draws) {
        mine.access.put(draws.next());
    }

    @Benchmark
    @Fork(jvmArgsAppend = {MapFlags.HEAP_MIN, MapFlags.HEAP_MAX, CpuOrder.NATIVE_ACCESS})
    public void ohc(SharedStores.OhcThread mine, StoreDraws draws) {
        mine.access.put(draws.next());
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
    public void chronicleMap(SharedStores.ChronicleThread mine, StoreDraws draws) {
        mine.access.put(draws.next());
    }
}
