package org.berth.core.map;

import static org.berth.core.map.ValueCodec.ABSENT;
import static org.berth.core.map.ValueCodec.MOVED;

import org.berth.core.reclaim.Announcements;
import org.berth.offheap.placement.PlacementReport;
import org.jspecify.annotations.Nullable;

/**
 * A weakly consistent traversal of the mappings, by one thread. It meets each key in the first table of the list in
 * which the key has a slot. So it meets a mapping that exists throughout exactly once, also during a resize.
 *
 * <p>Its tables are pinned until it has met the last mapping, or is closed.
 */
final class Traversal implements AutoCloseable {

    private final TableList list;
    final Table first;

    /** Later tables hold no mapping that existed from the start, and a fast writer could go on for ever making them. */
    final Table last;

    /** The table that is traversed, null at the end. */
    private @Nullable Table table;

    /** The offset of the next key word; before the first one, the reserved keys as negative numbers. */
    private long at = -ReservedKeys.COUNT;

    private long key;
    private long word;

    /** The offset of the value word, where the mapping was met in the table itself. */
    private long valueAt;

    /** Keeps the memory of the tables. */
    final PinnedTables pins;

    Traversal(TableList list) {
        this.list = list;
        int line = Announcements.enter();
        try {
            while (true) {
                // While it is announced, or pinned and not retired, neither is a table after it reclaimed.
                Table from = list.announceRoot(line);
                Table to = from.newest();
                PinnedTables pinned = PinnedTables.of(from, to);
                if (pinned.areCurrent()) {
                    first = from;
                    last = to;
                    pins = pinned;
                    break;
                }
                pinned.run();
            }
        } finally {
            Announcements.exit(line);
        }
        table = first;
    }

    /** Returns the number of mappings that a traversal meets. */
    static long count(TableList list) {
        long mappings = 0;
        try (Traversal traversal = new Traversal(list)) {
            while (traversal.advance()) {
                mappings++;
            }
        }
        return mappings;
    }

    @Override
    public void close() {
        pins.run();
        table = null;
    }

    /** Advances to the next mapping; false if there is none. */
    boolean advance() {
        if (table == null) {
            return false;
        }
        requireOpen();
        while (at < 0) {
            key = at++ + ReservedKeys.COUNT;
            word = list.getWord(key);
            if (word != ABSENT) {
                return true;
            }
        }
        while (table != null) {
            if (advanceIn(table)) {
                return true;
            }
            table = table == last ? null : table.nextTableOrNull();
            at = 0;
        }
        close();
        return false;
    }

    private void requireOpen() {
        if (list.root == null) {
            close();
            throw TableList.closed();
        }
    }

    private boolean advanceIn(Table current) {
        while (at < current.end) {
            long keyAt = at;
            // The second half of a bucket is values.
            at += (keyAt & (Table.BUCKET - 1)) == Table.VALUE - Long.BYTES ? Long.BYTES + Table.VALUE : Long.BYTES;
            // Acquire: before the reads that follow.
            key = current.wordAtAcquire(keyAt);
            if (key != Table.EMPTY && key != Table.FROZEN) {
                valueAt = keyAt + Table.VALUE;
                word = wordFrom(current);
                if (word != ABSENT && !isInEarlier(current)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** A key without a slot in an earlier table never gets one there: its probe is frozen, or it would not be here. */
    private boolean isInEarlier(Table current) {
        for (Table earlier = first; earlier != current; earlier = earlier.nextTable()) {
            if (earlier.find(key) >= 0) {
                return true;
            }
        }
        return false;
    }

    private long wordFrom(Table current) {
        long found = current.wordAtAcquire(valueAt);
        // Later tables than the last are not pinned.
        return found == MOVED ? list.getWord(key) : found;
    }

    /** Removes the mapping that was met last, whatever its value is by now. */
    void remove() {
        RecursiveUpdates.check(list, key);
        long word = table == null || at <= 0 ? MOVED : table.removeAt(key, valueAt);
        if (word == MOVED) {
            list.removeWord(key);
        }
    }

    /** Returns where the memory of the newest table is. */
    static PlacementReport placementReport(TableList list) {
        try (Traversal pinned = new Traversal(list)) {
            return pinned.last.placementReport();
        }
    }

    /** Returns the key of the mapping. */
    long key() {
        return key;
    }

    /** Returns the value that the key had when the traversal met it. */
    long value() {
        return list.codec.decode(word);
    }
}
