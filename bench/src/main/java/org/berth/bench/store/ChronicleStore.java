package org.berth.bench.store;

import net.openhft.chronicle.map.ChronicleMap;

/** {@link ChronicleMap} of arrays: a read copies the value into the thread's own. */
public final class ChronicleStore extends ByteStore {

    /** The map has a fixed capacity, and needs some room in each of its segments. */
    private static final double ROOM = 1.3;

    private static final int SMALLEST_ROOM = 2_000;

    private final ChronicleMap<byte[], byte[]> map;
    private byte[][] keys = new byte[0][];

    /** Makes a presized map. */
    public ChronicleStore(int size, int valueBytes) {
        super(size, valueBytes);
        map = ChronicleMap.of(byte[].class, byte[].class)
                .entries((long) (ROOM * size) + SMALLEST_ROOM)
                .averageKeySize(Keys.MEAN_LENGTH)
                .constantValueSizeBySample(new byte[valueBytes])
                .putReturnsNull(true)
                .removeReturnsNull(true)
                .create();
    }

    @Override
    public void prepare() {
        keys = Keys.firstArrays(size);
    }

    @Override
    public ChronicleAccess access() {
        return new ChronicleAccess(this);
    }

    @Override
    public long size() {
        return map.longSize();
    }

    @Override
    public long bytes() {
        return map.offHeapMemoryUsed();
    }

    @Override
    public void close() {
        map.close();
    }

    /** One thread's. */
    public static final class ChronicleAccess extends Access {

        private final ChronicleMap<byte[], byte[]> map;
        private final byte[][] keys;
        private final byte[] value;
        private final byte[] found;

        ChronicleAccess(ChronicleStore store) {
            map = store.map;
            keys = store.keys;
            value = new byte[store.valueBytes];
            found = new byte[store.valueBytes];
        }

        @Override
        public long get(int number) {
            return Values.number(map.getUsing(keys[number], found));
        }

        @Override
        public void put(int number) {
            map.put(keys[number], Values.number(value, number));
        }

        @Override
        public void putNew(long number) {
            map.put(Keys.bytes(number), Values.number(value, number));
        }

        @Override
        public void remove(long number) {
            map.remove(Keys.bytes(number));
        }

        @Override
        long check(int number) {
            return Values.checked(map.getUsing(Keys.bytes(number), found), value.length);
        }
    }
}
