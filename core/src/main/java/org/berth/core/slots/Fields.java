package org.berth.core.slots;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The fields' implementations.
 *
 * <p>Records, because the JIT compiler trusts the final fields of records (and of few other classes) to be final: a token in a
 * {@code static final} becomes a constant offset and a constant layout. One record per public type, so that
 * {@code instanceof} on the public types tells the truth; looked up by exact class, so that a token that is no constant costs
 * a compare and not an interface call.
 *
 * <p>{@code offset} is in bytes from the slot's base: owned fields lie at the base and above, shared fields below it, so that one
 * number finds either, however large the padding between the two areas is (see {@link TableDescriptor}).
 */
@SuppressWarnings("ReferenceEquality") // a layout is an identity
final class Fields {

    private Fields() {}

    /** What every token has, for code that is not on a hot path. */
    interface Token {

        long offset();
    }

    /** A token whose field may have a merge, and then a word of residue of that number. */
    sealed interface Mergeable extends Token
            permits OwnedLongToken,
                    OwnedIntToken,
                    OwnedDoubleToken,
                    SharedLongToken,
                    SharedIntToken,
                    SharedDoubleToken {

        @Nullable
        Merge merge();

        int residue();
    }

    record OwnedLongToken(
            Object layout,
            String name,
            long offset,
            @Nullable Merge merge,
            int residue) implements OwnedLong, Mergeable {}

    record OwnedIntToken(
            Object layout,
            String name,
            long offset,
            @Nullable Merge merge,
            int residue) implements OwnedInt, Mergeable {}

    record OwnedDoubleToken(
            Object layout,
            String name,
            long offset,
            @Nullable Merge merge,
            int residue) implements OwnedDouble, Mergeable {}

    record SharedLongToken(
            Object layout,
            String name,
            long offset,
            @Nullable Merge merge,
            int residue) implements SharedLong, Mergeable {}

    record SharedIntToken(
            Object layout,
            String name,
            long offset,
            @Nullable Merge merge,
            int residue) implements SharedInt, Mergeable {}

    record SharedDoubleToken(
            Object layout,
            String name,
            long offset,
            @Nullable Merge merge,
            int residue) implements SharedDouble, Mergeable {}

    record OwnedBooleanToken(Object layout, String name, long offset) implements OwnedBoolean, Token {}

    record SharedBooleanToken(Object layout, String name, long offset) implements SharedBoolean, Token {}

    record OwnedAsciiToken(Object layout, String name, long offset, int maxBytes) implements OwnedAscii, Token {}

    record OwnedUtf8Token(Object layout, String name, long offset, int maxBytes) implements OwnedUtf8, Token {}

    static long offset(OwnedLong field, @Nullable Object layout) {
        OwnedLongToken token = (OwnedLongToken) field;
        return token.layout == layout ? token.offset : refuse(field, layout);
    }

    static long offset(OwnedInt field, @Nullable Object layout) {
        OwnedIntToken token = (OwnedIntToken) field;
        return token.layout == layout ? token.offset : refuse(field, layout);
    }

    static long offset(OwnedDouble field, @Nullable Object layout) {
        OwnedDoubleToken token = (OwnedDoubleToken) field;
        return token.layout == layout ? token.offset : refuse(field, layout);
    }

    static long offset(SharedLong field, @Nullable Object layout) {
        SharedLongToken token = (SharedLongToken) field;
        return token.layout == layout ? token.offset : refuse(field, layout);
    }

    static long offset(SharedInt field, @Nullable Object layout) {
        SharedIntToken token = (SharedIntToken) field;
        return token.layout == layout ? token.offset : refuse(field, layout);
    }

    static long offset(SharedDouble field, @Nullable Object layout) {
        SharedDoubleToken token = (SharedDoubleToken) field;
        return token.layout == layout ? token.offset : refuse(field, layout);
    }

    static long offset(OwnedBoolean field, @Nullable Object layout) {
        OwnedBooleanToken token = (OwnedBooleanToken) field;
        return token.layout == layout ? token.offset : refuse(field, layout);
    }

    static long offset(SharedBoolean field, @Nullable Object layout) {
        SharedBooleanToken token = (SharedBooleanToken) field;
        return token.layout == layout ? token.offset : refuse(field, layout);
    }

    static long offset(OwnedAscii field, @Nullable Object layout) {
        OwnedAsciiToken token = (OwnedAsciiToken) field;
        return token.layout == layout ? token.offset : refuse(field, layout);
    }

    static long offset(OwnedUtf8 field, @Nullable Object layout) {
        OwnedUtf8Token token = (OwnedUtf8Token) field;
        return token.layout == layout ? token.offset : refuse(field, layout);
    }

    static long offset(LongField field, @Nullable Object layout) {
        return field instanceof OwnedLong owned ? offset(owned, layout) : offset((SharedLong) field, layout);
    }

    static long offset(IntField field, @Nullable Object layout) {
        return field instanceof OwnedInt owned ? offset(owned, layout) : offset((SharedInt) field, layout);
    }

    static long offset(DoubleField field, @Nullable Object layout) {
        return field instanceof OwnedDouble owned ? offset(owned, layout) : offset((SharedDouble) field, layout);
    }

    static long offset(BooleanField field, @Nullable Object layout) {
        return field instanceof OwnedBoolean owned ? offset(owned, layout) : offset((SharedBoolean) field, layout);
    }

    static long offset(OwnedText field, @Nullable Object layout) {
        return field instanceof OwnedAscii ascii ? offset(ascii, layout) : offset((OwnedUtf8) field, layout);
    }

    /** A handle without a layout is a closed one: one compare on the hot path covers both mistakes. */
    private static long refuse(Field field, @Nullable Object layout) {
        if (layout == null) {
            throw new IllegalStateException("handle is closed: field=" + field.name()
                    + "; claim the key, open a view of it or begin a write again");
        }
        throw new IllegalArgumentException("field of another layout: field=" + field.name()
                + "; use the fields declared by the builder of this table's layout");
    }

    /** What a field with a merge starts from. */
    static long identity(Mergeable field) {
        Merge merge = merge(field);
        return switch (field) {
            case OwnedLongToken f -> merge.longIdentity();
            case SharedLongToken f -> merge.longIdentity();
            case OwnedIntToken f -> word(merge.intIdentity());
            case SharedIntToken f -> word(merge.intIdentity());
            case OwnedDoubleToken f -> word(merge.doubleIdentity());
            case SharedDoubleToken f -> word(merge.doubleIdentity());
        };
    }

    /** What its residue starts from. An int's residue is a whole long, as sums of ints need the room. */
    static long residueIdentity(Mergeable field) {
        return field instanceof OwnedDoubleToken || field instanceof SharedDoubleToken
                ? identity(field)
                : merge(field).longIdentity();
    }

    /** A residue that has taken in a value. */
    static long merge(Mergeable field, long residue, long value) {
        Merge merge = merge(field);
        return switch (field) {
            case OwnedLongToken f -> merge.longs(residue, value);
            case SharedLongToken f -> merge.longs(residue, value);
            case OwnedIntToken f -> merge.longs(residue, intOf(value));
            case SharedIntToken f -> merge.longs(residue, intOf(value));
            case OwnedDoubleToken f -> word(merge.doubles(doubleOf(residue), doubleOf(value)));
            case SharedDoubleToken f -> word(merge.doubles(doubleOf(residue), doubleOf(value)));
        };
    }

    private static Merge merge(Mergeable field) {
        return Objects.requireNonNull(field.merge(), "merge");
    }

    /** An int lives in the upper half of its word: then adding wraps around as an int does, and equal ints are equal words. */
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

    /** Raw bits: what was stored is what a compare expects, signed zeros and NaN payloads included. */
    static long word(double value) {
        return Double.doubleToRawLongBits(value);
    }

    static double doubleOf(long word) {
        return Double.longBitsToDouble(word);
    }
}
