package org.berth.stress;

import java.util.function.Supplier;
import org.agrona.DirectBuffer;
import org.berth.core.store.BytesMap;
import org.berth.core.store.StressStores;
import org.berth.offheap.OffHeapBuffer;
import org.berth.offheap.UnpublishedWords;

/**
 * A map of bytes that one state uses, whose segments have three records each. It is used again by other states: so its
 * segments have what was written before, as those of a real map. A value is one number, three times.
 */
final class SmallStore {

    static final int KEY = 7;
    static final int OTHER = 8;

    /** What is read if the words of a value differ. */
    static final int TORN = -1;

    private static final int KEY_BYTES = Long.BYTES;
    private static final int VALUE_BYTES = 3 * Long.BYTES;

    private final StressStores.Store store;
    private final BytesMap map;
    private final Buffers first = new Buffers();
    private final Buffers second = new Buffers();
    private int last;

    private SmallStore(StressStores.Store store) {
        this.store = store;
        this.map = store.map();
    }

    /** What one actor reads from and writes to. */
    static final class Buffers {

        private final OffHeapBuffer key = OffHeapBuffer.ofAuto(KEY_BYTES);
        private final OffHeapBuffer value = OffHeapBuffer.ofAuto(VALUE_BYTES);
        private final OffHeapBuffer expected = OffHeapBuffer.ofAuto(VALUE_BYTES);

        private DirectBuffer key(long number) {
            key.putLong(0, number);
            return key;
        }

        private static DirectBuffer write(OffHeapBuffer into, long number) {
            into.putLong(0, number);
            into.putLong(8, number);
            into.putLong(16, number);
            return into;
        }
    }

    static Pool<SmallStore> pool(Supplier<StressStores.Store> maker) {
        return new Pool<>(() -> new SmallStore(maker.get()));
    }

    /** Borrows a map without mappings. */
    static SmallStore borrowEmpty(Pool<SmallStore> pool) {
        SmallStore taken = pool.borrow();
        taken.remove(taken.first, KEY);
        taken.remove(taken.first, OTHER);
        return taken;
    }

    /** Borrows a map in which {@link #KEY} is 1, in a segment of which nothing else is live. */
    static SmallStore borrowSparse(Pool<SmallStore> pool) {
        SmallStore taken = borrowEmpty(pool);
        taken.put(taken.first, KEY, 1);
        for (int i = 0; i < 4; i++) {
            taken.put(taken.first, OTHER, 3);
        }
        return taken;
    }

    /** Returns the buffers of one actor. */
    Buffers first() {
        return first;
    }

    /** Returns the buffers of the other actor. */
    Buffers second() {
        return second;
    }

    /** Returns a number that no value of this map has had. */
    int nextNumber() {
        return ++last;
    }

    void put(Buffers buffers, int key, int number) {
        map.put(buffers.key(key), 0, KEY_BYTES, Buffers.write(buffers.value, number), 0, VALUE_BYTES);
        UnpublishedWords.publish();
    }

    /** Returns the number of a key's value, 0 for none. */
    int get(Buffers buffers, int key) {
        int length = map.get(buffers.key(key), 0, KEY_BYTES, buffers.value, 0);
        if (length == BytesMap.MISSING) {
            return 0;
        }
        long number = buffers.value.getLong(0);
        boolean whole =
                length == VALUE_BYTES && number == buffers.value.getLong(8) && number == buffers.value.getLong(16);
        return whole ? (int) number : TORN;
    }

    boolean compareAndSet(Buffers buffers, int key, int expected, int number) {
        boolean replaced = map.compareAndSet(
                buffers.key(key),
                0,
                KEY_BYTES,
                Buffers.write(buffers.expected, expected),
                0,
                VALUE_BYTES,
                Buffers.write(buffers.value, number),
                0,
                VALUE_BYTES);
        UnpublishedWords.publish();
        return replaced;
    }

    boolean remove(Buffers buffers, int key) {
        boolean removed = map.remove(buffers.key(key), 0, KEY_BYTES);
        UnpublishedWords.publish();
        return removed;
    }

    /** Moves what is live in the sparsest segment to another one. */
    void evacuate() {
        store.evacuate();
    }

    /** Whether no record is lost, and none is counted twice. */
    boolean isBalanced() {
        return store.isBalanced();
    }
}
