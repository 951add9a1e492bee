package org.berth.core.map;

import static org.berth.core.map.ValueCodec.ABSENT;
import static org.berth.core.map.ValueCodec.MOVED;

import org.jspecify.annotations.Nullable;

/**
 * Transfers mappings to the next table, while other threads read and update them.
 *
 * <p>Each slot is transferred by one thread. Until that thread's last CAS, from the value that the copy has to {@link
 * ValueCodec#MOVED}, the mapping lives in the old table and no other thread accesses the copy. From then on it lives in
 * the copy. Tests extend this class to break a step on purpose.
 */
class Transfer {

    /**
     * Transfers the slots between two offsets.
     *
     * @param retry whether another transfer of this range was abandoned, and may have left copies
     */
    final void transferSlots(Table from, long begin, long end, boolean retry) {
        for (long bucket = begin; bucket < end; bucket += Table.BUCKET) {
            for (int slot = 0; slot < Table.VALUE; slot += Long.BYTES) {
                boolean occupied = transferSlot(from, bucket + slot, retry);
                if (!occupied && from.isOrdered()) {
                    // No slot behind a frozen one is ever claimed.
                    break;
                }
            }
        }
    }

    /** Transfers a slot, or freezes it if it is not occupied and returns false. */
    private boolean transferSlot(Table from, long keyAt, boolean retry) {
        long key = from.wordAtOpaque(keyAt);
        if (key == Table.EMPTY) {
            key = freeze(from, keyAt);
            if (key == Table.EMPTY) {
                return false;
            }
        }
        if (key == Table.FROZEN) {
            return false;
        }
        transferMapping(from, key, keyAt + Table.VALUE, retry);
        return true;
    }

    private void transferMapping(Table from, long key, long valueAt, boolean retry) {
        Table to = from.nextTable();
        @Nullable Table copied = null;
        long copyAt = Table.IN_NEXT_TABLE;
        long copy = retry ? abandonedCopy(to, key) : ABSENT;
        // Acquire: a thread that reads the value from the copy must see what its writer did before, as it would here.
        long word = from.wordAtAcquire(valueAt);
        while (word != MOVED) {
            // A removal is copied, too: otherwise a copy that was made before it would bring the mapping back.
            if (word == copy) {
                long witness = markMoved(from, valueAt, word);
                if (witness == word) {
                    return;
                }
                word = witness;
                continue;
            }
            if (copied == null) {
                copyAt = to.claimForTransfer(key);
                if (copyAt < 0) {
                    to = from.list().nextForTransfer(to);
                    continue;
                }
                copied = to;
            }
            long witness = to.compareAndExchangeAt(copyAt, copy, word);
            if (witness == copy) {
                copy = word;
                word = from.wordAtAcquire(valueAt);
            } else {
                // The next table is being transferred, too, and the copy with it.
                to = to.nextTable();
                copied = null;
            }
        }
    }

    /**
     * Freezes an empty slot by its key word. One CAS on it decides between this transfer and an insert that saw no next
     * table when it looked. Marking the value instead would leave behind what such an insert stores a moment before.
     *
     * @return the key word before
     */
    long freeze(Table from, long keyAt) {
        return from.compareAndExchangeAt(keyAt, Table.EMPTY, Table.FROZEN);
    }

    /**
     * Marks the old slot as moved, unless an update came between and left another value, which must be copied first. A
     * value that went and came back (ABA) does no harm: the copy is the same.
     *
     * @return the value word before
     */
    long markMoved(Table from, long valueAt, long word) {
        return from.compareAndExchangeAt(valueAt, word, MOVED);
    }

    /** Returns the copy that an abandoned transfer has left, or {@link ValueCodec#ABSENT}. */
    private static long abandonedCopy(Table to, long key) {
        for (@Nullable Table table = to; table != null; table = table.nextTableOrNull()) {
            long copy = table.get(key);
            if (copy != MOVED) {
                return copy;
            }
        }
        return ABSENT;
    }
}
