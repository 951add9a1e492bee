package org.berth.stress.model;

import static org.berth.stress.model.Broken.CLOSE_FREES_EACH;
import static org.berth.stress.model.Broken.CLOSE_MISSES_APPENDED;
import static org.berth.stress.model.Layout.RECLAIMED;
import static org.berth.stress.model.Local.CURSOR;
import static org.berth.stress.model.Local.INDEX;
import static org.berth.stress.model.Local.LATER;
import static org.berth.stress.model.Local.SEEN;
import static org.berth.stress.model.Local.TABLE;

/**
 * Close: the root becomes null, all tables retired; after a barrier, all are freed together if no announcement and no
 * pin names any of them, and if no table was appended meanwhile. Otherwise the closing thread tries again.
 *
 * <p>Together, because a thread that announces a table may be transferring from it to any later one.
 */
final class CloseSteps {

    private final ModelThread thread;

    CloseSteps(ModelThread thread) {
        this.thread = thread;
    }

    Step take(Step step) {
        int table = thread.get(CURSOR);
        return switch (step) {
            case CLOSE_ROOT -> {
                int root = thread.read(Layout.ROOT);
                thread.write(Layout.ROOT, 0);
                thread.write(Layout.CLOSED, 1);
                thread.set(TABLE, root);
                thread.set(CURSOR, root);
                yield root == 0 ? thread.complete() : Step.CLOSE_RETIRE;
            }
            case CLOSE_RETIRE -> {
                thread.store(thread.layout.retired(table), 1);
                yield Step.CLOSE_WALK;
            }
            case CLOSE_WALK -> {
                int next = thread.load(thread.layout.next(table));
                if (next == 0) {
                    thread.set(LATER, table);
                    yield Step.CLOSE_BARRIER;
                }
                thread.set(CURSOR, next);
                yield Step.CLOSE_RETIRE;
            }
            case CLOSE_BARRIER -> {
                thread.drain(thread.get(INDEX));
                yield isLastThread() ? Step.CLOSE_SCAN : Step.CLOSE_BARRIER;
            }
            case CLOSE_SCAN -> scan();
            case CLOSE_PINS -> {
                if (thread.load(thread.layout.pins(table)) != 0) {
                    yield tryAgain();
                }
                yield isLastTable() ? Step.CLOSE_LOOK_AGAIN : Step.CLOSE_PINS;
            }
            case CLOSE_LOOK_AGAIN -> {
                int appended = thread.load(thread.layout.next(thread.get(LATER)));
                if (appended != 0 && !thread.is(CLOSE_MISSES_APPENDED)) {
                    thread.set(CURSOR, appended);
                    yield Step.CLOSE_RETIRE;
                }
                yield fromFirst(Step.CLOSE_FREE);
            }
            case CLOSE_FREE -> {
                boolean announced = (thread.get(SEEN) & (1 << table)) != 0;
                if (!announced) {
                    free(table);
                }
                if (!isLastTable()) {
                    yield Step.CLOSE_FREE;
                }
                yield thread.get(SEEN) == 0 ? thread.complete() : tryAgain();
            }
            default -> throw new AssertionError(step);
        };
    }

    private Step scan() {
        int announced = thread.load(Layout.announced(thread.get(INDEX)));
        // The ids of a list ascend. Those between, of tables that were never appended, nobody announces.
        if (announced != 0 && announced >= thread.get(TABLE) && announced <= thread.get(LATER)) {
            if (!thread.is(CLOSE_FREES_EACH)) {
                return tryAgain();
            }
            thread.set(SEEN, thread.get(SEEN) | (1 << announced));
        }
        return isLastThread() ? fromFirst(Step.CLOSE_PINS) : Step.CLOSE_SCAN;
    }

    private void free(int table) {
        if (thread.read(thread.layout.listed(table)) != RECLAIMED) {
            thread.write(thread.layout.listed(table), RECLAIMED);
            thread.write(thread.layout.owner(thread.blockOf(table)), 0);
            thread.write(thread.layout.free(thread.blockOf(table)), 1);
        }
    }

    private Step tryAgain() {
        thread.set(INDEX, 0);
        thread.set(SEEN, 0);
        thread.set(CURSOR, thread.get(LATER));
        return Step.CLOSE_WALK;
    }

    private Step fromFirst(Step step) {
        thread.set(CURSOR, thread.get(TABLE));
        return step;
    }

    private boolean isLastTable() {
        int table = thread.get(CURSOR);
        if (table == thread.get(LATER)) {
            return true;
        }
        thread.set(CURSOR, thread.read(thread.layout.next(table)));
        return false;
    }

    private boolean isLastThread() {
        thread.increment(INDEX);
        if (thread.get(INDEX) < thread.layout.threads) {
            return false;
        }
        thread.set(INDEX, 0);
        return true;
    }
}
