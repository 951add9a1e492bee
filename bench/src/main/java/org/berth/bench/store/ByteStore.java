package org.berth.bench.store;

/**
 * A map under test. A process uses one implementation only: a second one would make the measured calls megamorphic.
 *
 * <p>Keys and values have numbers. After {@link #prepare} the keys from 0 on, as many as the map is made for, are there
 * in the form that it takes, so that they cost nothing but the look at them; others are made when they are used.
 */
public abstract class ByteStore implements AutoCloseable {

    /** What a read returns for an absent key. */
    public static final long MISSING = -1;

    /** A prime, so that it has no factor in common with a size: it leads from each key to one that is far away. */
    private static final long STEP = 2_654_435_761L;

    private static final int CHECKS = 100_000;

    final int size;
    final int valueBytes;

    ByteStore(int size, int valueBytes) {
        this.size = size;
        this.valueBytes = valueBytes;
    }

    /** Makes the keys that {@link Access#get} and {@link Access#put} use; before {@link #access}. */
    public abstract void prepare();

    /** Returns what a thread uses, with buffers of its own. */
    public abstract Access access();

    /** Returns the number of keys. */
    public abstract long size();

    /** Returns the bytes of off-heap memory by its own account; 0 if it has none or cannot say. */
    public long bytes() {
        return 0;
    }

    @Override
    public void close() {
        // Most are left to the garbage collector.
    }

    /** Returns a key that is far away from those of the numbers beside this one, of as many as there are keys. */
    public static int scattered(int number, int size) {
        return (int) (number * STEP % size);
    }

    /** Puts every key, neighbours far from each other, and none by the object that was prepared. */
    public final void fill() {
        Access access = access();
        for (int i = 0; i < size; i++) {
            access.putNew(scattered(i, size));
        }
        if (size() != size) {
            throw new IllegalStateException("keys are lost: size=" + size() + " expected=" + size);
        }
    }

    /**
     * Reads some keys, and fails if a value is not that of its key.
     *
     * @return how many of them are missing, in percent
     */
    public final int missing() {
        Access access = access();
        int checks = Math.min(size, CHECKS);
        int missing = 0;
        for (int i = 0; i < checks; i++) {
            int number = scattered(i, size);
            long found = access.check(number);
            if (found == MISSING) {
                missing++;
            } else if (found != number) {
                throw new IllegalStateException("another key's value: number=" + number + " found=" + found);
            }
        }
        return missing == 0 ? 0 : Math.max(1, (int) (100L * missing / checks));
    }

    /** The operations of one thread. */
    public abstract static class Access {

        Access() {}

        /** Reads the value of a key that was prepared, and returns its number, or {@link #MISSING}. */
        public abstract long get(int number);

        /** Sets the value of a key that was prepared. */
        public abstract void put(int number);

        /** Sets the value of any key, which is made for the call. */
        public abstract void putNew(long number);

        /** Removes any key, which is made for the call. */
        public abstract void remove(long number);

        /** Reads as {@link #get}, and fails if the value is not whole. */
        abstract long check(int number);
    }
}
