package org.berth.offheap;

import static org.berth.offheap.SegmentWords.WORD;

import java.lang.constant.ConstantDescs;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import org.berth.offheap.placement.PlacementReport;

/**
 * {@link Words} over a segment in a {@code static final} field, which the JIT compiler folds into the calling code.
 *
 * <p>A template: this class itself is never initialised. {@link Region#constantWords()} defines its bytes once more as
 * a hidden class, with the memory as its class data. The package description says why, and for which region.
 */
final class ConstantWords extends Words {

    private static final Memory MEMORY = classData();
    private static final MemorySegment SEGMENT = MEMORY.segment();

    ConstantWords() {}

    private static Memory classData() {
        try {
            return MethodHandles.classData(MethodHandles.lookup(), ConstantDescs.DEFAULT_NAME, Memory.class);
        } catch (IllegalAccessException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @Override
    public long size() {
        return SEGMENT.byteSize();
    }

    @Override
    public long get(long offset) {
        try {
            return (long) WORD.get(SEGMENT, offset);
        } catch (IllegalStateException e) {
            throw MEMORY.closed(offset, e);
        }
    }

    @Override
    public long getOpaque(long offset) {
        try {
            return (long) WORD.getOpaque(SEGMENT, offset);
        } catch (IllegalStateException e) {
            throw MEMORY.closed(offset, e);
        }
    }

    @Override
    public long getAcquire(long offset) {
        try {
            return (long) WORD.getAcquire(SEGMENT, offset);
        } catch (IllegalStateException e) {
            throw MEMORY.closed(offset, e);
        }
    }

    @Override
    public long getVolatile(long offset) {
        try {
            return (long) WORD.getVolatile(SEGMENT, offset);
        } catch (IllegalStateException e) {
            throw MEMORY.closed(offset, e);
        }
    }

    @Override
    public void set(long offset, long value) {
        try {
            WORD.set(SEGMENT, offset, value);
        } catch (IllegalStateException e) {
            throw MEMORY.closed(offset, e);
        }
    }

    @Override
    public void setOpaque(long offset, long value) {
        try {
            WORD.setOpaque(SEGMENT, offset, value);
        } catch (IllegalStateException e) {
            throw MEMORY.closed(offset, e);
        }
    }

    @Override
    public void setRelease(long offset, long value) {
        try {
            WORD.setRelease(SEGMENT, offset, value);
        } catch (IllegalStateException e) {
            throw MEMORY.closed(offset, e);
        }
    }

    @Override
    public void setVolatile(long offset, long value) {
        try {
            WORD.setVolatile(SEGMENT, offset, value);
        } catch (IllegalStateException e) {
            throw MEMORY.closed(offset, e);
        }
    }

    @Override
    public boolean compareAndSet(long offset, long expected, long value) {
        try {
            return WORD.compareAndSet(SEGMENT, offset, expected, value);
        } catch (IllegalStateException e) {
            throw MEMORY.closed(offset, e);
        }
    }

    @Override
    public long compareAndExchange(long offset, long expected, long value) {
        try {
            return (long) WORD.compareAndExchange(SEGMENT, offset, expected, value);
        } catch (IllegalStateException e) {
            throw MEMORY.closed(offset, e);
        }
    }

    @Override
    public long getAndAdd(long offset, long delta) {
        try {
            return (long) WORD.getAndAdd(SEGMENT, offset, delta);
        } catch (IllegalStateException e) {
            throw MEMORY.closed(offset, e);
        }
    }

    @Override
    public long getAndSet(long offset, long value) {
        try {
            return (long) WORD.getAndSet(SEGMENT, offset, value);
        } catch (IllegalStateException e) {
            throw MEMORY.closed(offset, e);
        }
    }

    @Override
    public void setMemory(long offset, long length, byte value) {
        try {
            SegmentWords.fill(SEGMENT, offset, length, value);
        } catch (IllegalStateException e) {
            throw MEMORY.closed(offset, e);
        }
    }

    @Override
    public PlacementReport placementReport(long offset, long length) {
        return MEMORY.placementReport(offset, length);
    }
}
