package org.berth.core.slots;

import org.berth.core.slots.Fields.OwnedBytesField;
import org.berth.offheap.OffHeapBuffer;
import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;

/**
 * The fields of bytes that a write changes: each has a buffer from when it is asked for to the end of the write. Kept
 * by the write object, so that only the first write with a field allocates.
 */
final class StagedBytes {

    private final OffHeapBuffer closed = ClosedBuffer.atLeast(RecordLayout.Builder.MAX_LENGTH);
    private final @Nullable Staged[] fields;

    /** Whether a field has a buffer in the present write. */
    private boolean isOpen;

    StagedBytes(RecordLayout layout) {
        this.fields = new @Nullable Staged[layout.bytesFields()];
    }

    /**
     * Returns the buffer of a field; it begins with what the record has.
     *
     * @param words of the record; null: there is no record yet, and it begins with zeros
     */
    OffHeapBuffer buffer(OwnedBytesField field, @Nullable Words words, long base) {
        Staged staged = fields[field.bytesIndex()];
        if (staged == null) {
            staged = new Staged(field, closed);
            fields[field.bytesIndex()] = staged;
        }
        if (!staged.isOpen) {
            // First: an error in between must not keep the end of this write from looking.
            isOpen = true;
            staged.load(words, base);
        }
        return staged.buffer;
    }

    /** Stages what is in the buffers. */
    void stage(StagedWords to) {
        if (isOpen) {
            for (Staged staged : fields) {
                if (staged != null && staged.isOpen) {
                    staged.stage(to);
                }
            }
        }
    }

    /** Makes the buffers of the present write unusable. */
    void end() {
        if (isOpen) {
            for (Staged staged : fields) {
                if (staged != null) {
                    staged.close(closed);
                }
            }
            isOpen = false;
        }
    }

    /** A field in a write. */
    private static final class Staged {

        private final OwnedBytesField field;
        private final ScratchBytes scratch;

        /** Over the scratch memory, always. */
        private final OffHeapBuffer bytes;

        /** What the program has: over the scratch memory or, between two writes, closed. */
        private final OffHeapBuffer buffer;

        private boolean isOpen;

        Staged(OwnedBytesField field, OffHeapBuffer closed) {
            this.field = field;
            this.scratch = new ScratchBytes(field.length());
            this.bytes = scratch.buffer(false);
            this.buffer = scratch.buffer(false);
            buffer.wrap(closed);
        }

        void load(@Nullable Words words, long base) {
            for (int i = 0; i < scratch.words(); i++) {
                // Plain: the owner reads what it wrote itself.
                scratch.set(i, words == null ? 0 : words.get(base + field.wordOffset() + StagedWords.bytes(i)));
            }
            buffer.wrap(bytes);
            isOpen = true;
        }

        void stage(StagedWords to) {
            int first = StagedWords.index(field.wordOffset());
            for (int i = 0; i < scratch.words(); i++) {
                to.set(first + i, scratch.get(i));
            }
        }

        void close(OffHeapBuffer closed) {
            buffer.wrap(closed);
            isOpen = false;
        }
    }
}
