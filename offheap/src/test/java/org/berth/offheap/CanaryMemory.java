package org.berth.offheap;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** Native memory filled with one value, and a buffer over it: shows every byte that was written, and no other. */
final class CanaryMemory implements AutoCloseable {

    static final int CAPACITY = 96;
    static final byte CANARY = (byte) 0xA5;

    final Arena arena = Arena.ofShared();
    final MemorySegment segment = arena.allocate(CAPACITY, 128).fill(CANARY);
    final OffHeapBuffer buffer = new OffHeapBuffer(segment);

    void refill() {
        segment.fill(CANARY);
    }

    byte[] bytes() {
        return segment.toArray(ValueLayout.JAVA_BYTE);
    }

    void assertUntouched() {
        assertThat(bytes()).containsOnly(CANARY);
    }

    void assertOnlyWritten(int index, byte... content) {
        byte[] expected = new byte[CAPACITY];
        Arrays.fill(expected, CANARY);
        System.arraycopy(content, 0, expected, index, content.length);
        assertThat(bytes()).isEqualTo(expected);
    }

    @Override
    public void close() {
        arena.close();
    }
}
