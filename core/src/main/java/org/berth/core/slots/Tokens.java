package org.berth.core.slots;

import org.jspecify.annotations.Nullable;

/**
 * The fields' implementations.
 *
 * <p>Records, because the JIT compiler trusts the final fields of records (and of few other classes) to be final: a token in a
 * {@code static final} becomes a constant offset and a constant layout. One record per public type, so that
 * {@code instanceof} on the public types tells the truth; looked up by exact class, so that a token that is no constant costs
 * a compare and not an interface call.
 *
 * <p>{@code offset} is in bytes from the slot's base: owned fields lie above the base, shared fields below it, so that one
 * number finds either, however large the padding between the two areas is (see {@link TableDescriptor}).
 */
@SuppressWarnings("ReferenceEquality") // a layout is an identity
final class Tokens {

    private Tokens() {}

    record OwnedLongToken(Object layout, String name, long offset) implements OwnedLong {}

    record OwnedIntToken(Object layout, String name, long offset) implements OwnedInt {}

    record OwnedDoubleToken(Object layout, String name, long offset) implements OwnedDouble {}

    record SharedLongToken(Object layout, String name, long offset) implements SharedLong {}

    record SharedIntToken(Object layout, String name, long offset) implements SharedInt {}

    record SharedDoubleToken(Object layout, String name, long offset) implements SharedDouble {}

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

    static long offset(LongField field, @Nullable Object layout) {
        return field instanceof OwnedLong owned ? offset(owned, layout) : offset((SharedLong) field, layout);
    }

    static long offset(IntField field, @Nullable Object layout) {
        return field instanceof OwnedInt owned ? offset(owned, layout) : offset((SharedInt) field, layout);
    }

    static long offset(DoubleField field, @Nullable Object layout) {
        return field instanceof OwnedDouble owned ? offset(owned, layout) : offset((SharedDouble) field, layout);
    }

    /** A handle without a layout is a closed one: one compare on the hot path covers both mistakes. */
    private static long refuse(Field field, @Nullable Object layout) {
        if (layout == null) {
            throw new IllegalStateException(
                    "handle is closed: field=" + field.name() + "; claim the key or open a view of it again");
        }
        throw new IllegalArgumentException("field of another layout: field=" + field.name()
                + "; use the fields declared by the builder of this table's layout");
    }

    /** An int lives in the upper half of its word: then adding wraps around as an int does, and equal ints are equal words. */
    static long word(int value) {
        return (long) value << Integer.SIZE;
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
