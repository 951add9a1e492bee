package org.berth.core.slots;

import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import java.util.function.LongBinaryOperator;
import org.berth.core.slots.Field.OwnedLongs;
import org.berth.core.slots.Fields.Mergeable;
import org.berth.core.slots.Fields.OwnedLongsField;
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

    void total(OwnedLongs field, long[] into) {
        memory.checkOpen();
        long offset = Fields.offset(field, memory.layout);
        Fields.checkRoom(field, into);
        boolean merging = memory.descriptor.merging;
        @Nullable Merge declared = Fields.mergeOf(field);
        if (merging && declared == null) {
            throw withoutMerge(field);
        }
        Merge merge = declared == null ? Merge.SUM : declared;
        Arrays.fill(into, 0, field.length(), merge.longIdentity());
        // What one record has, as one moment had it: apart from the totals, as it may have to be read again.
        long[][] runs = new long[merging ? 2 : 1][field.length()];
        long[] offsets = merging ? new long[] {offset, retainedTotals((OwnedLongsField) field)} : new long[] {offset};
        for (int slot = next(0); slot != KeyIndex.NONE; slot = next(slot + 1)) {
            memory.lock.read(memory.descriptor.base(slot), offsets, runs);
            if (!merging) {
                memory.release(slot);
            }
            for (long[] run : runs) {
                for (int i = 0; i < run.length; i++) {
                    into[i] = merge.longs(into[i], run[i]);
                }
            }
        }
    }

    void read(RecordTotals totals) {
        memory.checkOpen();
        if (!totals.isOf(memory)) {
            throw new IllegalArgumentException("totals of another table: take them from newTotals() of this one");
        }
        totals.clear();
        for (int slot = next(0); slot != KeyIndex.NONE; slot = next(slot + 1)) {
            totals.add(memory.descriptor.base(slot));
            if (!memory.descriptor.merging) {
                memory.release(slot);
            }
        }
        totals.complete();
    }

    private long retainedTotals(OwnedLongsField field) {
        return memory.descriptor.retainedTotals + StagedWords.bytes(field.retainedIndex());
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

    /** Returns the first slot at or after {@code from} whose record counts: retained, unless the table merges. */
    private int next(int from) {
        return memory.descriptor.merging ? nextUsed(from) : memory.reclamation.next(from);
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
            throw withoutMerge(field);
        }
        return mergeable;
    }

    private static IllegalArgumentException withoutMerge(Field field) {
        return new IllegalArgumentException("field without a merge in a table that merges: field=" + field.name()
                + "; declare it with a Merge, or read each record with forEach");
    }
}
