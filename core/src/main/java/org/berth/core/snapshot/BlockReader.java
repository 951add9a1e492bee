package org.berth.core.snapshot;

import static org.berth.core.snapshot.SnapshotFormat.BLOCK_BYTES;
import static org.berth.core.snapshot.SnapshotFormat.BLOCK_HEADER_BYTES;
import static org.berth.core.snapshot.SnapshotFormat.CONTENT_CHECKSUM_BYTES;
import static org.berth.core.snapshot.SnapshotFormat.HEADER_BYTES;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.agrona.DirectBuffer;
import org.berth.offheap.OffHeapBuffer;
import org.berth.offheap.Region;

/**
 * One reading of a snapshot file from its begin to its end, a block at a time. What it returns has the checksums that
 * it must have; what each entry is, its caller checks.
 */
final class BlockReader implements AutoCloseable {

    private final Path path;
    private final InputStream in;

    /** The length of the file, so that no memory is allocated for a block that is not there. */
    private final long bytes;

    final ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(SnapshotFormat.BYTE_ORDER);

    private final ByteBuffer blockHeader =
            ByteBuffer.allocate(BLOCK_HEADER_BYTES).order(SnapshotFormat.BYTE_ORDER);
    private final ByteBuffer part = ByteBuffer.allocate(BLOCK_BYTES).order(SnapshotFormat.BYTE_ORDER);
    private final CRC32C checksum = new CRC32C();

    /** Memory for the content of a block. Not on the heap, which may be smaller than a value. */
    private Region memory = Region.anonymous(BLOCK_BYTES);

    private OffHeapBuffer content = memory.buffer(0, BLOCK_BYTES);

    /** Where the next byte is in the file. */
    private long at;

    private int length;
    private int entries;
    private long entriesBefore;

    private BlockReader(Path path, InputStream in, long bytes) {
        this.path = path;
        this.in = in;
        this.bytes = bytes;
    }

    /** Opens a file and checks its header. */
    static BlockReader open(Path path) throws IOException {
        BlockReader reader = null;
        boolean opened = false;
        // Unlike a channel, it does not close when the thread is interrupted, which would leave a map half loaded.
        InputStream in = Files.newInputStream(path);
        try {
            reader = new BlockReader(path, in, Files.size(path));
            reader.readHeader();
            opened = true;
            return reader;
        } finally {
            if (!opened) {
                try (in) {
                    if (reader != null) {
                        reader.memory.close();
                    }
                }
            }
        }
    }

    private void readHeader() throws IOException {
        int read = in.readNBytes(header.array(), 0, HEADER_BYTES);
        if (read < Long.BYTES || header.getLong(SnapshotFormat.MAGIC) != SnapshotFormat.MAGIC_NUMBER) {
            throw refused(
                    "file is not a snapshot",
                    SnapshotFormat.MAGIC,
                    "magic=" + hex(read < Long.BYTES ? 0 : header.getLong(SnapshotFormat.MAGIC)) + " expected="
                            + hex(SnapshotFormat.MAGIC_NUMBER) + " fileBytes=" + bytes);
        }
        if (read < HEADER_BYTES) {
            throw cutOff("header", 0, HEADER_BYTES);
        }
        int version = header.getInt(SnapshotFormat.VERSION);
        if (version != SnapshotFormat.VERSION_NUMBER) {
            throw refused(
                    "snapshot is of another version of the format",
                    SnapshotFormat.VERSION,
                    "version=" + version + " expected=" + SnapshotFormat.VERSION_NUMBER);
        }
        check("header", header, SnapshotFormat.HEADER_CHECKSUM);
        int flags = header.getInt(SnapshotFormat.FLAGS);
        if ((flags & ~SnapshotFormat.KNOWN_FLAGS) != 0) {
            throw refused(
                    "snapshot has flags that this version of Berth does not know",
                    SnapshotFormat.FLAGS,
                    "flags=" + hex(flags) + " known=" + hex(SnapshotFormat.KNOWN_FLAGS));
        }
        at = HEADER_BYTES;
    }

    /** Reads the next block; returns false at the end of the file. */
    boolean advance() throws IOException {
        entriesBefore += entries;
        long blockAt = at;
        if (in.readNBytes(blockHeader.array(), 0, BLOCK_HEADER_BYTES) < BLOCK_HEADER_BYTES) {
            throw cutOff("header of a block", blockAt, BLOCK_HEADER_BYTES);
        }
        check("header of a block", blockHeader, SnapshotFormat.BLOCK_CHECKSUM);
        at += BLOCK_HEADER_BYTES;
        length = blockHeader.getInt(SnapshotFormat.LENGTH);
        entries = blockHeader.getInt(SnapshotFormat.ENTRIES);
        long before = blockHeader.getLong(SnapshotFormat.ENTRIES_BEFORE);
        if (before != entriesBefore) {
            throw damaged(
                    blockAt + SnapshotFormat.ENTRIES_BEFORE,
                    "blocks are missing or in another order: entriesBefore=" + before + " expected=" + entriesBefore);
        }
        if (length == 0 && entries == 0) {
            requireEnd();
            return false;
        }
        if (entries <= 0 || length <= 0 || (length > BLOCK_BYTES && entries > 1)) {
            throw damaged(blockAt, "block cannot be: length=" + length + " entries=" + entries);
        }
        if (bytes - at < (long) length + CONTENT_CHECKSUM_BYTES) {
            throw cutOff("block", at, (long) length + CONTENT_CHECKSUM_BYTES);
        }
        readContent();
        return true;
    }

    private void requireEnd() throws IOException {
        if (in.read() >= 0) {
            throw damaged(at, "bytes behind the end: fileBytes=" + bytes + " expected=" + at);
        }
    }

    private void readContent() throws IOException {
        makeRoom();
        checksum.reset();
        for (int read = 0; read < length; ) {
            int bytesOfPart = Math.min(length - read, part.capacity());
            readFully("block", part.array(), bytesOfPart);
            checksum.update(part.array(), 0, bytesOfPart);
            content.putBytes(read, part.array(), 0, bytesOfPart);
            read += bytesOfPart;
        }
        long checksumAt = at;
        int computed = (int) checksum.getValue();
        readFully("block", part.array(), CONTENT_CHECKSUM_BYTES);
        if (part.getInt(0) != computed) {
            throw damaged(
                    checksumAt - length,
                    "content of a block: length=" + length + " checksum=" + hex(computed) + " expected="
                            + hex(part.getInt(0)));
        }
    }

    private void makeRoom() {
        if (content.capacity() >= length) {
            return;
        }
        // Twice as much, so that growing entries do not allocate each time.
        int room = (int) Math.min(Integer.MAX_VALUE, Math.max(length, 2L * content.capacity()));
        Region larger = Region.anonymous(room);
        memory.close();
        memory = larger;
        content = larger.buffer(0, room);
    }

    private void readFully(String what, byte[] into, int count) throws IOException {
        if (in.readNBytes(into, 0, count) < count) {
            throw cutOff(what, at, count);
        }
        at += count;
    }

    /** Checks the checksum of a header, which covers what is before it. */
    private void check(String what, ByteBuffer ofHeader, int checksumIndex) throws FileSystemException {
        checksum.reset();
        checksum.update(ofHeader.clear().limit(checksumIndex));
        int computed = (int) checksum.getValue();
        int expected = ofHeader.clear().getInt(checksumIndex);
        if (computed != expected) {
            throw damaged(at, what + ": checksum=" + hex(computed) + " expected=" + hex(expected));
        }
    }

    DirectBuffer content() {
        return content;
    }

    /** The length of the content. */
    int length() {
        return length;
    }

    /** The number of entries of the block. */
    int entries() {
        return entries;
    }

    /** Where a byte of the content is in the file. */
    long position(int index) {
        return at - CONTENT_CHECKSUM_BYTES - length + index;
    }

    FileSystemException damaged(long offset, String what) {
        return refused("snapshot is damaged", offset, what);
    }

    private FileSystemException cutOff(String what, long offset, long expected) {
        return refused(
                "snapshot is cut off",
                offset,
                what + ": bytes=" + Math.max(0, bytes - offset) + " expected=" + expected + " fileBytes=" + bytes);
    }

    private FileSystemException refused(String why, long offset, String what) {
        return new FileSystemException(
                path.toString(), null, why + ": offset=" + offset + " " + what + "; use another copy of the file");
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }

    private static String hex(int value) {
        return "0x" + Integer.toHexString(value);
    }

    @Override
    public void close() throws IOException {
        try (in) {
            memory.close();
        }
    }
}
