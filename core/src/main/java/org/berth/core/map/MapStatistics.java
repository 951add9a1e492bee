package org.berth.core.map;

/**
 * Figures of a {@link LongLongMap}, counted place by place while it may have been in use; exact if it was not.
 *
 * @param size         mappings
 * @param capacity     places in the newest table
 * @param deadKeys     places in all tables that are taken by keys without a mapping; they go with the next growth
 * @param load         the part of the newest table's places that is taken, dead keys included; growth begins at about 0.75
 * @param averageProbe lines that a search for a key that is there looks at on the average, from 1; 0 if there is none
 * @param longestProbe the most lines that one looks at
 * @param tables       tables in the chain: 1, or more while the map grows
 * @param expansions growths to a larger table, ever
 * @param rehashes     growths to a table of the same size, which drop dead keys, ever
 * @param shrinks   growths to a smaller table, ever
 * @param overflows    growths because a key found no place though the table was not full, to a table with another hash, ever
 * @param memoryBytes  as {@link LongLongMap#memoryBytes}
 * @param retiredBytes of tables that were left and that the garbage collector has not found unreachable yet
 */
public record MapStatistics(
        long size,
        long capacity,
        long deadKeys,
        double load,
        double averageProbe,
        long longestProbe,
        int tables,
        long expansions,
        long rehashes,
        long shrinks,
        long overflows,
        long memoryBytes,
        long retiredBytes) {

    static MapStatistics of(LongLongMap map) {
        Table first = map.open();
        Table last = first.newest();
        long taken = 0;
        long live = 0;
        long dead = 0;
        long lines = 0;
        long longest = 0;
        for (Table table = first; ; table = table.following()) {
            taken = 0;
            for (long line = 0; line < table.end; line += Table.LINE) {
                for (long at = line; at < line + Table.VALUE; at += Long.BYTES) {
                    long key = table.words.getAcquire(at);
                    if (key == Table.EMPTY || key == Table.CLOSED) {
                        continue;
                    }
                    taken++;
                    long word = table.words.getAcquire(at + Table.VALUE);
                    if (word == Table.ABSENT) {
                        dead++;
                    } else if (word != Table.MOVED) {
                        live++;
                        long probe = table.probedLines(key, at);
                        lines += probe;
                        longest = Math.max(longest, probe);
                    }
                }
            }
            if (table == last) {
                break;
            }
        }
        long capacity = last.lines() * Table.SLOTS_PER_LINE;
        return new MapStatistics(
                map.size(),
                capacity,
                dead,
                (double) taken / capacity,
                live == 0 ? 0 : (double) lines / live,
                longest,
                map.tables(),
                map.growths(TableList.Resize.LARGER),
                map.growths(TableList.Resize.SAME_SIZE),
                map.growths(TableList.Resize.SMALLER),
                map.growths(TableList.Resize.OVERFLOW),
                map.memoryBytes(),
                map.retiredBytes());
    }
}
