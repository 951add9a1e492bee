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

/** Threads read the values of random keys, and set some of them. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(jvmArgsAppend = {MapFlags.HEAP_MIN, MapFlags.HEAP_MAX})
public class StoreMix {

    private static long step(ByteStore.Access access, MapMix.Updates updates, StoreDraws draws) {
        int number = draws.next();
        if (updates.update(draws.coin())) {
            access.put(number);
            return number;
        }
        return draws.checked(number, access.get(number));
    }

    @Benchmark
    public long berth(SharedStores.BerthThread mine, MapMix.Updates updates, StoreDraws draws) {
        return step(mine.access, updates, draws);
    }

    @Benchmark
    public long concurrentHashMap(SharedStores.ConcurrentThread mine, MapMix.Updates updates, StoreDraws draws) {
        return step(mine.access, updates, draws);
    }

    @Benchmark
    public long concurrentHashMapPrebuilt(SharedStores.PrebuiltThread mine, MapMix.Updates updates, StoreDraws draws) {
        return step(mine.access, updates, draws);
    }

    @Benchmark
    public long caffeine(SharedStores.CaffeineThread mine, MapMix.Updates updates, StoreDraws draws) {
        return step(mine.access, updates, draws);
    }

    @Benchmark
    public long ehcache(SharedStores.EhcacheThread mine, MapMix.Updates updates, StoreDraws draws) {
        return step(mine.access, updates, draws);
    }

    @Benchmark
    @Fork(jvmArgsAppend = {MapFlags.HEAP_MIN, MapFlags.HEAP_MAX, CpuOrder.NATIVE_ACCESS})
    public long ohc(SharedStores.OhcThread mine, MapMix.Updates updates, StoreDraws draws) {
        return step(mine.access, updates, draws);
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
    public long chronicleMap(SharedStores.ChronicleThread mine, MapMix.Updates updates, StoreDraws draws) {
        return step(mine.access, updates, draws);
    }
}
