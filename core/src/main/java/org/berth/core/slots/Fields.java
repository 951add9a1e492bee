package org.berth.core.slots;

import static org.berth.core.slots.StagedWords.bytes;

import java.nio.ByteOrder;
import java.util.Objects;
import org.berth.core.slots.Field.OwnedAscii;
import org.berth.core.slots.Field.OwnedBoolean;
import org.berth.core.slots.Field.OwnedBytes;
import org.berth.core.slots.Field.OwnedDouble;
import org.berth.core.slots.Field.OwnedInt;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Field.OwnedLongs;
import org.berth.core.slots.Field.OwnedText;
import org.berth.core.slots.Field.OwnedUtf8;
import org.berth.core.slots.Field.SharedBoolean;
import org.berth.core.slots.Field.SharedDouble;
import org.berth.core.slots.Field.SharedInt;
import org.berth.core.slots.Field.SharedLong;
import org.jspecify.annotations.Nullable;

/**
 * The implementations of {@link Field}'s types, and the encoding of their values in words.
 *
 * <p>Records, because the JIT compiler trusts the final fields of records (and of few other classes) to be final: a
 * field in a {@code static final} becomes a constant offset and a constant layout. There is one record per public type,
 * so that {@code instanceof} on the public types is exact. An access casts to the exact class, so that a field that is
 * no constant costs a compare and not an interface call.
 *
 * <p>{@code wordOffset} is in bytes from the slot's base: owned fields lie at the base and above, shared fields below
 * it, so that one number finds either, however large the padding between the two areas is (see {@link
 * TableDescriptor}).
 */
@SuppressWarnings("ReferenceEquality") // a layout is an identity
final class Fields {

    private static final boolean BIG_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN;

    /** Where the upper half of a word is, from its first byte. */
    private static final int UPPER_HALF = BIG_ENDIAN ? 0 : Integer.BYTES;

    /** Where the lowest byte of a word is, from its first byte. */
    private static final int LOWEST_BYTE = BIG_ENDIAN ? Long.BYTES - 1 : 0;

    private Fields() {}

    /** Every field, for code that is not on a hot path. */
    interface FieldImpl {

        long wordOffset();
    }

    /** A field that may have a merge and, if so, a retained total with that index. */
    sealed interface Mergeable extends FieldImpl
            permits OwnedLongField,
                    OwnedIntField,
                    OwnedDoubleField,
                    SharedLongField,
                    SharedIntField,
                    SharedDoubleField {

        @Nullable
        Merge merge();

        int retainedIndex();
    }

    record OwnedLongField(
            Object layout,
            String name,
            long wordOffset,
            @Nullable Merge merge,
            int retainedIndex) implements OwnedLong, Mergeable {

        @Override
        public int offset() {
            return areaIndex(wordOffset);
        }
    }

    record OwnedIntField(
            Object layout,
            String name,
            long wordOffset,
            @Nullable Merge merge,
            int retainedIndex) implements OwnedInt, Mergeable {

        @Override
        public int offset() {
            return areaIndex(wordOffset) + UPPER_HALF;
        }
    }

    record OwnedDoubleField(
            Object layout,
            String name,
            long wordOffset,
            @Nullable Merge merge,
            int retainedIndex) implements OwnedDouble, Mergeable {

        @Override
        public int offset() {
            return areaIndex(wordOffset);
        }
    }

    record SharedLongField(
            Object layout,
            String name,
            long wordOffset,
            @Nullable Merge merge,
            int retainedIndex) implements SharedLong, Mergeable {}

    record SharedIntField(
            Object layout,
            String name,
            long wordOffset,
            @Nullable Merge merge,
            int retainedIndex) implements SharedInt, Mergeable {}

    record SharedDoubleField(
            Object layout,
            String name,
            long wordOffset,
            @Nullable Merge merge,
            int retainedIndex) implements SharedDouble, Mergeable {}

    record OwnedBooleanField(Object layout, String name, long wordOffset) implements OwnedBoolean, FieldImpl {

        @Override
        public int offset() {
            return areaIndex(wordOffset) + LOWEST_BYTE;
        }
    }

    record SharedBooleanField(Object layout, String name, long wordOffset) implements SharedBoolean, FieldImpl {}

    record OwnedAsciiField(Object layout, String name, long wordOffset, int maxBytes) implements OwnedAscii, FieldImpl {

        @Override
        public int offset() {
            return areaIndex(wordOffset);
        }
    }

    record OwnedUtf8Field(Object layout, String name, long wordOffset, int maxBytes) implements OwnedUtf8, FieldImpl {

        @Override
        public int offset() {
            return areaIndex(wordOffset);
        }
    }

    /** An array, which may have a merge and, if so, retained totals from an index on, one for each element. */
    record OwnedLongsField(
            Object layout,
            String name,
            long wordOffset,
            int length,
            @Nullable Merge merge,
            int retainedIndex) implements OwnedLongs, FieldImpl {

        @Override
        public int offset() {
            return areaIndex(wordOffset);
        }

        /** Returns an element as a field of its own, for code that works on single values. */
        OwnedLongField element(int index) {
            return new OwnedLongField(layout, name, wordOffset + bytes(index), merge, retainedIndex + index);
        }
    }

    /** Bytes; {@code bytesIndex} counts the fields of bytes in a layout. */
    record OwnedBytesField(Object layout, String name, long wordOffset, int length, int bytesIndex)
            implements OwnedBytes, FieldImpl {

        @Override
        public int offset() {
            return areaIndex(wordOffset);
        }
    }

    static long offset(OwnedLong field, @Nullable Object layout) {
        OwnedLongField exact = (OwnedLongField) field;
        return exact.layout == layout ? exact.wordOffset : refuse(field, layout);
    }

    static long offset(OwnedLongs field, @Nullable Object layout) {
        OwnedLongsField exact = (OwnedLongsField) field;
        return exact.layout == layout ? exact.wordOffset : refuse(field, layout);
    }

    /** Returns the offset of an element. */
    static long offset(OwnedLongs field, int index, @Nullable Object layout) {
        OwnedLongsField exact = (OwnedLongsField) field;
        long first = exact.layout == layout ? exact.wordOffset : refuse(field, layout);
        // One compare for both bounds.
        return Integer.compareUnsigned(index, exact.length) < 0 ? first + bytes(index) : refuse(exact, index);
    }

    static long offset(OwnedInt field, @Nullable Object layout) {
        OwnedIntField exact = (OwnedIntField) field;
        return exact.layout == layout ? exact.wordOffset : refuse(field, layout);
    }

    static long offset(OwnedDouble field, @Nullable Object layout) {
        OwnedDoubleField exact = (OwnedDoubleField) field;
        return exact.layout == layout ? exact.wordOffset : refuse(field, layout);
    }

    static long offset(SharedLong field, @Nullable Object layout) {
        SharedLongField exact = (SharedLongField) field;
        return exact.layout == layout ? exact.wordOffset : refuse(field, layout);
    }

    static long offset(SharedInt field, @Nullable Object layout) {
        SharedIntField exact = (SharedIntField) field;
        return exact.layout == layout ? exact.wordOffset : refuse(field, layout);
    }

    static long offset(SharedDouble field, @Nullable Object layout) {
        SharedDoubleField exact = (SharedDoubleField) field;
        return exact.layout == layout ? exact.wordOffset : refuse(field, layout);
    }

    static long offset(OwnedBoolean field, @Nullable Object layout) {
        OwnedBooleanField exact = (OwnedBooleanField) field;
        return exact.layout == layout ? exact.wordOffset : refuse(field, layout);
    }

    static long offset(SharedBoolean field, @Nullable Object layout) {
        SharedBooleanField exact = (SharedBooleanField) field;
        return exact.layout == layout ? exact.wordOffset : refuse(field, layout);
    }

    static long offset(OwnedAscii field, @Nullable Object layout) {
        OwnedAsciiField exact = (OwnedAsciiField) field;
        return exact.layout == layout ? exact.wordOffset : refuse(field, layout);
    }

    static long offset(OwnedUtf8 field, @Nullable Object layout) {
        OwnedUtf8Field exact = (OwnedUtf8Field) field;
        return exact.layout == layout ? exact.wordOffset : refuse(field, layout);
    }

    /** Returns the implementation of a field of bytes. */
    static OwnedBytesField exact(OwnedBytes field, @Nullable Object layout) {
        OwnedBytesField exact = (OwnedBytesField) field;
        if (exact.layout != layout) {
            refuse(field, layout);
        }
        return exact;
    }

    static long offset(Field.OfLong field, @Nullable Object layout) {
        return field instanceof OwnedLong owned ? offset(owned, layout) : offset((SharedLong) field, layout);
    }

    static long offset(Field.OfInt field, @Nullable Object layout) {
        return field instanceof OwnedInt owned ? offset(owned, layout) : offset((SharedInt) field, layout);
    }

    static long offset(Field.OfDouble field, @Nullable Object layout) {
        return field instanceof OwnedDouble owned ? offset(owned, layout) : offset((SharedDouble) field, layout);
    }

    static long offset(Field.OfBoolean field, @Nullable Object layout) {
        return field instanceof OwnedBoolean owned ? offset(owned, layout) : offset((SharedBoolean) field, layout);
    }

    static long offset(OwnedText field, @Nullable Object layout) {
        return field instanceof OwnedAscii ascii ? offset(ascii, layout) : offset((OwnedUtf8) field, layout);
    }

    /** Throws. A handle without a layout is closed: one compare on the hot path finds both mistakes. */
    private static long refuse(Field field, @Nullable Object layout) {
        if (layout == null) {
            throw new IllegalStateException("handle is closed: field=" + field.name()
                    + "; claim the key, open a view of it or begin a write again");
        }
        throw new IllegalArgumentException("field of another layout: field=" + field.name()
                + "; use the fields declared by the builder of this table's layout");
    }

    private static long refuse(OwnedLongsField field, int index) {
        throw new IndexOutOfBoundsException(
                "index out of bounds: field=" + field.name + " index=" + index + " length=" + field.length);
    }

    static void checkRoom(OwnedLongs field, long[] to) {
        if (to.length < field.length()) {
            throw new IllegalArgumentException(
                    "array is too short: field=" + field.name() + " length=" + to.length + " needed=" + field.length());
        }
    }

    /** Returns the merge of a field, or null if it has none. */
    static @Nullable Merge mergeOf(Field field) {
        return switch (field) {
            case Mergeable mergeable -> mergeable.merge();
            case OwnedLongsField longs -> longs.merge;
            default -> null;
        };
    }

    /** Returns the public type of a field. */
    static Class<?> type(Field field) {
        // Each record implements it first.
        return field.getClass().getInterfaces()[0];
    }

    /** Returns the index in the owned area of a word at {@code offset} from the slot's base. */
    private static int areaIndex(long offset) {
        return (int) (offset - TableDescriptor.OWNED);
    }

    /** Returns the word that a field with a merge starts from. */
    static long identity(Mergeable field) {
        Merge merge = merge(field);
        return switch (field) {
            case OwnedLongField f -> merge.longIdentity();
            case SharedLongField f -> merge.longIdentity();
            case OwnedIntField f -> word(merge.intIdentity());
            case SharedIntField f -> word(merge.intIdentity());
            case OwnedDoubleField f -> word(merge.doubleIdentity());
            case SharedDoubleField f -> word(merge.doubleIdentity());
        };
    }

    /**
     * Returns the word that its retained total starts from. That of an int field is a whole long, as sums of ints need
     * the room.
     */
    static long retainedIdentity(Mergeable field) {
        return field instanceof OwnedDoubleField || field instanceof SharedDoubleField
                ? identity(field)
                : merge(field).longIdentity();
    }

    /** Returns a retained total merged with a value. */
    static long merge(Mergeable field, long retained, long value) {
        Merge merge = merge(field);
        return switch (field) {
            case OwnedLongField f -> merge.longs(retained, value);
            case SharedLongField f -> merge.longs(retained, value);
            case OwnedIntField f -> merge.longs(retained, intOf(value));
            case SharedIntField f -> merge.longs(retained, intOf(value));
            case OwnedDoubleField f -> word(merge.doubles(doubleOf(retained), doubleOf(value)));
            case SharedDoubleField f -> word(merge.doubles(doubleOf(retained), doubleOf(value)));
        };
    }

    /** Returns two retained totals merged. */
    static long mergeRetained(Mergeable field, long left, long right) {
        return field instanceof OwnedDoubleField || field instanceof SharedDoubleField
                ? merge(field, left, right)
                : merge(field).longs(left, right);
    }

    private static Merge merge(Mergeable field) {
        return Objects.requireNonNull(field.merge(), "merge");
    }

    /**
     * Encodes an int in the upper half of its word: then adding wraps around as an int does, and equal ints
     * are equal words.
     */
    static long word(int value) {
        return (long) value << Integer.SIZE;
    }

    static long word(boolean value) {
        return value ? 1 : 0;
    }

    static boolean booleanOf(long word) {
        return word != 0;
    }

    static int intOf(long word) {
        return (int) (word >> Integer.SIZE);
    }

    /**
     * Encodes a double as its raw bits: a CAS compares exactly what was stored, signed zeros and NaN payloads included.
     */
    static long word(double value) {
        return Double.doubleToRawLongBits(value);
    }

    static double doubleOf(long word) {
        return Double.longBitsToDouble(word);
    }
}
