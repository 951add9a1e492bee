package org.berth.bench.workload;

import org.berth.bench.store.BerthStore;
import org.berth.bench.store.ByteStore;
import org.berth.bench.store.CaffeineStore;
import org.berth.bench.store.ChronicleStore;
import org.berth.bench.store.EhcacheStore;
import org.berth.bench.store.HeapStore;
import org.berth.bench.store.OhcStore;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;

/** Berth's store and its peers, each presized and filled with all keys, and what each thread uses. */
@SuppressWarnings("NullAway.Init") // by JMH, in setup
public class SharedStores {

    private SharedStores() {}

    /** The values. */
    @State(Scope.Benchmark)
    public static class Values {

        /** The length of each. */
        @Param({"32", "256", "4096"})
        public int bytes;
    }

    /**
     * A store.
     *
     * @param <S> the implementation
     */
    public abstract static class Shared<S extends ByteStore> {

        S store;

        abstract S create(int size, int valueBytes);

        @Setup
        public void fill(MapKeys.Keys keys, Values values) {
            store = create(keys.size, values.bytes);
            store.prepare();
            store.fill();
            requireAll();
        }

        @TearDown
        public void check(MapKeys.Keys keys, BenchmarkParams params) {
            check(keys, !params.getBenchmark().startsWith(StoreChurn.class.getName()));
            store.close();
        }

        /** No workload changes the size, and only churn replaces keys. */
        final void check(MapKeys.Keys keys, boolean sameKeys) {
            if (store.size() != keys.size) {
                throw new IllegalStateException(
                        "keys are lost or left: size=" + store.size() + " expected=" + keys.size);
            }
            if (sameKeys) {
                requireAll();
            }
        }

        private void requireAll() {
            int missing = store.missing();
            if (missing > 0) {
                throw new IllegalStateException("values are missing: percent=" + missing);
            }
        }
    }

    /** {@link BerthStore}. */
    @State(Scope.Benchmark)
    public static class Berth extends Shared<BerthStore> {

        @Override
        BerthStore create(int size, int valueBytes) {
            return new BerthStore(size, valueBytes);
        }
    }

    /** One thread's. */
    @State(Scope.Thread)
    public static class BerthThread {

        BerthStore.BerthAccess access;

        @Setup
        public void open(Berth shared) {
            access = shared.store.access();
        }
    }

    /** {@link HeapStore}, with a string made for each call. */
    @State(Scope.Benchmark)
    public static class Concurrent extends Shared<HeapStore> {

        @Override
        HeapStore create(int size, int valueBytes) {
            return new HeapStore(size, valueBytes, false);
        }
    }

    /** One thread's. */
    @State(Scope.Thread)
    public static class ConcurrentThread {

        HeapStore.PerCall access;

        @Setup
        public void open(Concurrent shared) {
            access = shared.store.perCall();
        }
    }

    /** {@link HeapStore}, with a string for each key. */
    @State(Scope.Benchmark)
    public static class Prebuilt extends Shared<HeapStore> {

        @Override
        HeapStore create(int size, int valueBytes) {
            return new HeapStore(size, valueBytes, true);
        }
    }

    /** One thread's. */
    @State(Scope.Thread)
    public static class PrebuiltThread {

        HeapStore.Prebuilt access;

        @Setup
        public void open(Prebuilt shared) {
            access = shared.store.prebuilt();
        }
    }

    /** {@link CaffeineStore}. */
    @State(Scope.Benchmark)
    public static class Caffeine extends Shared<CaffeineStore> {

        @Override
        CaffeineStore create(int size, int valueBytes) {
            return new CaffeineStore(size, valueBytes);
        }
    }

    /** One thread's. */
    @State(Scope.Thread)
    public static class CaffeineThread {

        CaffeineStore.CaffeineAccess access;

        @Setup
        public void open(Caffeine shared) {
            access = shared.store.access();
        }
    }

    /** {@link EhcacheStore}. */
    @State(Scope.Benchmark)
    public static class Ehcache extends Shared<EhcacheStore> {

        @Override
        EhcacheStore create(int size, int valueBytes) {
            return new EhcacheStore(size, valueBytes);
        }
    }

    /** One thread's. */
    @State(Scope.Thread)
    public static class EhcacheThread {

        EhcacheStore.EhcacheAccess access;

        @Setup
        public void open(Ehcache shared) {
            access = shared.store.access();
        }
    }

    /** {@link OhcStore}. */
    @State(Scope.Benchmark)
    public static class Ohc extends Shared<OhcStore> {

        @Override
        OhcStore create(int size, int valueBytes) {
            return new OhcStore(size, valueBytes);
        }
    }

    /** One thread's. */
    @State(Scope.Thread)
    public static class OhcThread {

        OhcStore.OhcAccess access;

        @Setup
        public void open(Ohc shared) {
            access = shared.store.access();
        }
    }

    /** {@link ChronicleStore}. */
    @State(Scope.Benchmark)
    public static class Chronicle extends Shared<ChronicleStore> {

        @Override
        ChronicleStore create(int size, int valueBytes) {
            return new ChronicleStore(size, valueBytes);
        }
    }

    /** One thread's. */
    @State(Scope.Thread)
    public static class ChronicleThread {

        ChronicleStore.ChronicleAccess access;

        @Setup
        public void open(Chronicle shared) {
            access = shared.store.access();
        }
    }
}
