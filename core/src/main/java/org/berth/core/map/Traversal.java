package org.berth.core.map;

import org.jspecify.annotations.Nullable;

/**
 * Goes through the mappings of a map, each key at the first table of the chain in which it is claimed: so a mapping that is there
 * throughout is met exactly once, wherever it is moved meanwhile. By one thread.
 */
final class Traversal {

    private final LongLongMap map;
    private final Table first;

    /** Whatever comes later holds nothing that was there from the start; a fast writer could go on for ever making such tables. */
    private final Table last;

    /** The table that is looked at, null at the end. */
    private @Nullable Table table;

    /** The next key word to look at; before the first one, the reserved keys as negative numbers. */
    private long at = -2;

    private long key;
    private long value;

    Traversal(LongLongMap map) {
        this.map = map;
        first = map.open();
        table = first;
        last = first.newest();
    }

    /** Goes to the next mapping; false if there is none. */
    boolean advance() {
        while (at < 0) {
            key = at++ + 2;
            value = map.get(key);
            if (value != LongLongMap.MISSING) {
                return true;
            }
        }
        while (table != null) {
            if (advanceIn(table)) {
                return true;
            }
            table = table == last ? null : table.followingOrNull();
            at = 0;
        }
        return false;
    }

    private boolean advanceIn(Table current) {
        while (at < current.end) {
            long keyAt = at;
            // Only the first half of a line is keys.
            at += (keyAt & (Table.LINE - 1)) == Table.VALUE - Long.BYTES ? Long.BYTES + Table.VALUE : Long.BYTES;
            // Acquire: in front of the reads that follow.
            key = current.words.getAcquire(keyAt);
            if (key != Table.EMPTY && key != Table.CLOSED) {
                value = valueFrom(current, keyAt + Table.VALUE);
                if (value != LongLongMap.MISSING && !isInEarlier(current)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** A key that is not in an earlier table now never will be: its place there is closed, or it would not be in this one. */
    private boolean isInEarlier(Table current) {
        for (Table earlier = first; earlier != current; earlier = earlier.following()) {
            if (earlier.find(key) >= 0) {
                return true;
            }
        }
        return false;
    }

    private long valueFrom(Table current, long valueAt) {
        long word = current.words.getAcquire(valueAt);
        @Nullable Table later = current;
        while (word == Table.MOVED && (later = later.followingOrNull()) != null) {
            word = later.read(key);
        }
        return word == Table.MOVED ? LongLongMap.MISSING : ValueCodec.value(word);
    }

    /** The key of the mapping. */
    long key() {
        return key;
    }

    /** The value that it had when it was met. */
    long value() {
        return value;
    }
}
