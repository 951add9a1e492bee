package org.berth.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import org.berth.offheap.TestDepth;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Threads that change the same values through functions, and keep account of what they added and took out. No addition
 * is lost, whatever is evacuated meanwhile and whichever keys share a hash.
 */
@Timeout(120)
class OffHeapMapLedgerTest {

    private static final int KEYS = 16;
    private static final int STEPS = TestDepth.of(20_000, 200_000);

    /** A value says itself whether it is whole. */
    record Account(String owner, long balance, String check) {

        static Account of(String owner, long balance) {
            return new Account(owner, balance, owner.repeat((int) (balance & 15)) + balance);
        }

        Account plus(long amount) {
            if (!equals(of(owner, balance))) {
                throw new IllegalStateException("torn: " + this);
            }
            return of(owner, balance + amount);
        }
    }

    @ParameterizedTest
    @CsvSource({"-1, false", "3, false", "-1, true", "0, true"})
    void nothingIsLost(long hashMask, boolean virtual) throws InterruptedException {
        RecordMap records = TestRecordMaps.create(1 << 10, 1 << 20, 2, hashMask);
        try (OffHeapMap<String, Account> map =
                new OffHeapMap<>(new BytesMap(records), Codecs.ofString(), Codecs.ofRecord(Account.class))) {
            assertNothingIsLost(map, virtual);
            TestRecordMaps.audit(records);
            assertThat(map.statistics().segmentsRecycled()).isGreaterThan(100);
        }
    }

    /** The ledger itself finds what is lost: here each thread has a copy, which it writes back. */
    @Test
    void lostUpdatesAreFound() {
        Map<String, Account> lost = new ConcurrentHashMap<>() {
            private static final long serialVersionUID = 1;

            @Override
            public Account merge(
                    String key,
                    Account value,
                    java.util.function.BiFunction<? super Account, ? super Account, ? extends Account> function) {
                Account before = get(key);
                LockSupport.parkNanos(1);
                Account after = before == null ? value : function.apply(before, value);
                put(key, after);
                return after;
            }
        };
        assertThat(org.assertj.core.api.Assertions.catchThrowable(
                        () -> assertNothingIsLost((ConcurrentMap<String, Account>) lost, false)))
                .isInstanceOf(AssertionError.class);
    }

    private static void assertNothingIsLost(ConcurrentMap<String, Account> map, boolean virtual)
            throws InterruptedException {
        ThreadFactory factory = virtual
                ? Thread.ofVirtual().factory()
                : Thread.ofPlatform().daemon().factory();
        ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
        int threads = virtual ? 64 : 6;
        long[][] added = new long[threads][KEYS];
        Thread[] started = new Thread[threads];
        for (int i = 0; i < threads; i++) {
            int thread = i;
            started[i] = factory.newThread(() -> {
                try {
                    SplittableRandom random = new SplittableRandom(thread);
                    for (int step = 0; step < STEPS * 6 / threads; step++) {
                        step(map, added[thread], random);
                    }
                } catch (Throwable e) {
                    failures.add(e);
                }
            });
            started[i].start();
        }
        for (Thread thread : started) {
            thread.join();
        }
        assertThat(failures).isEmpty();
        for (int key = 0; key < KEYS; key++) {
            long sum = 0;
            for (long[] ofThread : added) {
                sum += ofThread[key];
            }
            Account account = map.get("key" + key);
            assertThat(account == null ? 0 : account.plus(0).balance())
                    .as("key %d", key)
                    .isEqualTo(sum);
        }
    }

    private static void step(ConcurrentMap<String, Account> map, long[] added, SplittableRandom random) {
        int number = random.nextInt(KEYS);
        String key = "key" + number;
        long amount = random.nextInt(100);
        switch (random.nextInt(9)) {
            case 0, 1 -> {
                map.merge(key, Account.of(key, amount), (before, more) -> before.plus(more.balance()));
                added[number] += amount;
            }
            case 2 -> {
                map.compute(key, (k, before) -> before == null ? Account.of(k, amount) : before.plus(amount));
                added[number] += amount;
            }
            case 3 -> {
                if (map.computeIfPresent(key, (k, before) -> before.plus(amount)) != null) {
                    added[number] += amount;
                }
            }
            case 4 -> {
                Account before = map.get(key);
                if (before != null && map.replace(key, before, before.plus(amount))) {
                    added[number] += amount;
                }
            }
            case 5 -> {
                if (map.putIfAbsent(key, Account.of(key, amount)) == null) {
                    added[number] += amount;
                }
            }
            case 6 -> {
                Account before = map.put(key, Account.of(key, amount));
                added[number] += amount - (before == null ? 0 : before.balance());
            }
            case 7 -> {
                Account before = map.replace(key, Account.of(key, amount));
                added[number] += before == null ? 0 : amount - before.balance();
            }
            default -> {
                Account taken = map.remove(key);
                if (taken != null) {
                    added[number] -= taken.plus(0).balance();
                }
            }
        }
    }
}
