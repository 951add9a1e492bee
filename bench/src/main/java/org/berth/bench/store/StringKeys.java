package org.berth.bench.store;

import java.nio.charset.StandardCharsets;

/** Makes a string of the bytes of a key, as a service that has received them; of one thread. */
final class StringKeys {

    private final byte[] key = new byte[Keys.STRIDE];

    String string(long number) {
        Keys.write(number, key, 0);
        return string(key, 0, number);
    }

    /** Decodes a key in the fastest way that the JDK has. */
    static String string(byte[] keys, int offset, long number) {
        return new String(keys, offset, Keys.length(number), StandardCharsets.ISO_8859_1);
    }
}
