package org.berth.core.map;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.berth.offheap.TestDepth;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Operations that meet the end of the stack, wherever in them that is. */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StackOverflowTest {

    private static final int ROUNDS = TestDepth.of(2, 4);
    private static final int SIZE = 1_000;

    /** One frame of so many is tried for each key, another one for the next: a look for stack fails at most of them. */
    private static final int STRIDE = 3;

    /** What is done at every depth. */
    enum Operation {
        PUT,
        REMOVE,
        TRAVERSE
    }

    private long errors;

    @ParameterizedTest
    @EnumSource
    void nothingIsLostAtAnyDepth(Operation operation) throws InterruptedException {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        // A small stack, whose end is soon reached.
        Thread thread = new Thread(
                null,
                () -> {
                    try {
                        for (int round = 0; round < ROUNDS; round++) {
                            run(operation);
                        }
                    } catch (Throwable e) {
                        failure.set(e);
                    }
                },
                "deep",
                1 << 18);
        thread.start();
        thread.join();
        if (failure.get() != null) {
            throw new AssertionError(failure.get());
        }
        assertThat(errors).isPositive();
    }

    private void run(Operation operation) {
        CountedMemory memory = new CountedMemory();
        LongLongMap map = memory.map();
        for (long key = 2; key < SIZE; key++) {
            long fixed = key;
            switch (operation) {
                case PUT -> atEveryDepth(() -> map.put(fixed, fixed), fixed);
                case REMOVE -> {
                    map.put(fixed, fixed);
                    map.put(fixed + SIZE, fixed);
                    atEveryDepth(() -> map.remove(fixed + SIZE), fixed);
                }
                case TRAVERSE -> {
                    map.put(fixed, fixed);
                    map.put(fixed + SIZE, fixed);
                    if (key % 16 == 0) {
                        atEveryDepth(map::size, fixed / 16);
                    }
                    map.remove(fixed + SIZE);
                }
            }
        }
        assertThat(map.finishResize()).isTrue();
        assertThat(map.tables()).isEqualTo(1);
        for (long key = 2; key < SIZE; key++) {
            assertThat(map.get(key)).isEqualTo(key);
        }
        assertThat(map.size()).isEqualTo(SIZE - 2);
        assertThat(map.memory.retiredBytes()).as(map.statistics().toString()).isZero();
        assertThat(map.memory.bytes()).isEqualTo(map.memoryBytes());
        assertThat(memory.bytes()).isEqualTo(map.memoryBytes());
    }

    /** Goes to the end of the stack, and tries on the way back until it works: over some keys, at every frame. */
    @SuppressWarnings("InfiniteRecursion") // to the end of the stack
    private boolean atEveryDepth(Runnable action, long depth) {
        boolean done = false;
        try {
            done = atEveryDepth(action, depth + 1);
        } catch (StackOverflowError e) {
            // The end.
        }
        if (!done && depth % STRIDE == 0) {
            try {
                action.run();
                done = true;
            } catch (StackOverflowError e) {
                errors++;
            }
        }
        return done;
    }
}
