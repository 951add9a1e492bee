package org.berth.bench.store;

import java.util.concurrent.ConcurrentHashMap;

/** {@link ConcurrentHashMap} of strings to arrays: a read returns a reference. */
public final class HeapStore extends ByteStore {

    private final ConcurrentHashMap<String, byte[]> map;
    private final boolean prebuilt;
    private String[] strings = new String[0];
    private byte[] bytes = new byte[0];

    /**
     * Makes a map.
     *
     * @param prebuilt whether there is a string for each key, with its hash code, or it is made for each call from the
     *                 bytes of the key, as by a service that has received them
     */
    public HeapStore(int size, int valueBytes, boolean prebuilt) {
        super(size, valueBytes);
        map = new ConcurrentHashMap<>(size);
        this.prebuilt = prebuilt;
    }

    @Override
    public void prepare() {
        if (prebuilt) {
            strings = Keys.firstStrings(size);
        } else {
            bytes = Keys.first(size);
        }
    }

    @Override
    public Access access() {
        return prebuilt ? prebuilt() : perCall();
    }

    /** Returns what a thread uses if there is a string for each key. */
    public Prebuilt prebuilt() {
        return new Prebuilt(this);
    }

    /** Returns what a thread uses if a string is made for each call. */
    public PerCall perCall() {
        return new PerCall(this);
    }

    @Override
    public long size() {
        return map.mappingCount();
    }

    /** With a string that is made for each call. */
    public static final class PerCall extends Access {

        private final ConcurrentHashMap<String, byte[]> map;
        private final byte[] keys;
        private final StringKeys made = new StringKeys();
        private final byte[] value;

        PerCall(HeapStore store) {
            map = store.map;
            keys = store.bytes;
            value = new byte[store.valueBytes];
        }

        @Override
        public long get(int number) {
            return Values.number(map.get(StringKeys.string(keys, number * Keys.STRIDE, number)));
        }

        @Override
        public void put(int number) {
            String key = StringKeys.string(keys, number * Keys.STRIDE, number);
            map.put(key, Values.number(value.clone(), number));
        }

        @Override
        public void putNew(long number) {
            map.put(made.string(number), Values.number(value.clone(), number));
        }

        @Override
        public void remove(long number) {
            map.remove(made.string(number));
        }

        @Override
        long check(int number) {
            return Values.checked(map.get(made.string(number)), value.length);
        }
    }

    /** With a string for each key. */
    public static final class Prebuilt extends Access {

        private final ConcurrentHashMap<String, byte[]> map;
        private final String[] keys;
        private final StringKeys made = new StringKeys();
        private final byte[] value;

        Prebuilt(HeapStore store) {
            map = store.map;
            keys = store.strings;
            value = new byte[store.valueBytes];
        }

        @Override
        public long get(int number) {
            return Values.number(map.get(keys[number]));
        }

        @Override
        public void put(int number) {
            map.put(keys[number], Values.number(value.clone(), number));
        }

        @Override
        public void putNew(long number) {
            map.put(made.string(number), Values.number(value.clone(), number));
        }

        @Override
        public void remove(long number) {
            map.remove(made.string(number));
        }

        @Override
        long check(int number) {
            return Values.checked(map.get(made.string(number)), value.length);
        }
    }
}
