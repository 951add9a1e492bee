package org.berth.core.slots;

import java.util.function.UnaryOperator;
import org.berth.offheap.ArrayWords;
import org.berth.offheap.LateWords;
import org.berth.offheap.Region;
import org.berth.offheap.Words;

/** What the stress tests need of {@link SlotTable} beyond its API. */
public final class StressTables {

    private StressTables() {}

    /** A table over off-heap memory whose operations are weakened. */
    public static SlotTable weakened(RecordLayout layout, int capacity, int padding, UnaryOperator<Words> weakening) {
        return offHeap(new TableDescriptor(layout, capacity, padding), layout, padding, weakening);
    }

    /** A table over an array on the heap, whose operations are weakened, or not. */
    public static SlotTable inArray(RecordLayout layout, int capacity, int padding, UnaryOperator<Words> weakening) {
        Words words = new ArrayWords(new TableDescriptor(layout, capacity, padding).bytes);
        return SlotTable.over(weakening.apply(words), layout, capacity, padding);
    }

    /** A table over off-heap memory where the writes to records come late. */
    public static SlotTable late(RecordLayout layout, int capacity, int padding) {
        TableDescriptor descriptor = new TableDescriptor(layout, capacity, padding);
        return offHeap(descriptor, layout, padding, words -> new LateWords(words, descriptor.slots));
    }

    /** Makes a table as new, which it is when its memory is zero. Nobody else may use it meanwhile. */
    public static void clear(SlotTable table) {
        Words words = table.words;
        for (long offset = 0; offset < words.size(); offset += Long.BYTES) {
            words.set(offset, 0);
        }
    }

    private static SlotTable offHeap(
            TableDescriptor descriptor, RecordLayout layout, int padding, UnaryOperator<Words> weakening) {
        // Never closed: it is in use until its process ends.
        Region region = Region.anonymous(descriptor.bytes);
        return SlotTable.over(weakening.apply(region.words()), layout, descriptor.capacity, padding);
    }
}
