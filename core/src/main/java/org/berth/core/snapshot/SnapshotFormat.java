package org.berth.core.snapshot;

import java.nio.ByteOrder;

/**
 * The format of a snapshot file; {@code docs/snapshot-format.md} describes it byte by byte.
 *
 * <pre>
 *   file    header | block | block ... | end
 *   header  magic | version | kind | missing value | saved at | flags | checksum
 *   block   length | entries | entries before | checksum of these | content | checksum of the content
 *   content entry | entry ...     of one entry, or of several that are not longer than BLOCK_BYTES together
 *   end     length 0 | entries 0 | entries before | checksum
 * </pre>
 *
 * <p>Each byte is covered by a checksum, and each block says how many entries come before it. So a file that has lost a
 * block, or its end, is not taken for a whole one.
 */
final class SnapshotFormat {

    /** Of every number, on every machine. */
    static final ByteOrder BYTE_ORDER = ByteOrder.LITTLE_ENDIAN;

    /** {@code BerthSnp}, as bytes. */
    static final long MAGIC_NUMBER = 0x706e_5368_7472_6542L;

    static final int VERSION_NUMBER = 1;

    /**
     * The flags that this version knows. Reserved is 1, for files whose entries begin with 8 bytes more: how many
     * milliseconds the entry had still to live.
     */
    static final int KNOWN_FLAGS = 0;

    // The header of the file.
    static final int MAGIC = 0;
    static final int VERSION = MAGIC + Long.BYTES;
    static final int KIND = VERSION + Integer.BYTES;
    static final int MISSING_VALUE = KIND + Integer.BYTES;
    static final int SAVED_AT = MISSING_VALUE + Long.BYTES;
    static final int FLAGS = SAVED_AT + Long.BYTES;
    static final int HEADER_CHECKSUM = FLAGS + Integer.BYTES;
    static final int HEADER_BYTES = HEADER_CHECKSUM + Integer.BYTES;

    // The header of a block, and of the end.
    static final int LENGTH = 0;
    static final int ENTRIES = LENGTH + Integer.BYTES;
    static final int ENTRIES_BEFORE = ENTRIES + Integer.BYTES;
    static final int BLOCK_CHECKSUM = ENTRIES_BEFORE + Long.BYTES;
    static final int BLOCK_HEADER_BYTES = BLOCK_CHECKSUM + Integer.BYTES;

    /** The longest content of several entries. */
    static final int BLOCK_BYTES = 1 << 16;

    static final int CONTENT_CHECKSUM_BYTES = Integer.BYTES;

    // An entry of two longs.
    static final int LONG_VALUE = Long.BYTES;
    static final int LONGS_BYTES = LONG_VALUE + Long.BYTES;

    // An entry of bytes: what it begins with. The key follows, then the value.
    static final int KEY_LENGTH = 0;
    static final int VALUE_LENGTH = KEY_LENGTH + Integer.BYTES;
    static final int LENGTHS_BYTES = VALUE_LENGTH + Integer.BYTES;

    static final int MAX_KEY = (1 << 29) - 1;
    static final int MAX_VALUE = 1 << 30;

    private SnapshotFormat() {}
}
