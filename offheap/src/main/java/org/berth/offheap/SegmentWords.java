package org.berth.offheap;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import org.berth.offheap.placement.PlacementReport;

/** {@link Words} over a segment in an instance field: the general implementation, of which a process has any number. */
final class SegmentWords extends Words {

    /** Coordinates: (MemorySegment, long byte offset). Exact, so that a call that would box fails in the tests. */
    static final VarHandle WORD = ValueLayout.JAVA_LONG.varHandle().withInvokeExactBehavior();

    /** So much is filled in some ten to a hundred microseconds. */
    private static final long FILL_STEP = 1 << 20;

    private final MemorySegment segment;
    private final Memory memory;

    SegmentWords(Memory memory) {
        this.segment = memory.segment();
        this.memory = memory;
    }

    @Override
    public long size() {
        return segment.byteSize();
    }

    @Override
    public long get(long offset) {
        try {
            return (long) WORD.get(segment, offset);
        } catch (IllegalStateException e) {
            throw memory.closed(offset, e);
        }
    }

    @Override
    public long getOpaque(long offset) {
        try {
            return (long) WORD.getOpaque(segment, offset);
        } catch (IllegalStateException e) {
            throw memory.closed(offset, e);
        }
    }

    @Override
    public long getAcquire(long offset) {
        try {
            return (long) WORD.getAcquire(segment, offset);
        } catch (IllegalStateException e) {
            throw memory.closed(offset, e);
        }
    }

    @Override
    public long getVolatile(long offset) {
        try {
            return (long) WORD.getVolatile(segment, offset);
        } catch (IllegalStateException e) {
            throw memory.closed(offset, e);
        }
    }

    @Override
    public void set(long offset, long value) {
        try {
            WORD.set(segment, offset, value);
        } catch (IllegalStateException e) {
            throw memory.closed(offset, e);
        }
    }

    @Override
    public void setOpaque(long offset, long value) {
        try {
            WORD.setOpaque(segment, offset, value);
        } catch (IllegalStateException e) {
            throw memory.closed(offset, e);
        }
    }

    @Override
    public void setRelease(long offset, long value) {
        try {
            WORD.setRelease(segment, offset, value);
        } catch (IllegalStateException e) {
            throw memory.closed(offset, e);
        }
    }

    @Override
    public void setVolatile(long offset, long value) {
        try {
            WORD.setVolatile(segment, offset, value);
        } catch (IllegalStateException e) {
            throw memory.closed(offset, e);
        }
    }

    @Override
    public boolean compareAndSet(long offset, long expected, long value) {
        try {
            return WORD.compareAndSet(segment, offset, expected, value);
        } catch (IllegalStateException e) {
            throw memory.closed(offset, e);
        }
    }

    @Override
    public long compareAndExchange(long offset, long expected, long value) {
        try {
            return (long) WORD.compareAndExchange(segment, offset, expected, value);
        } catch (IllegalStateException e) {
            throw memory.closed(offset, e);
        }
    }

    @Override
    public long getAndAdd(long offset, long delta) {
        try {
            return (long) WORD.getAndAdd(segment, offset, delta);
        } catch (IllegalStateException e) {
            throw memory.closed(offset, e);
        }
    }

    @Override
    public long getAndSet(long offset, long value) {
        try {
            return (long) WORD.getAndSet(segment, offset, value);
        } catch (IllegalStateException e) {
            throw memory.closed(offset, e);
        }
    }

    @Override
    public void setMemory(long offset, long length, byte value) {
        try {
            fill(segment, offset, length, value);
        } catch (IllegalStateException e) {
            throw memory.closed(offset, e);
        }
    }

    /**
     * Sets the bytes of a range of words. In steps, because a thread does not poll for safepoints and handshakes while
     * it fills memory.
     */
    static void fill(MemorySegment segment, long offset, long length, byte value) {
        MemorySegment range = segment.asSlice(offset, length); // throws if the range is out of bounds
        if (((offset | length) & 7) != 0) {
            throw new IllegalArgumentException(
                    "not a range of whole words: offset=" + offset + ", length=" + length + "; use multiples of 8");
        }
        for (long at = 0; at < length; at += FILL_STEP) {
            range.asSlice(at, Math.min(FILL_STEP, length - at)).fill(value);
        }
    }

    @Override
    public PlacementReport placementReport(long offset, long length) {
        return memory.placementReport(offset, length);
    }
}
