package org.berth.bench.workload;

import java.util.concurrent.TimeUnit;
import org.berth.bench.affinity.CpuOrder;
import org.berth.bench.store.ChronicleFlags;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** Threads read the values of random keys of a store without updates. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(jvmArgsAppend = {MapFlags.HEAP_MIN, MapFlags.HEAP_MAX})
public class StoreRead {

    @Benchmark
    public long berth(SharedStores.BerthThread mine, StoreDraws draws) {
        int number = draws.next();
        return draws.checked(number, mine.access.get(number));
    }

    @Benchmark
    public long concurrentHashMap(SharedStores.ConcurrentThread mine, StoreDraws draws) {
        int number = draws.next();
        return draws.checked(number, mine.access.get(number));
    }

    @Benchmark
    public long concurrentHashMapPrebuilt(SharedStores.PrebuiltThread mine, StoreDraws draws) {
        int number = draws.next();
        return draws.checked(number, mine.access.get(number));
    }

    @Benchmark
    public long caffeine(SharedStores.CaffeineThread mine, StoreDraws draws) {
        int number = draws.next();
        return draws.checked(number, mine.access.get(number));
    }

    @Benchmark
    public long ehcache(SharedStores.EhcacheThread mine, StoreDraws draws) {
        int number = draws.next();
        return draws.checked(number, mine.access.get(number));
    }

    @Benchmark
    @Fork(jvmArgsAppend = {MapFlags.HEAP_MIN, MapFlags.HEAP_MAX, CpuOrder.NATIVE_ACCESS})
    public long ohc(SharedStores.OhcThread mine, StoreDraws draws) {
        int number = draws.next();
        return draws.checked(number, mine.access.get(number));
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
    public long chronicleMap(SharedStores.ChronicleThread mine, StoreDraws draws) {
        int number = draws.next();
        return draws.checked(number, mine.access.get(number));
    }
}
