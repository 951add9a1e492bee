package org.berth.core.slots;

import static org.berth.core.slots.TableDescriptor.FREE;
import static org.berth.core.slots.TableDescriptor.KEY;
import static org.berth.core.slots.TableDescriptor.KEYS;
import static org.berth.core.slots.TableDescriptor.LINK;
import static org.berth.core.slots.TableDescriptor.MAX_NAME_BYTES;
import static org.berth.core.slots.TableDescriptor.NAME_LENGTH;
import static org.berth.core.slots.TableDescriptor.NEXT;
import static org.berth.core.slots.TableDescriptor.REMOVED;
import static org.berth.core.slots.TableDescriptor.VIEWS;

import org.berth.core.slots.Field.OwnedText;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.berth.offheap.Region;
import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;

/**
 * Tables in files: creating one, and opening it again after whatever ended the process that had it.
 *
 * <p>The truth is each slot's metadata and record, of which every step leaves something sensible behind; the index and the list
 * of free slots are only derived, and made anew at each opening. So a process may die between any two stores, and so a file
 * whose index is damaged is repaired, where one whose metadata contradict each other is refused.
 */
final class TableFile {

    private TableFile() {}

    static SlotTable create(Path path, TableDescriptor descriptor, RecordQueues handOver) throws IOException {
        Region region = Region.create(path, descriptor.bytes);
        try {
            TableHeader.register(region.words());
            TableHeader.write(region.words(), descriptor);
            return new SlotTable(descriptor, region.constantWords(), region, handOver);
        } catch (Throwable failure) {
            region.close();
            Files.deleteIfExists(path);
            throw failure;
        }
    }

    static SlotTable open(Path path, @Nullable RecordLayout layout) throws IOException {
        Region region = Region.open(path);
        try {
            TableDescriptor descriptor = describe(path, region.words(), layout);
            try {
                recover(SlotTable.over(region.words(), descriptor));
            } catch (IllegalStateException | IllegalArgumentException e) {
                throw refused(path, e);
            }
            TableHeader.register(region.words());
            // Only now: the process has one place for constant words, and a file that is refused must not take it.
            return new SlotTable(descriptor, region.constantWords(), region, RecordQueues.NONE);
        } catch (Throwable failure) {
            region.close();
            throw failure;
        }
    }

    private static TableDescriptor describe(Path path, Words words, @Nullable RecordLayout layout) throws IOException {
        TableDescriptor found;
        try {
            found = TableHeader.read(words);
        } catch (IllegalArgumentException e) {
            throw refused(path, e);
        }
        if (layout == null) {
            return found;
        }
        byte[] expected = LayoutDescription.of(layout);
        if (!Arrays.equals(found.description, expected)) {
            throw new IllegalArgumentException("table is of another layout: path=" + path + " "
                    + LayoutDescription.difference(found.description, expected)
                    + "; open it without a layout to see its fields");
        }
        return new TableDescriptor(
                layout,
                found.capacity,
                found.padding,
                found.merging ? OnRelease.MERGE : OnRelease.KEEP,
                found.recycling,
                true);
    }

    /**
     * Brings the memory of a table that nobody uses to where its users would have left it: every owner in it is dead, and so is
     * everybody who viewed or changed it. If this is cut short, it can be done again.
     *
     * @throws IllegalStateException if the memory is damaged, and then it may be half changed
     */
    static void recover(SlotTable table) {
        Words words = table.words;
        TableDescriptor descriptor = table.descriptor;
        int used = used(table);
        for (int slot = 0; slot < used; slot++) {
            if (isPublished(table, slot, used)) {
                // Others may have found it and updated it, so of two claims of one new key this is the one that won.
                table.ownership.settle(slot);
            }
        }
        // Looked at first: what was never touched takes no room, and writing would change that.
        for (int position = 0; position < descriptor.indexLength; position++) {
            if (words.get(descriptor.index(position)) != 0) {
                words.set(descriptor.index(position), 0);
            }
        }
        words.set(FREE, 0);
        words.set(KEYS, 0);
        words.set(REMOVED, 0);
        for (int slot = 0; slot < used; slot++) {
            words.set(descriptor.metadata(slot) + LINK, 0);
            words.set(descriptor.metadata(slot) + VIEWS, 0);
        }
        // Keys that were in the index for sure come first: of two claims of one new key, one had lost.
        for (int slot = 0; slot < used; slot++) {
            if (Ownership.hasKey(table.ownership.state(slot))) {
                restore(table, slot);
            }
        }
        for (int slot = 0; slot < used; slot++) {
            if (!Ownership.hasKey(table.ownership.state(slot))) {
                restoreWithoutKey(table, slot);
            }
        }
    }

    private static int used(SlotTable table) {
        long used = table.words.get(NEXT);
        int capacity = table.descriptor.capacity;
        // They are handed out in turn, so a slot beyond the count that was used betrays a count that is too low.
        if (used < 0 || used > capacity || (used < capacity && table.ownership.state((int) used) != 0)) {
            throw new IllegalStateException("count of slots is damaged: next=" + used + " capacity=" + capacity);
        }
        return (int) used;
    }

    /** Whether a claim under way has come so far that its key is in the index, which may be damaged. */
    private static boolean isPublished(SlotTable table, int slot, int used) {
        return Ownership.code(table.ownership.state(slot)) == Ownership.NEW
                && table.index.leadsTo(key(table, slot), slot, used);
    }

    private static void restore(SlotTable table, int slot) {
        endClaim(table, slot);
        table.ownership.vacate(slot);
        if (table.index.publish(key(table, slot), slot) != slot) {
            throw new IllegalStateException("a key is there twice: " + table.describeKey(slot));
        }
    }

    private static void restoreWithoutKey(SlotTable table, int slot) {
        long state = table.ownership.state(slot);
        if (state == 0) {
            // Handed out, and not used yet.
            table.index.giveBack(slot);
            return;
        }
        endClaim(table, slot);
        switch ((int) Ownership.code(state)) {
            case (int) Ownership.FREE -> table.index.giveBack(slot);
            case (int) Ownership.NEW -> {
                if (table.index.publish(key(table, slot), slot) == slot) {
                    table.ownership.vacate(slot);
                } else {
                    table.ownership.forget(slot);
                    table.index.giveBack(slot);
                }
            }
            case (int) Ownership.REMOVED -> {
                if (table.descriptor.recycling) {
                    table.ownership.free(slot);
                    table.index.giveBack(slot);
                } else {
                    table.words.getAndAdd(REMOVED, 1);
                }
            }
            default ->
                throw new IllegalStateException(
                        "state of a slot is damaged: slot=" + slot + " state=0x" + Long.toHexString(state));
        }
    }

    /** Brings the record to where its owner, or who was to free it, would have left it. */
    private static void endClaim(SlotTable table, int slot) {
        long base = table.descriptor.base(slot);
        table.redo.recover(base);
        // What others gave to a key without an owner is for its next owner.
        if (table.descriptor.merging && Ownership.code(table.ownership.state(slot)) != Ownership.VACANT) {
            table.redo.leave(base, table.redo.newLeave());
        }
        for (Field field : table.layout().fields()) {
            if (field instanceof OwnedText text) {
                // Throws where it is damaged: nobody could read the record.
                Text.length(text, table.words.get(base + ((Fields.WithOffset) text).offset()));
            }
        }
    }

    private static KeyIndex.Key key(SlotTable table, int slot) {
        long metadata = table.descriptor.metadata(slot);
        long word = table.words.get(metadata + KEY);
        long length = table.words.get(metadata + NAME_LENGTH);
        if (length == 0) {
            return KeyIndex.Key.of(word);
        }
        KeyIndex.Key key = KeyIndex.Key.of(table.index.name(slot));
        if (length < 0
                || length > MAX_NAME_BYTES
                || !table.index.hasKey(slot, table.index.name(slot))
                || key.word() != word) {
            throw new IllegalStateException(
                    "name of a key is damaged: slot=" + slot + " name=" + table.index.name(slot) + " length=" + length);
        }
        return key;
    }

    private static FileSystemException refused(Path path, RuntimeException cause) {
        FileSystemException refusal = new FileSystemException(path.toString(), null, cause.getMessage());
        refusal.initCause(cause);
        return refusal;
    }
}
