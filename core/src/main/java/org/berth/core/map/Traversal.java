package org.berth.core.map;

import static org.berth.core.map.ValueCodec.ABSENT;
import static org.berth.core.map.ValueCodec.MOVED;

import org.jspecify.annotations.Nullable;

/**
 * A weakly consistent traversal of the mappings, by one thread. It meets each key in the first table of the list in
 * which the key has a slot. So it meets a mapping that exists throughout exactly once, also during a resize.
 */
final class Traversal {

    private static final int RESERVED_KEYS = 2;

    private final TableList list;
    private final Table first;

    /** Later tables hold no mapping that existed from the start, and a fast writer could go on for ever making them. */
    private final Table last;

    /** The table that is traversed, null at the end. */
    private @Nullable Table table;

    /** The offset of the next key word; before the first one, the reserved keys as negative numbers. */
    private long at = -RESERVED_KEYS;

    private long key;
    private long word;

    Traversal(TableList list) {
        this.list = list;
        first = list.openRoot();
        table = first;
        last = first.newest();
    }

    /** Returns the number of mappings that a traversal meets. */
    static long count(TableList list) {
        long mappings = 0;
        Traversal traversal = new Traversal(list);
        while (traversal.advance()) {
            mappings++;
        }
        return mappings;
    }

    /** Advances to the next mapping; false if there is none. */
    boolean advance() {
        while (at < 0) {
            key = at++ + RESERVED_KEYS;
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
        return false;
    }

    private boolean advanceIn(Table current) {
        while (at < current.end) {
            long keyAt = at;
            // The second half of a bucket is values.
            at += (keyAt & (Table.BUCKET - 1)) == Table.VALUE - Long.BYTES ? Long.BYTES + Table.VALUE : Long.BYTES;
            // Acquire: before the reads that follow.
            key = current.words.getAcquire(keyAt);
            if (key != Table.EMPTY && key != Table.FROZEN) {
                word = wordFrom(current, keyAt + Table.VALUE);
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

    private long wordFrom(Table current, long valueAt) {
        long found = current.words.getAcquire(valueAt);
        @Nullable Table later = current;
        while (found == MOVED && (later = later.nextTableOrNull()) != null) {
            found = later.get(key);
        }
        return found == MOVED ? ABSENT : found;
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
