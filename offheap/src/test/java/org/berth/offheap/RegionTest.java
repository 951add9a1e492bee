package org.berth.offheap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegionTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 7, 8, 128, 4096, 1_000_003})
    void isZeroAndAligned(long bytes) {
        try (Region region = Region.anonymous(bytes)) {
            assertThat(region.size()).isEqualTo(bytes);
            OffHeapBuffer buffer = region.buffer(0, (int) bytes);
            assertThat(buffer.addressOffset() % Region.ALIGNMENT).isZero();
            for (int i = 0; i < bytes; i++) {
                assertThat(buffer.getByte(i)).isZero();
            }
            assertThat(region.toString()).isEqualTo("Region[size=" + bytes + "]");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void invalidSizesAreRefused(long bytes) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Region.anonymous(bytes))
                .withMessageContaining("bytes=" + bytes);
    }

    @Test
    void lackOfMemoryIsAnError() {
        assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> Region.anonymous(1L << 60));
    }

    @Test
    void buffersCoverTheRequestedRange() {
        try (Region region = Region.anonymous(256)) {
            region.words().set(64, 42);
            OffHeapBuffer buffer = region.buffer(64, 16);
            assertThat(buffer.capacity()).isEqualTo(16);
            assertThat(buffer.getLong(0)).isEqualTo(42);
            assertThatThrownBy(() -> buffer.getLong(9)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> region.buffer(250, 16)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> region.buffer(-1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> region.buffer(0, -1)).isInstanceOf(RuntimeException.class);
        }
    }

    @Test
    void closesOnceAndForAll() {
        Region region = Region.anonymous(64);
        Words words = region.words();
        OffHeapBuffer buffer = region.buffer(0, 64);
        assertThat(region.isClosed()).isFalse();
        region.close();
        region.close();
        assertThat(region.isClosed()).isTrue();
        assertThat(region.toString()).contains("closed");
        assertThatIllegalStateException().isThrownBy(() -> words.getAcquire(0)).withMessageContaining("closed");
        assertThatIllegalStateException().isThrownBy(() -> buffer.getLong(0));
        assertThatIllegalStateException().isThrownBy(() -> region.buffer(0, 8)).withMessageContaining("closed");
    }

    @Test
    void closingUnderLoadGivesExceptionsAndNoCrash() throws Exception {
        for (int round = 0; round < TestDepth.of(100, 400); round++) {
            closeUnderLoad(Region.anonymous(4096), false, List.of());
        }
    }

    /** Fewer rounds, because each compiles code of its own; each runs long enough for that. */
    @Test
    void closingUnderLoadGivesExceptionsAndNoCrashIfTheWordsAreConstant() throws Exception {
        for (int round = 0; round < 20; round++) {
            closeUnderLoad(Region.anonymous(4096), true, List.of());
        }
    }

    @Test
    void anonymousMemoryHasNoStorage() {
        try (Region region = Region.anonymous(64)) {
            assertThatExceptionOfType(UnsupportedOperationException.class)
                    .isThrownBy(region::force)
                    .withMessageContaining("size=64");
        }
    }

    /** Two threads write and read, further threads run the given tasks, and two threads close. */
    static void closeUnderLoad(Region region, boolean constant, List<Callable<Long>> more) throws Exception {
        Words words = constant ? region.defineConstantWords() : region.words();
        int warmUp = constant ? 1_000_000 : 100;
        CountDownLatch running = new CountDownLatch(2);
        Callable<Long> closer = () -> {
            running.await();
            region.close();
            return 0L;
        };
        List<Callable<Long>> tasks = new ArrayList<>(more);
        tasks.add(() -> untilClosed(words, running, warmUp));
        tasks.add(() -> untilClosed(words, running, warmUp));
        tasks.add(closer);
        tasks.add(closer);
        ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
        try {
            for (Future<Long> result : threads.invokeAll(tasks, 1, TimeUnit.MINUTES)) {
                result.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static long untilClosed(Words words, CountDownLatch running, int warmUp) {
        long sum = 0;
        try {
            for (long i = 0; !Thread.currentThread().isInterrupted(); i++) {
                long at = (i & 511) * Long.BYTES;
                words.setRelease(at, words.get(at) + 1);
                sum += words.getAndAdd(at, 1) + words.getAcquire(at);
                words.compareAndSet(at, sum, i);
                if (i == warmUp) {
                    running.countDown();
                }
            }
        } catch (IllegalStateException e) {
            assertThat(e).hasMessageContaining("closed");
        }
        return sum;
    }
}
