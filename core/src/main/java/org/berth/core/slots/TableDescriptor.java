package org.berth.core.slots;

/**
 * Where things are in the memory of a {@link SlotTable}: offsets in bytes from the start of its region, never addresses.
 *
 * <pre>
 * table
 * +-----------+------------------------------------------------------------------------------------------+
 * | header    | words of the allocation of slots                                                           |
 * +-----------+------------------------------------------------------------------------------------------+
 * | index     | 2^n words, n such that at most half are used: tag (32) | named (1) | slot + 1 (31); 0: free    |
 * +-----------+------------------------------------------------------------------------------------------+
 * | metadata  | per slot, cold: state, key, name, owner                                                    |
 * +-----------+------------------------------------------------------------------------------------------+
 * | slots     | per slot, hot:  [ pad … shared 1, shared 0 ] base [ owned 0, owned 1 … pad ]                |
 * +-----------+------------------------------------------------------------------------------------------+
 *
 * header (128 bytes)
 *   0  next    slots below this number were handed out at least once
 *   8  free    slots given back: change count (32) | slot + 1 (32); 0 in the lower half: none
 *  16  keys    keys in the index
 *
 * metadata of a slot (128 bytes)
 *   0  state   generation (32) | unused (24) | 0: nobody's, 1: owned (8)
 *   8  key     the long key, or a name's hash; while the slot is on the free list: the next free slot + 1
 *  16  length  of the name in bytes; 0: the key is a long
 *  24  name    {@value #MAX_NAME_BYTES} bytes of UTF-8, zero-padded
 *  72  owner   the generation that the next three words describe, 0 while they are being written
 *  80  thread  id of the thread that claimed
 *  88  since   when it did, milliseconds since 1970
 *  96  called  that thread's name, {@value #OWNER_NAME_BYTES} bytes of UTF-8 at the most, zero-padded
 * </pre>
 *
 * <p>The two areas of a slot are each padded to the table's padding: a stranger's CAS on a shared field must not take the
 * owner's line away. The base lies between them, so that one signed offset finds a field of either kind.
 */
final class TableDescriptor {

    static final int MAX_CAPACITY = 1 << 29;
    static final int MIN_PADDING = Long.BYTES;
    static final int MAX_PADDING = 4096;

    /** Two cache lines: adjacent lines are prefetched together, so neighbours one line apart still disturb each other. */
    static final int DEFAULT_PADDING = 128;

    static final long NEXT = 0;
    static final long FREE = NEXT + Long.BYTES;
    static final long KEYS = FREE + Long.BYTES;
    static final long HEADER_BYTES = 128;

    static final int MAX_NAME_BYTES = 48;
    static final int OWNER_NAME_BYTES = 32;
    static final long STATE = 0;
    static final long KEY = STATE + Long.BYTES;
    static final long NAME_LENGTH = KEY + Long.BYTES;
    static final long NAME = NAME_LENGTH + Long.BYTES;
    static final long OWNER = NAME + MAX_NAME_BYTES;
    static final long OWNER_THREAD = OWNER + Long.BYTES;
    static final long OWNER_SINCE = OWNER_THREAD + Long.BYTES;
    static final long OWNER_NAME = OWNER_SINCE + Long.BYTES;
    static final long METADATA_BYTES = OWNER_NAME + OWNER_NAME_BYTES;

    final int capacity;
    final int indexLength;
    final long metadata;
    final long slots;
    final long stride;
    final long base;
    final long bytes;

    TableDescriptor(RecordLayout layout, int capacity, int padding) {
        if (capacity <= 0 || capacity > MAX_CAPACITY) {
            throw new IllegalArgumentException(
                    "capacity is out of range: capacity=" + capacity + " smallest=1 largest=" + MAX_CAPACITY);
        }
        if (padding < MIN_PADDING || padding > MAX_PADDING || Integer.bitCount(padding) != 1) {
            throw new IllegalArgumentException(
                    "padding is no power of two in range: padding=" + padding + " smallest=" + MIN_PADDING + " largest="
                            + MAX_PADDING + "; use 128, or 64 where adjacent lines are not prefetched");
        }
        this.capacity = capacity;
        this.indexLength = Integer.highestOneBit(2 * capacity - 1) << 1;
        this.metadata = align(HEADER_BYTES + (long) indexLength * Long.BYTES, DEFAULT_PADDING);
        this.slots = align(metadata + capacity * METADATA_BYTES, Math.max(padding, DEFAULT_PADDING));
        long shared = align(layout.sharedBytes(), padding);
        this.stride = shared + align(layout.ownedBytes(), padding);
        this.base = slots + shared;
        this.bytes = slots + capacity * stride;
    }

    /** Where the fields of a slot are counted from. */
    long base(int slot) {
        return base + slot * stride;
    }

    long metadata(int slot) {
        return metadata + slot * METADATA_BYTES;
    }

    static long index(int position) {
        return HEADER_BYTES + (long) position * Long.BYTES;
    }

    private static long align(long value, long powerOfTwo) {
        return (value + powerOfTwo - 1) & -powerOfTwo;
    }
}
