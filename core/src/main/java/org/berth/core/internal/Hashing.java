package org.berth.core.internal;

/** What the hash functions of this module share. */
public final class Hashing {

    /**
     * The multiplier of Fibonacci hashing: 2<sup>64</sup> divided by the golden ratio, odd. The upper half of a product
     * has the better bits.
     */
    public static final long FIBONACCI = 0x9E3779B97F4A7C15L;

    private Hashing() {}
}
