package org.berth.core.slots;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Queue;
import java.util.function.Consumer;
import org.berth.offheap.Region;
import org.berth.offheap.placement.Placement;
import org.berth.offheap.placement.Topology;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link SlotTable} shall be: {@link SlotTable#builder(RecordLayout, int)}. What is not said is as
 * {@link SlotTable#create(RecordLayout, int)} makes it. Not safe for use by several threads.
 */
public final class SlotTableBuilder {

    private final RecordLayout layout;
    private final int capacity;
    private int padding;
    private OnRelease onRelease = OnRelease.KEEP;
    private boolean recycling;
    private @Nullable Placement placement;
    private boolean spread;
    private RecordQueues handOver = RecordQueues.NONE;

    SlotTableBuilder(RecordLayout layout, int capacity) {
        this.layout = Objects.requireNonNull(layout, "layout");
        this.capacity = capacity;
    }

    /**
     * How far records keep apart: owned and shared fields of each record each fill a multiple of it. Less than 64 makes
     * neighbours share cache lines, which saves memory and costs speed as soon as two threads write.
     *
     * @param bytes a power of two from 8 to 4096; {@link Topology#currentPadding()} unless set, which is 128 on most machines
     * @return this builder
     */
    public SlotTableBuilder padding(int bytes) {
        if (bytes <= 0) {
            throw TableDescriptor.badPadding(bytes);
        }
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
     * Asks for a place for the memory of a table that is not in a file: a node, huge pages, and the like. Needs native access.
     *
     * @param placement of the memory, without stripes
     * @return this builder
     */
    public SlotTableBuilder placement(Placement placement) {
        this.placement = Objects.requireNonNull(placement, "placement");
        return this;
    }

    /**
     * Spreads the slots of a table that is not in a file over the nodes of memory that this process may use, as many on each, and gives
     * a new key a slot on the node of the thread that claims it; if there is none left, on the nearest that has one. So claim in the
     * thread that is to write. What else the table has, and all of it where there is one node, is where {@link #placement} says. The
     * capacity is rounded up, so that the slots on each node fill whole pages. Where there are several nodes this needs native
     * access.
     *
     * @return this builder
     */
    public SlotTableBuilder spreadOverNodes() {
        this.spread = true;
        return this;
    }

    /**
     * Gives each record that starts anew (its key is new, or the table merges) initial values from a queue, as {@link
     * SlotTable#claim(long, java.util.function.Consumer)} does; if the queue is empty, none. What was taken for a claim that then
     * fails is gone. The functions must not call back into the table or {@link PerThread}.
     *
     * @param queue to poll, by as many threads as claim: of JCTools, an MPMC queue
     * @return this builder
     */
    public SlotTableBuilder initialValues(Queue<? extends Consumer<? super SlotWrite>> queue) {
        handOver = new RecordQueues(Objects.requireNonNull(queue, "queue"), handOver.finals());
        return this;
    }

    /**
     * Gives a copy of each record to a queue when its owner leaves, just before that, and besides what {@link #onRelease} says.
     * <b>Back-pressure:</b> if a bounded queue is full, {@link Slot#close()} waits until somebody takes some out, spinning, yielding and
     * then parking for a millisecond at the most, whether interrupted or not; so no record is lost. Who takes them out must not
     * be one that waits. It ends with the table: a record that finds no room before {@link SlotTable#close()} is dropped. So is one
     * whose offer throws, and the exception passes through. The queue must not call back into the table or {@link PerThread}.
     *
     * @param queue to offer to, by as many threads as leave: of JCTools, an MPSC queue
     * @return this builder
     */
    public SlotTableBuilder finalRecords(Queue<? super FinalRecord> queue) {
        handOver = new RecordQueues(handOver.initial(), Objects.requireNonNull(queue, "queue"));
        return this;
    }

    /**
     * Creates the table in anonymous memory. All of it is allocated, zero-filled and resident from the start.
     *
     * @return an empty table
     * @throws IllegalArgumentException if the capacity is not positive or too large, if the padding is not as said, or if the
     *                                  table shall merge and a shared field has no {@link Merge}
     * @throws OutOfMemoryError         if the memory is not to be had; see {@code -XX:MaxDirectMemorySize}
     * @throws UnsupportedOperationException if a place is asked for and it cannot be had; see
     *                                  {@link Region#anonymous(long, Placement)}
     */
    public SlotTable create() {
        NodePartitions stripes = spread ? NodePartitions.of(Topology.current()) : NodePartitions.ONE;
        TableDescriptor descriptor = descriptor(false, stripes);
        Region region = allocate(descriptor);
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
     * @throws IllegalArgumentException as {@link #create()}, or if a place is asked for
     * @throws java.nio.file.FileAlreadyExistsException if there is such a file; see {@link SlotTable#open(Path, RecordLayout)}
     * @throws IOException if the file cannot be created or mapped; see {@link Region#create(Path, long)}
     */
    public SlotTable create(Path file) throws IOException {
        if (placement != null || spread) {
            throw new IllegalArgumentException("a file's pages are the operating system's to place: placement="
                    + placement + " spread=" + spread + "; leave that out, or create the table in memory");
        }
        return TableFile.create(file, descriptor(true, NodePartitions.ONE), handOver);
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
        SlotTable table = create();
        try {
            return new PerThread(table);
        } catch (Throwable failure) {
            table.close();
            throw failure;
        }
    }

    private TableDescriptor descriptor(boolean journaled, NodePartitions stripes) {
        int apart = padding != 0 ? padding : DefaultPadding.BYTES;
        return new TableDescriptor(layout, capacity, apart, onRelease, recycling, journaled, stripes);
    }

    private Region allocate(TableDescriptor descriptor) {
        NodePartitions stripes = descriptor.stripes;
        if (stripes.count() > 1) {
            long bytes = descriptor.stripeSlots * descriptor.stride;
            Placement base = placement != null ? placement : Placement.local();
            return Region.anonymous(descriptor.bytes, base.partitions(descriptor.slots, bytes, stripes.nodes()));
        }
        return placement != null ? Region.anonymous(descriptor.bytes, placement) : Region.anonymous(descriptor.bytes);
    }

    /** What this machine suggests, found out when it is first needed. */
    private static final class DefaultPadding {

        static final int BYTES = Topology.currentPadding();
    }
}
