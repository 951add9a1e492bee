package org.berth.core.slots;

import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Collectors;
import org.berth.offheap.OffHeapBuffer;
import org.berth.offheap.Region;
import org.berth.offheap.Words;
import org.berth.offheap.placement.Placement;
import org.jspecify.annotations.Nullable;

/** The memory of a table and the structures in it, which handles, claims and totals work on. */
final class TableMemory implements AutoCloseable {

    /** In a message that says which table it is, this many field names are enough. */
    private static final int MAX_NAMED_FIELDS = 8;

    final Words words;
    final TableDescriptor descriptor;

    /** The layout's identity, compared with a field's at each access. */
    final Object layout;

    /** As the descriptor's: by key, each operation asks, and one load less leads to it. */
    final boolean recycling;

    final KeyIndex index;
    final Ownership ownership;
    final SeqLock lock;
    final RedoLog log;
    final RetainedTotals retained;
    final Reclamation reclamation;

    private final @Nullable Region region;

    /** Volatile: a thread that sees an access fail because the table was closed also sees why. */
    private volatile boolean closed;

    /**
     * A table's memory.
     *
     * @param region to be closed with the table, or null
     */
    TableMemory(TableDescriptor descriptor, Words words, @Nullable Region region) {
        this.words = words;
        this.descriptor = descriptor;
        this.layout = descriptor.layout.identity();
        this.recycling = descriptor.recycling;
        this.region = region;
        this.index = new KeyIndex(words, descriptor);
        this.ownership = new Ownership(words, descriptor, 0);
        this.lock = new SeqLock(words);
        this.log = new RedoLog(words, descriptor);
        this.retained = new RetainedTotals(words, descriptor, lock, log);
        this.reclamation = new Reclamation(words, descriptor, index, ownership, retained);
    }

    /** Allocates anonymous memory for an empty table. */
    static TableMemory allocate(TableDescriptor descriptor, @Nullable Placement placement) {
        Region region = anonymous(descriptor, placement).describedAs(describe(descriptor));
        try {
            // Constant: slot tables are few and live long, which is what the one constant place of the process is for.
            return new TableMemory(descriptor, region.constantWords(), region);
        } catch (Throwable failure) {
            region.close();
            throw failure;
        }
    }

    private static String describe(TableDescriptor descriptor) {
        List<Field> fields = descriptor.layout.fields();
        return "slot table of fields=["
                + fields.stream()
                        .limit(MAX_NAMED_FIELDS)
                        .map(Field::name)
                        .collect(Collectors.joining(", ", "", fields.size() > MAX_NAMED_FIELDS ? ", …]" : "]"))
                + " capacity=" + descriptor.capacity;
    }

    private static Region anonymous(TableDescriptor descriptor, @Nullable Placement placement) {
        NodePartitions partitions = descriptor.partitions;
        if (partitions.count() > 1) {
            long bytes = descriptor.partitionSlots * descriptor.stride;
            Placement rest = placement != null ? placement : Placement.local();
            return Region.anonymous(descriptor.bytes, rest.partitions(descriptor.slots, bytes, partitions.nodes()));
        }
        return placement != null ? Region.anonymous(descriptor.bytes, placement) : Region.anonymous(descriptor.bytes);
    }

    /**
     * Returns the slot of a key, retained in a recycling table.
     *
     * @param name null if the key is a {@code long}
     * @throws NoSuchElementException if the key is not in the table
     */
    int retain(long key, @Nullable String name) {
        int slot = index.retain(key, name, reclamation);
        return slot != KeyIndex.NONE ? slot : unknown(key, name);
    }

    /**
     * Returns the slot of a {@code long} in a table that does not recycle.
     *
     * @throws NoSuchElementException if the key is not in the table
     */
    int find(long key) {
        int slot = index.find(key);
        return slot != KeyIndex.NONE ? slot : unknown(key, null);
    }

    /**
     * Returns the slot of a name in a table that does not recycle.
     *
     * @throws NoSuchElementException if the name is not in the table
     */
    int find(String name) {
        int slot = index.find(name);
        return slot != KeyIndex.NONE ? slot : unknown(0, name);
    }

    /** Releases what {@link #retain} returned. */
    void release(int slot) {
        if (recycling) {
            reclamation.release(slot);
        }
    }

    /** Ends the write of an owner that has ended, if it was in the middle of one: whole, where that is logged. */
    void abandonWrite(int slot) {
        long base = descriptor.base(slot);
        if (descriptor.stagedWords == 0) {
            return;
        }
        if (descriptor.logged) {
            log.recover(base, retained::excludeUndrained);
        } else {
            lock.abandon(base);
        }
    }

    private int unknown(long key, @Nullable String name) {
        throw new NoSuchElementException("unknown key: " + (name == null ? "key=" + key : "name=" + name) + " size="
                + index.size() + "; claim it first");
    }

    /** The key of a slot as a name=value pair, for messages. */
    String describeKey(int slot) {
        return index.isNamed(slot) ? "name=" + index.name(slot) : "key=" + index.key(slot);
    }

    /** Returns a buffer over a range of the memory. */
    OffHeapBuffer buffer(long offset, int length) {
        if (region == null) {
            throw new UnsupportedOperationException("memory of this table has no buffers: bytes=" + descriptor.bytes);
        }
        return region.buffer(offset, length);
    }

    void force() {
        checkOpen();
        if (region == null) {
            throw new UnsupportedOperationException("table is not in a file: bytes=" + descriptor.bytes);
        }
        region.force();
    }

    void checkOpen() {
        if (closed) {
            throw new IllegalStateException("table is closed: table="
                    + (region != null ? region.description() : describe(descriptor)) + "; close it after its last use");
        }
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        if (region == null) {
            return;
        }
        if (descriptor.logged && !region.isClosed()) {
            try {
                TableHeader.unregister(words);
            } catch (IllegalStateException e) {
                // Another thread has just closed it, and has done that.
            }
        }
        region.close();
    }
}
