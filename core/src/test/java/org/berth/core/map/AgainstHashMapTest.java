package org.berth.core.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.berth.core.map.LongLongMap.MISSING;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.berth.offheap.TestDepth;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Random calls by one thread, compared with a {@code HashMap}. */
class AgainstHashMapTest {

    /** Random unless the system property gives it; a failure names it. */
    private static final long SEED = Long.getLong("berth.seed", System.nanoTime());

    private static final int CALLS = 30_000;

    @TestFactory
    Iterable<DynamicTest> everyCall() {
        return java.util.stream.LongStream.range(0, TestDepth.of(20, 60))
                .mapToObj(run -> DynamicTest.dynamicTest("-Dberth.seed=" + (SEED + run), () -> run(SEED + run)))
                .toList();
    }

    private static void run(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        // From maps that overflow all the time to maps that hardly grow.
        long buckets = 1L << random.nextInt(6);
        LongLongMap map = TestMaps.small(buckets, random.nextLong());
        Map<Long, Long> model = new HashMap<>();
        long keys = 1L << random.nextInt(1, 13);
        boolean spread = random.nextBoolean();
        for (int i = 0; i < CALLS; i++) {
            // Removals come in waves, so that the map grows and shrinks.
            boolean removing = (i / 5_000) % 2 == 1;
            long number = random.nextLong(keys);
            long key = spread ? number * 0x2545F4914F6CDD1DL : number;
            call(map, model, key, random, removing);
        }
        assertSame(map, model);
        map.clear();
        assertThat(map.finishResize()).isTrue();
        assertThat(map.size()).isZero();
        assertThat(map.isEmpty()).isTrue();
        assertThat(map.capacity()).isEqualTo(4);
    }

    private static void call(
            LongLongMap map, Map<Long, Long> model, long key, SplittableRandom random, boolean removing) {
        long value = random.nextInt(4);
        long other = random.nextInt(4);
        long present = model.getOrDefault(key, MISSING);
        switch (random.nextInt(removing ? 30 : 24)) {
            case 0 -> assertThat(map.get(key)).isEqualTo(present);
            case 1 -> assertThat(map.getOrDefault(key, 99)).isEqualTo(model.getOrDefault(key, 99L));
            case 2 -> assertThat(map.containsKey(key)).isEqualTo(model.containsKey(key));
            case 3 -> {
                assertThat(map.put(key, value)).isEqualTo(present);
                model.put(key, value);
            }
            case 4 -> {
                assertThat(map.getAndSet(key, value)).isEqualTo(present);
                model.put(key, value);
            }
            case 5 -> {
                assertThat(map.putIfAbsent(key, value)).isEqualTo(present);
                model.putIfAbsent(key, value);
            }
            case 6 -> {
                assertThat(map.replace(key, value)).isEqualTo(present);
                model.replace(key, value);
            }
            case 7 -> assertThat(map.replace(key, other, value)).isEqualTo(model.replace(key, other, value));
            case 8 -> {
                assertThat(map.compareAndExchange(key, other, value)).isEqualTo(present);
                model.replace(key, other, value);
            }
            case 9 -> assertThat(map.compareAndSet(key, other, value)).isEqualTo(model.replace(key, other, value));
            case 10 -> {
                assertThat(map.getAndAdd(key, value)).isEqualTo(model.getOrDefault(key, 0L));
                model.merge(key, value, Long::sum);
            }
            case 11 -> assertThat(map.addAndGet(key, value)).isEqualTo(model.merge(key, value, Long::sum));
            case 12 -> {
                long wanted = random.nextInt(3) == 0 ? MISSING : value;
                assertThat(map.compute(key, before -> {
                            assertThat(before).isEqualTo(present);
                            return wanted;
                        }))
                        .isEqualTo(wanted);
                set(model, key, wanted);
            }
            case 13 -> {
                long merged = present + value;
                long wanted = present == MISSING ? value : merged;
                assertThat(map.merge(key, value, (before, given) -> {
                            assertThat(before).isEqualTo(present);
                            assertThat(given).isEqualTo(value);
                            return merged;
                        }))
                        .isEqualTo(wanted);
                set(model, key, wanted);
            }
            case 14 -> {
                long made = random.nextInt(3) == 0 ? MISSING : value;
                assertThat(map.computeIfAbsent(key, given -> {
                            assertThat(given).isEqualTo(key);
                            return made;
                        }))
                        .isEqualTo(present == MISSING ? made : present);
                set(model, key, present == MISSING ? made : present);
            }
            case 15 -> batch(map, model, key, random);
            case 16 -> assertThat(map.remove(key, other)).isEqualTo(model.remove(key, other));
            case 17 -> {
                long sum = model.getOrDefault(key, 0L) + value - 2;
                boolean within = sum >= 0 && sum <= 5;
                assertThat(map.tryAdd(key, value - 2, 0, 5)).isEqualTo(within);
                if (within) {
                    model.put(key, sum);
                }
            }
            case 18 -> {
                long updated = 2 * model.getOrDefault(key, other) + value;
                assertThat(map.updateAndGet(key, other, before -> (2 * before + value) % 100))
                        .isEqualTo(updated % 100);
                model.put(key, updated % 100);
            }
            case 19 -> {
                assertThat(map.getAndUpdate(key, other, before -> before ^ value))
                        .isEqualTo(model.getOrDefault(key, other));
                model.put(key, model.getOrDefault(key, other) ^ value);
            }
            case 20 -> {
                model.computeIfPresent(key, (_, before) -> before ^ value);
                assertThat(map.updateIfPresent(key, before -> before ^ value))
                        .isEqualTo(model.getOrDefault(key, MISSING));
            }
            case 21 -> {
                boolean remove = random.nextBoolean();
                model.computeIfPresent(key, (_, before) -> remove ? null : before ^ value);
                assertThat(map.computeIfPresent(key, before -> remove ? MISSING : before ^ value))
                        .isEqualTo(model.getOrDefault(key, MISSING));
            }
            case 22 -> {
                assertThat(map.compareAndExchange(key, MISSING, value)).isEqualTo(present);
                model.putIfAbsent(key, value);
            }
            default -> {
                assertThat(map.remove(key)).isEqualTo(present);
                model.remove(key);
            }
        }
    }

    private static void batch(LongLongMap map, Map<Long, Long> model, long first, SplittableRandom random) {
        long[] keys = new long[random.nextInt(70)];
        long[] values = new long[keys.length];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = first + random.nextInt(20);
            values[i] = random.nextInt(4);
        }
        switch (random.nextInt(4)) {
            case 0 -> {
                map.getAll(keys, values);
                for (int i = 0; i < keys.length; i++) {
                    assertThat(values[i]).isEqualTo(model.getOrDefault(keys[i], MISSING));
                }
            }
            case 1 -> {
                map.putAll(keys, values);
                for (int i = 0; i < keys.length; i++) {
                    model.put(keys[i], values[i]);
                }
            }
            case 2 -> {
                map.addAll(keys, values);
                for (int i = 0; i < keys.length; i++) {
                    model.merge(keys[i], values[i], Long::sum);
                }
            }
            default -> {
                int before = model.size();
                int removed = map.removeAll(keys);
                for (long key : keys) {
                    model.remove(key);
                }
                assertThat(removed).isEqualTo(before - model.size());
            }
        }
    }

    private static void set(Map<Long, Long> model, long key, long value) {
        if (value == MISSING) {
            model.remove(key);
        } else {
            model.put(key, value);
        }
    }

    private static void assertSame(LongLongMap map, Map<Long, Long> model) {
        Map<Long, Long> visited = new HashMap<>();
        map.forEach((key, value) ->
                assertThat(visited.put(key, value)).as("visited twice: " + key).isNull());
        assertThat(visited).isEqualTo(model);
        assertThat(map.size()).isEqualTo(model.size());
        assertThat(map.asConcurrentMap()).isEqualTo(model);
    }
}
