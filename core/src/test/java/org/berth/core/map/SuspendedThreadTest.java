package org.berth.core.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a thread that is suspended inside an operation holds, and that it delays no other. */
@Timeout(value = 15, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SuspendedThreadTest {

    private static final int SIZE = 20_000;

    private final CountedMemory memory = new CountedMemory();
    private final CountDownLatch suspended = new CountDownLatch(1);
    private final CountDownLatch resumed = new CountDownLatch(1);
    private final AtomicBoolean suspend = new AtomicBoolean();

    private void suspendOnce() {
        if (suspend.compareAndSet(true, false)) {
            suspended.countDown();
            awaitUninterruptibly(resumed);
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void inTheAllocationOfAChunk() throws InterruptedException {
        LongLongMap map = memory.map(new Transfer(), 64, 64, 1 << 12, Long.MAX_VALUE);
        memory.beforeAllocation = size -> suspendOnce();
        suspend.set(true);
        Thread stopped = Thread.ofPlatform().daemon().start(() -> {
            for (long key = -SIZE; key < 0; key++) {
                map.put(key, key);
            }
        });
        suspended.await();
        for (long key = 0; key < SIZE; key++) {
            map.put(key, key);
        }
        assertThat(map.finishResize()).isTrue();
        resumed.countDown();
        stopped.join();
        assertThat(map.size()).isEqualTo(2 * SIZE);
        map.finishResize();
        assertThat(memory.bytes()).isEqualTo(map.memoryBytes());
    }

    @Test
    void inTheAllocationOfASmallerTable() throws InterruptedException {
        LongLongMap map = memory.map(new Transfer(), 64, 64, 1 << 12, Long.MAX_VALUE);
        for (long key = 0; key < SIZE; key++) {
            map.put(key, key);
        }
        map.finishResize();
        memory.beforeAllocation = size -> suspendOnce();
        suspend.set(true);
        Thread stopped = Thread.ofPlatform().daemon().start(map::clear);
        suspended.await();
        map.clear();
        map.put(1, 1);
        map.finishResize();
        resumed.countDown();
        stopped.join();
        map.finishResize();
        assertThat(map.size()).isEqualTo(1);
        assertThat(memory.bytes()).isEqualTo(map.memoryBytes());
    }

    private Transfer suspendedBeforeTheMark() {
        return new Transfer() {
            @Override
            long markMoved(Table from, long valueAt, long word) {
                suspendOnce();
                return super.markMoved(from, valueAt, word);
            }
        };
    }

    /** Inserts are refused the last slots of each later table, and what goes on from there must be found at once. */
    @Test
    void inATransferBehindWhichTheTablesFill() throws InterruptedException {
        // Of so many chunks that a table is nearly full before the next one is allocated.
        LongLongMap map = memory.map(suspendedBeforeTheMark(), 64, 64, 1 << 8, Long.MAX_VALUE);
        suspend.set(true);
        Thread stopped = Thread.ofPlatform().daemon().start(() -> {
            for (long key = -1_000; key < 0; key++) {
                map.put(key, key);
            }
        });
        suspended.await();
        for (long key = 2; key < SIZE; key++) {
            map.put(key, key);
            assertThat(map.get(key)).isEqualTo(key);
            if (key % 4 != 0) {
                assertThat(map.remove(key)).isEqualTo(key);
            }
        }
        assertThat(map.tables()).isGreaterThan(2);
        resumed.countDown();
        stopped.join();
        assertThat(map.finishResize()).isTrue();
        assertThat(map.size()).isEqualTo(1_000 + SIZE / 4 - 1);
        assertThat(memory.bytes()).isEqualTo(map.memoryBytes());
    }

    @Test
    void inATransferWhenTheMapIsClosed() throws InterruptedException {
        LongLongMap map = memory.map(suspendedBeforeTheMark(), 64, 64, 1 << 12, Long.MAX_VALUE);
        suspend.set(true);
        Thread stopped = Thread.ofPlatform().daemon().start(() -> Work.untilClosed(map, 0));
        suspended.await();
        Thread[] others = new Thread[4];
        for (int i = 0; i < others.length; i++) {
            int thread = i + 1;
            others[i] = Thread.ofPlatform().daemon().start(() -> Work.untilClosed(map, thread));
        }
        Thread.sleep(50);
        map.close();
        for (Thread other : others) {
            other.join();
        }
        memory.reclaimer.reclaim();
        assertThat(memory.bytes()).isPositive();
        assertThatIllegalStateException().isThrownBy(() -> map.get(1)).withMessageStartingWith("map is closed");
        assertThatIllegalStateException().isThrownBy(() -> map.put(1, 1));
        assertThatIllegalStateException().isThrownBy(() -> map.remove(1));
        assertThatIllegalStateException().isThrownBy(map::size);
        assertThatIllegalStateException().isThrownBy(map::finishResize);
        resumed.countDown();
        stopped.join();
        memory.reclaimer.reclaim();
        assertThat(memory.bytes()).isZero();
    }

    /** What threads do with a map that is closed some time. */
    private static final class Work {

        private Work() {}

        static void untilClosed(LongLongMap map, int thread) {
            assertThatIllegalStateException().isThrownBy(() -> {
                for (long i = 0; ; i++) {
                    map.getAndAdd(thread + 10 * (i % 5_000), 1);
                    map.remove(thread + 10 * ((i + 2_500) % 5_000));
                }
            });
        }
    }
}
