package org.berth.stress.model;

import static org.berth.stress.model.Broken.NO_FENCE_BEFORE_VALIDATION;
import static org.berth.stress.model.Broken.NO_VALIDATION;
import static org.berth.stress.model.Broken.VALIDATION_BEFORE_DATA;
import static org.berth.stress.model.Layout.ABSENT;
import static org.berth.stress.model.Layout.EMPTY;
import static org.berth.stress.model.Layout.FROZEN;
import static org.berth.stress.model.Layout.MOVED;
import static org.berth.stress.model.Local.KEY;
import static org.berth.stress.model.Local.RETIRED;
import static org.berth.stress.model.Local.SEEN;
import static org.berth.stress.model.Local.STALE;
import static org.berth.stress.model.Local.TABLE;
import static org.berth.stress.model.Local.VALUE;

import org.jspecify.annotations.Nullable;

/**
 * A get, which announces nothing: it loads its data, a fence, and {@code retired}, and begins at the root again if the
 * table is retired. It does so too before it goes on to the next table.
 */
final class GetSteps {

    /** How many ways {@link Step#GET_WORDS} may go: which of the three words it loads. */
    static final int WORDS = 3;

    private static final int KEY_WORD = 0;
    private static final int VALUE_WORD = 1;
    private static final int RETIRED_WORD = 2;
    private static final int DATA = (1 << KEY_WORD) | (1 << VALUE_WORD);
    private static final int ALL = DATA | (1 << RETIRED_WORD);

    private final ModelThread thread;
    private final Ledger ledger;

    GetSteps(ModelThread thread, Ledger ledger) {
        this.thread = thread;
        this.ledger = ledger;
    }

    /** Returns the next step, or null if the thread has no such alternative. */
    @Nullable
    Step take(Step step) {
        int table = thread.get(TABLE);
        return switch (step) {
            case GET_ROOT -> {
                int root = thread.load(Layout.ROOT);
                yield root == 0 ? thread.complete() : search(root);
            }
            case GET_WORDS -> {
                int word = thread.alternative();
                if (!mayLoad(word, thread.get(SEEN))) {
                    yield null;
                }
                load(table, word);
                yield thread.get(SEEN) == ALL ? decide() : Step.GET_WORDS;
            }
            case GET_NEXT -> {
                int next = thread.load(thread.layout.next(table));
                if (next == 0) {
                    throw new Violation("table " + table + " has no next table for a get");
                }
                yield search(next);
            }
            default -> throw new AssertionError(step);
        };
    }

    private Step search(int table) {
        thread.set(TABLE, table);
        thread.set(SEEN, 0);
        thread.set(STALE, 0);
        return Step.GET_WORDS;
    }

    /** Whether this word may be the next to be loaded, after those that were. */
    private boolean mayLoad(int word, int seen) {
        if ((seen & (1 << word)) != 0) {
            return false;
        }
        if (thread.is(VALIDATION_BEFORE_DATA)) {
            return word == (seen == 0 ? RETIRED_WORD : Integer.bitCount(seen) - 1);
        }
        if (thread.hasWeakLoads()) {
            return word != RETIRED_WORD || seen == DATA || thread.is(NO_FENCE_BEFORE_VALIDATION);
        }
        return word == Integer.bitCount(seen);
    }

    private void load(int table, int word) {
        thread.set(SEEN, thread.get(SEEN) | (1 << word));
        switch (word) {
            case KEY_WORD -> thread.set(KEY, thread.load(thread.keyOf(table)));
            case VALUE_WORD -> thread.set(VALUE, thread.load(thread.valueOf(table)));
            default -> thread.set(RETIRED, thread.load(thread.layout.retired(table)));
        }
        if (word != RETIRED_WORD && thread.ownerOfMemoryOf(table) != table) {
            thread.set(STALE, 1);
        }
    }

    private Step decide() {
        if (thread.get(RETIRED) != 0 && !thread.is(NO_VALIDATION)) {
            return Step.GET_ROOT;
        }
        int key = thread.get(KEY);
        int value = thread.get(VALUE);
        if (thread.get(STALE) != 0) {
            throw new Violation("a get is answered from memory of another table: key=" + key + " value=" + value);
        }
        if (key == FROZEN || (key != EMPTY && value == MOVED)) {
            return Step.GET_NEXT;
        }
        ledger.answered(key == EMPTY ? ABSENT : value);
        return thread.complete();
    }
}
