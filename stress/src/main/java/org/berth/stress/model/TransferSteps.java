package org.berth.stress.model;

import static org.berth.stress.model.Broken.RETIRED_AFTER_ZEROING;
import static org.berth.stress.model.Broken.RETIRED_NEVER_SET;
import static org.berth.stress.model.Broken.REUSE_BEFORE_ROOT_PASSED;
import static org.berth.stress.model.Layout.EMPTY;
import static org.berth.stress.model.Layout.FROZEN;
import static org.berth.stress.model.Layout.LISTED;
import static org.berth.stress.model.Layout.MOVED;
import static org.berth.stress.model.Layout.NOT_LISTED;
import static org.berth.stress.model.Layout.OCCUPIED;
import static org.berth.stress.model.Local.COPY;
import static org.berth.stress.model.Local.CURSOR;
import static org.berth.stress.model.Local.KEY;
import static org.berth.stress.model.Local.LATER;
import static org.berth.stress.model.Local.TABLE;
import static org.berth.stress.model.Local.VALUE;

/**
 * The transfer of a range, and the advance of the root past the tables that are transferred.
 *
 * <p>Announced is only the table that the range is from. The thread writes to later tables, too: until it has counted
 * its range, the root does not pass the table of the range, so no later table is retired.
 */
final class TransferSteps {

    private final ModelThread thread;

    TransferSteps(ModelThread thread) {
        this.thread = thread;
    }

    Step take(Step step) {
        int table = thread.get(TABLE);
        int target = thread.get(LATER);
        return switch (step) {
            case TRANSFER_KEY ->
                switch (thread.load(thread.keyOf(table))) {
                    case EMPTY -> Step.FREEZE;
                    case FROZEN -> Step.COUNT_TRANSFERRED;
                    default -> Step.FIND_TARGET;
                };
            case FREEZE -> {
                if (thread.read(thread.keyOf(table)) != EMPTY) {
                    yield Step.TRANSFER_KEY;
                }
                thread.assertOwnsMemory(table, "a freeze");
                thread.write(thread.keyOf(table), FROZEN);
                yield Step.COUNT_TRANSFERRED;
            }
            case FIND_TARGET -> {
                thread.set(COPY, 0);
                thread.set(LATER, thread.load(thread.layout.next(table)));
                yield Step.TRANSFER_VALUE;
            }
            case TRANSFER_VALUE -> {
                int value = thread.load(thread.valueOf(table));
                thread.set(VALUE, value);
                if (value == MOVED) {
                    yield Step.COUNT_TRANSFERRED;
                }
                yield value == thread.get(COPY) ? Step.MARK_MOVED : Step.TARGET_KEY;
            }
            case TARGET_KEY ->
                switch (thread.load(thread.keyOf(target))) {
                    case EMPTY -> Step.LOOK_BEFORE_CLAIM_TARGET;
                    case FROZEN -> Step.NEXT_TARGET;
                    default -> Step.COPY;
                };
            case LOOK_BEFORE_CLAIM_TARGET -> {
                thread.set(KEY, thread.load(thread.layout.next(target)) == 0 ? OCCUPIED : FROZEN);
                yield Step.CLAIM_TARGET;
            }
            case CLAIM_TARGET -> {
                if (thread.read(thread.keyOf(target)) == EMPTY) {
                    thread.assertOwnsMemory(target, "a transfer's claim");
                    thread.write(thread.keyOf(target), thread.get(KEY));
                }
                yield Step.TARGET_KEY;
            }
            case NEXT_TARGET -> {
                int next = thread.load(thread.layout.next(target));
                if (next == 0) {
                    throw new Violation("table " + target + " has no next table");
                }
                thread.set(LATER, next);
                yield Step.TARGET_KEY;
            }
            case COPY -> {
                if (thread.read(thread.valueOf(target)) != thread.get(COPY)) {
                    yield Step.NEXT_TARGET;
                }
                thread.assertOwnsMemory(target, "a copy");
                thread.write(thread.valueOf(target), thread.get(VALUE));
                thread.set(COPY, thread.get(VALUE));
                yield Step.TRANSFER_VALUE;
            }
            case MARK_MOVED -> {
                if (thread.read(thread.valueOf(table)) != thread.get(VALUE)) {
                    yield Step.TRANSFER_VALUE;
                }
                thread.assertOwnsMemory(table, "a mark MOVED");
                thread.write(thread.valueOf(table), MOVED);
                yield Step.COUNT_TRANSFERRED;
            }
            case COUNT_TRANSFERRED -> {
                thread.write(thread.layout.transferred(table), 1);
                if (thread.is(REUSE_BEFORE_ROOT_PASSED)) {
                    thread.write(thread.layout.listed(table), LISTED);
                }
                yield Step.LOOK_AT_ROOT;
            }
            case LOOK_AT_ROOT -> {
                int root = thread.load(Layout.ROOT);
                thread.set(CURSOR, root);
                boolean transferred = root != 0 && thread.load(thread.layout.transferred(root)) != 0;
                yield transferred ? Step.ADVANCE_ROOT : UpdateSteps.helped(thread);
            }
            case ADVANCE_ROOT -> {
                int passed = thread.get(CURSOR);
                if (thread.read(Layout.ROOT) != passed) {
                    yield Step.LOOK_AT_ROOT;
                }
                thread.write(Layout.ROOT, thread.read(thread.layout.next(passed)));
                yield thread.is(RETIRED_NEVER_SET) || thread.is(RETIRED_AFTER_ZEROING) ? Step.LIST : Step.SET_RETIRED;
            }
            case SET_RETIRED -> {
                thread.store(thread.layout.retired(thread.get(CURSOR)), 1);
                yield Step.LIST;
            }
            case LIST -> {
                int listed = thread.layout.listed(thread.get(CURSOR));
                if (thread.read(listed) == NOT_LISTED) {
                    thread.write(listed, LISTED);
                }
                yield Step.LOOK_AT_ROOT;
            }
            default -> throw new AssertionError(step);
        };
    }
}
