package org.berth.core.snapshot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.agrona.DirectBuffer;
import org.agrona.collections.LongLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot file that was read once and found whole: every checksum, and every entry. Its entries are read by another
 * reading, which checks all of it again.
 *
 * <p>One thread uses it.
 */
public final class SnapshotReader {

    private final Path path;
    private final ByteBuffer header;
    private final Kind kind;
    private final long missingValue;
    private final long entries;

    /** The entries that were given to a consumer. */
    private long loaded;

    private SnapshotReader(Path path, BlockReader file, Kind kind, long missingValue) throws IOException {
        this.path = path;
        this.header = file.header;
        this.kind = kind;
        this.missingValue = missingValue;
        requireKind();
        this.entries = kind == Kind.BYTES ? readBytes(file, null) : readLongs(file, null);
    }

    /**
     * Reads a file to its end and checks it.
     *
     * @param path         of the file
     * @param kind         that its entries must have
     * @param missingValue that it must have
     * @return the file, to read its entries
     * @throws IllegalArgumentException if the kind or the missing value is another one
     * @throws FileSystemException      if it is damaged, cut off or not a snapshot
     * @throws IOException              if it cannot be read
     */
    public static SnapshotReader verify(Path path, Kind kind, long missingValue) throws IOException {
        try (BlockReader file = BlockReader.open(path)) {
            return new SnapshotReader(path, file, kind, missingValue);
        }
    }

    private void requireKind() throws FileSystemException {
        int number = header.getInt(SnapshotFormat.KIND);
        if (number != kind.number) {
            Kind found = Kind.of(number);
            throw new IllegalArgumentException("snapshot is of another kind of map: path=" + path + " kind="
                    + (found == null ? number : found) + " expected=" + kind + "; load it into such a map");
        }
        long missing = header.getLong(SnapshotFormat.MISSING_VALUE);
        if (missing != missingValue) {
            throw new IllegalArgumentException("snapshot is of a map with another missingValue: path=" + path
                    + " missingValue=" + missing + " expected=" + missingValue
                    + "; load it into a map that is built with that missingValue");
        }
    }

    /** {@return the number of entries} */
    public long entries() {
        return entries;
    }

    /** {@return the number of entries that a consumer got, without one that it threw at} */
    public long loaded() {
        return loaded;
    }

    /**
     * Reads the entries of two longs.
     *
     * @param consumer gets each
     * @throws IOException if the file was replaced or changed meanwhile, or cannot be read
     */
    public void forEach(LongLongConsumer consumer) throws IOException {
        try (BlockReader file = reopen()) {
            readLongs(file, consumer);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /**
     * Reads the entries of bytes.
     *
     * @param consumer gets each
     * @throws IOException if the file was replaced or changed meanwhile, or cannot be read
     */
    public void forEach(EntryConsumer consumer) throws IOException {
        try (BlockReader file = reopen()) {
            readBytes(file, consumer);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private BlockReader reopen() throws IOException {
        BlockReader file = BlockReader.open(path);
        if (!file.header.equals(header)) {
            try (file) {
                throw new FileSystemException(path.toString(), null, "file was replaced; load it again");
            }
        }
        return file;
    }

    private FileSystemException failed(IOException cause) {
        FileSystemException failed = new FileSystemException(
                path.toString(),
                null,
                "file was whole, and was changed or could not be read afterwards: loaded=" + loaded + " entries="
                        + entries + "; " + cause.getMessage());
        failed.initCause(cause);
        return failed;
    }

    private long readLongs(BlockReader file, @Nullable LongLongConsumer consumer) throws IOException {
        long count = 0;
        while (file.advance()) {
            if (file.length() != (long) file.entries() * SnapshotFormat.LONGS_BYTES) {
                throw file.damaged(
                        file.position(0), "block cannot be: length=" + file.length() + " entries=" + file.entries());
            }
            DirectBuffer content = file.content();
            for (int at = 0; at < file.length(); at += SnapshotFormat.LONGS_BYTES) {
                long value = content.getLong(at + SnapshotFormat.LONG_VALUE, SnapshotFormat.BYTE_ORDER);
                // What stands for "no mapping", and its neighbour, which no map stores.
                if (((value ^ missingValue) & ~1) == 0) {
                    throw file.damaged(file.position(at), "value is reserved: value=" + value);
                }
                if (consumer != null) {
                    consumer.accept(content.getLong(at, SnapshotFormat.BYTE_ORDER), value);
                    loaded++;
                }
            }
            count += file.entries();
        }
        return count;
    }

    private long readBytes(BlockReader file, @Nullable EntryConsumer consumer) throws IOException {
        long count = 0;
        while (file.advance()) {
            DirectBuffer content = file.content();
            long at = 0;
            for (int entry = 0; entry < file.entries(); entry++) {
                long keyAt = at + SnapshotFormat.LENGTHS_BYTES;
                if (keyAt > file.length()) {
                    throw noEntry(file, at, "entry=" + entry + " entries=" + file.entries());
                }
                int keyLength = content.getInt((int) at + SnapshotFormat.KEY_LENGTH, SnapshotFormat.BYTE_ORDER);
                int valueLength = content.getInt((int) at + SnapshotFormat.VALUE_LENGTH, SnapshotFormat.BYTE_ORDER);
                long valueAt = keyAt + keyLength;
                at = valueAt + valueLength;
                if (keyLength < 0
                        || keyLength > SnapshotFormat.MAX_KEY
                        || valueLength < 0
                        || valueLength > SnapshotFormat.MAX_VALUE
                        || at > file.length()) {
                    throw noEntry(
                            file,
                            keyAt - SnapshotFormat.LENGTHS_BYTES,
                            "keyLength=" + keyLength + " valueLength=" + valueLength);
                }
                if (consumer != null) {
                    consumer.accept(content, (int) keyAt, keyLength, (int) valueAt, valueLength);
                    loaded++;
                }
            }
            if (at != file.length()) {
                throw noEntry(file, at, "bytes behind the last: entries=" + file.entries());
            }
            count += file.entries();
        }
        return count;
    }

    private static FileSystemException noEntry(BlockReader file, long at, String what) {
        return file.damaged(file.position((int) at), "entry cannot be: " + what + " blockLength=" + file.length());
    }
}
