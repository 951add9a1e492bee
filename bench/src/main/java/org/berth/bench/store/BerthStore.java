package org.berth.bench.store;

import org.berth.core.store.BytesMap;
import org.berth.core.store.BytesMapStatistics;
import org.berth.offheap.OffHeapBuffer;

/** {@link BytesMap}, with keys and values in buffers off the heap: a read copies the value into the thread's own. */
public final class BerthStore extends ByteStore {

    private final BytesMap map;
    private OffHeapBuffer keys = OffHeapBuffer.ofAuto(Keys.STRIDE);

    /** Makes a map. */
    public BerthStore(int size, int valueBytes) {
        super(size, valueBytes);
        map = BytesMap.builder().expectedSize(size).maximumBytes(Long.MAX_VALUE).build();
    }

    @Override
    public void prepare() {
        keys = OffHeapBuffer.ofAuto(Math.multiplyExact(size, Keys.STRIDE));
        byte[] key = new byte[Keys.STRIDE];
        for (int i = 0; i < size; i++) {
            Keys.write(i, key, 0);
            keys.putBytes(i * Keys.STRIDE, key);
        }
    }

    @Override
    public BerthAccess access() {
        return new BerthAccess(this);
    }

    @Override
    public long size() {
        return map.size();
    }

    @Override
    public long bytes() {
        BytesMapStatistics statistics = map.statistics();
        return statistics.allocatedBytes() + statistics.indexBytes();
    }

    @Override
    public void close() {
        map.close();
    }

    /** One thread's. */
    public static final class BerthAccess extends Access {

        private final BytesMap map;
        private final OffHeapBuffer keys;
        private final int valueBytes;
        private final OffHeapBuffer key = OffHeapBuffer.ofAuto(Keys.STRIDE);
        private final byte[] keyBytes = new byte[Keys.STRIDE];
        private final OffHeapBuffer value;
        private final OffHeapBuffer found;

        BerthAccess(BerthStore store) {
            map = store.map;
            keys = store.keys;
            valueBytes = store.valueBytes;
            value = OffHeapBuffer.ofAuto(valueBytes);
            found = OffHeapBuffer.ofAuto(valueBytes);
        }

        @Override
        public long get(int number) {
            int length = map.get(keys, number * Keys.STRIDE, Keys.length(number), found, 0);
            return length < 0 ? MISSING : found.getLong(0);
        }

        @Override
        public void put(int number) {
            number(number);
            map.put(keys, number * Keys.STRIDE, Keys.length(number), value, 0, valueBytes);
        }

        @Override
        public void putNew(long number) {
            number(number);
            map.put(key(number), 0, Keys.length(number), value, 0, valueBytes);
        }

        @Override
        public void remove(long number) {
            map.remove(key(number), 0, Keys.length(number));
        }

        @Override
        long check(int number) {
            byte[] bytes = new byte[valueBytes];
            int length = map.get(key(number), 0, Keys.length(number), found, 0);
            if (length < 0) {
                return MISSING;
            }
            if (length != valueBytes) {
                throw new IllegalStateException(
                        "not a whole value: number=" + number + " length=" + length + " expected=" + valueBytes);
            }
            found.getBytes(0, bytes);
            return Values.checked(bytes, valueBytes);
        }

        private void number(long number) {
            value.putLong(0, number);
            value.putLong(valueBytes - Long.BYTES, number);
        }

        private OffHeapBuffer key(long number) {
            Keys.write(number, keyBytes, 0);
            key.putBytes(0, keyBytes);
            return key;
        }
    }
}
