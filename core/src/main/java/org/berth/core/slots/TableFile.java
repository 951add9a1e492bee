package org.berth.core.slots;

import static org.berth.core.slots.TableDescriptor.FREE;
import static org.berth.core.slots.TableDescriptor.KEY;
import static org.berth.core.slots.TableDescriptor.KEYS;
import static org.berth.core.slots.TableDescriptor.LINK;
import static org.berth.core.slots.TableDescriptor.NAME_LENGTH;
import static org.berth.core.slots.TableDescriptor.NEXT;
import static org.berth.core.slots.TableDescriptor.REFERENCES;
import static org.berth.core.slots.TableDescriptor.REMOVED;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.berth.offheap.Region;
import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;

/**
 * Tables in files: creation, opening, and recovery after the process that had the table ended in any way.
 *
 * <p>The metadata and the record of each slot are the truth, and every step leaves them in a state that recovery can
 * complete. The index and the list of free slots are derived from them, and are rebuilt at each opening. So a process
 * may die between any two stores. So, too, is a file with a damaged index repaired, while one whose metadata contradict
 * each other is refused.
 */
final class TableFile {

    private TableFile() {}

    /**
     * Creates a table in a new file.
     *
     * @param whole  whether to reserve space on the device for the whole file
     * @param source of the records that it begins with, or null
     */
    static TableMemory create(Path path, TableDescriptor descriptor, boolean whole, @Nullable TableMemory source)
            throws IOException {
        // Reserved always is what the first access updates atomically, which a full disk would turn into a crash of the
        // JVM: the counts in the header, and the index. A slot and its metadata see plain stores first, to every word
        // that is updated atomically later: KeyIndex.allocate and publish store to the metadata, and
        // RetainedTotals.initialize to all fields. Those throw an error if the disk is full.
        long reserved = whole ? descriptor.bytes : descriptor.metadata;
        // As content, so that a file that has its name is a table.
        Region region = Region.create(path, descriptor.bytes, reserved, words -> {
            TableHeader.register(words);
            TableHeader.write(words, descriptor);
            if (source != null) {
                TableCopy.copy(source, new TableMemory(descriptor, words, null));
            }
        });
        try {
            return new TableMemory(descriptor, region.constantWords(), region);
        } catch (Throwable failure) {
            region.close();
            Files.deleteIfExists(path);
            throw failure;
        }
    }

    static TableMemory open(Path path, @Nullable RecordLayout layout) throws IOException {
        Region region = Region.open(path);
        try {
            TableDescriptor descriptor = describe(path, region.words(), layout);
            long user = TableHeader.userOf(region.words());
            if (user != 0) {
                // The file's lock is gone: POSIX drops it when the process closes any other descriptor of the file.
                throw new IllegalStateException("file is in use by pid " + user + ": path=" + path
                        + "; close the table there, or end the process");
            }
            try {
                recover(new TableMemory(descriptor, region.words(), null));
            } catch (IllegalStateException | IllegalArgumentException e) {
                throw refused(path, e);
            }
            TableHeader.register(region.words());
            // Only now: one region of a process has constant words, and a file that is refused must not be that one.
            return new TableMemory(descriptor, region.constantWords(), region);
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
                true,
                found.nameBytes,
                NodePartitions.ONE);
    }

    /**
     * Recovers the memory of a table that no thread uses: ends the claims in it, and completes what its threads had
     * begun, all of which ended with their process. If this is cut short, it can be done again.
     *
     * @throws IllegalStateException if the memory is damaged, and then it may be half changed
     */
    static void recover(TableMemory memory) {
        Words words = memory.words;
        TableDescriptor descriptor = memory.descriptor;
        int used = used(memory);
        for (int slot = 0; slot < used; slot++) {
            if (isPublished(memory, slot, used)) {
                // Other threads may have found and updated it, so of two claims of one new key this is the
                // one that won.
                memory.ownership.settle(slot);
            }
        }
        // Read first: pages that were never written take no memory, and a store would change that.
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
            words.set(descriptor.metadata(slot) + REFERENCES, 0);
        }
        // First the keys that were in the index for sure: of two claims of one new key, one had lost.
        for (int slot = 0; slot < used; slot++) {
            if (Ownership.hasKey(memory.ownership.state(slot))) {
                restore(memory, slot);
            }
        }
        for (int slot = 0; slot < used; slot++) {
            if (!Ownership.hasKey(memory.ownership.state(slot))) {
                restoreWithoutKey(memory, slot);
            }
        }
    }

    private static int used(TableMemory memory) {
        long used = memory.words.get(NEXT);
        int capacity = memory.descriptor.capacity;
        // Slots are allocated in order, so a used slot beyond the count shows that the count is too low.
        if (used < 0 || used > capacity || (used < capacity && memory.ownership.state((int) used) != 0)) {
            throw new IllegalStateException("count of slots is damaged: next=" + used + " capacity=" + capacity);
        }
        return (int) used;
    }

    /** Returns whether the slot is of a claim under way that had added its key to the index, which may be damaged. */
    private static boolean isPublished(TableMemory memory, int slot, int used) {
        return Ownership.code(memory.ownership.state(slot)) == Ownership.NEW
                && memory.index.leadsTo(key(memory, slot), slot, used);
    }

    private static void restore(TableMemory memory, int slot) {
        endClaim(memory, slot);
        memory.ownership.vacate(slot);
        if (memory.index.publish(key(memory, slot), slot) != slot) {
            throw new IllegalStateException("key is in the table twice: " + memory.describeKey(slot));
        }
    }

    private static void restoreWithoutKey(TableMemory memory, int slot) {
        long state = memory.ownership.state(slot);
        if (state == 0) {
            // Allocated, and not used yet.
            memory.index.deallocate(slot);
            return;
        }
        endClaim(memory, slot);
        switch ((int) Ownership.code(state)) {
            case (int) Ownership.FREE -> memory.index.deallocate(slot);
            case (int) Ownership.NEW -> {
                if (memory.index.publish(key(memory, slot), slot) == slot) {
                    memory.ownership.vacate(slot);
                } else {
                    memory.ownership.forget(slot);
                    memory.index.deallocate(slot);
                }
            }
            case (int) Ownership.REMOVED -> {
                // Also in a table that retires such slots: nobody has a handle from before the opening.
                memory.ownership.free(slot);
                memory.index.deallocate(slot);
            }
            default ->
                throw new IllegalStateException(
                        "state of a slot is damaged: slot=" + slot + " state=0x" + Long.toHexString(state));
        }
    }

    /** Completes the end of a claim, or the freeing of a slot, that its process had begun; ends the claim else. */
    private static void endClaim(TableMemory memory, int slot) {
        long base = memory.descriptor.base(slot);
        memory.log.recover(base, memory.retained::excludeUndrained);
        // Updates of shared fields of a key without an owner are for its next owner.
        if (memory.descriptor.merging && Ownership.code(memory.ownership.state(slot)) != Ownership.VACANT) {
            memory.retained.merge(base, new StagedWords(memory.descriptor));
        }
        for (Field field : memory.descriptor.layout.fields()) {
            if (field instanceof Field.OwnedText text) {
                // Throws where it is damaged: no read of the record could succeed.
                Text.length(text, memory.words.get(base + ((Fields.FieldImpl) text).wordOffset()));
            }
        }
    }

    private static KeyIndex.Key key(TableMemory memory, int slot) {
        long metadata = memory.descriptor.metadata(slot);
        long word = memory.words.get(metadata + KEY);
        long length = memory.words.get(metadata + NAME_LENGTH);
        if (length == 0) {
            return KeyIndex.Key.of(word);
        }
        KeyIndex.Key key = memory.index.keyOf(memory.index.name(slot));
        if (length < 0
                || length > memory.descriptor.nameBytes
                || !memory.index.hasKey(slot, memory.index.name(slot))
                || key.word() != word) {
            throw new IllegalStateException("name of a key is damaged: slot=" + slot + " name="
                    + memory.index.name(slot) + " length=" + length);
        }
        return key;
    }

    private static FileSystemException refused(Path path, RuntimeException cause) {
        FileSystemException refusal = new FileSystemException(path.toString(), null, cause.getMessage());
        refusal.initCause(cause);
        return refusal;
    }
}
