package org.berth.core.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.berth.core.map.MapFullException;
import org.berth.core.snapshot.Kind;
import org.berth.core.snapshot.SnapshotReader;
import org.berth.core.snapshot.SnapshotWriter;

/** Snapshots of a map in a file. */
final class BytesSnapshot {

    private static final long NO_MISSING_VALUE = 0;

    private BytesSnapshot() {}

    static void save(BytesMap map, Path path) throws IOException {
        requireOpen(map);
        try (SnapshotWriter file = SnapshotWriter.create(path, Kind.BYTES, NO_MISSING_VALUE)) {
            map.forEach((bytes, keyOffset, keyLength, valueOffset, valueLength) -> {
                try {
                    file.add(bytes, keyOffset, keyLength, valueOffset, valueLength);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            file.commit();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    static long load(BytesMap map, Path path) throws IOException {
        requireOpen(map);
        SnapshotReader file = SnapshotReader.verify(path, Kind.BYTES, NO_MISSING_VALUE);
        try {
            file.forEach((bytes, keyOffset, keyLength, valueOffset, valueLength) ->
                    map.put(bytes, keyOffset, keyLength, bytes, valueOffset, valueLength));
        } catch (MapFullException e) {
            throw new MapFullException(
                    "map is full: loaded=" + file.loaded() + " entries=" + file.entries() + " path=" + path + "; "
                            + e.getMessage(),
                    e);
        }
        return file.entries();
    }

    private static void requireOpen(BytesMap map) {
        if (map.isClosed()) {
            throw new IllegalStateException("map is closed; close it after its last use");
        }
    }
}
