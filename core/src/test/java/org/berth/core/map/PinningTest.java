package org.berth.core.map;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A traversal keeps the tables that it goes through, and no later ones. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PinningTest {

    private static final int LIVE = 800;
    private static final long TABLE = Table.bytes(Table.bucketsFor(LIVE));

    /** Two for the churn, and those that are pinned. */
    private static final long BOUND = 5 * TABLE;

    private final CountedMemory memory = new CountedMemory();
    private final LongLongMap map =
            memory.map(new Transfer(), TABLE / Table.BUCKET, TABLE / Table.BUCKET, ChunkSource.EAGER_CHUNK, BOUND);

    private long next = LIVE;

    PinningTest() {
        for (long key = 0; key < LIVE; key++) {
            map.put(key, key);
        }
    }

    private void churn() {
        for (int i = 0; i < 50 * LIVE; i++, next++) {
            map.remove(next - LIVE);
            map.put(next, next);
        }
        assertThat(memory.peak()).isLessThanOrEqualTo(BOUND);
    }

    private void assertNothingIsRetired() {
        map.memory.reclaim();
        // The thread that has unpinned the tables may still be reclaiming them.
        for (int i = 0; map.memory.retiredBytes() > 0 && i < 1_000; i++) {
            LockSupport.parkNanos(2_000_000);
            map.memory.reclaim();
        }
        assertThat(map.memory.pinnedBytes()).isZero();
        assertThat(map.memory.retiredBytes()).isZero();
        assertThat(map.tables()).isEqualTo(1);
        assertThat(memory.bytes()).isEqualTo(map.memoryBytes());
        assertThat(map.size()).isEqualTo(LIVE);
    }

    @Test
    void anIteratorPinsTheTablesOfItsTime() {
        Iterator<Long> keys = map.asConcurrentMap().keySet().iterator();
        keys.next();
        churn();
        assertThat(map.memory.pinnedBytes()).isEqualTo(TABLE);
        assertThat(map.statistics().pinnedBytes()).isEqualTo(TABLE);
        assertThat(map.statistics().retiredBytes()).isGreaterThanOrEqualTo(TABLE);
        int met = 1;
        while (keys.hasNext()) {
            keys.next();
            met++;
        }
        // None of its mappings is left; it meets those that its tables still show.
        assertThat(met).isLessThanOrEqualTo(LIVE);
        map.finishResize();
        assertNothingIsRetired();
    }

    @Test
    void anIteratorThatWasNotStartedPinsAsMuch() {
        Iterator<Long> keys = map.asConcurrentMap().keySet().iterator();
        churn();
        assertThat(map.memory.pinnedBytes()).isEqualTo(TABLE);
        assertThat(keys.hasNext()).isTrue();
    }

    @Test
    void anExhaustedIteratorPinsNothing() {
        Iterator<Long> keys = map.asConcurrentMap().keySet().iterator();
        while (keys.hasNext()) {
            keys.next();
        }
        churn();
        assertThat(map.memory.pinnedBytes()).isZero();
        map.finishResize();
        assertNothingIsRetired();
        assertThat(keys.hasNext()).isFalse();
    }

    @Test
    void theCollectorUnpinsAnIteratorThatIsGivenUp() throws InterruptedException {
        map.asConcurrentMap().keySet().iterator().next();
        churn();
        for (int i = 0; map.memory.pinnedBytes() > 0 && i < 1_000; i++) {
            if (i % 50 == 0) {
                System.gc();
            }
            Thread.sleep(2);
        }
        map.finishResize();
        assertNothingIsRetired();
    }

    @Test
    void aSlowForEachPinsTheTablesOfItsTime() {
        long[] visits = new long[1];
        map.forEach((key, value) -> {
            if (visits[0]++ == 0) {
                churn();
                assertThat(map.memory.pinnedBytes()).isEqualTo(TABLE);
            }
        });
        map.finishResize();
        assertNothingIsRetired();
    }

    @Test
    void aForEachThatThrowsUnpins() {
        try {
            map.forEach((key, value) -> {
                churn();
                throw new UnsupportedOperationException();
            });
        } catch (UnsupportedOperationException e) {
            assertThat(map.memory.pinnedBytes()).isZero();
        }
        map.finishResize();
        assertNothingIsRetired();
    }

    /** What is pinned beyond the bound leaves no room; the refusal says so, and there is room afterwards. */
    @Test
    void aRefusalSaysWhatIsPinned() {
        try (Traversal first = new Traversal(map)) {
            churn();
            try (Traversal second = new Traversal(map)) {
                churn();
                Traversal third = new Traversal(map);
                churn();
                Traversal fourth = new Traversal(map);
                MapFullException refused = churnUntilRefused();
                assertThat(refused).hasMessageContaining("pinnedBytes=").hasMessageContaining("maximumBytes=" + BOUND);
                assertThat(map.memory.pinnedBytes()).isGreaterThanOrEqualTo(3 * TABLE);
                third.close();
                fourth.close();
                churn();
                second.advance();
            }
            first.advance();
        }
        map.finishResize();
        map.memory.reclaim();
        assertThat(map.memory.retiredBytes()).isZero();
    }

    private MapFullException churnUntilRefused() {
        try {
            churn();
            throw new AssertionError("not refused: " + map.statistics());
        } catch (MapFullException e) {
            // The mapping that was to come was not stored, and one was removed for it.
            map.remove(next);
            next++;
            return e;
        }
    }
}
