package org.berth.bench.store;

import org.ehcache.Cache;
import org.ehcache.CacheManager;
import org.ehcache.config.builders.CacheConfigurationBuilder;
import org.ehcache.config.builders.CacheManagerBuilder;
import org.ehcache.config.builders.ResourcePoolsBuilder;
import org.ehcache.config.units.MemoryUnit;

/** Ehcache with values off the heap alone, and room for all: a read returns a new array. */
public final class EhcacheStore extends ByteStore {

    private static final String NAME = "store";

    /** Bytes of an entry besides its value: less are evicted. */
    private static final long ROOM = 256;

    private static final long SMALLEST = 64L << 20;

    private final CacheManager manager;
    private final Cache<String, byte[]> cache;
    private String[] strings = new String[0];

    /** Makes a presized map. */
    public EhcacheStore(int size, int valueBytes) {
        super(size, valueBytes);
        long bytes = Math.max(SMALLEST, size * (ROOM + 2L * valueBytes));
        manager = CacheManagerBuilder.newCacheManagerBuilder()
                .withCache(
                        NAME,
                        CacheConfigurationBuilder.newCacheConfigurationBuilder(
                                String.class,
                                byte[].class,
                                ResourcePoolsBuilder.newResourcePoolsBuilder().offheap(bytes, MemoryUnit.B)))
                .build(true);
        cache = manager.getCache(NAME, String.class, byte[].class);
    }

    @Override
    public void prepare() {
        strings = Keys.firstStrings(size);
    }

    @Override
    public EhcacheAccess access() {
        return new EhcacheAccess(this);
    }

    /** Counts. */
    @Override
    public long size() {
        long count = 0;
        for (Cache.Entry<String, byte[]> entry : cache) {
            count += entry.getKey().isEmpty() ? 0 : 1;
        }
        return count;
    }

    @Override
    public void close() {
        manager.close();
    }

    /** One thread's. */
    public static final class EhcacheAccess extends Access {

        private final Cache<String, byte[]> cache;
        private final String[] keys;
        private final StringKeys made = new StringKeys();
        private final byte[] value;

        EhcacheAccess(EhcacheStore store) {
            cache = store.cache;
            keys = store.strings;
            value = new byte[store.valueBytes];
        }

        @Override
        public long get(int number) {
            return Values.number(cache.get(keys[number]));
        }

        @Override
        public void put(int number) {
            cache.put(keys[number], Values.number(value, number));
        }

        @Override
        public void putNew(long number) {
            cache.put(made.string(number), Values.number(value, number));
        }

        @Override
        public void remove(long number) {
            cache.remove(made.string(number));
        }

        @Override
        long check(int number) {
            return Values.checked(cache.get(made.string(number)), value.length);
        }
    }
}
