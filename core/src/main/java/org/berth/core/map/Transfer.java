package org.berth.core.map;

import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;

/**
 * Moves mappings to the next table, while others go on reading and updating them.
 *
 * <p>Each place has one mover. Until its last CAS, from the value that the copy has to {@link Table#MOVED}, the mapping lives in the
 * old table and nobody but the mover touches the copy; from then on it lives in the copy. Open to tests that break a step on
 * purpose.
 */
class Transfer {

    /**
     * Moves what lies between two offsets.
     *
     * @param again whether a mover before has given up on the way, and may have left copies
     */
    final void move(Table from, long begin, long end, boolean again) {
        for (long line = begin; line < end; line += Table.LINE) {
            for (int place = 0; place < Table.VALUE; place += Long.BYTES) {
                moveOne(from, line + place, again);
            }
        }
    }

    private void moveOne(Table from, long at, boolean again) {
        long key = from.words.getOpaque(at);
        if (key == Table.EMPTY) {
            key = close(from.words, at);
            if (key == Table.EMPTY) {
                return;
            }
        }
        if (key == Table.CLOSED) {
            return;
        }
        moveMapping(from, key, at + Table.VALUE, again);
    }

    private void moveMapping(Table from, long key, long valueAt, boolean again) {
        Words words = from.words;
        Table to = from.following();
        @Nullable Table copied = null;
        long copyAt = Table.LATER;
        long copy = again ? copyOf(to, key) : Table.ABSENT;
        // Acquire: who reads the value from the copy must see what its writer did before, as from here.
        long word = words.getAcquire(valueAt);
        while (word != Table.MOVED) {
            if (isCopied(word, copy)) {
                long seen = seal(words, valueAt, word);
                if (seen == word) {
                    return;
                }
                word = seen;
                continue;
            }
            if (copied == null) {
                copyAt = to.claim(key);
                if (copyAt < 0) {
                    to = to.following();
                    continue;
                }
                copied = to;
            }
            long seen = to.words.compareAndExchange(copyAt, copy, word);
            if (seen == copy) {
                to.changed(copyAt, copy, word);
                copy = word;
                word = words.getAcquire(valueAt);
            } else {
                // The next table is growing, too, and its mover has passed the copy on.
                to = to.following();
                copied = null;
            }
        }
    }

    /**
     * Closes a key word that nobody has claimed. One CAS on it decides between this mover and an insert that saw no next table when it
     * looked; closing the value instead would leave behind what such an insert stores a moment before.
     *
     * @return the key word before
     */
    long close(Words words, long at) {
        return words.compareAndExchange(at, Table.EMPTY, Table.CLOSED);
    }

    /** Whether there is nothing to copy. A mapping that has gone is copied, too: what was copied before must not come to life. */
    boolean isCopied(long word, long copy) {
        return word == copy;
    }

    /**
     * Hands the mapping over to its copy, unless an update came between and left another value, which must be copied first. That a
     * value went and came back does no harm: the copy is the same.
     *
     * @return the value word before
     */
    long seal(Words words, long valueAt, long word) {
        return words.compareAndExchange(valueAt, word, Table.MOVED);
    }

    /** The copy that a mover before has left. */
    private static long copyOf(Table to, long key) {
        for (@Nullable Table table = to; table != null; table = table.followingOrNull()) {
            long copy = table.read(key);
            if (copy != Table.MOVED) {
                return copy;
            }
        }
        return Table.ABSENT;
    }
}
