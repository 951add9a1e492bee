package org.berth.core.slots;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
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
            return new SlotTable(descriptor, region.constantWords(), region);
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
        return TableFile.create(file, descriptor(true));
    }

    private TableDescriptor descriptor(boolean journaled) {
        return new TableDescriptor(layout, capacity, padding, onRelease, recycling, journaled);
    }
}
