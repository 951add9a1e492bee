package org.berth.core.slots;

/**
 * Where things are in the memory of a {@link SlotTable}: offsets in bytes from the start of its region, never addresses, so
 * the same bytes work in memory and in a mapped file.
 *
 * <pre>
 * table
 * +-----------+------------------------------------------------------------------------------------------+
 * | header    | what the table is, the counts of slots, the processes, the description of the fields       |
 * +-----------+------------------------------------------------------------------------------------------+
 * | index     | 2^n links, n such that at most half are used: the first slot of each chain                 |
 * +-----------+------------------------------------------------------------------------------------------+
 * | metadata  | per slot, cold: state, next of the chain, key, name, owner                                 |
 * +-----------+------------------------------------------------------------------------------------------+
 * | slots     | per slot, hot:  [ pad … shared 1, shared 0 ] [ sequence, base: owned 0, owned 1 …          |
 * |           | merging: residues; in a file: masks, redo area … pad ]                                     |
 * +-----------+------------------------------------------------------------------------------------------+
 * </pre>
 *
 * <p>Every word of it: {@code docs/layout.md}. The two areas of a slot are each padded to the table's padding: a stranger's
 * CAS on a shared field must not take the owner's line away. The base lies between their fields, so that one signed offset finds
 * a field of either kind.
 */
final class TableDescriptor {

    static final int MAX_CAPACITY = 1 << 29;
    static final int MIN_PADDING = Long.BYTES;
    static final int MAX_PADDING = 4096;

    /** Two cache lines: adjacent lines are prefetched together, so neighbours one line apart still disturb each other. */
    static final int DEFAULT_PADDING = 128;

    // The header: what is written once, then what changes as slots come and go (in lines of its own), then the rest.
    static final long MAGIC = 0;
    static final long BYTE_ORDER = 8;
    static final long VERSION = 16;
    static final long BYTES = 24;
    static final long CAPACITY = 32;
    static final long PADDING = 40;
    static final long FLAGS = 48;
    static final long DESCRIPTION_BYTES = 56;
    static final long CHECKSUM = 64;
    static final long NEXT = 128;
    static final long FREE = 136;
    static final long KEYS = 144;
    static final long REMOVED = 152;
    static final long PROCESSES = 256;
    static final int MAX_PROCESSES = 64;
    static final long PROCESS_BYTES = 16;
    static final long DESCRIPTION = PROCESSES + MAX_PROCESSES * PROCESS_BYTES;

    static final long MERGE_FLAG = 1;
    static final long RECYCLING_FLAG = 2;

    // The metadata of a slot.
    static final int MAX_NAME_BYTES = 40;
    static final int OWNER_NAME_BYTES = 24;
    static final long STATE = 0;
    static final long LINK = 8;
    static final long KEY = 16;
    static final long NAME_LENGTH = 24;
    static final long VIEWS = 32;
    static final long NAME = 40;
    static final long OWNER = NAME + MAX_NAME_BYTES;
    static final long OWNER_THREAD = OWNER + Long.BYTES;
    static final long OWNER_SINCE = OWNER_THREAD + Long.BYTES;
    static final long OWNER_NAME = OWNER_SINCE + Long.BYTES;
    static final long METADATA_BYTES = OWNER_NAME + OWNER_NAME_BYTES;

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

    /** Whether there is a redo area: memory that outlives the process needs one. */
    final boolean journaled;

    /** The description of the fields as it stands in the header. */
    final byte[] description;

    final long index;
    final int indexLength;
    final long metadata;
    final long slots;
    final long stride;
    final long base;
    final long bytes;

    /** The words that a write changes all at once: owned fields, then residues. Without any there is no sequence either. */
    final int imageWords;

    /** Where the residues begin, from the base. */
    final long residue;

    /** Where the masks begin, from the base: which words of the redo area count, a bit for each. */
    final long masks;

    final int maskWords;

    /** Where the redo area begins, from the base: the words to come, in the order of those they replace. */
    final long redo;

    /** Where slots are on which node. */
    final NodePartitions stripes;

    /** How many slots are in a stripe. */
    final int stripeSlots;

    /** Where the counts of the stripes begin; only where there are several, and so never in a file. */
    private final long stripeCounts;

    TableDescriptor(RecordLayout layout, int capacity, int padding) {
        this(layout, capacity, padding, OnRelease.KEEP, false, false);
    }

    /**
     * A table's description of itself.
     *
     * @param journaled whether the memory outlives the process, which may die in the middle of a commit
     */
    TableDescriptor(
            RecordLayout layout, int capacity, int padding, OnRelease onRelease, boolean recycling, boolean journaled) {
        this(layout, capacity, padding, onRelease, recycling, journaled, NodePartitions.ONE);
    }

    /**
     * A table's description of itself.
     *
     * @param journaled whether the memory outlives the process, which may die in the middle of a commit
     * @param stripes   into which the slots are cut; if there are several, the capacity is rounded up to fill them
     */
    TableDescriptor(
            RecordLayout layout,
            int requestedCapacity,
            int padding,
            OnRelease onRelease,
            boolean recycling,
            boolean journaled,
            NodePartitions stripes) {
        int page = stripes.page();
        int capacity = requestedCapacity;
        if (capacity <= 0 || capacity > MAX_CAPACITY) {
            throw new IllegalArgumentException(
                    "capacity is out of range: capacity=" + capacity + " smallest=1 largest=" + MAX_CAPACITY);
        }
        if (padding < MIN_PADDING || padding > MAX_PADDING || Integer.bitCount(padding) != 1) {
            throw badPadding(padding);
        }
        this.layout = layout;
        this.padding = padding;
        this.merging = onRelease == OnRelease.MERGE;
        this.recycling = recycling;
        this.journaled = journaled;
        if (merging) {
            checkMerges(layout);
        }
        this.description = LayoutDescription.of(layout);
        this.stripes = stripes;

        int residues = merging ? layout.residues() : 0;
        this.imageWords = layout.ownedBytes() / Long.BYTES + residues;
        this.maskWords = (imageWords + Long.SIZE - 1) / Long.SIZE;
        this.residue = OWNED + layout.ownedBytes();
        this.masks = residue + (long) residues * Long.BYTES;
        this.redo = masks + (long) maskWords * Long.BYTES;
        long end = journaled ? redo + (long) imageWords * Long.BYTES : masks;
        long owned = imageWords == 0 ? 0 : end - SEQUENCE;
        long shared = align(layout.sharedBytes(), padding);
        this.stride = shared + align(owned, padding);

        this.stripeCounts = align(DESCRIPTION + description.length, DEFAULT_PADDING);
        if (stripes.count() == 1) {
            this.stripeSlots = capacity;
            this.index = stripeCounts;
        } else {
            // So many slots fill whole pages.
            long pageful = page / Math.min(page, Long.lowestOneBit(stride));
            long each = (Math.ceilDiv(capacity, stripes.count()) + pageful - 1) / pageful * pageful;
            capacity = (int) Math.min(each * stripes.count(), Integer.MAX_VALUE);
            if (capacity > MAX_CAPACITY) {
                throw new IllegalArgumentException("capacity is out of range: capacity=" + capacity
                        + ", rounded up to whole pages on each node, largest=" + MAX_CAPACITY);
            }
            this.stripeSlots = (int) each;
            // Each in lines of its own, for the threads on its node.
            this.index = stripeCounts + (long) stripes.count() * DEFAULT_PADDING;
        }
        this.capacity = capacity;
        this.indexLength = Integer.highestOneBit(2 * capacity - 1) << 1;
        this.metadata = align(index + (long) indexLength * Long.BYTES, DEFAULT_PADDING);
        this.slots = align(metadata + capacity * METADATA_BYTES, Math.max(Math.max(padding, page), DEFAULT_PADDING));
        this.base = slots + shared - SEQUENCE;
        this.bytes = slots + capacity * stride;
    }

    static IllegalArgumentException badPadding(int padding) {
        return new IllegalArgumentException("padding is no power of two in range: padding=" + padding + " smallest="
                + MIN_PADDING + " largest=" + MAX_PADDING + "; use 128, or 64 where adjacent lines are not prefetched");
    }

    /** Where the fields of a slot are counted from. */
    long base(int slot) {
        return base + slot * stride;
    }

    /** The slot with that base. */
    int slot(long base) {
        return (int) ((base - this.base) / stride);
    }

    long metadata(int slot) {
        return metadata + slot * METADATA_BYTES;
    }

    /** The stripe of a slot. */
    int stripe(int slot) {
        return slot / stripeSlots;
    }

    /** The count of the slots of a stripe that were used at least once. */
    long next(int stripe) {
        return stripes.count() == 1 ? NEXT : stripeCounts + (long) stripe * DEFAULT_PADDING;
    }

    /** The first free slot of a stripe. */
    long free(int stripe) {
        return next(stripe) + Long.BYTES;
    }

    /** The link to the first slot of a chain. */
    long index(int position) {
        return index + (long) position * Long.BYTES;
    }

    private static void checkMerges(RecordLayout layout) {
        for (Field field : layout.fields()) {
            Fields.WithOffset token = (Fields.WithOffset) field;
            if (token.offset() < 0 && !(token instanceof Fields.Mergeable mergeable && mergeable.merge() != null)) {
                throw new IllegalArgumentException("shared field without a merge in a table that merges: field="
                        + field.name() + "; declare it with a Merge, or create the table with OnRelease.KEEP");
            }
        }
    }

    private static long align(long value, long powerOfTwo) {
        return (value + powerOfTwo - 1) & -powerOfTwo;
    }
}
