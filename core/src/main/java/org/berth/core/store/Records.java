package org.berth.core.store;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.berth.offheap.OffHeapBuffer;
import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;

/**
 * The layout of a record: a header word, the key, the value, each padded with zeros to a multiple of 8 bytes. A shared
 * record, of the keys of one hash, has a header and then an entry of that layout for each key.
 *
 * <p>What is read here may be of another record by then, if the segment was recycled: the caller looks at the
 * generation afterwards. Until then nothing read is relied upon, and no loop is endless.
 */
final class Records {

    /** The header of a record with several entries. Its value length is the size of these. */
    static final long SHARED = 1L << 63;

    /** The header of the rest of a segment, which was too small for a record. */
    static final long FILLER = 1L << 62;

    /** Marks a header: its record has left the index. */
    static final long DEAD = 1L << 61;

    static final int HEADER = Long.BYTES;

    static final int MAX_KEY = (1 << 29) - 1;

    /** So that the size of a record, and of its copy, is an int. */
    static final int MAX_VALUE = 1 << 30;

    /** What {@link #find} returns if the record is of other keys. */
    static final long NOT_FOUND = -1;

    /** Above this size, one call that copies all is faster than a loop over words. */
    private static final int BULK = 128;

    private static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private Records() {}

    static long header(int keyLength, int valueLength) {
        return (long) keyLength << Integer.SIZE | valueLength;
    }

    static int keyLength(long header) {
        return (int) (header >>> Integer.SIZE) & MAX_KEY;
    }

    static int valueLength(long header) {
        return (int) header;
    }

    /** Returns the size of a record or an entry with its header, in bytes. */
    static long size(long header) {
        return HEADER + padded(keyLength(header)) + padded(header & 0xffff_ffffL);
    }

    static long padded(long bytes) {
        return (bytes + 7) & -8;
    }

    /** Returns where the value of an entry begins. */
    static long valueAt(long entry, int keyLength) {
        return entry + HEADER + padded(keyLength);
    }

    /** Returns where the entry of a key begins in the record at an offset, or {@link #NOT_FOUND}. */
    static long find(Words words, long record, DirectBuffer key, int offset, int length) {
        long header = words.get(record);
        if ((header & SHARED) == 0) {
            return hasKey(words, record, header, key, offset, length) ? record : NOT_FOUND;
        }
        long end = record + size(header);
        for (long entry = record + HEADER; entry < end; entry += size(words.get(entry))) {
            if (hasKey(words, entry, words.get(entry), key, offset, length)) {
                return entry;
            }
        }
        return NOT_FOUND;
    }

    /** Returns the number of keys of a record. */
    static int entries(Words words, long record) {
        long header = words.get(record);
        if ((header & SHARED) == 0) {
            return 1;
        }
        int entries = 0;
        long end = record + size(header);
        for (long entry = record + HEADER; entry < end; entry += size(words.get(entry))) {
            entries++;
        }
        return entries;
    }

    private static boolean hasKey(Words words, long entry, long header, DirectBuffer key, int offset, int length) {
        return keyLength(header) == length && equal(words, entry + HEADER, key, offset, length);
    }

    /** Whether the bytes from an offset on are those of a buffer, and zeros follow up to the next word. */
    static boolean equal(Words words, long at, DirectBuffer bytes, int offset, int length) {
        int whole = length & -Long.BYTES;
        for (int i = 0; i < whole; i += Long.BYTES) {
            if (words.get(at + i) != bytes.getLong(offset + i)) {
                return false;
            }
        }
        return whole == length || words.get(at + whole) == lastWord(bytes, offset, length);
    }

    /** Copies bytes from a buffer, and pads them with zeros. */
    static void copyIn(
            Words words, @Nullable OffHeapBuffer whole, long at, DirectBuffer bytes, int offset, int length) {
        int full = length & -Long.BYTES;
        if (full > BULK && whole != null) {
            whole.putBytes((int) at, bytes, offset, full);
        } else {
            for (int i = 0; i < full; i += Long.BYTES) {
                words.set(at + i, bytes.getLong(offset + i));
            }
        }
        if (full != length) {
            words.set(at + full, lastWord(bytes, offset, length));
        }
    }

    /** Copies bytes to a buffer that has room for them. */
    static void copyOut(
            Words words, @Nullable OffHeapBuffer whole, long at, int length, MutableDirectBuffer into, int index) {
        if (length > BULK && whole != null) {
            whole.getBytes((int) at, into, index, length);
            return;
        }
        int full = length & -Long.BYTES;
        for (int i = 0; i < full; i += Long.BYTES) {
            into.putLong(index + i, words.get(at + i));
        }
        if (full != length) {
            long last = words.get(at + full);
            for (int i = full; i < length; i++) {
                into.putByte(index + i, (byte) (last >>> shift(i)));
            }
        }
    }

    /** Copies whole words from one segment to another. */
    static void copy(Words from, long fromAt, Words to, long toAt, long bytes) {
        for (long i = 0; i < bytes; i += Long.BYTES) {
            to.set(toAt + i, from.get(fromAt + i));
        }
    }

    /** Returns the bytes behind the last multiple of 8, and zeros. */
    private static long lastWord(DirectBuffer bytes, int offset, int length) {
        int rest = length & (Long.BYTES - 1);
        if (length >= Long.BYTES) {
            long last = bytes.getLong(offset + length - Long.BYTES);
            int missing = Long.SIZE - rest * Byte.SIZE;
            return LITTLE_ENDIAN ? last >>> missing : last << missing;
        }
        long word = 0;
        for (int i = 0; i < rest; i++) {
            word |= (bytes.getByte(offset + i) & 0xffL) << shift(i);
        }
        return word;
    }

    private static int shift(int index) {
        int byteIndex = index & (Long.BYTES - 1);
        return Byte.SIZE * (LITTLE_ENDIAN ? byteIndex : Long.BYTES - 1 - byteIndex);
    }
}
