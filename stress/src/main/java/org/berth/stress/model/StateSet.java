package org.berth.stress.model;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A set of states, of which it keeps 64-bit hashes: of twenty million states, two share one with a probability of one
 * in a hundred thousand, and then a part of the search is left out.
 */
final class StateSet {

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** Open addressing; 0 is a free place. */
    private long[] hashes = new long[1 << 16];

    private int size;

    int size() {
        return size;
    }

    /** Adds a state; false if it was there. */
    boolean add(byte[] state) {
        if (size >= hashes.length / 4 * 3) {
            grow();
        }
        if (!insert(hash(state))) {
            return false;
        }
        size++;
        return true;
    }

    private boolean insert(long hash) {
        int mask = hashes.length - 1;
        int at = (int) hash & mask;
        while (hashes[at] != 0) {
            if (hashes[at] == hash) {
                return false;
            }
            at = (at + 1) & mask;
        }
        hashes[at] = hash;
        return true;
    }

    private void grow() {
        long[] old = hashes;
        hashes = new long[2 * old.length];
        for (long hash : old) {
            if (hash != 0) {
                insert(hash);
            }
        }
    }

    private static long hash(byte[] state) {
        long hash = 0;
        for (int at = 0; at < state.length; at += Long.BYTES) {
            hash = (hash ^ (long) LONGS.get(state, at)) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 29;
        }
        hash *= 0xC4CEB9FE1A85EC53L;
        hash ^= hash >>> 32;
        return hash == 0 ? 1 : hash;
    }
}
