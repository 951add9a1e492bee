package org.berth.core.slots;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The fields of every record of a {@link SlotTable}.
 *
 * <p>Who may write a field is part of its type: an <em>owned</em> field is written by the owner of its slot alone, without
 * lock or CAS; a <em>shared</em> field is updated atomically by anyone. Anyone reads both. Each field takes one 8-byte word;
 * new records are all zero.
 *
 * <p>Immutable, and safe for use by any number of threads; one layout may serve any number of tables.
 */
public final class RecordLayout {

    private final Object identity;
    private final List<Field> fields;
    private final int ownedBytes;
    private final int sharedBytes;

    private RecordLayout(Builder builder) {
        this.identity = builder.identity;
        this.fields = List.copyOf(builder.fields);
        this.ownedBytes = builder.ownedBytes;
        this.sharedBytes = builder.sharedBytes;
    }

    /**
     * Starts a layout.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The fields, in the order of their declaration.
     *
     * @return an immutable list
     */
    public List<Field> fields() {
        return fields;
    }

    /** What ties a token to this layout; compared by reference. */
    Object identity() {
        return identity;
    }

    int ownedBytes() {
        return ownedBytes;
    }

    int sharedBytes() {
        return sharedBytes;
    }

    @Override
    public String toString() {
        return "RecordLayout" + fields.stream().map(Field::name).toList();
    }

    /**
     * Declares the fields of a layout. Not safe for use by several threads.
     *
     * <p>Every method that declares a field throws {@link IllegalArgumentException} if the name is blank or already taken,
     * and {@link IllegalStateException} after {@link #build()} or beyond {@value #MAX_FIELDS} fields.
     */
    public static final class Builder {

        /** The largest number of fields in a layout. */
        public static final int MAX_FIELDS = 512;

        private final Object identity = new Object();
        private final List<Field> fields = new ArrayList<>();
        private final Set<String> names = new HashSet<>();
        private int ownedBytes;
        private int sharedBytes;
        private boolean built;

        private Builder() {}

        /**
         * Declares a {@code long} that only the slot's owner writes.
         *
         * @param name of the field
         * @return the field
         */
        public OwnedLong ownedLong(String name) {
            return add(new Tokens.OwnedLongToken(identity, check(name), nextOwned()));
        }

        /**
         * Declares an {@code int} that only the slot's owner writes.
         *
         * @param name of the field
         * @return the field
         */
        public OwnedInt ownedInt(String name) {
            return add(new Tokens.OwnedIntToken(identity, check(name), nextOwned()));
        }

        /**
         * Declares a {@code double} that only the slot's owner writes.
         *
         * @param name of the field
         * @return the field
         */
        public OwnedDouble ownedDouble(String name) {
            return add(new Tokens.OwnedDoubleToken(identity, check(name), nextOwned()));
        }

        /**
         * Declares a {@code long} that anyone updates atomically.
         *
         * @param name of the field
         * @return the field
         */
        public SharedLong sharedLong(String name) {
            return add(new Tokens.SharedLongToken(identity, check(name), nextShared()));
        }

        /**
         * Declares an {@code int} that anyone updates atomically.
         *
         * @param name of the field
         * @return the field
         */
        public SharedInt sharedInt(String name) {
            return add(new Tokens.SharedIntToken(identity, check(name), nextShared()));
        }

        /**
         * Declares a {@code double} that anyone updates atomically.
         *
         * @param name of the field
         * @return the field
         */
        public SharedDouble sharedDouble(String name) {
            return add(new Tokens.SharedDoubleToken(identity, check(name), nextShared()));
        }

        /**
         * Ends the layout; this builder declares no more fields.
         *
         * @return the layout
         * @throws IllegalStateException if no field was declared, or if the layout was built before
         */
        public RecordLayout build() {
            if (built) {
                throw new IllegalStateException("layout is already built: fields=" + names + "; start another builder");
            }
            if (fields.isEmpty()) {
                throw new IllegalStateException("layout has no field: fields=0; declare at least one");
            }
            built = true;
            return new RecordLayout(this);
        }

        private String check(String name) {
            Objects.requireNonNull(name, "name");
            if (built) {
                throw new IllegalStateException(
                        "layout is already built: field=" + name + "; declare every field before build()");
            }
            if (fields.size() == MAX_FIELDS) {
                throw new IllegalStateException("too many fields: field=" + name + " limit=" + MAX_FIELDS);
            }
            if (name.isBlank()) {
                throw new IllegalArgumentException("field name is blank: name=\"" + name + "\"");
            }
            if (names.contains(name)) {
                throw new IllegalArgumentException(
                        "field name is taken: name=" + name + "; names are unique in a layout");
            }
            return name;
        }

        private long nextOwned() {
            int offset = ownedBytes;
            ownedBytes += Long.BYTES;
            return offset;
        }

        private long nextShared() {
            sharedBytes += Long.BYTES;
            return -sharedBytes;
        }

        private <F extends Field> F add(F field) {
            fields.add(field);
            names.add(field.name());
            return field;
        }
    }
}
