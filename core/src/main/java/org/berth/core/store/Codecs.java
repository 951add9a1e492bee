package org.berth.core.store;

import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.UUID;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The codecs that an {@link OffHeapMap} needs most often. All are thread-safe, fit keys and values alike, and write the
 * same bytes on every machine, numbers in little-endian order. What they read, they check for its length: bytes of
 * another codec are an {@link IllegalArgumentException} where they cannot be an object.
 */
public final class Codecs {

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private Codecs() {}

    /**
     * {@return a codec for strings} In UTF-8; a surrogate without its pair is kept, too, so that no two strings have
     * the same bytes.
     */
    public static Codec<String> ofString() {
        return StringCodec.INSTANCE;
    }

    /** {@return a codec for {@code long}s, of 8 bytes each} */
    public static Codec<Long> ofLong() {
        return OfLong.INSTANCE;
    }

    /** {@return a codec for {@code int}s, of 4 bytes each} */
    public static Codec<Integer> ofInt() {
        return OfInt.INSTANCE;
    }

    /** {@return a codec for UUIDs, of 16 bytes each} */
    public static Codec<UUID> ofUuid() {
        return OfUuid.INSTANCE;
    }

    /**
     * {@return a codec for arrays of bytes} As a key or a value of an {@link OffHeapMap} an array is what it contains:
     * {@code map.get(copy)} finds the mapping of another array with the same bytes. A collection of such keys, as
     * {@code map.keySet()} is copied to, compares them by identity again.
     */
    public static Codec<byte[]> ofBytes() {
        return OfBytes.INSTANCE;
    }

    /**
     * {@return a codec for pairs} What is read is a {@link Map#entry}. Prefer {@link #ofRecord(Class)} where the parts
     * have names.
     *
     * @param first  for the key of the entry
     * @param second for its value
     * @param <A>    the type of the key
     * @param <B>    the type of the value
     */
    public static <A, B> Codec<Map.Entry<A, B>> pair(Codec<A> first, Codec<B> second) {
        return new PairCodec<>(first, second);
    }

    /**
     * {@return a codec for a record class} Its components may be primitives, strings, UUIDs, arrays of bytes, constants
     * of an enum, which are written by their names, and records of such components. All but the primitives may be null.
     * The code is generated here, so keep the codec: to make one takes milliseconds, to use it no reflection and no
     * boxing.
     *
     * <p>A key's record must be equal by its components, as records are. A record with an array is not: it can be a
     * value.
     *
     * <p>Components have no tags: bytes of one version of a record class cannot be read by another.
     *
     * @param type the class. If it is in a named module, that opens its package to {@code org.berth.core}, or exports
     *             it and the class is public; otherwise see {@link #ofRecord(MethodHandles.Lookup, Class)}
     * @param <R>  the class
     * @throws IllegalArgumentException if a component has another type, or the class cannot be accessed; says which
     */
    public static <R extends Record> Codec<R> ofRecord(Class<R> type) {
        return RecordCodecs.of(type, null);
    }

    /**
     * {@return a codec for a record class that only its own module may access} See {@link #ofRecord(Class)}.
     *
     * @param caller {@code MethodHandles.lookup()}, called in the module of the class
     * @param type   the class
     * @param <R>    the class
     * @throws IllegalArgumentException as there
     */
    public static <R extends Record> Codec<R> ofRecord(MethodHandles.Lookup caller, Class<R> type) {
        return RecordCodecs.of(type, caller);
    }

    /** {@return a codec for the constants of an enum, by their names} */
    static <E extends Enum<E>> Codec<E> ofEnum(Class<E> type) {
        return new OfEnum<>(type);
    }

    /** Throws unless the bytes have the length that all objects of a type have. */
    static void requireLength(String type, int length, int expected) {
        if (length != expected) {
            throw malformed(type, length);
        }
    }

    static IllegalArgumentException malformed(String type, int length) {
        return new IllegalArgumentException(
                "bytes are not those of a " + type + ": length=" + length + "; was another codec used?");
    }

    private enum OfLong implements Codec<Long> {
        INSTANCE;

        @Override
        public int write(Long value, MutableDirectBuffer into, int offset) {
            into.putLong(offset, value, ORDER);
            return Long.BYTES;
        }

        @Override
        public Long read(DirectBuffer from, int offset, int length) {
            requireLength("long", length, Long.BYTES);
            return from.getLong(offset, ORDER);
        }
    }

    private enum OfInt implements Codec<Integer> {
        INSTANCE;

        @Override
        public int write(Integer value, MutableDirectBuffer into, int offset) {
            into.putInt(offset, value, ORDER);
            return Integer.BYTES;
        }

        @Override
        public Integer read(DirectBuffer from, int offset, int length) {
            requireLength("int", length, Integer.BYTES);
            return from.getInt(offset, ORDER);
        }
    }

    private enum OfUuid implements Codec<UUID> {
        INSTANCE;

        @Override
        public int write(UUID value, MutableDirectBuffer into, int offset) {
            into.putLong(offset, value.getMostSignificantBits(), ORDER);
            into.putLong(offset + Long.BYTES, value.getLeastSignificantBits(), ORDER);
            return 2 * Long.BYTES;
        }

        @Override
        public UUID read(DirectBuffer from, int offset, int length) {
            requireLength("UUID", length, 2 * Long.BYTES);
            return new UUID(from.getLong(offset, ORDER), from.getLong(offset + Long.BYTES, ORDER));
        }
    }

    private enum OfBytes implements Codec<byte[]> {
        INSTANCE;

        @Override
        public int write(byte[] value, MutableDirectBuffer into, int offset) {
            into.putBytes(offset, value);
            return value.length;
        }

        @Override
        public byte[] read(DirectBuffer from, int offset, int length) {
            byte[] bytes = new byte[length];
            from.getBytes(offset, bytes);
            return bytes;
        }
    }

    /** By name: the number of a constant changes when another is added before it. */
    private record OfEnum<E extends Enum<E>>(Class<E> type) implements Codec<E> {

        @Override
        public int write(E value, MutableDirectBuffer into, int offset) {
            return StringCodec.INSTANCE.write(value.name(), into, offset);
        }

        @Override
        public E read(DirectBuffer from, int offset, int length) {
            return Enum.valueOf(type, StringCodec.INSTANCE.read(from, offset, length));
        }
    }

    /** The length of the first part, the first part, the second part. */
    private record PairCodec<A, B>(Codec<A> first, Codec<B> second) implements Codec<Map.Entry<A, B>> {

        private static final int HEADER = Integer.BYTES;

        @Override
        public int write(Map.Entry<A, B> value, MutableDirectBuffer into, int offset) {
            int length = first.write(value.getKey(), into, offset + HEADER);
            into.putInt(offset, length, ORDER);
            return HEADER + length + second.write(value.getValue(), into, offset + HEADER + length);
        }

        @Override
        public Map.Entry<A, B> read(DirectBuffer from, int offset, int length) {
            int firstLength = length < HEADER ? -1 : from.getInt(offset, ORDER);
            if (firstLength < 0 || firstLength > length - HEADER) {
                throw malformed("pair", length);
            }
            int secondOffset = offset + HEADER + firstLength;
            return Map.entry(
                    first.read(from, offset + HEADER, firstLength),
                    second.read(from, secondOffset, length - HEADER - firstLength));
        }
    }
}
