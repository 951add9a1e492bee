package org.berth.core.snapshot;

import static org.berth.core.snapshot.SnapshotFormat.BLOCK_BYTES;
import static org.berth.core.snapshot.SnapshotFormat.BLOCK_HEADER_BYTES;
import static org.berth.core.snapshot.SnapshotFormat.CONTENT_CHECKSUM_BYTES;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.agrona.DirectBuffer;
import org.berth.core.internal.StackSpace;
import org.berth.offheap.internal.ReplacementFile;

/**
 * Writes a snapshot to a new file, which replaces the one of that name when it is complete. Its memory is that of one
 * block, whatever the length of an entry.
 *
 * <p>One thread uses it: {@code create}, {@code add} for each entry, {@code commit}, and {@code close} in any case.
 */
public final class SnapshotWriter implements AutoCloseable {

    private final ReplacementFile file;

    /** A block with its header and its checksum; of an entry that is longer, the header, and one part after another. */
    private final ByteBuffer block = ByteBuffer.allocate(BLOCK_HEADER_BYTES + BLOCK_BYTES + CONTENT_CHECKSUM_BYTES)
            .order(SnapshotFormat.BYTE_ORDER);

    private final CRC32C checksum = new CRC32C();

    /** The entries in the block. */
    private int entries;

    /** The entries in the blocks before. */
    private long entriesBefore;

    private SnapshotWriter(ReplacementFile file) {
        this.file = file;
    }

    /**
     * Creates a file under a temporary name.
     *
     * @param path         the name that the file is to have
     * @param kind         of the entries
     * @param missingValue of the map, 0 if it has none
     * @return a writer, which is to be closed
     * @throws IOException if the file cannot be written
     */
    public static SnapshotWriter create(Path path, Kind kind, long missingValue) throws IOException {
        // An error between the creation of the file and the return would leave it there.
        StackSpace.ensure();
        ReplacementFile file = ReplacementFile.create(path);
        boolean complete = false;
        try {
            SnapshotWriter writer = new SnapshotWriter(file);
            writer.writeHeader(kind, missingValue);
            complete = true;
            return writer;
        } finally {
            if (!complete) {
                file.close();
            }
        }
    }

    private void writeHeader(Kind kind, long missingValue) throws IOException {
        block.putLong(SnapshotFormat.MAGIC, SnapshotFormat.MAGIC_NUMBER);
        block.putInt(SnapshotFormat.VERSION, SnapshotFormat.VERSION_NUMBER);
        block.putInt(SnapshotFormat.KIND, kind.number);
        block.putLong(SnapshotFormat.MISSING_VALUE, missingValue);
        block.putLong(SnapshotFormat.SAVED_AT, System.currentTimeMillis());
        block.putInt(SnapshotFormat.FLAGS, SnapshotFormat.KNOWN_FLAGS);
        block.putInt(SnapshotFormat.HEADER_CHECKSUM, checksum(0, SnapshotFormat.HEADER_CHECKSUM));
        file.write(block.array(), 0, SnapshotFormat.HEADER_BYTES);
        begin();
    }

    /** The block is empty now. The place of its checksum is kept. */
    private void begin() {
        block.clear().position(BLOCK_HEADER_BYTES).limit(BLOCK_HEADER_BYTES + BLOCK_BYTES);
        entries = 0;
    }

    /**
     * Adds an entry of two longs.
     *
     * @param key   of the entry
     * @param value of the entry
     * @throws IOException if the file cannot be written
     */
    public void add(long key, long value) throws IOException {
        if (block.remaining() < SnapshotFormat.LONGS_BYTES) {
            writeBlock();
        }
        block.putLong(key).putLong(value);
        entries++;
    }

    /**
     * Adds an entry of bytes.
     *
     * @param bytes       has both
     * @param keyOffset   of the key
     * @param keyLength   in bytes
     * @param valueOffset of the value
     * @param valueLength in bytes
     * @throws IOException if the file cannot be written
     */
    public void add(DirectBuffer bytes, int keyOffset, int keyLength, int valueOffset, int valueLength)
            throws IOException {
        int length = SnapshotFormat.LENGTHS_BYTES + keyLength + valueLength;
        if (block.remaining() < length) {
            writeBlock();
        }
        boolean large = length > BLOCK_BYTES;
        if (large) {
            writeBlockHeader(length, 1);
            checksum.reset();
        }
        block.putInt(keyLength).putInt(valueLength);
        copy(bytes, keyOffset, keyLength);
        copy(bytes, valueOffset, valueLength);
        entries++;
        if (large) {
            writePart();
            writeChecksum();
            next();
        }
    }

    /** Copies bytes into the block. Those of a large entry go to the file whenever the block is full. */
    private void copy(DirectBuffer bytes, int offset, int length) throws IOException {
        int copied = 0;
        while (copied < length) {
            if (!block.hasRemaining()) {
                writePart();
            }
            int part = Math.min(length - copied, block.remaining());
            bytes.getBytes(offset + copied, block, part);
            copied += part;
        }
    }

    private void writePart() throws IOException {
        int length = block.position() - BLOCK_HEADER_BYTES;
        checksum.update(block.array(), BLOCK_HEADER_BYTES, length);
        file.write(block.array(), BLOCK_HEADER_BYTES, length);
        block.position(BLOCK_HEADER_BYTES);
    }

    private void writeChecksum() throws IOException {
        block.putInt(BLOCK_HEADER_BYTES, (int) checksum.getValue());
        file.write(block.array(), BLOCK_HEADER_BYTES, CONTENT_CHECKSUM_BYTES);
    }

    private void writeBlockHeader(int length, int count) throws IOException {
        putBlockHeader(length, count);
        file.write(block.array(), 0, BLOCK_HEADER_BYTES);
    }

    private void putBlockHeader(int length, int count) {
        block.putInt(SnapshotFormat.LENGTH, length);
        block.putInt(SnapshotFormat.ENTRIES, count);
        block.putLong(SnapshotFormat.ENTRIES_BEFORE, entriesBefore);
        block.putInt(SnapshotFormat.BLOCK_CHECKSUM, checksum(0, SnapshotFormat.BLOCK_CHECKSUM));
    }

    /** Writes the block, if there is something in it, by one call. */
    private void writeBlock() throws IOException {
        if (entries == 0) {
            return;
        }
        int end = block.position();
        int length = end - BLOCK_HEADER_BYTES;
        putBlockHeader(length, entries);
        block.limit(end + CONTENT_CHECKSUM_BYTES).putInt(checksum(BLOCK_HEADER_BYTES, length));
        file.write(block.array(), 0, block.position());
        next();
    }

    private void next() {
        entriesBefore += entries;
        begin();
    }

    private int checksum(int offset, int length) {
        checksum.reset();
        checksum.update(block.array(), offset, length);
        return (int) checksum.getValue();
    }

    /**
     * Completes the file, forces it to the device, and gives it its name.
     *
     * @throws IOException if the file cannot be written
     */
    public void commit() throws IOException {
        writeBlock();
        writeBlockHeader(0, 0);
        file.commit();
    }

    /** Deletes the file, unless it was committed. */
    @Override
    public void close() throws IOException {
        file.close();
    }
}
