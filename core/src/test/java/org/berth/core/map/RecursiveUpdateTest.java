package org.berth.core.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongUnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Functions that update maps themselves. Undetected, one that changes its own key would be called for ever. */
@Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RecursiveUpdateTest {

    private final LongLongMap map = LongLongMap.create();

    @Test
    void aFunctionThatChangesItsOwnKeyIsRefused() {
        // The keys 0 and 1 have tables of their own.
        for (long key : new long[] {0, 1, 5}) {
            LongUnaryOperator adding = before -> map.addAndGet(key, 1) + 1;
            for (ThrowingCallable call : List.<ThrowingCallable>of(
                    () -> map.updateAndGet(key, 0, adding),
                    () -> map.getAndUpdate(key, 0, adding),
                    () -> map.updateIfPresent(key, adding),
                    () -> map.computeIfPresent(key, adding),
                    () -> map.compute(key, adding),
                    () -> map.merge(key, 1, (before, given) -> adding.applyAsLong(before)))) {
                map.put(key, 1);
                assertRecursive(call, key);
                // The first call of the function was not watched yet.
                assertThat(map.get(key)).isEqualTo(2);
            }
        }
    }

    @Test
    void everyKindOfUpdateIsFound() {
        long[] keys = {5};
        for (LongUnaryOperator changing : List.<LongUnaryOperator>of(
                before -> map.put(5, before + 1),
                before -> map.compareAndExchange(5, before, before + 1),
                before -> map.remove(5),
                before -> map.getAndAdd(5, 1),
                before -> map.tryAdd(5, 1, 0, 100) ? 1 : 0,
                before -> map.updateAndGet(5, 0, value -> value + 1),
                before -> map.merge(5, 1, Long::sum),
                before -> {
                    map.addAll(keys, new long[] {1});
                    return before;
                },
                before -> {
                    map.clear();
                    return before;
                })) {
            map.put(5, 1);
            assertRecursive(
                    () -> map.updateAndGet(5, 1, before -> {
                        // A removal changes nothing where there is no mapping.
                        map.put(5, before + 2);
                        return changing.applyAsLong(before + 2);
                    }),
                    5);
        }
    }

    @Test
    void aCircleOfTwoKeysIsFound() {
        map.put(5, 1);
        map.put(6, 1);
        assertRecursive(
                () -> map.updateAndGet(
                        5, 0, outer -> map.updateAndGet(6, 0, inner -> map.addAndGet(5, 1) + inner) + outer),
                5);
    }

    private static void assertRecursive(ThrowingCallable call, long key) {
        assertThatThrownBy(call)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("recursive update")
                .hasMessageContaining("key=" + key);
    }

    @Test
    void aFunctionMayChangeOtherKeysAndOtherMaps() throws InterruptedException {
        LongLongMap other = LongLongMap.create();
        AtomicBoolean done = new AtomicBoolean();
        // Another thread makes the updates fail, so that functions are called again, watched.
        Thread writer = Thread.ofPlatform().start(() -> {
            while (!done.get()) {
                map.getAndAdd(5, 1);
            }
        });
        try {
            for (int i = 0; i < 20_000; i++) {
                map.updateAndGet(5, 0, before -> {
                    map.getAndAdd(6, 1);
                    other.updateAndGet(5, 0, value -> other.addAndGet(6, 1));
                    return before + 1;
                });
            }
        } finally {
            done.set(true);
            writer.join();
        }
        assertThat(map.get(6)).isGreaterThanOrEqualTo(20_000);
        assertThat(other.get(5)).isEqualTo(map.get(6));
        assertThat(other.get(6)).isEqualTo(map.get(6));
    }

    /** Whatever ends a function, the thread is not watched afterwards. */
    @Test
    void afterAFailureTheKeyCanBeUpdated() {
        map.put(5, 1);
        assertRecursive(() -> map.updateAndGet(5, 0, before -> map.addAndGet(5, 1)), 5);
        assertThatThrownBy(() -> map.updateAndGet(5, 0, before -> {
                    if (map.get(5) == 3) {
                        throw new UnsupportedOperationException("function");
                    }
                    return map.addAndGet(5, 1);
                }))
                .hasMessage("function");
        // While the function of another key is watched, too.
        int[] calls = new int[1];
        map.updateAndGet(6, 0, before -> {
            if (calls[0]++ == 0) {
                CompletableFuture.runAsync(() -> map.addAndGet(6, 10)).join();
            } else {
                assertThat(map.addAndGet(5, 1)).isEqualTo(4);
            }
            return before + 1;
        });
        assertThat(calls[0]).isEqualTo(2);
        assertThat(map.get(6)).isEqualTo(11);
    }

    /** A function that reads its own key, or sets it to what it is, does no harm. */
    @Test
    void aFunctionMayReadItsOwnKey() {
        map.put(5, 1);
        assertThat(map.updateAndGet(5, 0, before -> map.get(5) + 1)).isEqualTo(2);
        assertThat(map.computeIfAbsent(6, key -> map.putIfAbsent(7, 1) == 1 ? 0 : map.get(5)))
                .isEqualTo(2);
    }
}
