package org.berth.bench.workload;

import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.ThreadParams;

/** The keys of a map, and the sequence of accesses, drawn before the measurement. */
@SuppressWarnings("NullAway.Init") // by JMH, in setup
public class MapKeys {

    private MapKeys() {}

    /**
     * Returns key number {@code i}: spread over all longs by a bijection of SplitMix64, so that no hash function
     * benefits from sequential keys.
     */
    public static long key(long i) {
        long z = i + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** The key set and the access sequence. */
    @State(Scope.Benchmark)
    public static class Keys {

        /** So long that no branch predictor learns it, and that its keys exceed any cache that the map exceeds. */
        private static final int LONGEST_ORDER = 1 << 22;

        private static final int SHORTEST_ORDER = 1 << 16;

        @Param({"1000", "100000", "10000000"})
        public int size;

        @Param({"uniform", "zipf"})
        public String distribution;

        /** The capacity of a map, as a multiple of the number of keys. */
        @Param("1")
        public int room;

        /** The sequence of key numbers. */
        int[] order;

        /** Returns the number of keys that a map has room for. */
        int capacity() {
            return size * room;
        }

        @Setup
        public void draw() {
            SplittableRandom random = new SplittableRandom(42);
            int length = Math.clamp(Integer.highestOneBit(4 * size), SHORTEST_ORDER, LONGEST_ORDER);
            order = new int[length];
            if (distribution.equals("zipf")) {
                Zipf zipf = new Zipf(size, 0.99);
                for (int i = 0; i < length; i++) {
                    order[i] = zipf.next(random);
                }
            } else {
                for (int i = 0; i < length; i++) {
                    order[i] = random.nextInt(size);
                }
            }
        }
    }

    /** The keys that one thread accesses, in order. */
    @State(Scope.Thread)
    public static class Draws {

        private long[] keys;
        private int next;
        private long coin;

        /** For batches. */
        final long[] batch8 = new long[8];

        final long[] batch32 = new long[32];
        final long[] batch128 = new long[128];
        final long[] values8 = new long[8];
        final long[] values32 = new long[32];
        final long[] values128 = new long[128];

        @Setup
        public void copy(Keys source, ThreadParams thread) {
            keys = new long[source.order.length];
            for (int i = 0; i < keys.length; i++) {
                keys[i] = MapKeys.key(source.order[i]);
            }
            next = keys.length / thread.getThreadCount() * thread.getThreadIndex();
            coin = MapKeys.key(thread.getThreadIndex());
        }

        /** Returns the next key, which is present if all are. */
        long key() {
            return keys[next++ & (keys.length - 1)];
        }

        /** Returns a random number, which selects the operation. */
        long coin() {
            // Marsaglia's xorshift: a few instructions, and no memory.
            coin ^= coin << 13;
            coin ^= coin >>> 7;
            coin ^= coin << 17;
            return coin;
        }

        long[] fill(long[] batch) {
            for (int i = 0; i < batch.length; i++) {
                batch[i] = key();
            }
            return batch;
        }
    }

    /** Returns an absent key for each key. */
    static long absent(long key) {
        // Keys are the image of 0 to size - 1 under a bijection; flipping all bits leaves it, except in rare cases.
        return ~key;
    }

    /**
     * A Zipf distribution over 0 to n - 1: r has a probability proportional to {@code 1 / (r + 1)^theta}. The method is
     * that of Gray et al., "Quickly generating billion-record synthetic databases", as in YCSB.
     */
    static final class Zipf {

        private final int n;
        private final double theta;
        private final double zetaN;
        private final double alpha;
        private final double eta;

        Zipf(int n, double theta) {
            this.n = n;
            this.theta = theta;
            double zeta = 0;
            for (int i = 1; i <= n; i++) {
                zeta += 1 / Math.pow(i, theta);
            }
            zetaN = zeta;
            alpha = 1 / (1 - theta);
            eta = (1 - Math.pow(2.0 / n, 1 - theta)) / (1 - (1 + Math.pow(0.5, theta)) / zetaN);
        }

        int next(SplittableRandom random) {
            double u = random.nextDouble();
            double uz = u * zetaN;
            if (uz < 1) {
                return 0;
            }
            if (uz < 1 + Math.pow(0.5, theta)) {
                return 1;
            }
            return Math.min(n - 1, (int) (n * Math.pow(eta * u - eta + 1, alpha)));
        }
    }
}
