package org.berth.core.slots;

import java.util.function.DoubleBinaryOperator;
import java.util.function.LongBinaryOperator;
import org.berth.core.slots.Fields.Mergeable;
import org.jspecify.annotations.Nullable;

/**
 * The folds and totals of one field over all records of a table.
 *
 * <p>They iterate by slot number, not by key: then each value counts once, also if the end of a claim merges it into
 * the retained total, or its key is removed meanwhile.
 */
final class Totals {

    private final TableMemory memory;

    Totals(TableMemory memory) {
        this.memory = memory;
    }

    long fold(Field.OfIntegral field, long identity, LongBinaryOperator function) {
        memory.checkOpen();
        long offset = offset(field);
        long result = identity;
        if (memory.descriptor.merging) {
            Mergeable merged = merged(field);
            for (int slot = nextUsed(0); slot != KeyIndex.NONE; slot = nextUsed(slot + 1)) {
                result = function.applyAsLong(result, total(slot, merged));
            }
            return result;
        }
        boolean isInt = field instanceof Field.OfInt;
        Reclamation slots = memory.reclamation;
        for (int slot = slots.next(0); slot != KeyIndex.NONE; slot = slots.next(slot + 1)) {
            long word = valueAndRelease(slot, offset);
            result = function.applyAsLong(result, isInt ? Fields.intOf(word) : word);
        }
        return result;
    }

    double fold(Field.OfDouble field, double identity, DoubleBinaryOperator function) {
        memory.checkOpen();
        long offset = Fields.offset(field, memory.layout);
        double result = identity;
        if (memory.descriptor.merging) {
            Mergeable merged = merged(field);
            for (int slot = nextUsed(0); slot != KeyIndex.NONE; slot = nextUsed(slot + 1)) {
                result = function.applyAsDouble(result, Fields.doubleOf(total(slot, merged)));
            }
            return result;
        }
        Reclamation slots = memory.reclamation;
        for (int slot = slots.next(0); slot != KeyIndex.NONE; slot = slots.next(slot + 1)) {
            result = function.applyAsDouble(result, Fields.doubleOf(valueAndRelease(slot, offset)));
        }
        return result;
    }

    long sum(Field.OfIntegral field) {
        checkMerge(field, Merge.SUM);
        return fold(field, 0, Long::sum);
    }

    long min(Field.OfIntegral field) {
        checkMerge(field, Merge.MIN);
        return fold(field, Long.MAX_VALUE, Math::min);
    }

    long max(Field.OfIntegral field) {
        checkMerge(field, Merge.MAX);
        return fold(field, Long.MIN_VALUE, Math::max);
    }

    double sum(Field.OfDouble field) {
        checkMerge(field, Merge.SUM);
        return fold(field, 0, Double::sum);
    }

    double min(Field.OfDouble field) {
        checkMerge(field, Merge.MIN);
        return fold(field, Double.POSITIVE_INFINITY, Math::min);
    }

    double max(Field.OfDouble field) {
        checkMerge(field, Merge.MAX);
        return fold(field, Double.NEGATIVE_INFINITY, Math::max);
    }

    private long offset(Field.OfIntegral field) {
        return switch (field) {
            case Field.OfLong f -> Fields.offset(f, memory.layout);
            case Field.OfInt f -> Fields.offset(f, memory.layout);
        };
    }

    private long total(int slot, Mergeable field) {
        return memory.retained.total(memory.descriptor.base(slot), field);
    }

    private long valueAndRelease(int slot, long offset) {
        long value = memory.words.getAcquire(memory.descriptor.base(slot) + offset);
        memory.release(slot);
        return value;
    }

    /** Returns the first slot at or after {@code from} that ever had a key, or is about to. */
    private int nextUsed(int from) {
        for (int slot = from, used = memory.index.used(); slot < used; slot++) {
            if (memory.ownership.state(slot) != 0) {
                return slot;
            }
        }
        return KeyIndex.NONE;
    }

    private void checkMerge(Field field, Merge total) {
        if (memory.descriptor.merging && merged(field).merge() != total) {
            throw new IllegalArgumentException("field has another merge: field=" + field.name() + " merge="
                    + merged(field).merge() + " asked=" + total + "; ask for the total that it merges to, or fold");
        }
    }

    private static Mergeable merged(Field field) {
        Mergeable mergeable = (Mergeable) field;
        @Nullable Merge merge = mergeable.merge();
        if (merge == null) {
            throw new IllegalArgumentException("field without a merge in a table that merges: field=" + field.name()
                    + "; declare it with a Merge, or read each record with forEach");
        }
        return mergeable;
    }
}
