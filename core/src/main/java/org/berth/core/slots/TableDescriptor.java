package org.berth.core.slots;

/**
 * The memory layout of a {@link SlotTable}: offsets in bytes from the start of its region. They are never addresses, so
 * the same bytes work in memory and in a mapped file.
 *
 * <pre>
 * table
 * +-----------+------------------------------------------------------------------------------------------+
 * | header    | what the table is, the counts of slots, the processes, the description of the fields       |
 * +-----------+------------------------------------------------------------------------------------------+
 * | index     | 2^n links, n such that at most half are used: the first slot of each chain                 |
 * +-----------+------------------------------------------------------------------------------------------+
 * | metadata  | per slot, cold: [ state, next of the chain, key, length of the name, references,           |
 * |           | name … as long as the table allows, owner … pad ]                                          |
 * +-----------+------------------------------------------------------------------------------------------+
 * | slots     | per slot, hot:  [ pad … shared 1, shared 0 ] [ sequence, base: owned 0, owned 1 …          |
 * |           | merging: retained totals; in a file: masks, redo area … pad ]                              |
 * +-----------+------------------------------------------------------------------------------------------+
 * </pre>
 *
 * <p>Every word of it: {@code docs/layout.md}. The two areas of a slot are each padded to the table's padding: a CAS of
 * another thread on a shared field must not invalidate the owner's cache line. The base lies between their fields, so
 * that one signed offset finds a field of either kind.
 */
final class TableDescriptor {

    static final int MAX_CAPACITY = 1 << 29;
    static final int MIN_PADDING = Long.BYTES;
    static final int MAX_PADDING = 4096;

    /**
     * Two cache lines: adjacent lines are prefetched together, so neighbours one line apart still disturb each other.
     */
    static final int DEFAULT_PADDING = 128;

    // The header: what is written once, then what changes with each new or removed key (in lines of its own),
    // then the rest.
    static final long MAGIC = 0;
    static final long BYTE_ORDER = MAGIC + Long.BYTES;
    static final long VERSION = BYTE_ORDER + Long.BYTES;
    static final long BYTES = VERSION + Long.BYTES;
    static final long CAPACITY = BYTES + Long.BYTES;
    static final long PADDING = CAPACITY + Long.BYTES;
    static final long FLAGS = PADDING + Long.BYTES;
    static final long DESCRIPTION_BYTES = FLAGS + Long.BYTES;
    static final long NAME_BYTES = DESCRIPTION_BYTES + Long.BYTES;
    static final long CHECKSUM = NAME_BYTES + Long.BYTES;
    static final long NEXT = align(CHECKSUM + Long.BYTES, DEFAULT_PADDING);
    static final long FREE = NEXT + Long.BYTES;
    static final long KEYS = FREE + Long.BYTES;
    static final long REMOVED = KEYS + Long.BYTES;
    static final long PROCESSES = align(REMOVED + Long.BYTES, DEFAULT_PADDING);
    static final int MAX_PROCESSES = 64;
    static final long PROCESS_BYTES = 2 * Long.BYTES;
    static final long DESCRIPTION = PROCESSES + MAX_PROCESSES * PROCESS_BYTES;

    static final long MERGE_FLAG = 1;
    static final long RECYCLING_FLAG = 2;

    // The metadata of a slot: what a lookup reads, in one cache line with the begin of the name, then the name, then
    // the
    // owner.
    static final int MAX_NAME_BYTES = 1024;
    static final int DEFAULT_NAME_BYTES = 128;
    static final long STATE = 0;
    static final long LINK = STATE + Long.BYTES;
    static final long KEY = LINK + Long.BYTES;
    static final long NAME_LENGTH = KEY + Long.BYTES;
    static final long REFERENCES = NAME_LENGTH + Long.BYTES;
    static final long NAME = REFERENCES + Long.BYTES;

    // The owner of a slot, from where the room for the name ends.
    static final int OWNER_NAME_BYTES = 24;
    static final long OWNER = 0;
    static final long OWNER_THREAD = OWNER + Long.BYTES;
    static final long OWNER_SINCE = OWNER_THREAD + Long.BYTES;
    static final long OWNER_NAME = OWNER_SINCE + Long.BYTES;
    static final long OWNER_BYTES = OWNER_NAME + OWNER_NAME_BYTES;

    /**
     * The size of each slot's metadata is a multiple of it. A claim writes to them and, in a recycling table, each
     * operation by key: that must not take the lines of the next slot's metadata away, nor the line that is prefetched
     * with one.
     */
    static final int METADATA_PADDING = DEFAULT_PADDING;

    // A slot, from its base, which is the first owned field: C2 makes better code of an access right there.
    static final long OWNED = 0;
    static final long SEQUENCE = OWNED - Long.BYTES;

    /** The first shared field; the others are below it. */
    static final long SHARED = SEQUENCE - Long.BYTES;

    final RecordLayout layout;
    final int capacity;
    final int padding;
    final boolean merging;
    final boolean recycling;

    /** The longest name of a key, in bytes; 0 if no key has a name. */
    final int nameBytes;

    /** Whether slots have a redo area: memory that outlives the process needs a redo log. */
    final boolean logged;

    /** The description of the fields, as the header has it. */
    final byte[] description;

    final long index;
    final int indexLength;
    final long metadata;
    final long metadataBytes;

    /** Where the words that describe the owner begin, from a slot's metadata. */
    private final long owner;

    final long slots;
    final long stride;
    final long base;
    final long bytes;

    /**
     * The words that a write changes all at once: owned fields, then retained totals. Without any there is
     * no sequence either.
     */
    final int stagedWords;

    /** Where the retained totals begin, from the base. */
    final long retainedTotals;

    /** Where the masks begin, from the base: which words of the redo area count, a bit for each. */
    final long masks;

    final int maskWords;

    /** Where the redo area begins, from the base: the words to come, in the order of those they replace. */
    final long redoArea;

    /** The partitions of the slots, each on a node of its own. */
    final NodePartitions partitions;

    /** How many slots are in a partition. */
    final int partitionSlots;

    /** Where the counters of the partitions begin, if there are several; never in a file. */
    private final long partitionCounts;

    TableDescriptor(RecordLayout layout, int capacity, int padding) {
        this(layout, capacity, padding, OnRelease.KEEP, false, false);
    }

    /**
     * Computes the layout of a table.
     *
     * @param logged whether the memory outlives the process, which may die in the middle of a commit
     */
    TableDescriptor(
            RecordLayout layout, int capacity, int padding, OnRelease onRelease, boolean recycling, boolean logged) {
        this(layout, capacity, padding, onRelease, recycling, logged, DEFAULT_NAME_BYTES, NodePartitions.ONE);
    }

    /**
     * Computes the layout of a table.
     *
     * @param logged     whether the memory outlives the process, which may die in the middle of a commit
     * @param nameBytes  the longest name of a key
     * @param partitions of the slots; if there are several, the capacity is rounded up to fill them
     */
    TableDescriptor(
            RecordLayout layout,
            int requestedCapacity,
            int padding,
            OnRelease onRelease,
            boolean recycling,
            boolean logged,
            int nameBytes,
            NodePartitions partitions) {
        int page = partitions.page();
        int capacity = requestedCapacity;
        if (capacity <= 0 || capacity > MAX_CAPACITY) {
            throw new IllegalArgumentException(
                    "capacity is out of range: capacity=" + capacity + " smallest=1 largest=" + MAX_CAPACITY);
        }
        if (padding < MIN_PADDING || padding > MAX_PADDING || Integer.bitCount(padding) != 1) {
            throw badPadding(padding);
        }
        if (nameBytes < 0 || nameBytes > MAX_NAME_BYTES) {
            throw badNameBytes(nameBytes);
        }
        this.layout = layout;
        this.padding = padding;
        this.merging = onRelease == OnRelease.MERGE;
        this.recycling = recycling;
        this.logged = logged;
        this.nameBytes = nameBytes;
        if (merging) {
            checkMerges(layout);
        }
        this.description = LayoutDescription.of(layout);
        this.partitions = partitions;

        int merged = merging ? layout.mergedFields() : 0;
        this.stagedWords = layout.ownedBytes() / Long.BYTES + merged;
        this.maskWords = (stagedWords + Long.SIZE - 1) / Long.SIZE;
        this.retainedTotals = OWNED + layout.ownedBytes();
        this.masks = retainedTotals + (long) merged * Long.BYTES;
        this.redoArea = masks + (long) maskWords * Long.BYTES;
        long end = logged ? redoArea + (long) stagedWords * Long.BYTES : masks;
        long owned = stagedWords == 0 ? 0 : end - SEQUENCE;
        long shared = align(layout.sharedBytes(), padding);
        this.stride = shared + align(owned, padding);

        this.partitionCounts = align(DESCRIPTION + description.length, DEFAULT_PADDING);
        if (partitions.count() == 1) {
            this.partitionSlots = capacity;
            this.index = partitionCounts;
        } else {
            long slotsPerWholePages = page / Math.min(page, Long.lowestOneBit(stride));
            long each = (Math.ceilDiv(capacity, partitions.count()) + slotsPerWholePages - 1)
                    / slotsPerWholePages
                    * slotsPerWholePages;
            capacity = (int) Math.min(each * partitions.count(), Integer.MAX_VALUE);
            if (capacity > MAX_CAPACITY) {
                throw new IllegalArgumentException("capacity is out of range: capacity=" + capacity
                        + ", rounded up to whole pages on each node, largest=" + MAX_CAPACITY);
            }
            this.partitionSlots = (int) each;
            // Each in lines of its own, for the threads on its node.
            this.index = partitionCounts + (long) partitions.count() * DEFAULT_PADDING;
        }
        this.capacity = capacity;
        this.indexLength = Integer.highestOneBit(2 * capacity - 1) << 1;
        this.metadata = align(index + (long) indexLength * Long.BYTES, DEFAULT_PADDING);
        this.owner = NAME + align(nameBytes, Long.BYTES);
        this.metadataBytes = align(owner + OWNER_BYTES, METADATA_PADDING);
        this.slots = align(metadata + capacity * metadataBytes, Math.max(Math.max(padding, page), DEFAULT_PADDING));
        this.base = slots + shared - SEQUENCE;
        this.bytes = slots + capacity * stride;
    }

    static IllegalArgumentException badPadding(int padding) {
        return new IllegalArgumentException("padding is no power of two in range: padding=" + padding + " smallest="
                + MIN_PADDING + " largest=" + MAX_PADDING + "; use 128, or 64 where adjacent lines are not prefetched");
    }

    static IllegalArgumentException badNameBytes(int nameBytes) {
        return new IllegalArgumentException("length of names is out of range: maxNameBytes=" + nameBytes
                + " smallest=0 largest=" + MAX_NAME_BYTES + "; 0 is for tables whose keys are all long");
    }

    /** Returns the base of a slot, from which the offsets of its fields count. */
    long base(int slot) {
        return base + slot * stride;
    }

    /** Returns the slot with that base. */
    int slot(long base) {
        return (int) ((base - this.base) / stride);
    }

    long metadata(int slot) {
        return metadata + slot * metadataBytes;
    }

    /** Returns where the words that describe the owner of a slot begin. */
    long owner(int slot) {
        return metadata(slot) + owner;
    }

    /** Returns the partition of a slot. */
    int partition(int slot) {
        return slot / partitionSlots;
    }

    /** Returns where the number of those slots of a partition is that were used at least once. */
    long next(int partition) {
        return partitions.count() == 1 ? NEXT : partitionCounts + (long) partition * DEFAULT_PADDING;
    }

    /** Returns where the link to the first free slot of a partition is. */
    long free(int partition) {
        return next(partition) + Long.BYTES;
    }

    /** Returns where the link to the first slot of a chain is. */
    long index(int position) {
        return index + (long) position * Long.BYTES;
    }

    private static void checkMerges(RecordLayout layout) {
        for (Field field : layout.fields()) {
            Fields.FieldImpl implementation = (Fields.FieldImpl) field;
            if (implementation.wordOffset() < 0
                    && !(implementation instanceof Fields.Mergeable mergeable && mergeable.merge() != null)) {
                throw new IllegalArgumentException("shared field without a merge in a table that merges: field="
                        + field.name() + "; declare it with a Merge, or create the table with OnRelease.KEEP");
            }
        }
    }

    private static long align(long value, long powerOfTwo) {
        return (value + powerOfTwo - 1) & -powerOfTwo;
    }
}
