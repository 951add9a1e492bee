package org.berth.core.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.berth.core.map.LongLongMap.MISSING;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;
import org.agrona.collections.LongLongConsumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class LongLongMapTest {

    private static final long[] RESERVED = {Long.MIN_VALUE, Long.MIN_VALUE + 1};

    private final LongLongMap map = LongLongMap.create();

    @Test
    void everyKeyIsLegal() {
        long[] keys = {0, 1, 2, -1, Long.MIN_VALUE, Long.MIN_VALUE + 1, Long.MAX_VALUE};
        for (long key : keys) {
            assertThat(map.get(key)).isEqualTo(MISSING);
            assertThat(map.put(key, key == 5 ? 0 : 7)).isEqualTo(MISSING);
        }
        for (long key : keys) {
            assertThat(map.get(key)).isEqualTo(7);
            assertThat(map.getAndAdd(key, 2)).isEqualTo(7);
            assertThat(map.compareAndSet(key, 9, -3)).isTrue();
        }
        assertThat(map.size()).isEqualTo(keys.length);
        for (long key : keys) {
            assertThat(map.remove(key)).isEqualTo(-3);
        }
        assertThat(map.isEmpty()).isTrue();
    }

    @Test
    void extremeValuesAreLegal() {
        for (long value : new long[] {0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE + 2}) {
            map.put(5, value);
            assertThat(map.get(5)).isEqualTo(value);
            assertThat(map.replace(5, value, value)).isTrue();
        }
    }

    @Test
    void reservedValuesAreRefusedAndNothingIsChanged() {
        map.put(5, 50);
        for (long reserved : RESERVED) {
            refused(() -> map.put(5, reserved));
            refused(() -> map.put(6, reserved));
            refused(() -> map.getAndSet(5, reserved));
            refused(() -> map.putIfAbsent(6, reserved));
            refused(() -> map.replace(5, reserved));
            refused(() -> map.replace(5, 50, reserved));
            refused(() -> map.replace(5, reserved, 1));
            refused(() -> map.compareAndExchange(5, 50, reserved));
            refused(() -> map.remove(5, reserved));
            refused(() -> map.merge(5, reserved, Long::sum));
            refused(() -> map.putAll(new long[] {6, 7}, new long[] {1, reserved}));
        }
        refused(() -> map.compareAndSet(6, Long.MIN_VALUE + 1, 1));
        refused(() -> map.compareAndExchange(5, Long.MIN_VALUE + 1, 1));
        refused(() -> map.compareAndSet(6, MISSING, MISSING));
        assertUnchanged();
    }

    @Test
    void aFunctionThatComputesAReservedValueIsRefusedAndNothingIsChanged() {
        map.put(5, 50);
        for (long reserved : RESERVED) {
            uncomputable(() -> map.updateAndGet(5, 0, before -> reserved));
            uncomputable(() -> map.updateAndGet(6, 0, before -> reserved));
            uncomputable(() -> map.getAndUpdate(5, 0, before -> reserved));
            uncomputable(() -> map.updateIfPresent(5, before -> reserved));
            uncomputable(() -> map.merge(5, 1, (before, given) -> reserved));
        }
        uncomputable(() -> map.compute(5, before -> Long.MIN_VALUE + 1));
        uncomputable(() -> map.compute(6, before -> Long.MIN_VALUE + 1));
        uncomputable(() -> map.computeIfPresent(5, before -> Long.MIN_VALUE + 1));
        uncomputable(() -> map.computeIfAbsent(6, key -> Long.MIN_VALUE + 1));
        assertUnchanged();
    }

    private static void uncomputable(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("key=")
                .hasMessageContaining("value=-9223372036854775")
                .hasMessageContaining("missingValue=");
    }

    /** The bits of -0.0 are Long.MIN_VALUE. A map that keeps doubles must not lose a mapping when it arrives at it. */
    @Test
    void minusZeroIsStoredWithAnotherMissingValueAndRefusedWithTheDefault() {
        LongUnaryOperator negate = bits -> Double.doubleToRawLongBits(-Double.longBitsToDouble(bits));
        map.put(5, Double.doubleToRawLongBits(0.0));
        uncomputable(() -> map.updateAndGet(5, 0, negate));
        uncomputable(() -> map.merge(5, 1, (before, given) -> negate.applyAsLong(before)));
        assertThat(map.get(5)).isZero();

        LongLongMap doubles = LongLongMap.builder().missingValue(-1).build();
        doubles.put(5, Double.doubleToRawLongBits(0.0));
        assertThat(doubles.updateAndGet(5, 0, negate)).isEqualTo(Double.doubleToRawLongBits(-0.0));
        assertThat(doubles.get(5)).isEqualTo(Double.doubleToRawLongBits(-0.0));
    }

    @Test
    void anyValueMayStandForMissing() {
        assertThat(map.missingValue()).isEqualTo(MISSING);
        for (long missing : new long[] {0, 1, -1, 42, Long.MAX_VALUE, Long.MIN_VALUE, Long.MIN_VALUE + 1}) {
            LongLongMap other = LongLongMap.builder().missingValue(missing).build();
            assertThat(other.missingValue()).isEqualTo(missing);
            for (long key : new long[] {0, 1, 5}) {
                assertThat(other.get(key)).isEqualTo(missing);
                assertThat(other.getOrDefault(key, 7)).isEqualTo(7);
                for (long reserved : new long[] {missing, missing ^ 1}) {
                    assertThatThrownBy(() -> other.put(key, reserved)).isInstanceOf(IllegalArgumentException.class);
                    assertThatThrownBy(() -> other.addAndGet(key, reserved)).isInstanceOf(ArithmeticException.class);
                    assertThatThrownBy(() -> other.updateAndGet(key, 0, before -> reserved))
                            .isInstanceOf(ArithmeticException.class);
                }
                assertThat(other.addAndGet(key, 100)).isEqualTo(100);
                assertThat(other.addAndGet(key, -30)).isEqualTo(70);
                assertThat(other.compareAndSet(key, 70, -70)).isTrue();
                long[] values = new long[1];
                other.getAll(new long[] {key}, values);
                assertThat(values).containsExactly(-70);
                assertThat(other.compute(key, before -> missing)).isEqualTo(missing);
                assertThat(other.containsKey(key)).isFalse();
                for (long value : RESERVED) {
                    if ((value | 1) != (missing | 1)) {
                        assertThat(other.put(key, value)).isEqualTo(missing);
                        assertThat(other.remove(key)).isEqualTo(value);
                    }
                }
            }
            other.put(3, 33);
            other.forEach((key, value) -> assertThat(value).isEqualTo(33));
            assertThat(other.asConcurrentMap()).containsExactly(Map.entry(3L, 33L));
        }
    }

    private static void refused(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("key=")
                .hasMessageContaining("value=-9223372036854775");
    }

    @Test
    void aSumThatIsReservedIsRefusedAndNothingIsChanged() {
        map.put(5, 50);
        for (long reserved : RESERVED) {
            ThrowingCallable[] calls = {
                () -> map.getAndAdd(5, reserved - 50),
                () -> map.addAndGet(5, reserved - 50),
                () -> map.addAndGet(1, reserved),
                () -> map.addAll(new long[] {5}, new long[] {reserved - 50})
            };
            for (ThrowingCallable call : calls) {
                assertThatThrownBy(call).isInstanceOf(ArithmeticException.class).hasMessageContaining("delta=");
            }
        }
        assertUnchanged();
        map.put(5, Long.MAX_VALUE);
        assertThat(map.addAndGet(5, 3)).isEqualTo(Long.MIN_VALUE + 2);
    }

    @Test
    void aFunctionThatThrowsChangesNothing() {
        map.put(5, 50);
        LongUnaryOperator throwing = value -> {
            throw new UnsupportedOperationException("function");
        };
        LongBinaryOperator throwingToo = (before, given) -> {
            throw new UnsupportedOperationException("function");
        };
        for (ThrowingCallable call : new ThrowingCallable[] {
            () -> map.updateAndGet(5, 0, throwing),
            () -> map.updateAndGet(6, 0, throwing),
            () -> map.getAndUpdate(6, 0, throwing),
            () -> map.updateIfPresent(5, throwing),
            () -> map.computeIfPresent(5, throwing),
            () -> map.compute(6, throwing),
            () -> map.merge(5, 1, throwingToo),
            () -> map.computeIfAbsent(6, throwing)
        }) {
            assertThatThrownBy(call).hasMessage("function");
        }
        assertUnchanged();
    }

    private void assertUnchanged() {
        assertThat(map.get(5)).isEqualTo(50);
        assertThat(map.size()).isEqualTo(1);
        // The other keys did not even claim a slot.
        assertThat(map.statistics().tombstones()).isZero();
    }

    @Test
    void onlyComputeRemovesByMissing() {
        assertThat(map.compute(5, before -> {
                    assertThat(before).isEqualTo(MISSING);
                    return MISSING;
                }))
                .isEqualTo(MISSING);
        assertThat(map.computeIfAbsent(5, key -> MISSING)).isEqualTo(MISSING);
        assertThat(map.statistics().load()).isZero();
        assertThat(map.compute(5, before -> 7)).isEqualTo(7);
        assertThat(map.compute(5, before -> before == 7 ? MISSING : before)).isEqualTo(MISSING);
        assertThat(map.containsKey(5)).isFalse();
        map.put(5, 8);
        assertThat(map.computeIfPresent(5, before -> before + 1)).isEqualTo(9);
        assertThat(map.computeIfPresent(5, before -> MISSING)).isEqualTo(MISSING);
        assertThat(map.containsKey(5)).isFalse();
        assertThat(map.merge(5, 7, (before, given) -> 99)).isEqualTo(7);
        assertThat(map.merge(5, 3, (before, given) -> before * given)).isEqualTo(21);
    }

    /** The missing value never comes into a computation unasked. */
    @Test
    void aFunctionGetsItsOwnDefault() {
        assertThat(map.updateAndGet(1, 10, value -> value + 5)).isEqualTo(15);
        assertThat(map.updateAndGet(1, 10, value -> value + 5)).isEqualTo(20);
        assertThat(map.getAndUpdate(2, 10, value -> value + 5)).isEqualTo(10);
        assertThat(map.getAndUpdate(2, 10, value -> value + 5)).isEqualTo(15);
        assertThat(map.get(2)).isEqualTo(20);
        assertThat(map.getAndUpdate(3, MISSING, value -> value == MISSING ? 1 : 2))
                .isEqualTo(MISSING);
        assertThat(map.get(3)).isEqualTo(1);
        assertThat(map.updateIfPresent(3, value -> value + 1)).isEqualTo(2);
        LongUnaryOperator uncalled = value -> {
            throw new AssertionError("called without a mapping: value=" + value);
        };
        assertThat(map.updateIfPresent(4, uncalled)).isEqualTo(MISSING);
        assertThat(map.computeIfPresent(4, uncalled)).isEqualTo(MISSING);
        assertThat(map.size()).isEqualTo(3);
    }

    @Test
    void aSumWithinBoundsIsAdded() {
        assertThat(map.tryAdd(5, -1, 0, 100)).isFalse();
        assertThat(map.tryAdd(5, 101, 0, 100)).isFalse();
        assertThat(map.statistics().load()).isZero();
        assertThat(map.tryAdd(5, 100, 0, 100)).isTrue();
        assertThat(map.tryAdd(5, 1, 0, 100)).isFalse();
        assertThat(map.tryAdd(5, -100, 0, 100)).isTrue();
        assertThat(map.tryAdd(5, -1, 0, 100)).isFalse();
        assertThat(map.get(5)).isZero();
        assertThat(map.tryAdd(6, 0, 0, 0)).isTrue();
        assertThat(map.get(6)).isZero();
        assertThatThrownBy(() -> map.tryAdd(5, 1, 2, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("min=2 max=1");
    }

    @Test
    void aSumThatOverflowsIsOutOfBounds() {
        map.put(5, Long.MAX_VALUE);
        assertThat(map.tryAdd(5, 3, Long.MIN_VALUE, Long.MAX_VALUE)).isFalse();
        map.put(6, Long.MIN_VALUE + 5);
        assertThat(map.tryAdd(6, -6, Long.MIN_VALUE, Long.MAX_VALUE)).isFalse();
        assertThatThrownBy(() -> map.tryAdd(6, -5, Long.MIN_VALUE, 0)).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> map.tryAdd(6, -4, Long.MIN_VALUE, 0)).isInstanceOf(ArithmeticException.class);
        assertThat(map.tryAdd(6, -4, Long.MIN_VALUE + 2, 0)).isFalse();
        assertThat(map.get(5)).isEqualTo(Long.MAX_VALUE);
        assertThat(map.get(6)).isEqualTo(Long.MIN_VALUE + 5);
    }

    /** Four buyers, and each pear is sold once. */
    @Test
    void noMoreIsSoldThanThereIs() throws InterruptedException {
        int pears = 300_000;
        map.put(5, pears);
        LongAdder sold = new LongAdder();
        CountDownLatch ready = new CountDownLatch(4);
        List<Thread> buyers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            buyers.add(Thread.ofPlatform().start(() -> {
                // All at once: alone, a buyer meets no other.
                ready.countDown();
                while (ready.getCount() > 0) {
                    Thread.onSpinWait();
                }
                while (map.tryAdd(5, -1, 0, Long.MAX_VALUE)) {
                    sold.increment();
                }
            }));
        }
        for (Thread buyer : buyers) {
            buyer.join();
        }
        assertThat(sold.sum()).isEqualTo(pears);
        assertThat(map.get(5)).isZero();
    }

    @Test
    void compareAndSetFromMissingInserts() {
        assertThat(map.compareAndSet(5, MISSING, 1)).isTrue();
        assertThat(map.compareAndSet(5, MISSING, 2)).isFalse();
        assertThat(map.get(5)).isEqualTo(1);
        assertThat(map.compareAndExchange(6, MISSING, 3)).isEqualTo(MISSING);
        assertThat(map.compareAndExchange(6, MISSING, 4)).isEqualTo(3);
        // One loop for both cases.
        for (long key = 5; key < 8; key++) {
            long seen = map.get(key);
            while (true) {
                long witness = map.compareAndExchange(key, seen, seen == MISSING ? 1 : seen + 1);
                if (witness == seen) {
                    break;
                }
                seen = witness;
            }
        }
        assertThat(map.asConcurrentMap()).containsOnly(Map.entry(5L, 2L), Map.entry(6L, 4L), Map.entry(7L, 1L));
    }

    @Test
    void conditionalOperationsClaimNoSlot() {
        map.remove(5);
        map.remove(6, 1);
        map.replace(7, 1);
        map.replace(8, 1, 2);
        map.compareAndSet(9, 1, 2);
        map.compareAndExchange(10, 1, 2);
        map.removeAll(new long[] {11, 12});
        map.tryAdd(13, 1, 2, 3);
        map.updateIfPresent(14, value -> 1);
        map.computeIfPresent(15, value -> 1);
        assertThat(map.statistics().load()).isZero();
    }

    @Test
    void arraysMustBeOfOneLength() {
        long[] two = new long[2];
        long[] three = new long[3];
        for (ThrowingCallable call : new ThrowingCallable[] {
            () -> map.getAll(two, three), () -> map.putAll(three, two), () -> map.addAll(two, three)
        }) {
            assertThatThrownBy(call)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("keys=")
                    .hasMessageContaining("others=");
        }
        assertThat(map.isEmpty()).isTrue();
    }

    @Test
    void arraysInPart() {
        long[] keys = {1, 2, 3, 4};
        long[] values = {10, 20, 30, 40, 50};
        map.putAll(keys, values, 1, 3);
        assertThat(map.size()).isEqualTo(2);
        map.addAll(keys, values, 2, 4);
        long[] got = {-1, -1, -1, -1};
        map.getAll(keys, got, 1, 4);
        assertThat(got).containsExactly(-1, 20, 60, 40);
        map.getAll(keys, got, 2, 2);
        assertThat(map.removeAll(keys, 0, 3)).isEqualTo(2);
        assertThat(map.get(4)).isEqualTo(40);
        for (ThrowingCallable call : new ThrowingCallable[] {
            () -> map.putAll(keys, values, 0, 5),
            () -> map.putAll(values, keys, 0, 5),
            () -> map.addAll(keys, values, 3, 2),
            () -> map.getAll(keys, got, -1, 2),
            () -> map.removeAll(keys, 0, 5)
        }) {
            assertThatThrownBy(call).isInstanceOf(IndexOutOfBoundsException.class);
        }
        assertThat(map.size()).isEqualTo(1);
    }

    /** The map is so large that buckets are prefetched. */
    @Test
    void batchesLargeAndSmall() {
        LongLongMap large = LongLongMap.builder().expectedSize(100_000).build();
        for (int length : new int[] {0, 1, 31, 32, 33, 1000}) {
            long[] keys = LongStream.range(0, length).map(i -> i * i).toArray();
            long[] ones = new long[length];
            Arrays.fill(ones, 1);
            long[] values = new long[length];
            large.putAll(keys, keys);
            large.addAll(keys, ones);
            large.getAll(keys, values);
            assertThat(values).isEqualTo(LongStream.of(keys).map(key -> key + 1).toArray());
            large.getAll(values, values);
            assertThat(large.removeAll(keys)).isEqualTo(length);
            large.getAll(keys, values);
            assertThat(values)
                    .containsOnly(
                            LongStream.generate(() -> MISSING).limit(length).toArray());
        }
    }

    @Test
    void everyOperationThrowsAfterClose() throws IllegalAccessException {
        map.put(5, 50);
        map.close();
        map.close();
        assertThat(map.isClosed()).isTrue();
        assertThat(map).hasToString("LongLongMap[closed]");
        int checked = 0;
        for (Method method : LongLongMap.class.getDeclaredMethods()) {
            if (!Modifier.isPublic(method.getModifiers())
                    || Modifier.isStatic(method.getModifiers())
                    || Set.of("close", "isClosed", "toString", "asConcurrentMap", "missingValue")
                            .contains(method.getName())) {
                continue;
            }
            // The reserved keys, too: they have tables of their own.
            for (long key : new long[] {0, 1, 5}) {
                Object[] arguments = Arrays.stream(method.getParameterTypes())
                        .map(type -> argument(type, key))
                        .toArray();
                try {
                    method.invoke(map, arguments);
                    throw new AssertionError("did not throw: " + method);
                } catch (InvocationTargetException e) {
                    assertThat(e.getCause())
                            .as(method.toString())
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageStartingWith("map is closed");
                }
            }
            checked++;
        }
        assertThat(checked).isGreaterThan(30);
    }

    @Test
    void aTraversalEndsAtClose() {
        for (long key = 0; key < 10; key++) {
            map.put(key, key);
        }
        Iterator<Long> keys = map.asConcurrentMap().keySet().iterator();
        keys.next();
        int[] visited = new int[1];
        assertThatThrownBy(() -> map.forEach((key, value) -> {
                    visited[0]++;
                    map.close();
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("map is closed");
        assertThat(visited[0]).isEqualTo(1);
        assertThatThrownBy(() -> {
                    while (keys.hasNext()) {
                        keys.next();
                    }
                })
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("map is closed");
    }

    private static Object argument(Class<?> type, long key) {
        if (type == long.class) {
            return key;
        }
        if (type == int.class) {
            return 0;
        }
        if (type == long[].class) {
            return new long[0];
        }
        if (type == LongUnaryOperator.class) {
            return (LongUnaryOperator) value -> 7;
        }
        if (type == LongBinaryOperator.class) {
            return (LongBinaryOperator) (before, given) -> 7;
        }
        if (type == Path.class) {
            return Path.of("none");
        }
        assertThat(type).isEqualTo(LongLongConsumer.class);
        return (LongLongConsumer) (one, value) -> {};
    }

    @Test
    void itGrowsAndShrinks() {
        long size = 200_000;
        for (long key = 0; key < size; key++) {
            map.put(key, key);
        }
        // A transfer may be under way, to a table that is nearly empty as yet.
        assertThat(map.finishResize()).isTrue();
        MapStatistics full = map.statistics();
        assertThat(full.size()).isEqualTo(size);
        assertThat(full.expansions()).isBetween(10L, 11L);
        assertThat(full.shrinks()).isZero();
        assertThat(full.load()).isBetween(0.3, 0.80);
        assertThat(full.averageProbe()).isBetween(1.0, 2.0);
        assertThat(full.memoryBytes()).isEqualTo(map.memoryBytes());
        long[] keys = LongStream.range(0, size).toArray();
        long[] values = new long[keys.length];
        map.getAll(keys, values);
        assertThat(values).isEqualTo(keys);

        for (long key = 100; key < size; key++) {
            assertThat(map.remove(key)).isEqualTo(key);
        }
        assertThat(map.finishResize()).isTrue();
        MapStatistics sparse = map.statistics();
        assertThat(sparse.size()).isEqualTo(100);
        assertThat(sparse.tables()).isEqualTo(1);
        assertThat(sparse.capacity()).isLessThanOrEqualTo(512);
        assertThat(sparse.shrinks()).isPositive();
        for (long key = 0; key < 100; key++) {
            assertThat(map.get(key)).isEqualTo(key);
        }
    }

    @Test
    void churnDropsTombstones() {
        for (long key = 0; key < 300_000; key++) {
            map.put(key, key);
            map.remove(key - 50);
        }
        MapStatistics statistics = map.statistics();
        assertThat(statistics.size()).isEqualTo(50);
        assertThat(statistics.rehashes()).isPositive();
        assertThat(statistics.capacity()).isLessThanOrEqualTo(256);
    }

    @Test
    void aMapOfTheExpectedSizeDoesNotGrowAndDoesNotShrink() {
        for (int size : new int[] {0, 1, 10, 11, 100, 1_000, 100_000}) {
            LongLongMap sized = LongLongMap.builder().expectedSize(size).build();
            long capacity = sized.capacity();
            for (long key = 0; key < size; key++) {
                sized.put(key * 31, key);
            }
            assertThat(sized.capacity()).as("size=" + size).isEqualTo(capacity);
            sized.clear();
            assertThat(sized.finishResize()).isTrue();
            assertThat(sized.capacity()).as("size=" + size).isEqualTo(capacity);
        }
        LongLongMap shrinking =
                LongLongMap.builder().expectedSize(100_000).minimumSize(100).build();
        shrinking.put(1, 2);
        shrinking.put(3, 4);
        shrinking.remove(3);
        assertThat(shrinking.finishResize()).isTrue();
        assertThat(shrinking.capacity()).isEqualTo(256);
        assertThat(shrinking.get(1)).isEqualTo(2);
    }

    @Test
    void theBuilderChecksItsArguments() {
        LongLongMap.Builder builder = LongLongMap.builder();
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> builder.expectedSize(-1),
                () -> builder.expectedSize(Long.MAX_VALUE),
                () -> builder.minimumSize(-1),
                () -> builder.maximumBytes(0),
                () -> LongLongMap.builder()
                        .expectedSize(1 << 20)
                        .maximumBytes(1 << 20)
                        .build(),
                () -> LongLongMap.builder().expectedSize(1L << 48).build())) {
            assertThatThrownBy(call)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageMatching(".*(expectedSize|minimumSize|maximumBytes)=.*");
        }
    }

    @Test
    void aLimitThatNobodySetIsExplained() {
        assertThatThrownBy(() -> LongLongMap.builder().expectedSize(1L << 48).build())
                .hasMessageContaining("the default, the maximum size of the heap")
                .hasMessageContaining("expectedSize=281474976710656")
                .hasMessageNotContaining("minimumSize=");
        assertThatThrownBy(() -> LongLongMap.builder()
                        .minimumSize(1 << 20)
                        .maximumBytes(1 << 20)
                        .build())
                .hasMessageContaining("maximumBytes=1048576")
                .hasMessageContaining("minimumSize=1048576")
                .hasMessageNotContaining("default");
    }

    @Test
    void atItsLimitTheMapGoesOnAtItsSize() {
        LongLongMap bounded = LongLongMap.builder().maximumBytes(64 * 1024).build();
        long key = 2;
        try {
            while (true) {
                bounded.put(key, key);
                key++;
            }
        } catch (MapFullException e) {
            assertThat(e)
                    .hasMessageContaining("maximumBytes=65536")
                    .hasMessageContaining("requestedBytes=")
                    .hasMessageContaining("allocatedBytes=");
        }
        assertThat(bounded.memoryBytes()).isLessThanOrEqualTo(66 * 1024);
        assertThat(bounded.size()).isEqualTo(key - 2);
        assertThat(key).isGreaterThan(1_000);
        assertThat(bounded.get(key)).isEqualTo(MISSING);
        for (long present = 2; present < key; present++) {
            assertThat(bounded.addAndGet(present, 1)).isEqualTo(present + 1);
        }
        // A removed key has its slot still, and the reserved keys have theirs.
        assertThat(bounded.remove(2)).isEqualTo(3);
        assertThat(bounded.put(2, 4)).isEqualTo(MISSING);
        assertThat(bounded.put(0, 1)).isEqualTo(MISSING);
    }
}
