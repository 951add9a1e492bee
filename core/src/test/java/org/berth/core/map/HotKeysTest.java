package org.berth.core.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.berth.core.map.LongLongMap.MISSING;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.berth.offheap.ForwardingWords;
import org.berth.offheap.TestDepth;
import org.berth.offheap.Words;
import org.berth.offheap.YieldingWords;
import org.berth.offheap.internal.ProcessBarrier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * All operations by many threads on a few keys, whose table is replaced and reused all the time. Every value is a token
 * that one thread stores once. Each token must be handed out once: returned by the operation that replaced or removed
 * it, or found in the map at the end. So an update that is lost or done twice is noticed, and a value that was never
 * stored, too.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HotKeysTest {

    private static final int THREADS = 6;

    private static final int KEYS = 3;

    /** Of a thread, so that it can tell its tokens from what other threads have added to theirs. */
    private static final int COUNTER_BITS = 24;

    private static final long MILLIS = TestDepth.of("berth.map.hot.millis", 700, 5_000);

    /** Tables of one bucket and more, in which a resize begins after a claim or two. */
    @SuppressWarnings("ImmutableEnumChecker") // the function has no state
    enum Form {
        ORDERED(MapOptions.ORDERED_BYTES, ChunkSource.EAGER_CHUNK, true, words -> words),
        UNORDERED(0, ChunkSource.EAGER_CHUNK, true, words -> words),
        CHUNKED(MapOptions.ORDERED_BYTES, Table.BUCKET, true, words -> words),
        FREED(MapOptions.ORDERED_BYTES, ChunkSource.EAGER_CHUNK, false, words -> words),
        YIELDING(MapOptions.ORDERED_BYTES, ChunkSource.EAGER_CHUNK, true, YieldingWords::new),
        UNORDERED_YIELDING(0, ChunkSource.EAGER_CHUNK, false, YieldingWords::new),
        STOPPING(MapOptions.ORDERED_BYTES, ChunkSource.EAGER_CHUNK, true, StoppingWords::new),
        STOPPING_UNORDERED(0, ChunkSource.EAGER_CHUNK, false, StoppingWords::new);

        private final long orderedBytes;
        private final long chunkBytes;
        private final boolean reuse;
        private final UnaryOperator<Words> wrapper;

        Form(long orderedBytes, long chunkBytes, boolean reuse, UnaryOperator<Words> wrapper) {
            this.orderedBytes = orderedBytes;
            this.chunkBytes = chunkBytes;
            this.reuse = reuse;
            this.wrapper = wrapper;
        }

        LongLongMap create(UnaryOperator<Words> weakening) {
            return TestMaps.reclaimingAtOnce(
                    bytes -> wrapper.apply(weakening.apply(Words.ofAuto(bytes))),
                    new Transfer(),
                    TestMaps.options(() -> ThreadLocalRandom.current().nextLong(), 1, orderedBytes),
                    chunkBytes,
                    ProcessBarrier.PROCESS::run,
                    reuse);
        }
    }

    /** Suspends a thread now and then, before an access or after it, for as long as others need for several resizes. */
    private static final class StoppingWords extends ForwardingWords {

        private static final int SELDOM = 1_000;
        private static final long NANOS = 200_000;

        StoppingWords(Words words) {
            super(words);
        }

        private static void stop() {
            if (ThreadLocalRandom.current().nextInt(SELDOM) == 0) {
                LockSupport.parkNanos(NANOS);
            }
        }

        private static long stop(long word) {
            stop();
            return word;
        }

        @Override
        public long get(long offset) {
            stop();
            return stop(super.get(offset));
        }

        @Override
        public long getOpaque(long offset) {
            stop();
            return stop(super.getOpaque(offset));
        }

        @Override
        public long getAcquire(long offset) {
            stop();
            return stop(super.getAcquire(offset));
        }

        @Override
        public long compareAndExchange(long offset, long expected, long value) {
            stop();
            return stop(super.compareAndExchange(offset, expected, value));
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyTokenIsHandedOutOnce(Form form) throws Exception {
        LongLongMap map = form.create(words -> words);
        run(map, false);
        assertResized(map);
    }

    /** And what traversals remove, they remove once. */
    @ParameterizedTest
    @EnumSource(names = {"ORDERED", "UNORDERED_YIELDING", "STOPPING"})
    void noTokenIsHandedOutTwice(Form form) throws Exception {
        LongLongMap map = form.create(words -> words);
        run(map, true);
        assertResized(map);
    }

    private static void assertResized(LongLongMap map) {
        assertThat(map.finishResize()).isTrue();
        assertThat(map.tables()).isEqualTo(1);
        assertThat(map.memory.retiredBytes()).isZero();
        MapStatistics statistics = map.statistics();
        assertThat(statistics.rehashes() + statistics.overflows() + statistics.shrinks())
                .isPositive();
        assertThat(statistics.expansions()).isPositive();
    }

    @Test
    void aRemovalThatGivesUpIsDetected() {
        LongLongMap map = Form.YIELDING.create(BrokenMaps.UnremovedWords::new);
        assertThatThrownBy(() -> run(map, false)).isInstanceOf(AssertionError.class);
    }

    @Test
    void aPutThatGivesUpIsDetected() {
        LongLongMap map = Form.YIELDING.create(BrokenMaps.UnputWords::new);
        assertThatThrownBy(() -> run(map, false)).isInstanceOf(AssertionError.class);
    }

    private static void run(LongLongMap map, boolean clearing) throws Exception {
        Map<Long, Integer> balance = new HashMap<>();
        Set<Long> stored = new HashSet<>();
        Set<Long> met = new HashSet<>();
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MILLIS);
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Callable<Ledger>> calls = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                Ledger ledger = new Ledger(map, i + 1, clearing);
                calls.add(() -> {
                    ledger.run(end);
                    return ledger;
                });
            }
            for (Future<Ledger> ledger : threads.invokeAll(calls)) {
                try {
                    Ledger ended = ledger.get();
                    ended.addTo(balance);
                    stored.addAll(ended.stored);
                    met.addAll(ended.met);
                } catch (ExecutionException e) {
                    throw new AssertionError(e.getCause());
                }
            }
        }
        map.forEach((key, value) -> balance.merge(value, -1, Integer::sum));
        // What a traversal removes is handed out to nobody.
        balance.values().removeIf(count -> count == 0 || (clearing && count > 0));
        assertThat(balance).as("by token, stored minus handed out").isEmpty();
        met.removeAll(stored);
        assertThat(met).as("met, and stored by nobody").isEmpty();
    }

    /** What one thread has stored, and has been handed out. */
    private static final class Ledger {

        private final LongLongMap map;
        private final ConcurrentMap<Long, Long> view;
        private final SplittableRandom random;
        private final long prefix;
        private final boolean clearing;
        private long tokens;
        private final List<Long> stored = new ArrayList<>();
        private final List<Long> handedOut = new ArrayList<>();

        /** By traversals. */
        private final List<Long> met = new ArrayList<>();

        Ledger(LongLongMap map, int thread, boolean clearing) {
            this.map = map;
            this.clearing = clearing;
            view = map.asConcurrentMap();
            random = new SplittableRandom(thread);
            prefix = (long) thread << COUNTER_BITS;
        }

        void addTo(Map<Long, Integer> balance) {
            stored.forEach(token -> balance.merge(token, 1, Integer::sum));
            handedOut.forEach(token -> balance.merge(token, -1, Integer::sum));
        }

        void run(long end) {
            while (System.nanoTime() < end && tokens < 1 << 19) {
                for (int i = 0; i < 16; i++) {
                    operate(2 + random.nextInt(KEYS));
                }
                churn();
            }
        }

        /** Fresh keys, which use the slots up: the map is rehashed, grows and shrinks. */
        private void churn() {
            long key = (prefix + random.nextInt(1 << COUNTER_BITS)) << 2;
            int keys = random.nextInt(4);
            for (int i = 0; i < keys; i++) {
                long token = token();
                stored.add(token);
                assertThat(map.put(key + i, token)).isEqualTo(MISSING);
                long found = map.get(key + i);
                assertThat(found == token || (clearing && found == MISSING)).isTrue();
            }
            for (int i = 0; i < keys; i++) {
                long removed = map.remove(key + i);
                // Unless another thread has cleared the map.
                if (!clearing || removed != MISSING) {
                    assertThat(removed).isEqualTo(prefix + tokens - keys + i + 1);
                    handedOut.add(removed);
                }
            }
            if (random.nextInt(4) == 0) {
                map.finishResize();
            }
        }

        private long token() {
            return prefix + ++tokens;
        }

        private void operate(long key) {
            long token = token();
            switch (random.nextInt(20)) {
                case 0, 1 -> replaced(token, map.put(key, token));
                case 2 -> storedIf(map.putIfAbsent(key, token) == MISSING, token);
                case 3, 4 -> removed(map.remove(key));
                case 5 -> {
                    long present = map.get(key);
                    if (present != MISSING && map.remove(key, present)) {
                        removed(present);
                    }
                }
                case 6 -> {
                    long before = map.replace(key, token);
                    if (before != MISSING) {
                        replaced(token, before);
                    }
                }
                case 7 -> {
                    long present = map.get(key);
                    if (present != MISSING && map.replace(key, present, token)) {
                        replaced(token, present);
                    }
                }
                case 8 -> {
                    long present = map.get(key);
                    if (map.compareAndSet(key, present, token)) {
                        replaced(token, present);
                    }
                }
                case 9 -> {
                    // From a token that is handed out to one that no other thread stores.
                    long delta = token << 32;
                    long before = map.getAndAdd(key, delta);
                    if (before == 0) {
                        stored.add(delta);
                    } else {
                        replaced(before + delta, before);
                    }
                }
                case 10 -> {
                    long before = map.getAndUpdate(key, MISSING, same -> token);
                    replaced(token, before);
                }
                case 11 -> {
                    long[] seen = new long[1];
                    map.updateAndGet(key, MISSING, before -> {
                        seen[0] = before;
                        return token;
                    });
                    replaced(token, seen[0]);
                }
                case 12 -> {
                    long[] seen = new long[1];
                    long after = map.compute(key, before -> {
                        seen[0] = before;
                        return before == MISSING ? token : MISSING;
                    });
                    replaced(after, seen[0]);
                }
                case 13 -> {
                    // Never to remove: the function may be called in vain, and the mapping then be gone.
                    long[] seen = new long[1];
                    if (map.computeIfPresent(key, before -> {
                                seen[0] = before;
                                return token;
                            })
                            == token) {
                        replaced(token, seen[0]);
                    }
                }
                case 14 -> {
                    long merged = token();
                    long[] seen = new long[1];
                    long after = map.merge(key, token, (before, mine) -> {
                        seen[0] = before;
                        return merged;
                    });
                    replaced(after, after == merged ? seen[0] : MISSING);
                }
                case 15 -> storedIf(map.computeIfAbsent(key, same -> token) == token, token);
                case 16 -> storedIf(map.tryAdd(key, token, token, token), token);
                case 17 -> replaced(token, orMissing(view.put(key, token)));
                case 18 -> removed(orMissing(view.remove(key)));
                default -> traverse();
            }
        }

        /** Each value that it meets has been stored, and it meets each key once. */
        private void traverse() {
            if (clearing && random.nextInt(8) == 0) {
                map.clear();
                return;
            }
            Set<Long> keys = new HashSet<>();
            for (Iterator<Map.Entry<Long, Long>> entries = view.entrySet().iterator(); entries.hasNext(); ) {
                Map.Entry<Long, Long> entry = entries.next();
                assertThat(keys.add(entry.getKey())).isTrue();
                met.add(entry.getValue());
                if (clearing && entry.getKey() < 2 + KEYS) {
                    entries.remove();
                }
            }
        }

        private void replaced(long token, long before) {
            if (token != MISSING) {
                stored.add(token);
            }
            removed(before);
        }

        private void removed(long before) {
            if (before != MISSING) {
                handedOut.add(before);
            }
        }

        private void storedIf(boolean isStored, long token) {
            if (isStored) {
                stored.add(token);
            }
        }

        private static long orMissing(@Nullable Long value) {
            return value == null ? MISSING : value;
        }
    }
}
