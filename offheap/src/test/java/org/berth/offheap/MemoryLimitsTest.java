package org.berth.offheap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.berth.offheap.placement.MemoryLimit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is refused, and what is said then; and the statistics of what was not. */
@Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MemoryLimitsTest {

    private static final long MEBIBYTE = 1 << 20;
    private static final MemoryLimit LIMIT = new MemoryLimit(10 * MEBIBYTE, 7 * MEBIBYTE, "/groups/memory.max");

    private static MemoryLimits limits(Optional<MemoryLimit> limit) {
        return new MemoryLimits(() -> limit);
    }

    @Test
    void whatTheContainerCannotHoldIsRefused() {
        MemoryLimits limits = limits(Optional.of(LIMIT));
        limits.check(3 * MEBIBYTE);
        limits.checkAuto(3 * MEBIBYTE);
        assertThatExceptionOfType(OutOfMemoryError.class)
                .isThrownBy(() -> limits.check(3 * MEBIBYTE + 1))
                .withMessage("no memory within the container or the machine: bytes=3145729 limit=10485760 used=7340032"
                        + " source=/groups/memory.max; use less, lower -Xmx, or raise the limit");
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> limits.checkAuto(5 * MEBIBYTE));
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void withoutALimitNothingIsRefused() {
        limits(Optional.empty()).check(Long.MAX_VALUE);
        limits(Optional.empty()).checkAuto(Long.MAX_VALUE);
    }

    @Test
    void smallAllocationsAreNotChecked() {
        MemoryLimits limits = new MemoryLimits(() -> {
            throw new AssertionError("read");
        });
        limits.check(MEBIBYTE - 1);
        limits.checkAuto(MEBIBYTE - 1);
    }

    /** Memory that the collector frees may be on its way. */
    @Test
    void memoryThatBecomesFreeIsWaitedFor() {
        Queue<MemoryLimit> limits = new ArrayDeque<>(List.of(LIMIT, LIMIT, new MemoryLimit(10 * MEBIBYTE, 0, "")));
        new MemoryLimits(() -> Optional.of(limits.remove())).checkAuto(5 * MEBIBYTE);
        assertThat(limits).isEmpty();
    }

    /** Within what was left when the limit was read; more is refused only by a new reading. */
    @Test
    void requestsThatFollowSoonDoNotReadTheLimitAgain() {
        AtomicInteger readings = new AtomicInteger();
        MemoryLimit first = new MemoryLimit(1L << 40, 1L << 39, "");
        MemoryLimits limits = new MemoryLimits(() -> Optional.of(readings.getAndIncrement() == 0 ? first : LIMIT));
        long start = System.nanoTime();
        for (int i = 0; i < 100; i++) {
            limits.check(MEBIBYTE);
        }
        if (System.nanoTime() - start < 10_000_000) {
            assertThat(readings.get()).isEqualTo(1);
        }
        assertThatExceptionOfType(OutOfMemoryError.class)
                .isThrownBy(() -> limits.check(1L << 39))
                .withMessageContaining("limit=10485760 used=7340032");
        int before = readings.get();
        limits.check(2 * MEBIBYTE);
        limits.check(2 * MEBIBYTE);
        assertThat(readings.get()).isGreaterThan(before);
    }

    @Test
    void aReadingIsNotUsedForLong() throws Exception {
        AtomicInteger readings = new AtomicInteger();
        MemoryLimits limits = new MemoryLimits(() -> {
            readings.getAndIncrement();
            return Optional.empty();
        });
        for (int i = 1; i <= 3; i++) {
            limits.check(MEBIBYTE);
            assertThat(readings.get()).isEqualTo(i);
            Thread.sleep(11);
        }
    }

    /** Nothing that a collection frees could make room for it. */
    @Test
    void whatIsBeyondTheWholeLimitIsRefusedAtOnce() {
        Queue<MemoryLimit> limits = new ArrayDeque<>(List.of(LIMIT));
        assertThatExceptionOfType(OutOfMemoryError.class)
                .isThrownBy(() -> new MemoryLimits(() -> Optional.of(limits.remove())).checkAuto(10 * MEBIBYTE + 1))
                .withMessageContaining("bytes=10485761 limit=10485760");
        assertThat(limits).isEmpty();
    }

    @Test
    void whatRefusesTheMemoryIsNamed() {
        long bytes = 1L << 46;
        assertThatExceptionOfType(OutOfMemoryError.class)
                .isThrownBy(() -> Words.ofAuto(bytes))
                .withMessageContainingAll(" limit", "bytes=" + bytes, "limit=", "source=");
        assertThatExceptionOfType(OutOfMemoryError.class)
                .isThrownBy(() -> Region.anonymous(bytes))
                .withMessageContaining("bytes=" + bytes);
        OutOfMemoryError jdk =
                new OutOfMemoryError("Cannot reserve 70 bytes of direct buffer memory (allocated: 5, limit: 64)");
        assertThat(MemoryLimits.explained(70, jdk))
                .hasMessage("no memory within the JVM's limit: bytes=70 limit=64 source=-XX:MaxDirectMemorySize"
                        + " (unless set: the maximum heap size); use less, or set it higher")
                .hasCause(jdk);
        assertThat(MemoryLimits.explained(70, new OutOfMemoryError("Unable to allocate 182 bytes")))
                .hasMessageStartingWith("the operating system refuses the memory: bytes=70; ");
        OutOfMemoryError other = new OutOfMemoryError("Java heap space");
        assertThat(MemoryLimits.explained(70, other)).isSameAs(other);
    }

    /** No other test runs at the same time in this JVM. */
    @Test
    void openRegionsAreCountedOnce(@TempDir Path folder) throws Exception {
        RegionStatistics before = Region.statistics();
        Region anonymous = Region.anonymous(100);
        Region mapped = Region.create(folder.resolve("region"), 3000);
        assertThat(Region.statistics()).isEqualTo(before.plus(new RegionStatistics(2, 100, 0, 3000)));
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> Region.create(folder.resolve("other"), 500, words -> {
                    assertThat(Region.statistics().mappedBytes()).isEqualTo(before.mappedBytes() + 3500);
                    throw new IllegalStateException();
                }));
        assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> Region.anonymous(1L << 46));
        anonymous.close();
        anonymous.close();
        assertThat(Region.statistics()).isEqualTo(before.plus(new RegionStatistics(1, 0, 0, 3000)));
        mapped.close();
        mapped.close();
        assertThat(Region.statistics()).isEqualTo(before);
    }
}
