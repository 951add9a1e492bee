package org.berth.core.slots;

import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.berth.offheap.ArrayWords;
import org.berth.offheap.LateWords;
import org.berth.offheap.Region;
import org.berth.offheap.StridedOffsets;
import org.berth.offheap.Words;

/** Tables for the stress tests, made with package-private parts of {@link SlotTable}. */
public final class StressTables {

    private StressTables() {}

    /** Returns a table over off-heap memory whose operations are weakened. */
    public static SlotTable weakened(RecordLayout layout, int capacity, int padding, UnaryOperator<Words> weakening) {
        return offHeap(new TableDescriptor(layout, capacity, padding), weakening);
    }

    /** Returns a table over an array on the heap, whose operations are weakened, or not. */
    public static SlotTable inArray(RecordLayout layout, int capacity, int padding, UnaryOperator<Words> weakening) {
        Words words = new ArrayWords(new TableDescriptor(layout, capacity, padding).bytes);
        return SlotTable.over(weakening.apply(words), layout, capacity, padding);
    }

    /** Returns a table over off-heap memory where writes to records become visible late. */
    public static SlotTable late(RecordLayout layout, int capacity, int padding) {
        TableDescriptor descriptor = new TableDescriptor(layout, capacity, padding);
        return offHeap(descriptor, words -> new LateWords(words, descriptor.slots));
    }

    /** Returns a table over off-heap memory whose accesses to the sequences of the records are weakened. */
    public static SlotTable sequenced(
            RecordLayout layout,
            int capacity,
            int padding,
            OnRelease onRelease,
            BiFunction<Words, StridedOffsets, Words> weakening) {
        TableDescriptor descriptor = new TableDescriptor(layout, capacity, padding, onRelease, false, false);
        StridedOffsets sequences =
                new StridedOffsets(descriptor.base + TableDescriptor.SEQUENCE, descriptor.stride, capacity);
        return offHeap(descriptor, words -> weakening.apply(words, sequences));
    }

    /** Returns a recycling table over off-heap memory whose accesses to the reference counts are weakened. */
    public static SlotTable retained(
            RecordLayout layout, int capacity, int padding, BiFunction<Words, StridedOffsets, Words> weakening) {
        TableDescriptor descriptor = new TableDescriptor(layout, capacity, padding, OnRelease.KEEP, true, false);
        StridedOffsets counts = new StridedOffsets(
                descriptor.metadata + TableDescriptor.REFERENCES, descriptor.metadataBytes, capacity);
        return offHeap(descriptor, words -> weakening.apply(words, counts));
    }

    /** Makes a table as new, by zeroing its memory. No other thread may use it meanwhile. */
    public static void clear(SlotTable table) {
        Words words = table.memory.words;
        for (long offset = 0; offset < words.size(); offset += Long.BYTES) {
            words.set(offset, 0);
        }
    }

    private static SlotTable offHeap(TableDescriptor descriptor, UnaryOperator<Words> weakening) {
        // Never closed: the table is in use until its process ends.
        Region region = Region.anonymous(descriptor.bytes);
        return SlotTable.over(weakening.apply(region.words()), descriptor);
    }
}
