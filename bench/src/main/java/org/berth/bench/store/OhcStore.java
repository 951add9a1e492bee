package org.berth.bench.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.caffinitas.ohc.CacheSerializer;
import org.caffinitas.ohc.OHCache;
import org.caffinitas.ohc.OHCacheBuilder;

/** OHC, which has all off the heap, with room for all: a read returns a new array. */
public final class OhcStore extends ByteStore {

    /** Bytes of an entry besides its value. */
    private static final long ROOM = 256;

    private static final long SMALLEST = 64L << 20;

    private final OHCache<byte[], byte[]> cache;
    private byte[][] keys = new byte[0][];

    /** Makes a presized map. */
    public OhcStore(int size, int valueBytes) {
        super(size, valueBytes);
        cache = OHCacheBuilder.<byte[], byte[]>newBuilder()
                .keySerializer(new Bytes())
                .valueSerializer(new Bytes())
                .capacity(Math.max(SMALLEST, size * (ROOM + 2L * valueBytes)))
                .build();
    }

    /** Copies arrays. */
    private static final class Bytes implements CacheSerializer<byte[]> {

        @Override
        public void serialize(byte[] value, ByteBuffer to) {
            to.put(value);
        }

        @Override
        public byte[] deserialize(ByteBuffer from) {
            byte[] value = new byte[from.remaining()];
            from.get(value);
            return value;
        }

        @Override
        public int serializedSize(byte[] value) {
            return value.length;
        }
    }

    @Override
    public void prepare() {
        keys = Keys.firstArrays(size);
    }

    @Override
    public OhcAccess access() {
        return new OhcAccess(this);
    }

    @Override
    public long size() {
        return cache.size();
    }

    @Override
    public long bytes() {
        return cache.memUsed();
    }

    @Override
    public void close() {
        try {
            cache.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One thread's. */
    public static final class OhcAccess extends Access {

        private final OHCache<byte[], byte[]> cache;
        private final byte[][] keys;
        private final byte[] value;

        OhcAccess(OhcStore store) {
            cache = store.cache;
            keys = store.keys;
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
            cache.put(Keys.bytes(number), Values.number(value, number));
        }

        @Override
        public void remove(long number) {
            cache.remove(Keys.bytes(number));
        }

        @Override
        long check(int number) {
            return Values.checked(cache.get(Keys.bytes(number)), value.length);
        }
    }
}
