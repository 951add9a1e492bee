package org.berth.core.store;

import java.util.concurrent.atomic.AtomicIntegerArray;

/** The buffers of one call of an {@link OffHeapMap}: for its key, the value that it has seen, and the one to store. */
final class Scratch {

    /** A buffer that has grown beyond is dropped after the call. */
    static final int MAX_KEPT_BYTES = 1 << 16;

    /** In words: the fields have a cache line of their own, as threads side by side use objects side by side. */
    private static final int SPACING = 32;

    private static final int IN_USE = SPACING;
    private static final int KEY_LENGTH = SPACING + 1;
    private static final int SEEN_LENGTH = SPACING + 2;
    private static final int NEXT_LENGTH = SPACING + 3;

    /** The length of what a codec writes, until it has returned. */
    private static final int UNKNOWN = Integer.MAX_VALUE;

    private final AtomicIntegerArray fields = new AtomicIntegerArray(2 * SPACING);
    final ExpandableBuffer key = new ExpandableBuffer();
    final ExpandableBuffer seen = new ExpandableBuffer();
    final ExpandableBuffer next = new ExpandableBuffer();

    /** The scratches of a map: a call takes that of its thread, or a new one while that is in use. */
    static final class Pool {

        private static final int MAX_SCRATCHES = 64;

        private final Scratch[] scratches;

        Pool() {
            int processors = Runtime.getRuntime().availableProcessors();
            scratches = new Scratch[Math.min(MAX_SCRATCHES, Integer.highestOneBit(4 * processors - 1))];
            for (int i = 0; i < scratches.length; i++) {
                scratches[i] = new Scratch();
            }
        }

        /** Returns a scratch that nobody else uses until {@link Scratch#release}. */
        Scratch acquire() {
            Scratch scratch = scratches[(int) Thread.currentThread().threadId() & (scratches.length - 1)];
            // Not a ThreadLocal: there may be a million virtual threads. A call in a function of another call, and one
            // of another thread with the same scratch, do without.
            return scratch.fields.compareAndSet(IN_USE, 0, 1) ? scratch : new Scratch();
        }

        /** Returns the bytes that are kept between calls. */
        int keptBytes() {
            int kept = 0;
            for (Scratch scratch : scratches) {
                kept += scratch.key.capacity() + scratch.seen.capacity() + scratch.next.capacity();
            }
            return kept;
        }
    }

    /** Gives the scratch back. */
    void release() {
        key.shrink(MAX_KEPT_BYTES);
        seen.shrink(MAX_KEPT_BYTES);
        next.shrink(MAX_KEPT_BYTES);
        fields.setRelease(IN_USE, 0);
    }

    <T> void writeKey(Codec<T> codec, T value) {
        write(codec, value, key, KEY_LENGTH);
    }

    <T> void writeNext(Codec<T> codec, T value) {
        write(codec, value, next, NEXT_LENGTH);
    }

    private <T> void write(Codec<T> codec, T value, ExpandableBuffer into, int lengthField) {
        // Zeros, so that what a codec leaves out of a key is the same each time.
        into.clear(fields.getPlain(lengthField));
        fields.setPlain(lengthField, UNKNOWN);
        int length = codec.write(value, into, 0);
        if (length < 0 || length > into.capacity()) {
            throw new IllegalStateException("a codec has returned a length that it cannot have written: length="
                    + length + " capacity=" + into.capacity() + " codec=" + codec);
        }
        fields.setPlain(lengthField, length);
    }

    int keyLength() {
        return fields.getPlain(KEY_LENGTH);
    }

    int nextLength() {
        return fields.getPlain(NEXT_LENGTH);
    }

    /** Returns the length of the value that was seen, or {@link BytesMap#MISSING}. */
    int seenLength() {
        return fields.getPlain(SEEN_LENGTH);
    }

    /** Looks for the key. Not counted as a read, as an update looks, too. */
    void see(BytesMap map) {
        fields.setPlain(SEEN_LENGTH, map.look(key, 0, keyLength(), seen, 0));
    }

    /** Stores the next value, if the map has what was seen. */
    boolean store(BytesMap map) {
        return seenLength() == BytesMap.MISSING
                ? map.putIfAbsent(key, 0, keyLength(), next, 0, nextLength())
                : map.compareAndSet(key, 0, keyLength(), seen, 0, seenLength(), next, 0, nextLength());
    }

    /** Removes the mapping, if the map has what was seen. */
    boolean remove(BytesMap map) {
        return seenLength() == BytesMap.MISSING || map.remove(key, 0, keyLength(), seen, 0, seenLength());
    }
}
