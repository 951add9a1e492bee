package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Field.SharedLong;
import org.berth.offheap.ArrayWords;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * An error at any memory access of the end of a claim: after another thread has reclaimed the slot, the totals and the
 * queue have the record once, and the slot is free. Up to the removal of the key, whose steps cannot be repeated.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ClaimEndErrorsTest {

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    private static final OwnedLong ORDERS = RECORD.ownedLong("orders", Merge.SUM);
    private static final SharedLong CREDIT = RECORD.sharedLong("credit", Merge.SUM);
    private static final RecordLayout LAYOUT = RECORD.build();

    /** Throws once, at the access of that number. */
    private static final class Failing extends WatchedWords {

        private int left;

        Failing(long bytes) {
            super(new ArrayWords(bytes));
        }

        @Override
        void beforeLoad() {
            if (left > 0 && --left == 0) {
                throw new StackOverflowError("on purpose");
            }
        }

        @Override
        void beforeStore() {
            beforeLoad();
        }
    }

    @Test
    void anErrorAtAnyStepOfTheEndOfAClaim() throws Exception {
        int steps = 0;
        for (boolean failed = true; failed; steps++) {
            TableDescriptor descriptor = new TableDescriptor(LAYOUT, 2, Long.BYTES, OnRelease.MERGE, true, false);
            Failing words = new Failing(descriptor.bytes);
            Queue<FinalRecord> finals = new ConcurrentLinkedQueue<>();
            SlotTable table = SlotTable.over(words, descriptor, RecordQueues.NONE.withFinals(finals, null));
            PerThread perThread = new PerThread(table);
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            int at = steps + 1;
            Thread thread = Thread.ofPlatform().start(() -> {
                Slot slot = perThread.get();
                slot.add(ORDERS, 1);
                slot.getAndAdd(CREDIT, 1);
                words.left = at;
                try {
                    slot.close();
                } catch (StackOverflowError e) {
                    thrown.set(e);
                }
                words.left = 0;
            });
            thread.join();
            failed = thrown.get() != null && !isInRemoval(thrown.get());
            if (failed) {
                assertThat(perThread.reclaim()).as("step %d", at).isEqualTo(1);
            }
            if (thrown.get() == null || failed) {
                assertThat(table.sum(ORDERS)).as("step %d", at).isEqualTo(1);
                assertThat(table.sum(CREDIT)).as("step %d", at).isEqualTo(1);
                assertThat(finals).as("step %d", at).hasSize(1);
                assertThat(perThread.reclaim()).as("step %d", at).isZero();
                assertThat(table.size()).as("step %d", at).isZero();
                leaseAll(perThread);
            }
        }
        assertThat(steps).isGreaterThan(30);
    }

    private static boolean isInRemoval(Throwable error) {
        return Arrays.stream(error.getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals(Claims.class.getName())
                        && frame.getMethodName().equals("remove"));
    }

    private static void leaseAll(PerThread perThread) throws Exception {
        List<Slot> all = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            all.add(perThread.tryLease(0, TimeUnit.SECONDS));
        }
        all.forEach(Slot::close);
    }
}
