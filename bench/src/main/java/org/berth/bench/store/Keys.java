package org.berth.bench.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The keys, as bytes: 16 to 32 letters of ASCII, which differ in their first 16. */
public final class Keys {

    /** The length of the longest key, and what each takes in an array of keys. */
    public static final int STRIDE = 32;

    /** The length of a key in the mean of many. */
    public static final int MEAN_LENGTH = 24;

    private static final int SHORTEST = 16;
    private static final int LENGTHS = STRIDE - SHORTEST + 1;

    /** Half a byte is a letter. */
    private static final long LETTERS = 0x4141414141414141L;

    private static final long HALVES = 0x0f0f0f0f0f0f0f0fL;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private Keys() {}

    /** Returns the length of a key. */
    public static int length(long number) {
        return SHORTEST + (int) (number % LENGTHS);
    }

    /** Writes {@link #STRIDE} bytes, which begin with a key. */
    static void write(long number, byte[] to, int offset) {
        long mixed = mix(number);
        long first = (mixed & HALVES) + LETTERS;
        long second = (mixed >>> 4 & HALVES) + LETTERS;
        LONG.set(to, offset, first);
        LONG.set(to, offset + 8, second);
        LONG.set(to, offset + 16, second);
        LONG.set(to, offset + 24, first);
    }

    /** A bijection: MurmurHash3's finalizer, so that no hash function benefits from sequential keys. */
    private static long mix(long number) {
        long mixed = (number ^ number >>> 33) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ mixed >>> 33;
    }

    /** Returns a key. */
    static byte[] bytes(long number) {
        byte[] key = new byte[STRIDE];
        write(number, key, 0);
        return Arrays.copyOf(key, length(number));
    }

    /** Returns a key. */
    static String string(long number) {
        return new String(bytes(number), StandardCharsets.ISO_8859_1);
    }

    /** Returns the first keys, one after the other. */
    static byte[] first(int count) {
        byte[] keys = new byte[Math.multiplyExact(count, STRIDE)];
        for (int i = 0; i < count; i++) {
            write(i, keys, i * STRIDE);
        }
        return keys;
    }

    /** Returns the first keys, which have cached their hash codes. */
    static String[] firstStrings(int count) {
        String[] keys = new String[count];
        int hashes = 0;
        for (int i = 0; i < count; i++) {
            keys[i] = string(i);
            hashes |= keys[i].hashCode();
        }
        if (hashes == 0) {
            throw new IllegalStateException("no key has a hash code: count=" + count);
        }
        return keys;
    }

    /** Returns the first keys. */
    static byte[][] firstArrays(int count) {
        byte[][] keys = new byte[count][];
        for (int i = 0; i < count; i++) {
            keys[i] = bytes(i);
        }
        return keys;
    }
}
