package org.berth.stress.model;

import static org.berth.stress.model.Broken.NO_BARRIER;
import static org.berth.stress.model.Broken.NO_SCAN;
import static org.berth.stress.model.Broken.RECLAIM_IGNORES_PINS;
import static org.berth.stress.model.Broken.RETIRED_AFTER_ZEROING;
import static org.berth.stress.model.Broken.SCAN_BEFORE_BARRIER;
import static org.berth.stress.model.Layout.LISTED;
import static org.berth.stress.model.Layout.RECLAIMED;
import static org.berth.stress.model.Local.CURSOR;
import static org.berth.stress.model.Local.INDEX;

import org.jspecify.annotations.Nullable;

/**
 * The reclaimer, one thread at a time: a barrier, then a scan of the announcements and of the pins; memory that neither
 * names is zeroed into the pool.
 */
final class ReclaimSteps {

    private final ModelThread thread;

    ReclaimSteps(ModelThread thread) {
        this.thread = thread;
    }

    /** Returns the next step, or null if the thread has no such alternative. */
    @Nullable
    Step take(Step step) {
        int table = thread.get(CURSOR);
        return switch (step) {
            case PICK -> pick();
            case BARRIER -> {
                thread.drain(thread.get(INDEX));
                yield isLastThread() ? afterBarrier() : Step.BARRIER;
            }
            case SCAN -> {
                int announced = thread.load(Layout.announced(thread.get(INDEX)));
                if (announced == table && !thread.is(NO_SCAN)) {
                    yield giveUp();
                }
                yield isLastThread() ? afterScan() : Step.SCAN;
            }
            case LOOK_AT_PINS -> {
                boolean pinned = thread.load(thread.layout.pins(table)) != 0;
                yield pinned && !thread.is(RECLAIM_IGNORES_PINS) ? giveUp() : Step.ZERO_KEY;
            }
            case ZERO_KEY -> {
                thread.store(thread.keyOf(table), 0);
                thread.write(thread.layout.owner(thread.blockOf(table)), 0);
                yield Step.ZERO_VALUE;
            }
            case ZERO_VALUE -> {
                thread.store(thread.valueOf(table), 0);
                yield Step.ZERO_TRANSFER_INDEX;
            }
            case ZERO_TRANSFER_INDEX -> {
                thread.store(thread.transferIndexOf(table), 0);
                yield Step.FREE;
            }
            case FREE -> {
                if (thread.is(RETIRED_AFTER_ZEROING)) {
                    thread.write(thread.layout.retired(table), 1);
                }
                thread.write(thread.layout.listed(table), RECLAIMED);
                thread.write(thread.layout.free(thread.blockOf(table)), 1);
                thread.write(Layout.RECLAIMING, 0);
                yield Step.ALLOCATE;
            }
            default -> throw new AssertionError(step);
        };
    }

    private @Nullable Step pick() {
        boolean any = false;
        for (int table = 1; table <= thread.layout.tables; table++) {
            any |= thread.read(thread.layout.listed(table)) == LISTED;
        }
        if (!any || thread.read(Layout.RECLAIMING) != 0) {
            // Does not wait: the resize is refused.
            return thread.alternative() == 0 ? Step.EXIT : null;
        }
        int table = thread.alternative() + 1;
        if (thread.read(thread.layout.listed(table)) != LISTED) {
            return null;
        }
        thread.write(Layout.RECLAIMING, 1);
        thread.set(CURSOR, table);
        return thread.is(NO_BARRIER) || thread.is(SCAN_BEFORE_BARRIER) ? Step.SCAN : Step.BARRIER;
    }

    private boolean isLastThread() {
        thread.increment(INDEX);
        if (thread.get(INDEX) < thread.layout.threads) {
            return false;
        }
        thread.set(INDEX, 0);
        return true;
    }

    private Step afterBarrier() {
        return thread.is(SCAN_BEFORE_BARRIER) ? Step.LOOK_AT_PINS : Step.SCAN;
    }

    private Step afterScan() {
        return thread.is(SCAN_BEFORE_BARRIER) ? Step.BARRIER : Step.LOOK_AT_PINS;
    }

    /** The table stays in the retire list. */
    private Step giveUp() {
        thread.write(Layout.RECLAIMING, 0);
        thread.set(INDEX, 0);
        return Step.EXIT;
    }
}
