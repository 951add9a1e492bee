package org.berth.core.slots;

/**
 * A field of a {@link RecordLayout}: the token by which the field is read and written.
 *
 * <p>Declare fields as {@code static final} constants of the declared type ({@link OwnedLong}, {@link SharedInt}, …): then
 * the compiler rejects a write by the wrong party, and the JIT compiler folds the field's place into the code that uses it.
 *
 * <p>Immutable, and safe for use by any number of threads.
 */
public sealed interface Field permits LongField, IntField, DoubleField, BooleanField, OwnedText {

    /**
     * The name that the field was declared with.
     *
     * @return the name, unique in its layout
     */
    String name();
}
