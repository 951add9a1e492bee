package org.berth.core.map;

import static org.berth.core.map.ValueCodec.ABSENT;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The value words of the two keys that collide with a state of a key word. They are on the heap: there is nothing to
 * resize, and nothing to reclaim.
 */
final class ReservedKeys {

    /** The keys are 0 and 1. */
    static final int COUNT = 2;

    /** In words: no cache line is shared, also not with the array's header, nor fetched in a pair. */
    private static final int SPACING = 16;

    private final AtomicLongArray words = new AtomicLongArray((COUNT + 2) * SPACING);

    static boolean contains(long key) {
        return (key & -COUNT) == 0;
    }

    private static int index(long key) {
        return (int) (key + 1) * SPACING;
    }

    long get(long key) {
        return words.getAcquire(index(key));
    }

    long getAndSet(long key, long word) {
        return words.getAndSet(index(key), word);
    }

    long compareAndExchange(long key, long expected, long word) {
        return words.compareAndExchange(index(key), expected, word);
    }

    long remove(long key) {
        return words.getAndSet(index(key), ABSENT);
    }

    long getAndAdd(long key, long delta, ValueCodec codec) {
        long word = words.get(index(key));
        while (true) {
            long witness = words.compareAndExchange(index(key), word, codec.add(key, word, delta));
            if (witness == word) {
                return word;
            }
            word = witness;
        }
    }
}
