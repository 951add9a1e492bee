package org.berth.core.slots;

import static org.berth.core.slots.Fields.doubleOf;
import static org.berth.core.slots.Fields.intOf;
import static org.berth.core.slots.Fields.offset;
import static org.berth.core.slots.Fields.word;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;
import org.agrona.concurrent.AtomicBuffer;
import org.berth.core.slots.Field.OwnedBoolean;
import org.berth.core.slots.Field.OwnedBytes;
import org.berth.core.slots.Field.OwnedDouble;
import org.berth.core.slots.Field.OwnedInt;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Field.OwnedLongs;
import org.berth.core.slots.Fields.OwnedBytesField;
import org.jspecify.annotations.Nullable;

/**
 * The handle of a record's owner: all that a {@link SlotView} can do, and the writes that are the owner's alone.
 *
 * <p>Use this for values that one thread at a time writes: an owner's write is a plain read and a release write,
 * without lock or CAS. Prefer shared fields, and {@link RecordAccess#getAndAdd(Field.SharedLong, long)}, for values
 * that several threads write. {@link SlotTable#claim(long)} gives a slot; {@link #close()} ends the claim.
 *
 * <p>The claim belongs to this handle, not to a thread: the handle may be passed on from thread to thread (safely
 * published, as any object), so it suits event loops and virtual threads. Only the slots of {@link PerThread} are bound
 * to a thread each. Every holder of this handle can write, so give {@link SlotTable#view(long)} to threads that shall
 * only read. A handle that is dropped without {@code close} goes on owning its key, of which a warning is logged once
 * for each table. Once the thread that made the claim has ended, another may {@linkplain SlotTable#takeOver(long) take
 * the key over}; so where handles are passed on, let nobody take over, or let the threads that claim live as long as
 * the handles.
 *
 * <p><b>Memory order: {@code get} is an acquire, {@code set} and {@code add} of an owned field a release; shared
 * fields are as in {@link RecordAccess}.</b> A thread that reads a value (acquire) sees everything that the owner
 * wrote before it.
 *
 * <p><b>Thread-safety:</b> owned fields have one writer at a time: two owner's writes through one handle must not
 * overlap, nor a write and {@link #close()}, or updates are lost, the next owner's among them (in a recycling table
 * those of the slot's next key). With the system property {@code org.berth.strict=true} an overlap that happens throws
 * {@link IllegalStateException}; switch it on in tests. What {@code RecordAccess} offers may be used by any number of
 * threads at once. <b>Progress:</b> owner's writes are wait-free.
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

    /** The registry of the slots that are bound to threads. */
    interface Home {

        /** Ends the claim of a slot, when its handle is closed. */
        void close(Slot slot);

        /** Removes the key of a slot whose claim is released, which frees the slot for other threads. */
        void released(Slot slot);
    }

    final Claim claim;

    /**
     * The thread that this handle is bound to; null where the claim belongs to the handle alone, and once the
     * claim is stuck.
     */
    @Nullable
    Thread thread;

    /** The id of that thread; 0 where the claim belongs to the handle alone. */
    final long threadId;

    /** Null where the claim belongs to the handle alone. */
    private final @Nullable Home home;

    /** Has this handle, for as long as the claim lasts; null where it is bound to a thread. */
    private final @Nullable Handles handles;

    private final Handles.@Nullable Claimed claimed;

    private @Nullable Owner abandoned;

    /** Allocated by the first {@link #begin}, and reused by later ones. */
    private @Nullable SlotWrite write;

    /** The thread inside an owner's write; used in strict mode only. */
    @SuppressWarnings("unused") // through WRITER
    private @Nullable Thread writer;

    /**
     * Makes the handle of a claim.
     *
     * @param state  the state word of the claim
     * @param home   where it is bound to the current thread, or null
     * @param thread that it is bound to, or null
     * @param handles where it is entered if it is bound to no thread, or null
     * @param entered as which it is entered already, or null
     */
    Slot(
            TableMemory memory,
            RecordQueues queues,
            int slot,
            long state,
            @Nullable Home home,
            @Nullable Thread thread,
            @Nullable Handles handles,
            Handles.@Nullable Claimed entered) {
        super(memory, slot, false);
        this.claim = new HandleClaim(memory, queues, slot, state);
        this.home = home;
        this.thread = thread;
        this.threadId = thread == null ? 0 : thread.threadId();
        this.handles = handles;
        // Last: whoever finds it there finds it whole.
        this.claimed = handles == null || entered != null ? entered : handles.add(this, state);
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
     * Sets an owned field, with release order. Wait-free.
     *
     * @param field to set
     * @param value to set it to
     */
    public void set(OwnedBoolean field, boolean value) {
        write(base + offset(field, layout), word(value));
    }

    /**
     * Sets an element of an array, with release order. Wait-free.
     *
     * @param field to set an element of
     * @param index of the element
     * @param value to set it to
     * @throws IndexOutOfBoundsException if the array has no such element
     */
    public void set(OwnedLongs field, int index, long value) {
        write(base + offset(field, index, layout), value);
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
     * Adds to an element of an array, with release order; overflow wraps around. Wait-free.
     *
     * @param field to add to an element of
     * @param index of the element
     * @param delta to add
     * @return the value after
     * @throws IndexOutOfBoundsException if the array has no such element
     */
    public long add(OwnedLongs field, int index, long delta) {
        return getAndAddWord(base + offset(field, index, layout), delta) + delta;
    }

    /**
     * Returns a buffer over the bytes of a field in the record itself: what is written through it is there at once, in
     * the order that the buffer's methods have, for readers to see value by value. Use this for values inside the bytes
     * that stand alone, as counters. Prefer {@link SlotWrite#buffer} for a message that readers must see whole. For the
     * owner, as every owner's write; strict mode does not see what is written here. Only the first call for a field
     * allocates. Another buffer that was made to wrap this one, as SBE's flyweights do with some types of buffers, is
     * not seen when this handle is closed: drop those first, as a write through one would reach the next owner's
     * record.
     *
     * @param field to read and write
     * @return the buffer, always the same; after this handle was closed every access through it throws {@link
     *         IllegalStateException}
     */
    @Override
    public AtomicBuffer buffer(OwnedBytes field) {
        OwnedBytesField exact = Fields.exact(field, layout);
        return liveBuffer(exact.bytesIndex(), exact.wordOffset(), exact.length());
    }

    /**
     * Returns a buffer over all owned fields of the record itself, each at its {@link Field.Owned#offset()}. Use this
     * to run code that is written against Agrona's buffers on a record. Prefer {@link #set(OwnedLong, long)} and {@link
     * #add(OwnedLong, long)}, which need no buffer and no offset. Numbers are in the machine's byte order. As {@link
     * #buffer(OwnedBytes)} in all else. Leave texts to {@link SlotWrite}: one with a length that is none is damaged,
     * and reading it throws. The bytes that are no field's (such as the lower half of the word of an {@code int}) must
     * stay as they are.
     *
     * @return the buffer, always the same; after this handle was closed every access through it throws {@link
     *         IllegalStateException}
     * @throws IllegalStateException if this handle is closed, or if the layout has no owned field
     */
    public AtomicBuffer buffer() {
        RecordLayout fields = memory.descriptor.layout;
        if (layout == null || fields.ownedBytes() == 0) {
            throw cannotBegin();
        }
        return liveBuffer(fields.bytesFields(), TableDescriptor.OWNED, fields.ownedBytes());
    }

    /**
     * Begins a write of several fields that others see together or not at all, in the form that allocates nothing:
     *
     * {@snippet lang=java :
     * try (SlotWrite write = slot.begin()) {
     *     write.set(ORDERS, 7).set(PEAK, 9).commit();
     * }
     * }
     *
     * Between {@code begin} and the end of the write the other owner's writes of this handle still act at once, and a
     * commit overwrites what they did to the fields it sets; strict mode refuses them. Wait-free.
     *
     * @return the write; one object as long as this handle exists
     * @throws IllegalStateException if a write is begun already, or if this handle is closed
     */
    public SlotWrite begin() {
        if (layout == null) {
            throw cannotBegin();
        }
        SlotWrite begun = write;
        if (begun == null) {
            if (memory.descriptor.layout.ownedBytes() == 0) {
                throw cannotBegin();
            }
            begun = new SlotWrite(this, layout);
            write = begun;
        } else if (begun.isOpen()) {
            throw new IllegalStateException("write is begun already: " + memory.describeKey(slot)
                    + "; commit or close it first, writes do not nest");
        }
        if (STRICT) {
            enter();
        }
        return begun.begin();
    }

    /**
     * Writes several fields that others see together or not at all. Wait-free, but for what {@code fields} does.
     *
     * @param fields sets them; if it throws, nothing is written and the exception passes through
     * @throws IllegalStateException if a write is begun already, or if this handle is closed
     */
    public void write(Consumer<? super SlotWrite> fields) {
        try (SlotWrite begun = begin()) {
            fields.accept(begun);
            if (begun.isOpen()) {
                begun.commit();
            }
        }
    }

    /**
     * Ends the claim. In a table that keeps ({@link OnRelease#KEEP}) the record stays under its key with its values,
     * and the next owner continues from them; in one that merges, they are added to the totals first, and the next
     * owner starts anew. A write that is begun and not committed is discarded (in strict mode it must be one that this
     * thread began). Closing again does nothing; nor does closing after the table was closed. Lock-free, but for this:
     * where final records are queued ({@link SlotTable.Builder#finalRecords}) and the queue is full, it waits until
     * there is room.
     *
     * @throws IllegalStateException if this slot is another thread's, see {@link PerThread}
     */
    @Override
    public void close() {
        if (layout == null) {
            return;
        }
        if (home == null) {
            endClaim(false);
        } else {
            home.close(this);
        }
    }

    /**
     * Ends the claim as {@link #close()} does, and removes the key with its record in the same step: no other thread
     * can claim the key in between. Does nothing if this handle is closed. Lock-free, but for what {@code close} waits
     * for. The slot of a thread of {@link PerThread} is closed, which removes its key in any case.
     *
     * @throws IllegalStateException if this slot is another thread's, see {@link PerThread}
     */
    public void remove() {
        if (home != null) {
            close();
        } else if (layout != null) {
            endClaim(true);
        }
    }

    /**
     * Returns the owner that this claim was {@linkplain SlotTable#takeOver(long) taken over} from, because its thread
     * had ended without closing its handle: the record may hold the half of what that owner was doing.
     *
     * @return the former owner, as it described itself; null if this claim took nothing over
     */
    public @Nullable Owner abandonedBy() {
        return abandoned;
    }

    void setAbandoned(@Nullable Owner owner) {
        abandoned = owner;
    }

    /**
     * Ends the claim, for the owner.
     *
     * @param removing whether the key is removed with it
     */
    void endClaim(boolean removing) {
        // First, as it may fail for want of memory.
        PendingRelease prepared = claim.prepare();
        if (STRICT && !memory.isClosed()) {
            if (write != null && writer == Thread.currentThread()) {
                write.close();
            }
            // Never released: an owner's write that has passed the check of the layout finds it taken.
            enter();
        }
        // Of several threads that close at once one goes on: the others must not touch a record that may be
        // the next owner's.
        if (disable()) {
            if (removing) {
                claim.removeAtEnd();
            }
            claim.end(prepared, true);
        }
    }

    /**
     * Ends the claim of a key that was just added, and removes the key, as if it had not been: without a final record.
     */
    void cancelAndRemove() {
        if (disable()) {
            claim.cancelAndRemove();
            leaveHandles();
        }
    }

    /** Ends the claim as if it had not been: without a final record. The key stays. */
    void cancel() {
        if (disable()) {
            claim.cancel();
            leaveHandles();
        }
    }

    private void leaveHandles() {
        if (handles != null && claimed != null) {
            handles.remove(claimed);
        }
    }

    /** Called by a write that was begun and has ended. */
    void writeEnded() {
        if (STRICT) {
            exit();
        }
    }

    private IllegalStateException cannotBegin() {
        return layout == null
                ? new IllegalStateException("handle is closed; claim the key again")
                : new IllegalStateException("layout has no owned field to write: " + memory.descriptor.layout);
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
     * Returns the word before, not after, for the sake of speed: a value that is needed again is loaded into a
     * register, and processors predict the forwarding of the last write into such a load. C2 folds one that is not into
     * the addition, where they wait for the write.
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

    /**
     * Enters an owner's write. One that throws, as the memory is closed, does not exit; nothing can be written
     * any more then.
     */
    private void enter() {
        Thread bound = thread;
        if (bound != null && bound != Thread.currentThread()) {
            throw new IllegalStateException("slot of another thread: " + memory.describeKey(slot) + " thread="
                    + Thread.currentThread().getName() + " owner=" + bound.getName()
                    + "; each thread has its own: ask PerThread for it where it is used");
        }
        Thread other = (Thread) WRITER.compareAndExchange(this, null, Thread.currentThread());
        if (other == Thread.currentThread()) {
            throw new IllegalStateException("a write is begun through this handle: " + memory.describeKey(slot)
                    + "; set the field in that write, or end it first");
        }
        if (other != null) {
            throw new IllegalStateException(
                    "overlapping writes through one handle: " + memory.describeKey(slot) + " thread="
                            + Thread.currentThread().getName() + " other=" + other.getName()
                            + "; a slot has one writer at a time: claim a key for each thread,"
                            + " or pass the handle on safely");
        }
    }

    private void exit() {
        WRITER.setRelease(this, null);
    }

    /** The claim that made this handle. */
    private final class HandleClaim extends Claim {

        HandleClaim(TableMemory memory, RecordQueues queues, int slot, long state) {
            super(memory, queues, slot, state);
        }

        @Override
        boolean disableHandle() {
            return disable();
        }

        @Override
        void discardWrite() {
            if (write != null) {
                write.close();
            }
        }

        @Override
        void unbind() {
            thread = null;
            if (claimed != null) {
                claimed.keep(Slot.this);
            }
        }

        @Override
        void afterRelease() {
            if (home != null) {
                home.released(Slot.this);
            } else {
                leaveHandles();
            }
        }
    }
}
