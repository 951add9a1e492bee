package org.berth.offheap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Buffers over memory that the collector frees, within the JVM's limit of direct memory. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AutoBufferTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 8, 128, 4096, 1_000_003})
    void isZeroAndAligned(int length) {
        OffHeapBuffer buffer = OffHeapBuffer.ofAuto(length);
        assertThat(buffer.capacity()).isEqualTo(length);
        assertThat(buffer.addressOffset() % Region.ALIGNMENT).isZero();
        for (int i = 0; i < length; i++) {
            assertThat(buffer.getByte(i)).isZero();
        }
        buffer.putByteVolatile(length - 1, (byte) 7);
        assertThat(buffer.getByte(length - 1)).isEqualTo((byte) 7);
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> buffer.getByte(length));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void invalidLengthsAreRefused(int length) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OffHeapBuffer.ofAuto(length))
                .withMessageContaining("bytes=" + length);
    }

    /** The limit is the maximum heap size; three times as much is allocated, and nothing else triggers a collection. */
    @Test
    void unreachableBuffersAreFreedAtTheLimit() {
        int length = length();
        for (int i = 0; i < 12; i++) {
            OffHeapBuffer buffer = OffHeapBuffer.ofAuto(length).asReadOnly();
            assertThat(buffer.getByte(length - 1)).isZero();
        }
    }

    /** A view is enough to keep the memory. */
    @Test
    void buffersThatAreReachableCountTowardsTheLimit() {
        List<OffHeapBuffer> inUse = new ArrayList<>();
        assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> {
            for (int i = 0; i < 6; i++) {
                OffHeapBuffer view = OffHeapBuffer.ofAuto(8);
                view.wrap(OffHeapBuffer.ofAuto(length()), 8, 8);
                inUse.add(view.asReadOnly());
            }
        });
        assertThat(inUse).hasSizeBetween(1, 4);
        inUse.forEach(buffer -> assertThat(buffer.getLong(0)).isZero());
    }

    private static int length() {
        return (int) Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() / 4);
    }
}
