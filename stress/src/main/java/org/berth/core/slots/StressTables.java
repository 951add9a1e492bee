package org.berth.core.slots;

import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.berth.offheap.ArrayWords;
import org.berth.offheap.EarlyWords;
import org.berth.offheap.HeldWords;
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

    /** Returns a table where the key of a slot becomes visible after the index link that publishes it. */
    public static SlotTable lateKeys(RecordLayout layout, int capacity, int padding) {
        TableDescriptor d = new TableDescriptor(layout, capacity, padding);
        return offHeap(
                d,
                words -> new HeldWords(
                        words, at -> isMetadata(d, at, TableDescriptor.KEY), at -> at < d.metadata && at >= d.index));
    }

    /** Returns a table where a search reads the keys of the slots before the index link that leads to them. */
    public static SlotTable earlyKeys(RecordLayout layout, int capacity, int padding) {
        TableDescriptor d = new TableDescriptor(layout, capacity, padding);
        StridedOffsets keys = new StridedOffsets(d.metadata + TableDescriptor.KEY, d.metadataBytes, capacity);
        return offHeap(d, words -> new EarlyWords(words, keys, at -> at < d.metadata && at >= d.index));
    }

    /** Returns a table that merges, where the values of a new record become visible after the state of its slot. */
    public static SlotTable lateInitialValues(RecordLayout layout, int capacity, int padding) {
        TableDescriptor d = new TableDescriptor(layout, capacity, padding, OnRelease.MERGE, false, false);
        return offHeap(
                d, words -> new HeldWords(words, at -> at >= d.slots, at -> isMetadata(d, at, TableDescriptor.STATE)));
    }

    /** Returns a table that merges, where a total reads the values of a record before the state of its slot. */
    public static SlotTable earlyInitialValues(RecordLayout layout, int padding) {
        TableDescriptor d = new TableDescriptor(layout, 1, padding, OnRelease.MERGE, false, false);
        StridedOffsets record = new StridedOffsets(d.slots, Long.BYTES, (int) (d.stride / Long.BYTES));
        return offHeap(d, words -> new EarlyWords(words, record, at -> isMetadata(d, at, TableDescriptor.STATE)));
    }

    /** Returns a table where the description of an owner becomes visible after the word that completes it. */
    public static SlotTable lateOwners(RecordLayout layout, int capacity, int padding) {
        TableDescriptor d = new TableDescriptor(layout, capacity, padding);
        return offHeap(
                d,
                words -> new HeldWords(
                        words,
                        at -> isOwner(d, at, TableDescriptor.OWNER_THREAD),
                        at -> isOwner(d, at, TableDescriptor.OWNER)));
    }

    /** Returns a table where the description of an owner is read before the word that completes it. */
    public static SlotTable earlyOwners(RecordLayout layout, int capacity, int padding) {
        TableDescriptor d = new TableDescriptor(layout, capacity, padding);
        StridedOffsets threads =
                new StridedOffsets(d.owner(0) + TableDescriptor.OWNER_THREAD, d.metadataBytes, capacity);
        return offHeap(d, words -> new EarlyWords(words, threads, at -> isOwner(d, at, TableDescriptor.OWNER)));
    }

    /** Returns a table where the next owner reads the values of a record before its claim. */
    public static SlotTable earlyRecords(RecordLayout layout, int padding) {
        TableDescriptor d = new TableDescriptor(layout, 1, padding);
        StridedOffsets record = new StridedOffsets(d.slots, Long.BYTES, (int) (d.stride / Long.BYTES));
        return offHeap(d, words -> new EarlyWords(words, record, at -> isMetadata(d, at, TableDescriptor.STATE)));
    }

    /** Returns a recycling table where the state of a freed slot becomes visible after the slot is on the free list. */
    public static SlotTable lateFree(RecordLayout layout, int capacity, int padding) {
        TableDescriptor d = new TableDescriptor(layout, capacity, padding, OnRelease.KEEP, true, false);
        return offHeap(
                d,
                words -> new HeldWords(words, at -> isMetadata(d, at, TableDescriptor.STATE), at -> at == d.free(0)));
    }

    /** Makes the thread that described itself as the owner of the first slot unknown. */
    public static void forgetOwner(SlotTable table) {
        table.memory.words.setVolatile(table.memory.descriptor.owner(0) + TableDescriptor.OWNER_THREAD, 0);
    }

    /** Whether an offset is that of such a word of the description of an owner. */
    private static boolean isOwner(TableDescriptor descriptor, long offset, long word) {
        return isMetadata(descriptor, offset, descriptor.owner(0) - descriptor.metadata + word);
    }

    private static boolean isMetadata(TableDescriptor descriptor, long offset, long word) {
        return offset >= descriptor.metadata
                && offset < descriptor.metadata(descriptor.capacity)
                && (offset - descriptor.metadata) % descriptor.metadataBytes == word;
    }

    /** Makes a table as new, by zeroing its memory. No other thread may use it meanwhile. */
    public static void clear(SlotTable table) {
        Words words = table.memory.words;
        for (long offset = 0; offset < words.size(); offset += Long.BYTES) {
            // Volatile, which no weakening holds back.
            words.setVolatile(offset, 0);
        }
    }

    private static SlotTable offHeap(TableDescriptor descriptor, UnaryOperator<Words> weakening) {
        // Never closed: the table is in use until its process ends.
        Region region = Region.anonymous(descriptor.bytes);
        return SlotTable.over(weakening.apply(region.words()), descriptor);
    }
}
