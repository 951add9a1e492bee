package org.berth.core.map;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.berth.core.reclaim.Reclaimer;
import org.berth.offheap.TestDepth;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Many threads that all need the next table: they allocate one, not one each. */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GrowthHerdTest {

    private static final int THREADS = 16;
    private static final long SIZE = TestDepth.of(600_000, 2_000_000);

    @ParameterizedTest
    @ValueSource(longs = {ChunkSource.EAGER_CHUNK, ChunkSource.LAZY_CHUNK})
    void growthTakesAFewTablesAtATime(long chunkBytes) throws InterruptedException {
        CountedMemory memory = new CountedMemory();
        LongLongMap map = memory.map(new Transfer(), 64, 64, chunkBytes, Long.MAX_VALUE);
        CountedMemory.inParallel(THREADS, thread -> {
            for (long key = thread; key < SIZE; key += THREADS) {
                map.put(key, key);
            }
        });
        assertThat(map.size()).isEqualTo(SIZE);
        assertThat(memory.peak()).as(map.statistics().toString()).isLessThanOrEqualTo(4 * map.memoryBytes());
        assertThat(map.finishResize()).isTrue();
        assertThat(memory.bytes()).isEqualTo(map.memoryBytes());
        map.close();
        memory.reclaimer.reclaim();
        assertThat(memory.bytes()).isZero();
    }

    /** A busy machine takes so long to zero it: nobody is to zero the same memory meanwhile. */
    @ParameterizedTest
    @CsvSource({"65536, 6", "67108864, 140"})
    void aChunkIsLeftToOthersForAsLongAsZeroingTakes(long bytes, long millis) {
        MapMemory memory = new MapMemory(
                new CountedMemory(), ChunkSource.LAZY_CHUNK, Long.MAX_VALUE, Reclaimer.PROCESS, new SpareChunks(0));
        NextTable allocation = new NextTable(new TableMemory(memory, bytes), false);
        long patience = TimeUnit.MILLISECONDS.toNanos(millis);
        assertThat(allocation.mayAllocateAgain(allocation.begun + patience / 2)).isFalse();
        assertThat(allocation.mayAllocateAgain(allocation.begun + patience)).isTrue();
        assertThat(allocation.mayAllocateAgain(allocation.begun + patience)).isFalse();
    }
}
