package org.berth.core.slots;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Queue;
import java.util.function.Consumer;
import org.berth.offheap.Region;

/**
 * How a {@link SlotTable} shall be: {@link SlotTable#builder(RecordLayout, int)}. What is not said is as
 * {@link SlotTable#create(RecordLayout, int)} makes it. Not safe for use by several threads.
 */
public final class SlotTableBuilder {

    private final RecordLayout layout;
    private final int capacity;
    private int padding = TableDescriptor.DEFAULT_PADDING;
    private OnRelease onRelease = OnRelease.KEEP;
    private boolean recycling;
    private HandOver handOver = HandOver.NONE;

    SlotTableBuilder(RecordLayout layout, int capacity) {
        this.layout = Objects.requireNonNull(layout, "layout");
        this.capacity = capacity;
    }

    /**
     * How far records keep apart: owned and shared fields of each record each fill a multiple of it. Less than 64 makes
     * neighbours share cache lines, which saves memory and costs speed as soon as two threads write.
     *
     * @param bytes a power of two from 8 to 4096; {@value TableDescriptor#DEFAULT_PADDING} unless set
     * @return this builder
     */
    public SlotTableBuilder padding(int bytes) {
        this.padding = bytes;
        return this;
    }

    /**
     * What becomes of a record's values when its owner leaves.
     *
     * @param release {@link OnRelease#KEEP} unless set
     * @return this builder
     */
    public SlotTableBuilder onRelease(OnRelease release) {
        this.onRelease = Objects.requireNonNull(release, "release");
        return this;
    }

    /**
     * Gives the slots of removed keys to new ones. For that every operation by key, and every view while it is open, holds its
     * slot, which costs two atomic updates of a counter that all users of the key share; and a removed slot is not given on while
     * a view of it is open. So close views, and do not close a handle that another thread is using. Without this, slots of
     * removed keys are not used again.
     *
     * @return this builder
     */
    public SlotTableBuilder recycling() {
        this.recycling = true;
        return this;
    }

    /**
     * Gives each record that starts anew (its key is new, or the table merges) initial values from a queue, as {@link
     * SlotTable#claim(long, java.util.function.Consumer)} does; if the queue is empty, none. What was taken for a claim that then
     * fails is gone.
     *
     * @param queue to poll, by as many threads as claim: of JCTools, an MPMC queue
     * @return this builder
     */
    public SlotTableBuilder initialValues(Queue<? extends Consumer<? super SlotWrite>> queue) {
        handOver = new HandOver(Objects.requireNonNull(queue, "queue"), handOver.finals());
        return this;
    }

    /**
     * Gives a copy of each record to a queue when its owner leaves, just before that, and besides what {@link #onRelease} says.
     * <b>Back-pressure:</b> if a bounded queue is full, {@link Slot#close()} waits until somebody takes some out, spinning, yielding and
     * then parking for a millisecond at the most, whether interrupted or not; so no record is lost. Who takes them out must not
     * be one that waits. It ends with the table: a record that finds no room before {@link SlotTable#close()} is dropped.
     *
     * @param queue to offer to, by as many threads as leave: of JCTools, an MPSC queue
     * @return this builder
     */
    public SlotTableBuilder finalRecords(Queue<? super FinalRecord> queue) {
        handOver = new HandOver(handOver.initial(), Objects.requireNonNull(queue, "queue"));
        return this;
    }

    /**
     * Creates the table in anonymous memory. All of it is allocated, zero-filled and resident from the start.
     *
     * @return an empty table
     * @throws IllegalArgumentException if the capacity is not positive or too large, if the padding is not as said, or if the
     *                                  table shall merge and a shared field has no {@link Merge}
     * @throws OutOfMemoryError         if the memory is not to be had; see {@code -XX:MaxDirectMemorySize}
     */
    public SlotTable create() {
        TableDescriptor descriptor = descriptor(false);
        Region region = Region.anonymous(descriptor.bytes);
        try {
            // Constant: slot tables are few and live long, which is what the one constant place of the process is for.
            return new SlotTable(descriptor, region.constantWords(), region, handOver);
        } catch (Throwable failure) {
            region.close();
            throw failure;
        }
    }

    /**
     * Creates the table in a new file, which only its owner may read and write. The file is sparse: what is not touched takes no
     * room. All that is written is in the file at once, and nothing of it is lost if the process dies; {@link SlotTable#force()}
     * guards against the death of the system. Until it is closed, nobody else can open it.
     *
     * @param file to create
     * @return an empty table
     * @throws IllegalArgumentException as {@link #create()}
     * @throws java.nio.file.FileAlreadyExistsException if there is such a file; see {@link SlotTable#open(Path, RecordLayout)}
     * @throws IOException if the file cannot be created or mapped; see {@link Region#create(Path, long)}
     */
    public SlotTable create(Path file) throws IOException {
        return TableFile.create(file, descriptor(true), handOver);
    }

    /**
     * Creates slots for the threads that come, each with its own, in a table in anonymous memory that merges and is recycling,
     * whatever was said of that here. Its capacity is the largest number of threads and leases that have a slot at the same
     * time.
     *
     * @return with no thread in it
     * @throws IllegalArgumentException as {@link #create()}
     * @throws OutOfMemoryError         as {@link #create()}
     */
    public PerThread createPerThread() {
        onRelease = OnRelease.MERGE;
        recycling = true;
        return new PerThread(create());
    }

    private TableDescriptor descriptor(boolean journaled) {
        return new TableDescriptor(layout, capacity, padding, onRelease, recycling, journaled);
    }
}
