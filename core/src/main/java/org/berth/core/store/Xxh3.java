package org.berth.core.store;

import com.dynatrace.hash4j.hashing.ByteAccess;
import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import org.agrona.DirectBuffer;
import org.berth.offheap.Words;

/** XXH3 of 64 bits, with a seed. */
final class Xxh3 implements KeyHash {

    private static final ByteAccess<DirectBuffer> IN_BUFFER = new InBuffer();
    private static final ByteAccess<Words> IN_WORDS = new InWords();

    private static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private final Hasher64 hasher;

    private Xxh3(long seed) {
        hasher = Hashing.xxh3_64(seed);
    }

    /** Makes a hash with a secret seed, so that nobody can choose keys that collide. */
    static Xxh3 ofRandomSeed() {
        return new Xxh3(new SecureRandom().nextLong());
    }

    @Override
    public long hash(DirectBuffer key, int offset, int length) {
        return hasher.hashBytesToLong(key, offset, length, IN_BUFFER);
    }

    @Override
    public long hash(Words words, long at, int length) {
        return hasher.hashBytesToLong(words, at, length, IN_WORDS);
    }

    private static final class InBuffer implements ByteAccess<DirectBuffer> {

        @Override
        public byte getByte(DirectBuffer data, long index) {
            return data.getByte((int) index);
        }

        @Override
        public int getInt(DirectBuffer data, long index) {
            return data.getInt((int) index, ByteOrder.LITTLE_ENDIAN);
        }

        @Override
        public long getLong(DirectBuffer data, long index) {
            return data.getLong((int) index, ByteOrder.LITTLE_ENDIAN);
        }
    }

    /** A hash reads at any index, and words are aligned. */
    private static final class InWords implements ByteAccess<Words> {

        private static long word(Words words, long aligned) {
            long word = words.get(aligned);
            return LITTLE_ENDIAN ? word : Long.reverseBytes(word);
        }

        private static int shift(long index) {
            return (int) (index & (Long.BYTES - 1)) * Byte.SIZE;
        }

        @Override
        public byte getByte(Words data, long index) {
            return (byte) (word(data, index & -Long.BYTES) >>> shift(index));
        }

        @Override
        public int getInt(Words data, long index) {
            int shift = shift(index);
            long first = word(data, index & -Long.BYTES);
            return shift <= Integer.SIZE ? (int) (first >>> shift) : (int) getLong(data, index);
        }

        @Override
        public long getLong(Words data, long index) {
            int shift = shift(index);
            long first = word(data, index & -Long.BYTES);
            if (shift == 0) {
                return first;
            }
            long second = word(data, (index & -Long.BYTES) + Long.BYTES);
            return first >>> shift | second << (Long.SIZE - shift);
        }
    }
}
