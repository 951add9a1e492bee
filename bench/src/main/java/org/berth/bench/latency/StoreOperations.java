package org.berth.bench.latency;

import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import org.berth.bench.store.ByteStore;

/** Reads or updates of random keys of a store. */
final class StoreOperations implements Operations {

    private static final int SIZE = 1_000_000;
    private static final int VALUE_BYTES = 256;
    private static final int BACKGROUND_UPDATES = 100;

    private final ByteStore store;
    private final boolean update;
    private final LongSupplier background;

    private StoreOperations(ByteStore store, boolean update) {
        this.store = store;
        this.update = update;
        background = new Updates(store.access(), -1);
    }

    static Operations reads(Implementation implementation) {
        return new StoreOperations(filled(implementation), false);
    }

    static Operations updates(Implementation implementation) {
        return new StoreOperations(filled(implementation), true);
    }

    private static ByteStore filled(Implementation implementation) {
        ByteStore store = Objects.requireNonNull(implementation.store(), implementation.label)
                .create(SIZE, VALUE_BYTES);
        store.prepare();
        store.fill();
        return store;
    }

    @Override
    public LongSupplier forThread(int thread) {
        return update ? new Updates(store.access(), thread) : new Reads(store.access(), thread);
    }

    @Override
    public long background() {
        long sum = 0;
        for (int i = 0; i < BACKGROUND_UPDATES; i++) {
            sum += background.getAsLong();
        }
        return sum;
    }

    @Override
    public void close() {
        store.close();
    }

    private static final class Reads implements LongSupplier {

        private final ByteStore.Access access;
        private final SplittableRandom random;

        Reads(ByteStore.Access access, int thread) {
            this.access = access;
            random = new SplittableRandom(thread);
        }

        @Override
        public long getAsLong() {
            int number = random.nextInt(SIZE);
            long found = access.get(number);
            if (found != number) {
                throw new IllegalStateException("another key's value: number=" + number + " found=" + found);
            }
            return found;
        }
    }

    private static final class Updates implements LongSupplier {

        private final ByteStore.Access access;
        private final SplittableRandom random;

        Updates(ByteStore.Access access, int thread) {
            this.access = access;
            random = new SplittableRandom(thread);
        }

        @Override
        public long getAsLong() {
            int number = random.nextInt(SIZE);
            access.put(number);
            return number;
        }
    }
}
