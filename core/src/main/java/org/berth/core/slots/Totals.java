package org.berth.core.slots;

import java.util.function.DoubleBinaryOperator;
import java.util.function.LongBinaryOperator;
import org.berth.core.slots.Fields.Mergeable;
import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;

/**
 * Reading one field over all records of a {@link SlotTable}. A class of its own to keep files short; users see it as part of the
 * table.
 *
 * <p>It goes by slot number, not by key: then a value is met once, also if its owner merges it into the residue or its key is
 * removed meanwhile.
 */
abstract sealed class Totals extends ByName permits SlotTable {

    final TableDescriptor descriptor;
    final KeyIndex index;
    final Ownership ownership;
    final RedoLog redo;
    final Reclamation reclamation;

    Totals(Words words, TableDescriptor descriptor, int process) {
        super(words, descriptor.layout.identity(), descriptor.recycling);
        this.descriptor = descriptor;
        this.index = new KeyIndex(words, descriptor);
        this.ownership = new Ownership(words, descriptor, process);
        this.redo = new RedoLog(words, descriptor);
        this.reclamation = new Reclamation(words, descriptor, index, ownership, redo);
    }

    /** Throws if the table is closed. */
    abstract void checkOpen();

    /**
     * Folds the values of a field over all records, in no particular order. Each value is read once, atomically, at some
     * moment of this call; they are not read all at the same instant.
     *
     * <p>In a table that merges ({@link OnRelease#MERGE}), the field must have a {@link Merge}, and what is folded is, for each slot
     * that was ever used, its value merged with what its former owners left (the merge's identity, where there is nothing).
     * Nothing is counted twice or missed because an owner leaves or a key is removed meanwhile. It waits while a commit on
     * a slot is under way.
     *
     * @param field    to read
     * @param identity to start with; the result for an empty table
     * @param function of the result so far and a value
     * @return the result
     * @throws IllegalArgumentException in a table that merges, if the field has no merge
     */
    public long fold(Field.OfLong field, long identity, LongBinaryOperator function) {
        return fold(Fields.offset(field, layout), field, identity, function);
    }

    /**
     * The sum of a field over all records, read as {@link #fold(Field.OfLong, long, LongBinaryOperator)} does; overflow wraps around.
     *
     * @param field to read
     * @return the sum, 0 for an empty table
     * @throws IllegalArgumentException in a table that merges, if the field's merge is not {@link Merge#SUM}
     */
    public long sum(Field.OfLong field) {
        checkMerge(field, Merge.SUM);
        return fold(field, 0, Long::sum);
    }

    /**
     * The smallest value of a field over all records, read as {@link #fold(Field.OfLong, long, LongBinaryOperator)} does.
     *
     * @param field to read
     * @return the minimum, {@link Long#MAX_VALUE} for an empty table
     * @throws IllegalArgumentException in a table that merges, if the field's merge is not {@link Merge#MIN}
     */
    public long min(Field.OfLong field) {
        checkMerge(field, Merge.MIN);
        return fold(field, Long.MAX_VALUE, Math::min);
    }

    /**
     * The largest value of a field over all records, read as {@link #fold(Field.OfLong, long, LongBinaryOperator)} does.
     *
     * @param field to read
     * @return the maximum, {@link Long#MIN_VALUE} for an empty table
     * @throws IllegalArgumentException in a table that merges, if the field's merge is not {@link Merge#MAX}
     */
    public long max(Field.OfLong field) {
        checkMerge(field, Merge.MAX);
        return fold(field, Long.MIN_VALUE, Math::max);
    }

    /**
     * Folds the values of a field over all records, in no particular order. Each value is read once, atomically, at some
     * moment of this call; they are not read all at the same instant.
     *
     * <p>In a table that merges ({@link OnRelease#MERGE}), the field must have a {@link Merge}, and what is folded is, for each slot
     * that was ever used, its value merged with what its former owners left (the merge's identity, where there is nothing).
     * Nothing is counted twice or missed because an owner leaves or a key is removed meanwhile. It waits while a commit on
     * a slot is under way.
     *
     * @param field    to read
     * @param identity to start with; the result for an empty table
     * @param function of the result so far and a value
     * @return the result
     * @throws IllegalArgumentException in a table that merges, if the field has no merge
     */
    public long fold(Field.OfInt field, long identity, LongBinaryOperator function) {
        return fold(Fields.offset(field, layout), field, identity, function);
    }

    /**
     * The sum of a field over all records, read as {@link #fold(Field.OfInt, long, LongBinaryOperator)} does.
     *
     * @param field to read
     * @return the sum, 0 for an empty table
     * @throws IllegalArgumentException in a table that merges, if the field's merge is not {@link Merge#SUM}
     */
    public long sum(Field.OfInt field) {
        checkMerge(field, Merge.SUM);
        return fold(field, 0, Long::sum);
    }

    /**
     * The smallest value of a field over all records, read as {@link #fold(Field.OfInt, long, LongBinaryOperator)} does.
     *
     * @param field to read
     * @return the minimum, {@link Long#MAX_VALUE} for an empty table
     * @throws IllegalArgumentException in a table that merges, if the field's merge is not {@link Merge#MIN}
     */
    public long min(Field.OfInt field) {
        checkMerge(field, Merge.MIN);
        return fold(field, Long.MAX_VALUE, Math::min);
    }

    /**
     * The largest value of a field over all records, read as {@link #fold(Field.OfInt, long, LongBinaryOperator)} does.
     *
     * @param field to read
     * @return the maximum, {@link Long#MIN_VALUE} for an empty table
     * @throws IllegalArgumentException in a table that merges, if the field's merge is not {@link Merge#MAX}
     */
    public long max(Field.OfInt field) {
        checkMerge(field, Merge.MAX);
        return fold(field, Long.MIN_VALUE, Math::max);
    }

    /**
     * Folds the values of a field over all records, in no particular order. Each value is read once, atomically, at some
     * moment of this call; they are not read all at the same instant.
     *
     * <p>In a table that merges ({@link OnRelease#MERGE}), the field must have a {@link Merge}, and what is folded is, for each slot
     * that was ever used, its value merged with what its former owners left (the merge's identity, where there is nothing).
     * Nothing is counted twice or missed because an owner leaves or a key is removed meanwhile. It waits while a commit on
     * a slot is under way.
     *
     * @param field    to read
     * @param identity to start with; the result for an empty table
     * @param function of the result so far and a value
     * @return the result
     * @throws IllegalArgumentException in a table that merges, if the field has no merge
     */
    public double fold(Field.OfDouble field, double identity, DoubleBinaryOperator function) {
        checkOpen();
        long offset = Fields.offset(field, layout);
        double result = identity;
        if (descriptor.merging) {
            Mergeable merged = merged(field);
            for (int slot = nextUsed(0); slot != KeyIndex.NONE; slot = nextUsed(slot + 1)) {
                result = function.applyAsDouble(result, Fields.doubleOf(redo.total(descriptor.base(slot), merged)));
            }
            return result;
        }
        for (int slot = reclamation.next(0); slot != KeyIndex.NONE; slot = reclamation.next(slot + 1)) {
            double value = Fields.doubleOf(valueAndLetGo(slot, offset));
            result = function.applyAsDouble(result, value);
        }
        return result;
    }

    /**
     * The sum of a field over all records, read as {@link #fold(Field.OfDouble, double, DoubleBinaryOperator)} does.
     *
     * @param field to read
     * @return the sum, 0 for an empty table
     * @throws IllegalArgumentException in a table that merges, if the field's merge is not {@link Merge#SUM}
     */
    public double sum(Field.OfDouble field) {
        checkMerge(field, Merge.SUM);
        return fold(field, 0, Double::sum);
    }

    /**
     * The smallest value of a field over all records, read as {@link #fold(Field.OfDouble, double, DoubleBinaryOperator)} does.
     *
     * @param field to read
     * @return the minimum, {@link Double#POSITIVE_INFINITY} for an empty table
     * @throws IllegalArgumentException in a table that merges, if the field's merge is not {@link Merge#MIN}
     */
    public double min(Field.OfDouble field) {
        checkMerge(field, Merge.MIN);
        return fold(field, Double.POSITIVE_INFINITY, Math::min);
    }

    /**
     * The largest value of a field over all records, read as {@link #fold(Field.OfDouble, double, DoubleBinaryOperator)} does.
     *
     * @param field to read
     * @return the maximum, {@link Double#NEGATIVE_INFINITY} for an empty table
     * @throws IllegalArgumentException in a table that merges, if the field's merge is not {@link Merge#MAX}
     */
    public double max(Field.OfDouble field) {
        checkMerge(field, Merge.MAX);
        return fold(field, Double.NEGATIVE_INFINITY, Math::max);
    }

    /**
     * Starts interval readings of a field's sum: each tells what was added since the one before. The first begins now.
     *
     * @param field to sum up
     * @return the readings, for one reader; any number may be taken of one field, as nothing is reset in the table
     * @throws IllegalArgumentException as {@link #sum(Field.OfLong)}
     */
    public IntervalReader interval(Field.OfLong field) {
        return new IntervalReader(() -> sum(field));
    }

    /**
     * Starts interval readings of a field's sum: each tells what was added since the one before. The first begins now.
     *
     * @param field to sum up
     * @return the readings, for one reader; any number may be taken of one field, as nothing is reset in the table
     * @throws IllegalArgumentException as {@link #sum(Field.OfInt)}
     */
    public IntervalReader interval(Field.OfInt field) {
        return new IntervalReader(() -> sum(field));
    }

    private long fold(long offset, Field field, long identity, LongBinaryOperator function) {
        checkOpen();
        long result = identity;
        if (descriptor.merging) {
            Mergeable merged = merged(field);
            for (int slot = nextUsed(0); slot != KeyIndex.NONE; slot = nextUsed(slot + 1)) {
                result = function.applyAsLong(result, redo.total(descriptor.base(slot), merged));
            }
            return result;
        }
        boolean isInt = field instanceof Field.OfInt;
        for (int slot = reclamation.next(0); slot != KeyIndex.NONE; slot = reclamation.next(slot + 1)) {
            long word = valueAndLetGo(slot, offset);
            result = function.applyAsLong(result, isInt ? Fields.intOf(word) : word);
        }
        return result;
    }

    private long valueAndLetGo(int slot, long offset) {
        long value = words.getAcquire(descriptor.base(slot) + offset);
        if (descriptor.recycling) {
            reclamation.letGo(slot);
        }
        return value;
    }

    /** The first slot at or after {@code from} that was ever a key's, or is about to be. */
    private int nextUsed(int from) {
        for (int slot = from, used = index.used(); slot < used; slot++) {
            if (ownership.state(slot) != 0) {
                return slot;
            }
        }
        return KeyIndex.NONE;
    }

    private void checkMerge(Field field, Merge total) {
        if (descriptor.merging && merged(field).merge() != total) {
            throw new IllegalArgumentException("field merges otherwise: field=" + field.name() + " merge="
                    + merged(field).merge() + " asked=" + total + "; ask for the total that it merges to, or fold");
        }
    }

    private static Mergeable merged(Field field) {
        Mergeable mergeable = (Mergeable) field;
        @Nullable Merge merge = mergeable.merge();
        if (merge == null) {
            throw new IllegalArgumentException("field without a merge in a table that merges: field=" + field.name()
                    + "; declare it with a Merge, or look at each record with forEach");
        }
        return mergeable;
    }
}
