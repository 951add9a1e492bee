package org.berth.bench.memory;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.berth.bench.store.ByteStore;

/** Fills a store, churns, and looks at the memory of this process. */
final class StoreMemoryRun {

    /** For the classes and the compiled code, which must not count. */
    private static final int WARM_UP_ENTRIES = 20_000;

    private static final int COLLECTIONS = 3;

    private final long heap;
    private final long resident;

    private StoreMemoryRun() throws IOException {
        heap = liveHeap();
        resident = ResidentMemory.bytes();
    }

    /**
     * Measures, and writes what was found.
     *
     * @param rounds how often fresh keys take the place of all others
     */
    static void main(StoreVariant variant, int rounds, Path folder) throws IOException {
        warmUp(variant);
        StoreMemoryRun run = new StoreMemoryRun();
        try (ByteStore store = variant.kind().create(variant.entries(), variant.valueBytes())) {
            store.fill();
            requireAll(store, variant);
            StoreUse.Memory filled = run.now(store);
            if (store.missing() > 0) {
                throw new IllegalStateException("values are missing: percent=" + store.missing());
            }
            churn(store, variant.entries(), rounds);
            StoreUse.Memory churned = run.now(store);
            requireAll(store, variant);
            Files.writeString(
                    folder.resolve(variant.name() + StoreUse.CSV), new StoreUse(variant, filled, churned).text());
        }
    }

    /** In a method of its own: a variable that is not used any more may keep the store alive. */
    private static void warmUp(StoreVariant variant) {
        int entries = Math.min(WARM_UP_ENTRIES, variant.entries());
        try (ByteStore store = variant.kind().create(entries, variant.valueBytes())) {
            store.fill();
            churn(store, entries, 2);
        }
    }

    private static void requireAll(ByteStore store, StoreVariant variant) {
        if (store.size() != variant.entries()) {
            throw new IllegalStateException(
                    "keys are lost or left: size=" + store.size() + " expected=" + variant.entries());
        }
    }

    /** Puts a fresh key, removes the oldest one, and sets the value of any other, again and again. */
    private static void churn(ByteStore store, int entries, int rounds) {
        ByteStore.Access access = store.access();
        SplittableRandom random = new SplittableRandom(entries);
        for (long oldest = 0; oldest < (long) rounds * entries; oldest++) {
            access.putNew(oldest + entries);
            access.remove(oldest);
            access.putNew(oldest + 1 + random.nextInt(entries));
        }
    }

    private StoreUse.Memory now(ByteStore store) throws IOException {
        long live = liveHeap() - heap;
        return new StoreUse.Memory(live, ResidentMemory.bytes() - resident, store.bytes());
    }

    private static long liveHeap() {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
