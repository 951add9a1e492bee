package org.berth.core.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LongDoubleMapTest {

    private final LongDoubleMap map = LongDoubleMap.create();

    @ParameterizedTest
    @ValueSource(
            doubles = {
                0.0,
                -0.0,
                1.5,
                -1e300,
                Double.MIN_VALUE,
                Double.MAX_VALUE,
                Double.POSITIVE_INFINITY,
                Double.NEGATIVE_INFINITY,
                Double.NaN
            })
    void everyValueIsLegal(double value) {
        // The keys 0 and 1 have tables of their own.
        for (long key : new long[] {0, 1, 5}) {
            assertThat(map.put(key, value)).isNaN();
            assertSame(map.get(key), value);
            assertSame(map.getOrDefault(key, 7), value);
            assertThat(map.containsKey(key)).isTrue();
            assertSame(map.putIfAbsent(key, 7), value);
            assertThat(map.compareAndSet(key, value, 8)).isTrue();
            assertThat(map.compareAndSet(key, 8, value)).isTrue();
            assertThat(map.compareAndSet(key, 8, 9)).isFalse();
            assertSame(map.getAndSet(key, value), value);
            assertSame(map.updateAndGet(key, 7, before -> before), value);
            assertSame(map.getAndUpdate(key, 7, before -> before), value);
            assertSame(map.updateIfPresent(key, before -> before), value);
            assertSame(map.merge(key, 7, (before, given) -> before), value);
            assertSame(map.getAndAdd(key, 1), value);
            assertSame(map.get(key), value + 1);
            assertSame(map.addAndGet(key, 1), value + 1 + 1);
            assertSame(map.remove(key), value + 1 + 1);
            assertThat(map.containsKey(key)).isFalse();
        }
    }

    private static void assertSame(double actual, double expected) {
        assertThat(Double.doubleToLongBits(actual)).isEqualTo(Double.doubleToLongBits(expected));
    }

    /** Not even the bits by which the map says that there is no mapping. */
    @ParameterizedTest
    @ValueSource(longs = {-1, -2, 0x7ff0_0000_0000_0001L, 0xfff8_0000_0000_0000L})
    void noNanIsTakenForMissing(long bits) {
        double nan = Double.longBitsToDouble(bits);
        map.put(5, nan);
        assertThat(map.containsKey(5)).isTrue();
        assertThat(map.getOrDefault(5, 7)).isNaN();
        assertThat(map.compareAndSet(5, Double.NaN, 1)).isTrue();
        assertThat(map.getAndAdd(5, nan)).isEqualTo(1);
        assertThat(map.updateAndGet(6, nan, before -> nan)).isNaN();
        assertThat(map.merge(7, nan, (before, given) -> nan)).isNaN();
        assertThat(map.size()).isEqualTo(3);
        assertThat(map.compareAndSet(8, nan, 1)).isFalse();
        assertThat(map.containsKey(8)).isFalse();
    }

    @Test
    void zerosOfBothSignsAreTwoValues() {
        map.put(5, 0.0);
        assertThat(map.compareAndSet(5, -0.0, 1)).isFalse();
        assertSame(map.updateAndGet(5, 0, before -> -before), -0.0);
        assertSame(map.addAndGet(5, -0.0), -0.0);
        assertSame(map.merge(5, -1, (before, given) -> before * given), 0.0);
        map.put(6, -0.0);
        assertSame(map.addAndGet(6, 0.0), 0.0);
        assertSame(map.addAndGet(7, -0.0), 0.0);
    }

    @Test
    void withoutAMapping() {
        assertThat(map.get(5)).isNaN();
        assertThat(map.getOrDefault(5, 7)).isEqualTo(7);
        assertThat(map.remove(5)).isNaN();
        assertThat(map.updateIfPresent(5, before -> 1)).isNaN();
        assertThat(map.tryAdd(5, 1, 2, 3)).isFalse();
        assertThat(map.isEmpty()).isTrue();
        assertThat(map.statistics().load()).isZero();
        assertThat(map.getAndAdd(1, 2.5)).isZero();
        assertThat(map.updateAndGet(2, 10, before -> before / 4)).isEqualTo(2.5);
        assertThat(map.getAndUpdate(3, 10, before -> before / 4)).isEqualTo(10);
        assertThat(map.merge(4, 2.5, Double::sum)).isEqualTo(2.5);
        assertThat(map.putIfAbsent(5, 2.5)).isNaN();
        Map<Long, Double> visited = new HashMap<>();
        map.forEach(visited::put);
        assertThat(visited).isEqualTo(Map.of(1L, 2.5, 2L, 2.5, 3L, 2.5, 4L, 2.5, 5L, 2.5));
        map.clear();
        assertThat(map.size()).isZero();
    }

    @Test
    void aSumWithinBoundsIsAdded() {
        assertThat(map.tryAdd(5, 0.5, 0, 1)).isTrue();
        assertThat(map.tryAdd(5, 0.75, 0, 1)).isFalse();
        assertThat(map.tryAdd(5, 0.5, 0, 1)).isTrue();
        assertThat(map.tryAdd(5, -2, 0, 1)).isFalse();
        assertThat(map.tryAdd(5, Double.NaN, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY))
                .isFalse();
        assertThat(map.get(5)).isEqualTo(1);
        assertThat(map.tryAdd(5, Double.POSITIVE_INFINITY, 0, Double.POSITIVE_INFINITY))
                .isTrue();
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> map.tryAdd(5, 1, 2, 1),
                () -> map.tryAdd(5, 1, Double.NaN, 1),
                () -> map.tryAdd(5, 1, 1, Double.NaN))) {
            assertThatThrownBy(call)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("min=")
                    .hasMessageContaining("max=");
        }
    }

    /** Halves add without rounding, so the sums are exact. */
    @Test
    void noAdditionIsLost() throws InterruptedException {
        int additions = 50_000;
        LongAdder added = new LongAdder();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int j = 0; j < additions; j++) {
                    switch (j % 4) {
                        case 0 -> map.getAndAdd(5, 0.5);
                        case 1 -> map.updateAndGet(5, 0, before -> before + 0.5);
                        case 2 -> map.merge(5, 0.5, Double::sum);
                        default -> {
                            if (!map.tryAdd(5, 0.5, 0, additions)) {
                                continue;
                            }
                        }
                    }
                    added.increment();
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(map.get(5)).isEqualTo(added.sum() * 0.5);
    }

    @Test
    void everyOperationThrowsAfterClose() throws IllegalAccessException {
        map.put(5, 50);
        map.close();
        map.close();
        assertThat(map.isClosed()).isTrue();
        assertThat(map).hasToString("LongDoubleMap[closed]");
        int checked = 0;
        for (Method method : LongDoubleMap.class.getDeclaredMethods()) {
            if (!Modifier.isPublic(method.getModifiers())
                    || Modifier.isStatic(method.getModifiers())
                    || Set.of("close", "isClosed", "toString").contains(method.getName())) {
                continue;
            }
            Object[] arguments = Arrays.stream(method.getParameterTypes())
                    .map(LongDoubleMapTest::argument)
                    .toArray();
            assertThatThrownBy(() -> {
                        try {
                            method.invoke(map, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    })
                    .as(method.toString())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("map is closed");
            checked++;
        }
        assertThat(checked).isGreaterThan(20);
    }

    private static Object argument(Class<?> type) {
        if (type == long.class) {
            return 5L;
        }
        if (type == double.class) {
            return 5.0;
        }
        if (type == DoubleUnaryOperator.class) {
            return (DoubleUnaryOperator) value -> 7;
        }
        if (type == DoubleBinaryOperator.class) {
            return (DoubleBinaryOperator) (before, given) -> 7;
        }
        if (type == Path.class) {
            return Path.of("none");
        }
        assertThat(type).isEqualTo(LongDoubleMap.LongDoubleConsumer.class);
        return (LongDoubleMap.LongDoubleConsumer) (key, value) -> {};
    }

    @Test
    void theBuilderPassesItsOptionsOn() {
        LongDoubleMap bounded = LongDoubleMap.builder()
                .expectedSize(1_000)
                .maximumBytes(1 << 20)
                .build();
        assertThat(bounded.memoryBytes()).isBetween(16_000L, 1L << 20);
        assertThatThrownBy(() -> {
                    for (long key = 0; ; key++) {
                        bounded.put(key, 0);
                    }
                })
                .isInstanceOf(MapFullException.class);
        LongDoubleMap shrinking =
                LongDoubleMap.builder().expectedSize(100_000).minimumSize(100).build();
        shrinking.put(1, 2);
        shrinking.remove(1);
        assertThat(shrinking.finishResize()).isTrue();
        assertThat(shrinking.statistics().capacity()).isEqualTo(256);
        assertThatThrownBy(() -> LongDoubleMap.builder().expectedSize(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
