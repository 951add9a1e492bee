package org.berth.stress.model;

import static org.berth.stress.model.Broken.CHECK_BEFORE_ANNOUNCING;
import static org.berth.stress.model.Broken.COUNTED_BEFORE_MOVED;
import static org.berth.stress.model.Broken.EXIT_BEFORE_WRITE;
import static org.berth.stress.model.Broken.NO_ANNOUNCEMENT;
import static org.berth.stress.model.Broken.NO_RECHECK;
import static org.berth.stress.model.Broken.STEP_WITHOUT_ANNOUNCING;
import static org.berth.stress.model.Broken.STEP_WITHOUT_RECHECK;
import static org.berth.stress.model.Layout.ABSENT;
import static org.berth.stress.model.Layout.EMPTY;
import static org.berth.stress.model.Layout.FROZEN;
import static org.berth.stress.model.Layout.MOVED;
import static org.berth.stress.model.Layout.OCCUPIED;
import static org.berth.stress.model.Local.FLAG;
import static org.berth.stress.model.Local.KEY;
import static org.berth.stress.model.Local.LATER;
import static org.berth.stress.model.Local.TABLE;
import static org.berth.stress.model.Local.VALUE;
import static org.berth.stress.model.Operation.REMOVE;
import static org.berth.stress.model.Operation.RESIZE;
import static org.berth.stress.model.Operation.TRAVERSE;

/**
 * An update: announces the table that it is in, looks at {@code retired} of the table, and only then touches its
 * memory, until it announces the next table or exits. A traversal enters in the same way.
 */
final class UpdateSteps {

    private final ModelThread thread;
    private final Ledger ledger;

    UpdateSteps(ModelThread thread, Ledger ledger) {
        this.thread = thread;
        this.ledger = ledger;
    }

    Step take(Step step) {
        int table = thread.get(TABLE);
        return switch (step) {
            case START -> {
                ledger.begin();
                yield switch (thread.operation()) {
                    case GET -> Step.GET_ROOT;
                    case CLOSE -> Step.CLOSE_ROOT;
                    case PUT, REMOVE, RESIZE, TRAVERSE -> Step.READ_ROOT;
                };
            }
            case READ_ROOT -> {
                int root = thread.load(Layout.ROOT);
                thread.forgetSearch();
                thread.set(TABLE, root);
                if (root == 0) {
                    yield Step.EXIT;
                }
                yield thread.is(CHECK_BEFORE_ANNOUNCING) ? Step.CHECK_RETIRED : Step.ANNOUNCE;
            }
            case ANNOUNCE -> {
                if (!thread.is(NO_ANNOUNCEMENT)) {
                    thread.store(Layout.announced(thread.id()), table);
                }
                yield thread.is(CHECK_BEFORE_ANNOUNCING) ? entered() : Step.CHECK_RETIRED;
            }
            case CHECK_RETIRED -> {
                if (isRetired(table) && !thread.is(NO_RECHECK)) {
                    yield Step.READ_ROOT;
                }
                yield thread.is(CHECK_BEFORE_ANNOUNCING) ? Step.ANNOUNCE : entered();
            }
            case LOOK_AT_NEXT -> {
                if (thread.load(thread.layout.next(table)) != 0) {
                    yield Step.LOOK_AT_TRANSFER_INDEX;
                }
                yield thread.operation() == RESIZE ? Step.ALLOCATE : Step.READ_KEY;
            }
            case LOOK_AT_TRANSFER_INDEX ->
                thread.load(thread.transferIndexOf(table)) == 0 ? Step.TAKE_RANGE : helped(thread);
            case TAKE_RANGE -> takeRange(table);
            case READ_KEY -> {
                int key = thread.load(thread.keyOf(table));
                thread.set(KEY, key);
                if (key == EMPTY && thread.operation() == REMOVE) {
                    yield removesNothing(table);
                }
                yield key == EMPTY ? Step.LOOK_BEFORE_CLAIM : keyFound(key);
            }
            case LOOK_BEFORE_CLAIM -> {
                thread.set(LATER, thread.load(thread.layout.next(table)));
                yield Step.CLAIM;
            }
            case CLAIM -> {
                int key = thread.read(thread.keyOf(table));
                if (key == EMPTY) {
                    thread.assertOwnsMemory(table, "a claim");
                    key = thread.get(LATER) == 0 ? OCCUPIED : FROZEN;
                    thread.write(thread.keyOf(table), key);
                }
                yield keyFound(key);
            }
            case READ_VALUE -> valueFound(table, thread.load(thread.valueOf(table)));
            case EXIT_EARLY -> {
                thread.store(Layout.announced(thread.id()), 0);
                yield Step.UPDATE;
            }
            case UPDATE -> {
                int found = thread.read(thread.valueOf(table));
                yield found == thread.get(VALUE) ? update(table, found) : valueFound(table, found);
            }
            case READ_NEXT -> {
                int next = thread.load(thread.layout.next(table));
                if (next == 0) {
                    throw new Violation("table " + table + " has no next table");
                }
                thread.set(LATER, next);
                yield thread.is(STEP_WITHOUT_ANNOUNCING) ? Step.CHECK_NEXT_RETIRED : Step.ANNOUNCE_NEXT;
            }
            case ANNOUNCE_NEXT -> {
                thread.store(Layout.announced(thread.id()), thread.get(LATER));
                yield Step.CHECK_NEXT_RETIRED;
            }
            case CHECK_NEXT_RETIRED -> {
                if (isRetired(thread.get(LATER)) && !thread.is(STEP_WITHOUT_RECHECK)) {
                    yield Step.READ_ROOT;
                }
                thread.set(TABLE, thread.get(LATER));
                thread.forgetSearch();
                yield Step.LOOK_AT_NEXT;
            }
            case EXIT -> {
                thread.store(Layout.announced(thread.id()), 0);
                yield thread.complete();
            }
            default -> throw new AssertionError(step);
        };
    }

    private boolean isRetired(int table) {
        return thread.load(thread.layout.retired(table)) != 0;
    }

    private Step entered() {
        return thread.operation() == TRAVERSE ? Step.FIND_LAST : Step.LOOK_AT_NEXT;
    }

    private Step takeRange(int table) {
        thread.assertOwnsMemory(table, "a taken range");
        int index = thread.read(thread.transferIndexOf(table));
        thread.write(thread.transferIndexOf(table), index + 1);
        if (index != 0) {
            return helped(thread);
        }
        if (thread.is(COUNTED_BEFORE_MOVED)) {
            thread.write(thread.layout.transferred(table), 1);
        }
        return Step.TRANSFER_KEY;
    }

    /** Returns how an update goes on that has helped with the transfer of its table, or had nothing to help with. */
    static Step helped(ModelThread thread) {
        thread.forgetSearch();
        if (thread.operation() != RESIZE) {
            return Step.READ_KEY;
        }
        // A resize goes to the last table, as an update does whose key is there.
        return thread.get(FLAG) == 1 ? Step.EXIT : Step.LOOK_FOR_LAST;
    }

    private static Step keyFound(int key) {
        return key == FROZEN ? Step.READ_NEXT : Step.READ_VALUE;
    }

    private Step valueFound(int table, int value) {
        thread.set(VALUE, value);
        if (value == MOVED) {
            return Step.READ_NEXT;
        }
        if (value == ABSENT && thread.operation() == REMOVE) {
            return removesNothing(table);
        }
        return thread.is(EXIT_BEFORE_WRITE) ? Step.EXIT_EARLY : Step.UPDATE;
    }

    private Step removesNothing(int table) {
        thread.assertOwnsMemory(table, "a miss");
        ledger.absent();
        return Step.EXIT;
    }

    private Step update(int table, int found) {
        thread.assertOwnsMemory(table, "an update");
        ledger.returned(found);
        if (thread.operation() == REMOVE) {
            thread.write(thread.valueOf(table), ABSENT);
            ledger.removed();
        } else {
            thread.write(thread.valueOf(table), ledger.put());
        }
        return Step.EXIT;
    }
}
