package org.berth.core.slots;

import static org.berth.core.slots.StagedWords.bytes;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.berth.core.slots.Field.OwnedAscii;
import org.berth.core.slots.Field.OwnedBytes;
import org.berth.core.slots.Field.OwnedLongs;
import org.berth.core.slots.Field.OwnedText;
import org.berth.core.slots.Fields.FieldImpl;
import org.berth.core.slots.Fields.Mergeable;

/**
 * A copy of the records of a table that is in use into a new table, which may have another capacity, other options, and
 * other fields: they are matched by name.
 *
 * <p>It goes by slot. Of each it copies the key, if that has one, and its words as one moment had them. In a table that
 * merges, what slots without a key have is added up beside them: a value never moves from one slot to another, so it is
 * in the copy once. A key that is removed and added again meanwhile may be met in two slots: the copy has the first.
 */
final class TableCopy {

    private final TableMemory from;
    private final TableMemory to;
    private final RecordImage record;

    // Which words go where, from the bases of the slots.
    private final long[] source;
    private final long[] target;

    /** The fields with a merge of both tables: from, to. */
    private final List<Mergeable[]> merged = new ArrayList<>();

    /** The retained totals of the copy, by their index. */
    private final long[] retained;

    private TableCopy(TableMemory from, TableMemory to) {
        this.from = from;
        this.to = to;
        this.record = new RecordImage(from);
        Map<String, Field> found =
                from.descriptor.layout.fields().stream().collect(Collectors.toMap(Field::name, Function.identity()));
        List<long[]> pairs = new ArrayList<>();
        for (Field wanted : to.descriptor.layout.fields()) {
            Field field = found.get(wanted.name());
            if (field != null) {
                check(field, wanted);
                long first = ((FieldImpl) field).wordOffset();
                for (int i = 0; i < words(field); i++) {
                    pairs.add(new long[] {first + bytes(i), ((FieldImpl) wanted).wordOffset() + bytes(i)});
                }
            }
        }
        this.source = pairs.stream().mapToLong(pair -> pair[0]).toArray();
        this.target = pairs.stream().mapToLong(pair -> pair[1]).toArray();
        this.retained = to.descriptor.layout.merged().stream()
                .mapToLong(Fields::retainedIdentity)
                .toArray();
        if (from.descriptor.merging) {
            matchMerged();
        }
    }

    private void matchMerged() {
        // Elements of an array have one name; they are matched in their order.
        Map<String, List<Mergeable>> found =
                from.descriptor.layout.merged().stream().collect(Collectors.groupingBy(TableCopy::name));
        Map<String, List<Mergeable>> wanted =
                to.descriptor.layout.merged().stream().collect(Collectors.groupingBy(TableCopy::name));
        wanted.forEach((name, fields) -> {
            List<Mergeable> same = found.getOrDefault(name, List.of());
            for (int i = 0; i < Math.min(same.size(), fields.size()); i++) {
                merged.add(new Mergeable[] {same.get(i), fields.get(i)});
            }
        });
    }

    /**
     * Copies the records of a table into an empty one that no other thread knows.
     *
     * @throws IllegalArgumentException if the two do not fit; the message says why
     */
    static void copy(TableMemory from, TableMemory to) {
        from.checkOpen();
        if (from.descriptor.merging && !to.descriptor.merging) {
            throw new IllegalArgumentException("a table that keeps has no place for retained totals: copy=KEEP"
                    + " source=MERGE; let the copy merge, too");
        }
        new TableCopy(from, to).run();
    }

    private void run() {
        for (int slot = 0, used = from.index.used(); slot < used; slot++) {
            if (from.ownership.state(slot) != 0) {
                copy(slot);
            }
        }
        if (to.descriptor.merging) {
            retain();
        }
    }

    private void copy(int slot) {
        // Retained, in a recycling table: the slot keeps its key meanwhile.
        boolean hasKey = from.reclamation.retainIfKeyed(slot);
        try {
            // Each claim changes the state for good: so if it is the same vacant one after the read, what was read has
            // no owner's values.
            long state = from.ownership.state(slot);
            record.read(from.descriptor.base(slot));
            boolean owned = Ownership.code(state) != Ownership.VACANT || from.ownership.state(slot) != state;
            boolean added = hasKey && add(slot, owned);
            for (Mergeable[] pair : merged) {
                int index = pair[1].retainedIndex();
                long former = record.word(from.descriptor.retainedTotals + bytes(pair[0].retainedIndex()));
                retained[index] = Fields.mergeRetained(pair[1], retained[index], former);
                if (!added) {
                    retained[index] = Fields.merge(pair[1], retained[index], record.word(pair[0].wordOffset()));
                }
            }
        } finally {
            if (hasKey) {
                from.release(slot);
            }
        }
    }

    /**
     * Adds the key of a slot, with the record that was read; false if the copy has it already.
     *
     * @param owned whether an owner may have written what was read
     */
    private boolean add(int slot, boolean owned) {
        KeyIndex.Key key = from.index.isNamed(slot)
                ? to.index.keyOf(from.index.name(slot))
                : KeyIndex.Key.of(from.index.key(slot));
        if (to.index.find(key) != KeyIndex.NONE) {
            return false;
        }
        int copy = to.index.allocate(key);
        if (copy == KeyIndex.NONE) {
            throw new IllegalArgumentException("copy has no room for all keys: capacity=" + to.descriptor.capacity
                    + " keys=" + from.index.size() + "; give it a larger capacity");
        }
        long base = to.descriptor.base(copy);
        to.retained.initialize(base, true);
        for (int i = 0; i < source.length; i++) {
            to.words.set(base + target[i], record.word(source[i]));
        }
        to.ownership.beginVacant(copy);
        to.index.publish(key, copy);
        to.ownership.settleVacant(copy);
        if (to.descriptor.merging && (owned || !from.descriptor.merging)) {
            // As the end of the claim would do it. Of a key that nobody owns, updates are for the next owner.
            to.retained.merge(base, new StagedWords(to.descriptor));
        }
        return true;
    }

    /** Adds the retained totals to those of some slot, as only their totals count. */
    private void retain() {
        int slot = used();
        long at = to.descriptor.base(slot) + to.descriptor.retainedTotals;
        for (Mergeable field : to.descriptor.layout.merged()) {
            long word = at + bytes(field.retainedIndex());
            to.words.set(word, Fields.mergeRetained(field, to.words.get(word), retained[field.retainedIndex()]));
        }
    }

    /** Returns a slot that counts as used, as others start anew. */
    private int used() {
        for (int slot = 0, used = to.index.used(); slot < used; slot++) {
            if (to.ownership.state(slot) != 0) {
                return slot;
            }
        }
        int slot = to.index.allocate(KeyIndex.Key.of(0));
        to.retained.initialize(to.descriptor.base(slot), true);
        to.ownership.begin(slot);
        to.ownership.forget(slot);
        to.index.deallocate(slot);
        return slot;
    }

    private void check(Field found, Field wanted) {
        boolean fits = switch (wanted) {
            case Field.OfLong f -> found instanceof Field.OfLong;
            case Field.OfInt f -> found instanceof Field.OfInt;
            case Field.OfDouble f -> found instanceof Field.OfDouble;
            case Field.OfBoolean f -> found instanceof Field.OfBoolean;
            case OwnedAscii f -> found instanceof OwnedAscii ascii && ascii.maxBytes() <= f.maxBytes();
            case OwnedText f -> found instanceof OwnedText text && text.maxBytes() <= f.maxBytes();
            case OwnedLongs f -> found instanceof OwnedLongs longs && longs.length() <= f.length();
            case OwnedBytes f -> found instanceof OwnedBytes some && some.length() <= f.length();
        };
        if (!fits || (from.descriptor.merging && Fields.mergeOf(wanted) != Fields.mergeOf(found))) {
            throw new IllegalArgumentException("field does not fit the one of the same name: name=" + wanted.name()
                    + " source=" + LayoutDescription.line(found) + " copy=" + LayoutDescription.line(wanted)
                    + "; keep its type and merge, and make it no shorter, or give it another name");
        }
    }

    /** Returns how many words a field takes. */
    private static int words(Field field) {
        return switch (field) {
            case OwnedText text -> 1 + words(text.maxBytes());
            case OwnedLongs longs -> longs.length();
            case OwnedBytes some -> words(some.length());
            default -> 1;
        };
    }

    private static int words(int bytes) {
        return (bytes + Long.BYTES - 1) / Long.BYTES;
    }

    private static String name(Mergeable field) {
        return ((Field) field).name();
    }
}
