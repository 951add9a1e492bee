package org.berth.stress.model;

import static org.berth.stress.model.Layout.ABSENT;
import static org.berth.stress.model.Layout.FIRST_TOKEN;
import static org.berth.stress.model.Layout.LISTED;
import static org.berth.stress.model.Layout.MOVED;
import static org.berth.stress.model.Layout.OCCUPIED;
import static org.berth.stress.model.Local.PRESENT_AT_BEGIN;
import static org.berth.stress.model.Local.REMOVALS_AT_BEGIN;
import static org.berth.stress.model.Local.RETURNED_AT_BEGIN;

/**
 * What must be true at each answer and in the end. Each put puts a token of its own, and each token that is put must be
 * returned once, by the put or the removal that replaces it, or be in the map in the end. No answer says that the key
 * is absent if it was present throughout, and none returns a token that was gone before the operation began.
 */
final class Ledger {

    private final ModelThread thread;

    Ledger(ModelThread thread) {
        this.thread = thread;
    }

    void begin() {
        thread.set(PRESENT_AT_BEGIN, thread.read(Layout.PRESENT));
        thread.set(REMOVALS_AT_BEGIN, thread.read(Layout.REMOVALS));
        thread.set(RETURNED_AT_BEGIN, thread.read(Layout.RETURNED));
    }

    /** Makes a token and puts it. */
    int put() {
        int puts = thread.read(Layout.PUTS);
        thread.write(Layout.PUTS, puts + 1);
        thread.write(Layout.PRESENT, 1);
        return FIRST_TOKEN + puts;
    }

    void removed() {
        thread.write(Layout.PRESENT, 0);
        thread.write(Layout.REMOVALS, thread.read(Layout.REMOVALS) + 1);
    }

    /** A put or a removal returns what it has replaced. */
    void returned(int value) {
        if (value == ABSENT) {
            return;
        }
        int returned = thread.read(Layout.RETURNED);
        if ((returned & bit(value)) != 0) {
            throw new Violation("token " + value + " is returned twice");
        }
        thread.write(Layout.RETURNED, returned | bit(value));
    }

    /** An operation answers that the key is absent. */
    void absent() {
        if (thread.get(PRESENT_AT_BEGIN) == 1 && thread.get(REMOVALS_AT_BEGIN) == thread.read(Layout.REMOVALS)) {
            throw new Violation("the key is reported absent, though it was present throughout");
        }
    }

    /** A get or a traversal answers with a value. */
    void answered(int value) {
        if (value == ABSENT) {
            absent();
        } else if ((thread.get(RETURNED_AT_BEGIN) & bit(value)) != 0) {
            throw new Violation("token " + value + " is reported, though it was gone before the operation began");
        }
    }

    private static int bit(int token) {
        return 1 << (token - FIRST_TOKEN);
    }

    /** All threads are done. */
    void end() {
        for (int table = 1; table < thread.read(Layout.NEXT_ID); table++) {
            if (thread.read(thread.layout.pins(table)) != 0) {
                throw new Violation("table " + table + " stays pinned");
            }
        }
        boolean closed = thread.read(Layout.CLOSED) == 1;
        if (!closed) {
            assertNoTokenLost();
        }
        for (int block = 0; block < thread.layout.blocks; block++) {
            int owner = thread.read(thread.layout.owner(block));
            if (owner != 0 && thread.read(thread.layout.listed(owner)) != LISTED && (closed || !isInMap(owner))) {
                throw new Violation("the memory of table " + owner + " is never freed");
            }
        }
    }

    private void assertNoTokenLost() {
        int value = ABSENT;
        for (int table = thread.read(Layout.ROOT); table != 0; table = thread.read(thread.layout.next(table))) {
            if (thread.read(thread.keyOf(table)) == OCCUPIED && thread.read(thread.valueOf(table)) != MOVED) {
                value = thread.read(thread.valueOf(table));
                break;
            }
        }
        int put = (1 << thread.read(Layout.PUTS)) - 1;
        int found = thread.read(Layout.RETURNED) | (value == ABSENT ? 0 : bit(value));
        if (found != put) {
            throw new Violation("a token is lost: put=" + Integer.toBinaryString(put) + " returned or present="
                    + Integer.toBinaryString(found));
        }
    }

    private boolean isInMap(int table) {
        int at = thread.read(Layout.ROOT);
        while (at != 0 && at != table) {
            at = thread.read(thread.layout.next(at));
        }
        return at == table;
    }
}
