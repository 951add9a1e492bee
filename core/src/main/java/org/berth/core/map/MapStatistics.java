package org.berth.core.map;

/**
 * Statistics of a {@link LongLongMap}, for monitoring and for tests. Counted slot by slot: a snapshot of no single
 * moment if the map was in use meanwhile, exact if it was not.
 *
 * @param size         mappings
 * @param capacity     slots of the newest table
 * @param tombstones   slots of all tables that are occupied by keys without a mapping; the next resize drops them
 * @param load         the part of the newest table's slots that is occupied, tombstones included; a resize begins
 *                     at about 0.75
 * @param averageProbe buckets that a successful search probes on average, from 1; 0 if there is no mapping
 * @param longestProbe the most buckets that a successful search probes
 * @param tables       tables of the map: 1, or more during a resize
 * @param expansions   resizes to a larger table, since the map was created
 * @param rehashes     resizes to a table of the same size, which drop tombstones, since the map was created
 * @param shrinks      resizes to a smaller table, since the map was created
 * @param overflows    resizes to a table with another hash because a key found no slot, since the map was created
 * @param memoryBytes  as {@link LongLongMap#memoryBytes}
 * @param retiredBytes memory of retired tables that is not freed or reused yet: it is collected for a while, and kept
 *                     while a thread is inside an operation on it, or a traversal pins it
 * @param pinnedBytes  the part of it that open traversals pin, such as iterators that have not come to their end
 * @param spareBytes   memory that is kept for the next table, beside that which all maps of the process share
 */
public record MapStatistics(
        long size,
        long capacity,
        long tombstones,
        double load,
        double averageProbe,
        long longestProbe,
        int tables,
        long expansions,
        long rehashes,
        long shrinks,
        long overflows,
        long memoryBytes,
        long retiredBytes,
        long pinnedBytes,
        long spareBytes) {

    /**
     * Returns the number of resizes since the map was created.
     *
     * @return the sum of expansions, rehashes, shrinks and overflows
     */
    public long resizes() {
        return expansions + rehashes + shrinks + overflows;
    }

    static MapStatistics of(TableList list) {
        try (Traversal pinned = new Traversal(list)) {
            return of(list, pinned.first, pinned.last);
        }
    }

    private static MapStatistics of(TableList list, Table first, Table last) {
        long occupied = 0;
        long live = 0;
        long tombstones = 0;
        long probed = 0;
        long longest = 0;
        for (Table table = first; ; table = table.nextTable()) {
            occupied = 0;
            for (long bucket = 0; bucket < table.end; bucket += Table.BUCKET) {
                for (long at = bucket; at < bucket + Table.VALUE; at += Long.BYTES) {
                    long key = table.wordAtAcquire(at);
                    if (key == Table.EMPTY || key == Table.FROZEN) {
                        continue;
                    }
                    occupied++;
                    long word = table.wordAtAcquire(at + Table.VALUE);
                    if (word == ValueCodec.ABSENT) {
                        tombstones++;
                    } else if (word != ValueCodec.MOVED) {
                        live++;
                        long probe = table.probeLength(key, at);
                        probed += probe;
                        longest = Math.max(longest, probe);
                    }
                }
            }
            if (table == last) {
                break;
            }
        }
        long capacity = last.buckets() * Table.SLOTS_PER_BUCKET;
        return new MapStatistics(
                Traversal.count(list),
                capacity,
                tombstones,
                (double) occupied / capacity,
                live == 0 ? 0 : (double) probed / live,
                longest,
                list.tables(),
                list.resizer.resizes(Resizer.Resize.EXPANSION),
                list.resizer.resizes(Resizer.Resize.REHASH),
                list.resizer.resizes(Resizer.Resize.SHRINK),
                list.resizer.resizes(Resizer.Resize.OVERFLOW),
                list.listedBytes(),
                list.memory.retiredBytes(),
                list.memory.pinnedBytes(),
                list.memory.spareBytes());
    }
}
