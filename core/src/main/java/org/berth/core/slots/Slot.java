package org.berth.core.slots;

import static org.berth.core.slots.Tokens.doubleOf;
import static org.berth.core.slots.Tokens.intOf;
import static org.berth.core.slots.Tokens.offset;
import static org.berth.core.slots.Tokens.word;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The record of one key, for its owner: all that a {@link SlotView} can do, and the writes that are the owner's alone.
 *
 * <p>The claim belongs to this handle, from {@link SlotTable#claim(long)} to {@link #close()}, not to a thread: the handle
 * may be passed on from thread to thread (safely published, as any object), so it suits event loops and virtual threads.
 *
 * <p>Whoever holds this handle is the owner, so hand out {@link SlotTable#view(long)} to those who shall only look. A handle
 * that is dropped without {@code close} owns its key for the life of the table.
 *
 * <p><b>Thread-safety:</b> owned fields have one writer at a time: two owner's writes through one handle must not overlap,
 * nor a write and {@link #close()}, or updates are lost, the next owner's among them. With the system property {@code org.berth.strict=true} an overlap that happens throws
 * {@link IllegalStateException}; switch it on in tests. Everything that {@code SlotView} offers may be used by any number
 * of threads at once. <b>Progress:</b> owner's writes are wait-free: a plain read and a release write, no lock and no CAS.
 * <b>Memory order:</b> who reads a value (acquire) sees everything that the owner wrote before it.
 */
public final class Slot extends SlotView {

    /** Whether overlapping owner's writes through one handle are detected, at the cost of a CAS per write. */
    private static final boolean STRICT = Boolean.getBoolean("org.berth.strict");

    private static final VarHandle WRITER;

    static {
        try {
            WRITER = MethodHandles.lookup().findVarHandle(Slot.class, "writer", Thread.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final long claim;

    /** The thread inside an owner's write; used in strict mode only. */
    @SuppressWarnings("unused") // through WRITER
    private @Nullable Thread writer;

    Slot(SlotTable table, int slot, long claim) {
        super(table, slot);
        this.claim = claim;
    }

    /**
     * Sets an owned field, with release order. Wait-free.
     *
     * @param field to set
     * @param value to set it to
     */
    public void set(OwnedLong field, long value) {
        write(base + offset(field, layout), value);
    }

    /**
     * Sets an owned field, with release order. Wait-free.
     *
     * @param field to set
     * @param value to set it to
     */
    public void set(OwnedInt field, int value) {
        write(base + offset(field, layout), word(value));
    }

    /**
     * Sets an owned field, with release order. Wait-free.
     *
     * @param field to set
     * @param value to set it to
     */
    public void set(OwnedDouble field, double value) {
        write(base + offset(field, layout), word(value));
    }

    /**
     * Adds to an owned field, with release order; overflow wraps around. Wait-free.
     *
     * @param field to add to
     * @param delta to add
     * @return the value after
     */
    public long add(OwnedLong field, long delta) {
        return getAndAddWord(base + offset(field, layout), delta) + delta;
    }

    /**
     * Adds to an owned field, with release order; overflow wraps around. Wait-free.
     *
     * @param field to add to
     * @param delta to add
     * @return the value after
     */
    public int add(OwnedInt field, int delta) {
        return intOf(getAndAddWord(base + offset(field, layout), word(delta))) + delta;
    }

    /**
     * Adds to an owned field, with release order. Wait-free.
     *
     * @param field to add to
     * @param delta to add
     * @return the value after
     */
    public double add(OwnedDouble field, double delta) {
        long at = base + offset(field, layout);
        if (STRICT) {
            enter();
        }
        double value = doubleOf(words.get(at)) + delta;
        words.setRelease(at, word(value));
        if (STRICT) {
            exit();
        }
        return value;
    }

    /**
     * Ends the claim. The record stays under its key with its values, and the next owner continues from them. Closing again
     * does nothing; nor does closing after the table was closed. Lock-free.
     */
    @Override
    public void close() {
        if (layout != null) {
            if (STRICT && !table.isClosed()) {
                // Never left again: an owner's write that has passed the check of the layout finds it taken.
                enter();
            }
            super.close();
            table.release(slot, claim);
        }
    }

    private void write(long at, long word) {
        if (STRICT) {
            enter();
        }
        words.setRelease(at, word);
        if (STRICT) {
            exit();
        }
    }

    /**
     * Returns the word before, not after, for the sake of speed: a value that is needed again is loaded into a register, and
     * processors predict the forwarding of the last write into such a load. C2 folds one that is not into the addition, where
     * they wait for the write.
     */
    private long getAndAddWord(long at, long delta) {
        if (STRICT) {
            enter();
        }
        // Plain: the owner reads what it wrote itself, or what its claim acquired from the owner before.
        long before = words.get(at);
        words.setRelease(at, before + delta);
        if (STRICT) {
            exit();
        }
        return before;
    }

    /** A write that throws, for which the memory must be closed, does not leave again; nothing can be written any more then. */
    private void enter() {
        Thread other = (Thread) WRITER.compareAndExchange(this, null, Thread.currentThread());
        if (other != null) {
            throw new IllegalStateException(
                    "overlapping writes through one handle: " + table.describeKey(slot) + " thread="
                            + Thread.currentThread().getName() + " other=" + other.getName()
                            + "; a slot has one writer at a time: claim a key for each thread, or hand the handle over");
        }
    }

    private void exit() {
        WRITER.setRelease(this, null);
    }
}
