package org.berth.core.map;

import java.io.IOException;
import java.nio.file.Path;
import org.berth.core.snapshot.Kind;
import org.berth.core.snapshot.SnapshotReader;
import org.berth.core.snapshot.SnapshotWriter;

/** Snapshots of a map in a file. */
final class MapSnapshot {

    private MapSnapshot() {}

    static void save(LongLongMap map, Kind kind, Path path) throws IOException {
        try (Traversal mappings = new Traversal(map);
                SnapshotWriter file = SnapshotWriter.create(path, kind, map.missingValue())) {
            while (mappings.advance()) {
                file.add(mappings.key(), mappings.value());
            }
            file.commit();
        }
    }

    static long load(LongLongMap map, Kind kind, Path path) throws IOException {
        if (map.isClosed()) {
            throw TableList.closed();
        }
        SnapshotReader file = SnapshotReader.verify(path, kind, map.missingValue());
        try {
            file.forEach(map::put);
        } catch (MapFullException e) {
            throw new MapFullException(
                    "map is full: loaded=" + file.loaded() + " entries=" + file.entries() + " path=" + path + "; "
                            + e.getMessage(),
                    e);
        }
        return file.entries();
    }
}
