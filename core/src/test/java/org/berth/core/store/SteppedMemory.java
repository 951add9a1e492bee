package org.berth.core.store;

import org.berth.offheap.ArrayWords;
import org.berth.offheap.ForwardingWords;

/** Memory of a segment, each access to which is a step of a test. It throws when it is freed, as a region does. */
final class SteppedMemory extends ForwardingWords {

    private static final byte POISON = (byte) 0xa5;

    private final Runnable step;
    private volatile boolean freed;

    private SteppedMemory(long bytes, Runnable step) {
        super(new ArrayWords(bytes));
        this.step = step;
        words.setMemory(0, bytes, POISON);
    }

    static Segment.Memory of(long bytes, Runnable step) {
        SteppedMemory memory = new SteppedMemory(bytes, step);
        return new Segment.Memory(memory, null, () -> memory.freed = true);
    }

    private void step() {
        step.run();
        if (freed) {
            throw new IllegalStateException("freed");
        }
    }

    @Override
    public long get(long offset) {
        step();
        return super.get(offset);
    }

    @Override
    public void set(long offset, long value) {
        step();
        super.set(offset, value);
    }
}
