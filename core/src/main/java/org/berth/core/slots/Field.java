package org.berth.core.slots;

/**
 * A field of a {@link RecordLayout}: a typed constant by which the field of any record is read and written, as that of
 * an object is by a {@link java.lang.invoke.VarHandle}.
 *
 * <p>Declare fields as {@code static final} constants of the declared type ({@link OwnedLong}, {@link SharedInt}, …):
 * then the compiler rejects a write to an owned field by any thread without its {@link Slot}, and the JIT compiler
 * folds the field's offset into the code that uses it. The types are nested, as {@link java.lang.foreign.ValueLayout}'s
 * are; import the ones that you use.
 *
 * <p>Immutable, and safe for use by any number of threads.
 */
public sealed interface Field {

    /**
     * Returns the name that the field was declared with.
     *
     * @return the name, unique in its layout
     */
    String name();

    /** A field whose totals are {@code long}; any thread may read it. */
    sealed interface OfIntegral extends Field {}

    /** A field that holds a {@code long}; any thread may read it. */
    sealed interface OfLong extends OfIntegral {}

    /** A field that holds an {@code int}; any thread may read it. */
    sealed interface OfInt extends OfIntegral {}

    /** A field that holds a {@code double}; any thread may read it. */
    sealed interface OfDouble extends Field {}

    /** A field that holds a {@code boolean}; any thread may read it. */
    sealed interface OfBoolean extends Field {}

    /** A field that only the record's owner writes. */
    sealed interface Owned extends Field {

        /**
         * Returns where the value is in the record's owned area, for code that reads or writes it there with the
         * methods of Agrona's buffers: {@code getLong}, {@code getInt} and {@code getDouble} for a number, {@code
         * getByte} for a {@code boolean}, which is 0 or 1. Of a text it is the {@code long} with the length in bytes;
         * the bytes are 8 further on. Of an array or bytes it is the first
         * one; the others follow.
         *
         * @return the index of the value's first byte in the owned area
         */
        int offset();
    }

    /** A {@code long} that only the record's owner writes. */
    sealed interface OwnedLong extends OfLong, Owned permits Fields.OwnedLongField {}

    /** An {@code int} that only the record's owner writes. */
    sealed interface OwnedInt extends OfInt, Owned permits Fields.OwnedIntField {}

    /** A {@code double} that only the record's owner writes. */
    sealed interface OwnedDouble extends OfDouble, Owned permits Fields.OwnedDoubleField {}

    /** A {@code boolean} that only the record's owner writes. */
    sealed interface OwnedBoolean extends OfBoolean, Owned permits Fields.OwnedBooleanField {}

    /**
     * A text of limited length that only the record's owner writes. It takes several words, so it is written in a
     * {@link SlotWrite} and read from a {@link Snapshot} only: no reader ever sees half a text.
     */
    sealed interface OwnedText extends Owned {

        /**
         * Returns the largest length of the text.
         *
         * @return the length in bytes
         */
        int maxBytes();
    }

    /**
     * An array of {@code long}s that only the record's owner writes. Each element is as an {@link OwnedLong}: it is
     * read and written on its own, by its index, or with others in a {@link SlotWrite} and a {@link Snapshot}. Use this
     * for histograms, counters by number, and the like; prefer an {@code OwnedLong} for what has a name.
     */
    sealed interface OwnedLongs extends Owned permits Fields.OwnedLongsField {

        /**
         * Returns the number of elements.
         *
         * @return the number given at the declaration
         */
        int length();
    }

    /**
     * Bytes that only the record's owner writes, through Agrona's buffers: a message that SBE has encoded, for example.
     * {@link SlotWrite#buffer} writes them whole, {@link Snapshot#buffer} reads them whole; {@link
     * Slot#buffer(OwnedBytes)} and {@link SlotView#buffer(OwnedBytes)} are over the record itself.
     */
    sealed interface OwnedBytes extends Owned permits Fields.OwnedBytesField {

        /**
         * Returns the number of bytes.
         *
         * @return the number given at the declaration
         */
        int length();
    }

    /** An ASCII text that only the record's owner writes. */
    sealed interface OwnedAscii extends OwnedText permits Fields.OwnedAsciiField {}

    /** A UTF-8 text that only the record's owner writes. */
    sealed interface OwnedUtf8 extends OwnedText permits Fields.OwnedUtf8Field {}

    /** A {@code long} that any thread updates atomically. */
    sealed interface SharedLong extends OfLong permits Fields.SharedLongField {}

    /** An {@code int} that any thread updates atomically. */
    sealed interface SharedInt extends OfInt permits Fields.SharedIntField {}

    /** A {@code double} that any thread updates atomically. */
    sealed interface SharedDouble extends OfDouble permits Fields.SharedDoubleField {}

    /** A {@code boolean} that any thread updates atomically. */
    sealed interface SharedBoolean extends OfBoolean permits Fields.SharedBooleanField {}
}
