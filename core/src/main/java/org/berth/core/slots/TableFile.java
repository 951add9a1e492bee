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

    static SlotTable create(Path path, TableDescriptor descriptor) throws IOException {
        Region region = Region.create(path, descriptor.bytes);
        try {
            TableHeader.register(region.words());
            TableHeader.write(region.words(), descriptor);
            return new SlotTable(descriptor, region.constantWords(), region);
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
            SlotTable table = new SlotTable(descriptor, region.constantWords(), region);
            recover(path, table);
            TableHeader.register(region.words());
            return table;
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

    /** Nobody else has the table: every owner in it is dead, and so is everybody who viewed or changed it. */
    private static void recover(Path path, SlotTable table) throws IOException {
        Words words = table.words;
        TableDescriptor descriptor = table.descriptor;
        try {
            long used = words.get(NEXT);
            if (used < 0 || used > descriptor.capacity) {
                throw new IllegalStateException(
                        "count of slots is damaged: next=" + used + " capacity=" + descriptor.capacity);
            }
            for (int position = 0; position < descriptor.indexLength; position++) {
                words.set(descriptor.index(position), 0);
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
        } catch (IllegalStateException | IllegalArgumentException e) {
            throw refused(path, e);
        }
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
                // Its key may have come into the index, and others may have found it; so it stays, unless it is
                // another's.
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

    /** Brings the record to where its owner would have left it. */
    private static void endClaim(SlotTable table, int slot) {
        long base = table.descriptor.base(slot);
        table.redo.recover(base);
        if (table.descriptor.merging) {
            table.redo.leave(base);
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
