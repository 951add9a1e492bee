package org.berth.core.slots;

import static org.berth.core.slots.TableDescriptor.SEQUENCE;

import org.berth.offheap.Words;

/** A reusable copy of all words of a record, with its retained totals, as one moment between two commits had them. */
final class RecordImage {

    private final SeqLock lock;
    private final Words words;
    private final boolean sequenced;

    /** The offset from the slot's base that the copy begins at. */
    private final long from;

    private final long[] copy;

    // As SeqLock takes them.
    private final long[] offsets;
    private final long[][] runs;

    RecordImage(TableMemory memory) {
        TableDescriptor descriptor = memory.descriptor;
        this.lock = memory.lock;
        this.words = memory.words;
        this.sequenced = descriptor.stagedWords != 0;
        this.from = SEQUENCE - descriptor.layout.sharedBytes();
        long end = sequenced ? descriptor.masks : SEQUENCE;
        this.copy = new long[(int) ((end - from) >>> 3)];
        this.offsets = new long[] {from};
        this.runs = new long[][] {copy};
    }

    /** Copies a record; waits while a commit is under way. */
    void read(long base) {
        if (sequenced) {
            lock.read(base, offsets, runs);
            return;
        }
        for (int i = 0; i < copy.length; i++) {
            // Acquire: shared fields only, each for itself.
            copy[i] = words.getAcquire(base + from + StagedWords.bytes(i));
        }
    }

    /** Returns the word at an offset from the slot's base. */
    long word(long offset) {
        return copy[index(offset)];
    }

    /** Returns the number of that word in this copy. */
    int index(long offset) {
        return (int) ((offset - from) >>> 3);
    }

    int length() {
        return copy.length;
    }
}
