package org.berth.stress.model;

import static org.berth.stress.model.Broken.PIN_WITHOUT_RECHECK;
import static org.berth.stress.model.Layout.MOVED;
import static org.berth.stress.model.Layout.OCCUPIED;
import static org.berth.stress.model.Local.CURSOR;
import static org.berth.stress.model.Local.FLAG;
import static org.berth.stress.model.Local.LATER;
import static org.berth.stress.model.Local.TABLE;
import static org.berth.stress.model.Local.VALUE;

/**
 * A traversal, which has announced the first table: pins the first to the last table, looks at {@code retired} of each,
 * withdraws its announcement, and reads the pinned tables without validation. A value that was MOVED comes from a get.
 */
final class TraversalSteps {

    private final ModelThread thread;
    private final Ledger ledger;

    TraversalSteps(ModelThread thread, Ledger ledger) {
        this.thread = thread;
        this.ledger = ledger;
    }

    Step take(Step step) {
        int table = thread.get(CURSOR);
        return switch (step) {
            case FIND_LAST -> {
                int last = Math.max(thread.get(TABLE), thread.get(LATER));
                int next = thread.load(thread.layout.next(last));
                thread.set(LATER, next == 0 ? last : next);
                yield next == 0 ? fromFirst(Step.PIN) : Step.FIND_LAST;
            }
            case PIN -> {
                thread.write(thread.layout.pins(table), thread.read(thread.layout.pins(table)) + 1);
                yield isLast() ? fromFirst(Step.CHECK_PINNED) : Step.PIN;
            }
            case CHECK_PINNED -> {
                if (thread.load(thread.layout.retired(table)) != 0 && !thread.is(PIN_WITHOUT_RECHECK)) {
                    thread.set(FLAG, 1);
                    yield fromFirst(Step.UNPIN);
                }
                yield isLast() ? Step.EXIT_PINNED : Step.CHECK_PINNED;
            }
            case EXIT_PINNED -> {
                thread.store(Layout.announced(thread.id()), 0);
                yield fromFirst(Step.TRAVERSE_KEY);
            }
            case TRAVERSE_KEY -> {
                int key = thread.load(thread.keyOf(table));
                thread.assertOwnsMemory(table, "a traversed key");
                if (key == OCCUPIED) {
                    yield Step.TRAVERSE_VALUE;
                }
                if (isLast()) {
                    ledger.absent();
                    yield fromFirst(Step.UNPIN);
                }
                yield Step.TRAVERSE_KEY;
            }
            case TRAVERSE_VALUE -> {
                int value = thread.load(thread.valueOf(table));
                thread.assertOwnsMemory(table, "a traversed value");
                thread.set(VALUE, value);
                if (value != MOVED) {
                    ledger.answered(value);
                }
                yield fromFirst(Step.UNPIN);
            }
            case UNPIN -> {
                thread.write(thread.layout.pins(table), thread.read(thread.layout.pins(table)) - 1);
                yield isLast() ? unpinned() : Step.UNPIN;
            }
            default -> throw new AssertionError(step);
        };
    }

    private Step fromFirst(Step step) {
        thread.set(CURSOR, thread.get(TABLE));
        return step;
    }

    /** Whether the table was the last one; otherwise the traversal goes on with the next. */
    private boolean isLast() {
        int table = thread.get(CURSOR);
        if (table == thread.get(LATER)) {
            return true;
        }
        thread.set(CURSOR, thread.read(thread.layout.next(table)));
        return false;
    }

    private Step unpinned() {
        if (thread.get(FLAG) == 1) {
            thread.set(FLAG, 0);
            thread.set(LATER, 0);
            return Step.READ_ROOT;
        }
        return thread.get(VALUE) == MOVED ? Step.GET_ROOT : thread.complete();
    }
}
