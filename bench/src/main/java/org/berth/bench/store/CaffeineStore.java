package org.berth.bench.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

/** {@link Cache} of strings to arrays, bounded so that nothing is evicted: a read returns a reference. */
public final class CaffeineStore extends ByteStore {

    private final Cache<String, byte[]> cache;
    private String[] strings = new String[0];

    /** Makes a presized map. */
    public CaffeineStore(int size, int valueBytes) {
        super(size, valueBytes);
        cache = Caffeine.newBuilder()
                .initialCapacity(size)
                .maximumSize(2L * size)
                .build();
    }

    @Override
    public void prepare() {
        strings = Keys.firstStrings(size);
    }

    @Override
    public CaffeineAccess access() {
        return new CaffeineAccess(this);
    }

    @Override
    public long size() {
        cache.cleanUp();
        return cache.estimatedSize();
    }

    /** One thread's. */
    public static final class CaffeineAccess extends Access {

        private final Cache<String, byte[]> cache;
        private final String[] keys;
        private final StringKeys made = new StringKeys();
        private final byte[] value;

        CaffeineAccess(CaffeineStore store) {
            cache = store.cache;
            keys = store.strings;
            value = new byte[store.valueBytes];
        }

        @Override
        public long get(int number) {
            return Values.number(cache.getIfPresent(keys[number]));
        }

        @Override
        public void put(int number) {
            cache.put(keys[number], Values.number(value.clone(), number));
        }

        @Override
        public void putNew(long number) {
            cache.put(made.string(number), Values.number(value.clone(), number));
        }

        @Override
        public void remove(long number) {
            cache.invalidate(made.string(number));
        }

        @Override
        long check(int number) {
            return Values.checked(cache.getIfPresent(made.string(number)), value.length);
        }
    }
}
