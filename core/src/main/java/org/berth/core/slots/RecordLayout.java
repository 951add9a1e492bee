package org.berth.core.slots;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.berth.core.slots.Field.OwnedAscii;
import org.berth.core.slots.Field.OwnedBoolean;
import org.berth.core.slots.Field.OwnedBytes;
import org.berth.core.slots.Field.OwnedDouble;
import org.berth.core.slots.Field.OwnedInt;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Field.OwnedLongs;
import org.berth.core.slots.Field.OwnedUtf8;
import org.berth.core.slots.Field.SharedBoolean;
import org.berth.core.slots.Field.SharedDouble;
import org.berth.core.slots.Field.SharedInt;
import org.berth.core.slots.Field.SharedLong;
import org.berth.core.slots.Fields.Mergeable;
import org.berth.core.slots.Fields.OwnedBytesField;
import org.berth.core.slots.Fields.OwnedLongsField;
import org.jspecify.annotations.Nullable;

/**
 * The declaration of the fields that every record of a {@link SlotTable} has, as {@link java.lang.foreign.StructLayout}
 * is one of a struct.
 *
 * <p>The type of a field says which threads may write it: only the owner of a record writes its <em>owned</em> fields,
 * without lock or CAS; any thread updates its <em>shared</em> fields atomically. Any thread reads both. Each field
 * takes one 8-byte word, an array one for each element, bytes as many as they fill, and a text one more. New records
 * are all zero, but for fields with a {@link Merge}, which start from its identity.
 *
 * <p>Immutable, and safe for use by any number of threads; one layout may serve any number of tables.
 */
public final class RecordLayout {

    private final Object identity;
    private final Map<String, Field> fields;
    private final int ownedBytes;
    private final int sharedBytes;
    private final int mergedFields;
    private final int bytesFields;

    private RecordLayout(Builder builder) {
        this.identity = builder.identity;
        this.fields = new LinkedHashMap<>(builder.fields);
        this.ownedBytes = builder.ownedBytes;
        this.sharedBytes = builder.sharedBytes;
        this.mergedFields = builder.mergedFields;
        this.bytesFields = builder.bytesFields;
    }

    /**
     * Returns a builder of a new layout.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns the fields, in the order of their declaration.
     *
     * @return an immutable list
     */
    public List<Field> fields() {
        return List.copyOf(fields.values());
    }

    /**
     * Returns the field with a name, for programs that read a table which another program laid out. Its type is one of
     * those nested in {@link Field}; ask with {@code instanceof} or {@code switch}, or use {@link #field(String,
     * Class)} if you know it.
     *
     * @param name of the field
     * @return the field
     * @throws IllegalArgumentException if there is no such field
     */
    public Field field(String name) {
        Field field = fields.get(name);
        if (field == null) {
            throw new IllegalArgumentException("no such field: name=" + name + " fields=" + fields.keySet());
        }
        return field;
    }

    /**
     * Returns the field with a name and a type: {@code layout.field("orders", OwnedLong.class)}.
     *
     * @param name of the field
     * @param type one of those nested in {@link Field}
     * @param <F>  the type
     * @return the field
     * @throws IllegalArgumentException if there is no such field, or if it is of another type
     */
    public <F extends Field> F field(String name, Class<F> type) {
        Field field = field(name);
        if (!type.isInstance(field)) {
            throw new IllegalArgumentException("field of another type: name=" + name + " type="
                    + Fields.type(field).getSimpleName() + " asked=" + type.getSimpleName());
        }
        return type.cast(field);
    }

    /**
     * Returns a new, empty snapshot for records of this layout.
     *
     * @return the snapshot, which {@link SlotView#read(Snapshot)} fills, as often as wanted
     */
    public Snapshot newSnapshot() {
        return new Snapshot(this);
    }

    /** Returns the identity that this layout's fields have; compared by reference. */
    Object identity() {
        return identity;
    }

    int ownedBytes() {
        return ownedBytes;
    }

    int sharedBytes() {
        return sharedBytes;
    }

    /** Returns the number of fields with a merge, each element of an array counted. */
    int mergedFields() {
        return mergedFields;
    }

    int bytesFields() {
        return bytesFields;
    }

    /** Returns the fields with a merge, by the index of their retained total: of an array each element as a field. */
    List<Mergeable> merged() {
        List<Mergeable> merged = new ArrayList<>(mergedFields);
        for (Field field : fields.values()) {
            if (Fields.mergeOf(field) == null) {
                continue;
            }
            if (field instanceof OwnedLongsField longs) {
                for (int i = 0; i < longs.length(); i++) {
                    merged.add(longs.element(i));
                }
            } else {
                merged.add((Mergeable) field);
            }
        }
        return merged;
    }

    @Override
    public String toString() {
        return "RecordLayout" + fields.keySet();
    }

    /**
     * A builder that declares the fields of a layout one by one. Not safe for use by several threads.
     *
     * <p><b>Errors:</b> every method that declares a field throws {@link IllegalArgumentException} if the name is
     * blank, too long, already taken or holds a control character, and {@link IllegalStateException} after {@link
     * #build()} or beyond {@value #MAX_FIELDS} fields.
     */
    public static final class Builder {

        /** The largest number of fields in a layout. */
        public static final int MAX_FIELDS = 512;

        /** The longest name of a field, in characters. */
        public static final int MAX_NAME_LENGTH = 64;

        /** The longest text, in bytes. */
        public static final int MAX_TEXT_BYTES = 4096;

        /** The longest array, in elements, and the most bytes of a field. */
        public static final int MAX_LENGTH = 65_536;

        private final Object identity = new Object();
        private final Map<String, Field> fields = new LinkedHashMap<>();
        private int ownedBytes;
        private int sharedBytes;
        private int mergedFields;
        private int bytesFields;
        private boolean built;

        private Builder() {}

        /**
         * Declares a {@code long} that only the record's owner writes.
         *
         * @param name of the field
         * @return the field
         */
        public OwnedLong ownedLong(String name) {
            return add(new Fields.OwnedLongField(identity, check(name), nextOwned(), null, 0));
        }

        /**
         * Declares a {@code long} that only the record's owner writes.
         *
         * @param name  of the field
         * @param merge of its values, into totals
         * @return the field
         */
        public OwnedLong ownedLong(String name, Merge merge) {
            return add(new Fields.OwnedLongField(identity, check(name, merge), nextOwned(), merge, mergedFields++));
        }

        /**
         * Declares an {@code int} that only the record's owner writes.
         *
         * @param name of the field
         * @return the field
         */
        public OwnedInt ownedInt(String name) {
            return add(new Fields.OwnedIntField(identity, check(name), nextOwned(), null, 0));
        }

        /**
         * Declares an {@code int} that only the record's owner writes.
         *
         * @param name  of the field
         * @param merge of its values, into totals
         * @return the field
         */
        public OwnedInt ownedInt(String name, Merge merge) {
            return add(new Fields.OwnedIntField(identity, check(name, merge), nextOwned(), merge, mergedFields++));
        }

        /**
         * Declares a {@code double} that only the record's owner writes.
         *
         * @param name of the field
         * @return the field
         */
        public OwnedDouble ownedDouble(String name) {
            return add(new Fields.OwnedDoubleField(identity, check(name), nextOwned(), null, 0));
        }

        /**
         * Declares a {@code double} that only the record's owner writes.
         *
         * @param name  of the field
         * @param merge of its values, into totals
         * @return the field
         */
        public OwnedDouble ownedDouble(String name, Merge merge) {
            return add(new Fields.OwnedDoubleField(identity, check(name, merge), nextOwned(), merge, mergedFields++));
        }

        /**
         * Declares a {@code boolean} that only the record's owner writes.
         *
         * @param name of the field
         * @return the field
         */
        public OwnedBoolean ownedBoolean(String name) {
            return add(new Fields.OwnedBooleanField(identity, check(name), nextOwned()));
        }

        /**
         * Declares an array of {@code long}s that only the record's owner writes. It counts as one field.
         *
         * @param name   of the field
         * @param length the number of elements, 1 to {@value #MAX_LENGTH}
         * @return the field
         */
        public OwnedLongs ownedLongs(String name, int length) {
            return add(new OwnedLongsField(identity, checkLength(name, length), nextOwned(length), length, null, 0));
        }

        /**
         * Declares an array of {@code long}s that only the record's owner writes. It counts as one field.
         *
         * @param name   of the field
         * @param length the number of elements, 1 to {@value #MAX_LENGTH}
         * @param merge  of the values of each element, into a total for each
         * @return the field
         */
        public OwnedLongs ownedLongs(String name, int length, Merge merge) {
            Objects.requireNonNull(merge, "merge");
            OwnedLongsField field = new OwnedLongsField(
                    identity, checkLength(name, length), nextOwned(length), length, merge, mergedFields);
            mergedFields += length;
            return add(field);
        }

        /**
         * Declares bytes that only the record's owner writes.
         *
         * @param name   of the field
         * @param length the number of bytes, 1 to {@value #MAX_LENGTH}
         * @return the field
         */
        public OwnedBytes ownedBytes(String name, int length) {
            String checked = checkLength(name, length);
            return add(new OwnedBytesField(
                    identity, checked, nextOwned(Math.ceilDiv(length, Long.BYTES)), length, bytesFields++));
        }

        /**
         * Declares an ASCII text that only the record's owner writes.
         *
         * @param name     of the field
         * @param maxBytes the largest number of characters, 1 to {@value #MAX_TEXT_BYTES}
         * @return the field
         */
        public OwnedAscii ownedAscii(String name, int maxBytes) {
            return add(new Fields.OwnedAsciiField(identity, check(name, maxBytes), nextText(maxBytes), maxBytes));
        }

        /**
         * Declares a text in UTF-8 that only the record's owner writes.
         *
         * @param name     of the field
         * @param maxBytes the largest number of bytes, 1 to {@value #MAX_TEXT_BYTES}
         * @return the field
         */
        public OwnedUtf8 ownedUtf8(String name, int maxBytes) {
            return add(new Fields.OwnedUtf8Field(identity, check(name, maxBytes), nextText(maxBytes), maxBytes));
        }

        /**
         * Declares a {@code long} that any thread updates atomically.
         *
         * @param name of the field
         * @return the field
         */
        public SharedLong sharedLong(String name) {
            return add(new Fields.SharedLongField(identity, check(name), nextShared(), null, 0));
        }

        /**
         * Declares a {@code long} that any thread updates atomically.
         *
         * @param name  of the field
         * @param merge of its values, into totals
         * @return the field
         */
        public SharedLong sharedLong(String name, Merge merge) {
            return add(new Fields.SharedLongField(identity, check(name, merge), nextShared(), merge, mergedFields++));
        }

        /**
         * Declares an {@code int} that any thread updates atomically.
         *
         * @param name of the field
         * @return the field
         */
        public SharedInt sharedInt(String name) {
            return add(new Fields.SharedIntField(identity, check(name), nextShared(), null, 0));
        }

        /**
         * Declares an {@code int} that any thread updates atomically.
         *
         * @param name  of the field
         * @param merge of its values, into totals
         * @return the field
         */
        public SharedInt sharedInt(String name, Merge merge) {
            return add(new Fields.SharedIntField(identity, check(name, merge), nextShared(), merge, mergedFields++));
        }

        /**
         * Declares a {@code double} that any thread updates atomically.
         *
         * @param name of the field
         * @return the field
         */
        public SharedDouble sharedDouble(String name) {
            return add(new Fields.SharedDoubleField(identity, check(name), nextShared(), null, 0));
        }

        /**
         * Declares a {@code double} that any thread updates atomically.
         *
         * @param name  of the field
         * @param merge of its values, into totals
         * @return the field
         */
        public SharedDouble sharedDouble(String name, Merge merge) {
            return add(new Fields.SharedDoubleField(identity, check(name, merge), nextShared(), merge, mergedFields++));
        }

        /**
         * Declares a {@code boolean} that any thread updates atomically.
         *
         * @param name of the field
         * @return the field
         */
        public SharedBoolean sharedBoolean(String name) {
            return add(new Fields.SharedBooleanField(identity, check(name), nextShared()));
        }

        /**
         * Returns the layout; this builder declares no more fields.
         *
         * @return the layout
         * @throws IllegalStateException if no field was declared, or if the layout was built before
         */
        public RecordLayout build() {
            if (built) {
                throw new IllegalStateException(
                        "layout is already built: fields=" + fields.keySet() + "; make another builder");
            }
            if (fields.isEmpty()) {
                throw new IllegalStateException("layout has no field: fields=0; declare at least one");
            }
            built = true;
            return new RecordLayout(this);
        }

        private String check(String name, @Nullable Merge merge) {
            Objects.requireNonNull(merge, "merge");
            return check(name);
        }

        private String check(String name, int maxBytes) {
            if (maxBytes < 1 || maxBytes > MAX_TEXT_BYTES) {
                throw new IllegalArgumentException("length of a text is out of range: field=" + name + " maxBytes="
                        + maxBytes + " smallest=1 largest=" + MAX_TEXT_BYTES);
            }
            return check(name);
        }

        private String checkLength(String name, int length) {
            if (length < 1 || length > MAX_LENGTH) {
                throw new IllegalArgumentException("length is out of range: field=" + name + " length=" + length
                        + " smallest=1 largest=" + MAX_LENGTH);
            }
            return check(name);
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
            // The header of a table describes each field in one line.
            if (name.length() > MAX_NAME_LENGTH
                    || name.chars().anyMatch(Character::isISOControl)
                    || !Text.isValid(name)) {
                throw new IllegalArgumentException("field name is too long, or is no printable text: name=" + name
                        + " length=" + name.length() + " limit=" + MAX_NAME_LENGTH);
            }
            if (fields.containsKey(name)) {
                throw new IllegalArgumentException(
                        "field name is taken: name=" + name + "; names are unique in a layout");
            }
            return name;
        }

        private long nextOwned() {
            return nextOwned(1);
        }

        private long nextOwned(int words) {
            return reserveOwned(words * Long.BYTES);
        }

        /** Reserves one word for the length, and those that the bytes fill. */
        private long nextText(int maxBytes) {
            return reserveOwned(Long.BYTES + ((maxBytes + Long.BYTES - 1) & -Long.BYTES));
        }

        private long reserveOwned(int bytes) {
            long offset = TableDescriptor.OWNED + ownedBytes;
            ownedBytes += bytes;
            return offset;
        }

        private long nextShared() {
            long offset = TableDescriptor.SHARED - sharedBytes;
            sharedBytes += Long.BYTES;
            return offset;
        }

        private <F extends Field> F add(F field) {
            fields.put(field.name(), field);
            return field;
        }
    }
}
