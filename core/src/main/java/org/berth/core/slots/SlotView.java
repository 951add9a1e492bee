package org.berth.core.slots;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.agrona.DirectBuffer;
import org.berth.core.slots.Field.OwnedBytes;
import org.berth.core.slots.Fields.OwnedBytesField;
import org.berth.offheap.OffHeapBuffer;
import org.berth.offheap.placement.CurrentCpu;
import org.berth.offheap.placement.PlacementReport;
import org.jspecify.annotations.Nullable;

/**
 * A handle of one record, for any thread: it reads every field, and updates the shared ones atomically.
 *
 * <p>Use this when a thread works on the record of one key again and again, as the key is looked up only once, by
 * {@link SlotTable#view(long)}. Prefer {@link SlotTable#at(long)} for single operations under many keys, and a {@link
 * Slot} to write the owned fields. A view is of the key, not of its owner: it stays good while owners come and go, and
 * after the key was removed it reaches the dead record.
 *
 * <p><b>Memory order: {@code get} is an acquire, {@code set} a release, and every other operation volatile;</b> see
 * {@link RecordAccess}.
 *
 * <p><b>Thread-safety:</b> safe for use by any number of threads, once it was handed to them by safe publication. In a
 * recycling table a handle must not be closed while another thread uses it: that use may reach the record of the slot's
 * next key. <b>Errors:</b> as {@link RecordAccess} says; where another thread closes the view, an access throws once
 * that is seen. What a view says of its key works after the view was closed, too, and speaks of the key, not of this
 * view; in a recycling table it throws {@link IllegalStateException} then. <b>Memory:</b> no access allocates, but
 * for the first call that asks for a buffer.
 */
public sealed class SlotView extends RecordAccess implements AutoCloseable permits Slot {

    private static final VarHandle LAYOUT;
    private static final VarHandle BUFFERS;

    static {
        try {
            LAYOUT = MethodHandles.lookup().findVarHandle(RecordAccess.class, "layout", Object.class);
            BUFFERS = MethodHandles.lookup().findVarHandle(SlotView.class, "buffers", RecordBuffers.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final int slot;
    final long base;

    /** Whether this view keeps its slot from being reused for another key, until it is closed. */
    private final boolean retained;

    /** Null until a buffer is asked for. */
    @SuppressWarnings("unused") // also through BUFFERS
    private @Nullable RecordBuffers buffers;

    /**
     * A handle.
     *
     * @param retained whether the slot is retained, once, for this handle to release
     */
    SlotView(TableMemory memory, int slot, boolean retained) {
        super(memory);
        this.retained = retained;
        this.slot = slot;
        this.base = memory.descriptor.base(slot);
    }

    /**
     * Returns whether the key is a name.
     *
     * @return true if it is a name, false if it is a {@code long}
     */
    public final boolean isNamed() {
        checkSlot();
        return memory.index.isNamed(slot);
    }

    /**
     * Returns the key, where it is a {@code long}.
     *
     * @return the key
     * @throws IllegalStateException if the key is a name
     */
    public final long key() {
        if (isNamed()) {
            throw new IllegalStateException("the key of this slot is a name: name=" + name() + "; ask for name()");
        }
        return memory.index.key(slot);
    }

    /**
     * Returns the name, where the key is one.
     *
     * @return the name
     * @throws IllegalStateException if the key is a {@code long}
     */
    public final String name() {
        if (!isNamed()) {
            throw new IllegalStateException("the key of this slot is a long: key=" + key() + "; ask for key()");
        }
        return memory.index.name(slot);
    }

    /**
     * Returns whether the slot has an owner at this moment.
     *
     * @return true between a claim and the close of its {@link Slot}
     */
    public final boolean isOwned() {
        checkSlot();
        return memory.ownership.isOwned(slot);
    }

    /**
     * Returns the owner of the slot, for people to look at.
     *
     * @return the owner, or null if there is none, or if owners are changing just now
     */
    public final @Nullable Owner owner() {
        checkSlot();
        return memory.ownership.owner(slot);
    }

    /**
     * Returns whether the key was removed since this handle was made. The record that the handle reaches is dead then:
     * once the removal has returned, no lookup finds it any more.
     *
     * @return true after the removal, and while it is under way
     */
    public final boolean isRemoved() {
        checkSlot();
        return memory.ownership.isRemoved(slot);
    }

    /**
     * Returns the node that this slot was allocated on, in a table whose slots are {@linkplain
     * SlotTable.Builder#spreadOverNodes() spread}.
     *
     * @return the kernel's number of the node; {@link CurrentCpu#UNKNOWN} if the table is not spread, or the machine
     *         has one node
     */
    public final int node() {
        return memory.descriptor.partitions.node(memory.descriptor.partition(slot));
    }

    /**
     * Reports where the memory of this slot is; see {@link org.berth.offheap.Region#placementReport(long, long)}.
     *
     * @return the report: of pages, which other slots share
     * @throws UnsupportedOperationException if the kernel cannot be asked
     */
    public final PlacementReport placementReport() {
        checkSlot();
        TableDescriptor descriptor = memory.descriptor;
        return words.placementReport(descriptor.slots + slot * descriptor.stride, descriptor.stride);
    }

    /**
     * Returns a read-only buffer over the bytes of a field in the record itself: they may change while they are read,
     * and what is read is in no order but that which the buffer's methods ask for. Use this to look at single values
     * that the owner writes atomically through its own buffer. Prefer {@link Snapshot#buffer} for a message that must
     * be whole, as one that an SBE decoder reads. Only the first call for a field allocates. Drop other buffers that
     * were made to wrap this one before this view is closed: what they reach then may be another key's.
     *
     * @param field to read
     * @return the buffer, always the same; after this handle was closed every access through it throws {@link
     *         IllegalStateException}
     */
    public DirectBuffer buffer(OwnedBytes field) {
        OwnedBytesField exact = Fields.exact(field, layout);
        return liveBuffer(exact.bytesIndex(), exact.wordOffset(), exact.length());
    }

    /**
     * Returns a buffer over a range of the record, until this handle is closed.
     *
     * @param number of the range, for {@link RecordBuffers}
     */
    final OffHeapBuffer liveBuffer(int number, long offset, int length) {
        // Plain: all its fields are final.
        RecordBuffers made = buffers;
        return (made != null ? made : makeBuffers()).get(number, offset, length);
    }

    private RecordBuffers makeBuffers() {
        RecordBuffers mine = new RecordBuffers(memory, base, !(this instanceof Slot));
        RecordBuffers other = (RecordBuffers) BUFFERS.compareAndExchange(this, null, mine);
        RecordBuffers made = other != null ? other : mine;
        if (LAYOUT.getVolatile(this) == null) {
            // Closed meanwhile, by a thread that may not have seen these.
            made.close();
        }
        return made;
    }

    /**
     * Closes this handle; the record stays as it is. Closing again does nothing. Lock-free; wait-free unless the table
     * is recycling.
     */
    @Override
    public void close() {
        if (disable() && retained) {
            try {
                memory.reclamation.release(slot);
            } catch (IllegalStateException e) {
                // A handle that outlives its table has nothing left to release.
                if (!memory.isClosed()) {
                    throw e;
                }
            }
        }
    }

    @Override
    final int retain() {
        return slot;
    }

    @Override
    final long base(int slot) {
        return base;
    }

    @Override
    final void release(int slot) {
        // The view has the slot until it is closed.
    }

    /** Makes every later access throw; true the first time, for one thread. */
    final boolean disable() {
        // First, as an error here must leave a handle that can be closed; and again, for those that were made
        // meanwhile.
        closeBuffers();
        boolean first = LAYOUT.getAndSet(this, null) != null;
        closeBuffers();
        return first;
    }

    private void closeBuffers() {
        RecordBuffers made = (RecordBuffers) BUFFERS.getVolatile(this);
        if (made != null) {
            made.close();
        }
    }

    /** Where slots are reused, that of a closed handle may be another key's. */
    private void checkSlot() {
        if (memory.recycling && layout == null) {
            throw new IllegalStateException("handle is closed, and its slot may be another key's by now;"
                    + " claim the key or open a view of it again");
        }
    }

    @Override
    public String toString() {
        try {
            return getClass().getSimpleName() + "[" + memory.describeKey(slot) + (isOwned() ? ", owned]" : "]");
        } catch (IllegalStateException e) {
            return getClass().getSimpleName() + "[closed]";
        }
    }
}
