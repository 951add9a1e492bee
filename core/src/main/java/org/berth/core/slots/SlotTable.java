package org.berth.core.slots;

import java.io.IOException;
import java.nio.file.Path;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.function.Consumer;
import org.berth.offheap.Region;
import org.berth.offheap.Words;
import org.berth.offheap.placement.PlacementReport;
import org.jspecify.annotations.Nullable;

/**
 * A dictionary that many threads share, from a key (a {@code long}, or a name) to a record of a fixed {@link RecordLayout},
 * each record in cache lines of its own, off the heap.
 *
 * <p>A thread that <em>claims</em> a key becomes the owner of its record and writes the owned fields without lock or CAS,
 * through a {@link Slot}. Everybody else reads all fields and updates the shared ones atomically, through a
 * {@link SlotView} or by key, with the methods of this class that take a key first. Long keys and names are apart: the key
 * 1 and the name "1" have nothing to do with each other.
 *
 * <p>The number of keys is limited at creation. A key that was claimed keeps its record until it is {@linkplain #remove(long)
 * removed}: a later claim of the same key continues from the values that are there or, in a table that {@linkplain
 * OnRelease#MERGE merges}, starts anew while the totals keep what was. The memory is allocated, zero-filled and resident from
 * the start, unless the table is in a file; {@link #memoryBytes()} says how much.
 *
 * <p>The first table that a process creates is faster than those after it: the JIT compiler treats its memory as a constant,
 * and there is room for one such table per process (see {@link Region#constantWords()}). So create the one that matters first.
 *
 * <p><b>Thread-safety:</b> safe for use by any number of threads. <b>Progress:</b> {@code claim} and {@code remove} are
 * lock-free, but for one case: a claim of a new key that finds the last free slots in the hands of others (claims that are under
 * way, or users of a removed record in a recycling table) waits for them, a second at the most, and then calls the table full.
 * Operations by key are as in {@code SlotView}, as the probe of the index is wait-free; in a recycling table it is lock-free,
 * and so are they. Reading over all slots is wait-free in a table that keeps, lock-free in one that recycles, and waits for
 * commits under way in one that merges.
 * <b>Errors:</b> after {@link #close()} every method but {@code close}, {@code isClosed}, {@code layout}, {@code capacity},
 * {@code memoryBytes} and {@code toString} throws {@link IllegalStateException}, also through handles, from any thread.
 * Methods by key throw {@link NoSuchElementException} for a key that was never claimed, or is removed, and
 * {@link IllegalArgumentException} for a field of another layout; nothing is changed by a call that throws, except that an
 * update that races with {@code close()} may have taken effect.
 */
public final class SlotTable extends Totals implements AutoCloseable {

    private final @Nullable Region region;

    /** Volatile: whoever sees an access fail because the table was closed also sees why. */
    private volatile boolean closed;

    final Claims claims;

    SlotTable(TableDescriptor descriptor, Words words, @Nullable Region region, RecordQueues handOver) {
        super(words, descriptor, 0);
        this.region = region;
        this.claims = new Claims(this, handOver);
    }

    /**
     * Creates a table in anonymous memory, with records as far apart as suits this machine ({@link SlotTableBuilder#padding}).
     *
     * @param layout   of the records
     * @param capacity the largest number of keys
     * @return an empty table
     * @throws IllegalArgumentException if the capacity is not positive or too large
     * @throws OutOfMemoryError         if the memory is not to be had; see {@code -XX:MaxDirectMemorySize}
     */
    public static SlotTable create(RecordLayout layout, int capacity) {
        return builder(layout, capacity).create();
    }

    /**
     * Starts a table that is not as {@link #create(RecordLayout, int)} makes it: in a file, with another padding, merging, or
     * recycling.
     *
     * @param layout   of the records
     * @param capacity the largest number of keys
     * @return a new builder
     */
    public static SlotTableBuilder builder(RecordLayout layout, int capacity) {
        return new SlotTableBuilder(layout, capacity);
    }

    /**
     * Opens a table in a file, whatever ended the process that had it before: keys that were owned are free to be claimed, each
     * {@link SlotWrite} is there whole or not at all, and in a table that merges, what the owners had is in the totals. (One
     * exception: where the process died while an owner's leaving took over a shared field's value, and another thread updated the
     * field within that very step, that one value may be counted twice or not at all.)
     *
     * @param file   that {@link SlotTableBuilder#create(Path)} created
     * @param layout of the records
     * @return the table
     * @throws IllegalArgumentException if the table is of another layout
     * @throws IllegalStateException    if the file is in use
     * @throws java.nio.file.FileSystemException if the file is no table, of another version or byte order, cut off or damaged;
     *                                  the reason says which
     * @throws IOException              if the file cannot be opened or mapped; see {@link Region#open(Path)}
     */
    public static SlotTable open(Path file, RecordLayout layout) throws IOException {
        return TableFile.open(file, Objects.requireNonNull(layout, "layout"));
    }

    /**
     * Opens a table in a file, as {@link #open(Path, RecordLayout)} does, with the layout that its header describes:
     * {@link #layout()} has its fields.
     *
     * @param file that {@link SlotTableBuilder#create(Path)} created
     * @return the table
     * @throws IllegalStateException if the file is in use
     * @throws java.nio.file.FileSystemException if the file is no table, of another version or byte order, cut off or damaged;
     *                               the reason says which
     * @throws IOException           if the file cannot be opened or mapped; see {@link Region#open(Path)}
     */
    public static SlotTable open(Path file) throws IOException {
        return TableFile.open(file, null);
    }

    /** A table over memory that the tests bring; it must be zero, and is not closed with the table. */
    static SlotTable over(Words words, RecordLayout layout, int capacity, int padding) {
        return over(words, new TableDescriptor(layout, capacity, padding));
    }

    /** A table over memory that the tests bring; it must be zero, and is not closed with the table. */
    static SlotTable over(Words words, TableDescriptor descriptor) {
        return over(words, descriptor, RecordQueues.NONE);
    }

    /** A table over memory that the tests bring; it must be zero, and is not closed with the table. */
    static SlotTable over(Words words, TableDescriptor descriptor, RecordQueues handOver) {
        return new SlotTable(descriptor, words, null, handOver);
    }

    /**
     * Claims a key: the key is added if it is new, and the caller becomes the owner of its record.
     *
     * @param key any {@code long}
     * @return the owner's handle; close it to leave
     * @throws IllegalStateException if the key is owned (the message names the owner), or if the key is new and the table is
     *                               full
     */
    public Slot claim(long key) {
        return claims.claim(KeyIndex.Key.of(key), null, null);
    }

    /**
     * Claims a key, as {@link #claim(long)} does, and gives its record initial values if it starts anew: if the key is new, or if
     * the table merges. They are written right after the claim, in one {@link SlotWrite}.
     *
     * @param key     any {@code long}
     * @param initial sets the values, and leaves the commit to this; not called for a record that has values from a former owner. If it
     *                throws, the claim is undone, a new key is removed (which retires its slot, unless the table is recycling), and the
     *                exception passes through
     * @return the owner's handle; close it to leave
     * @throws IllegalStateException as {@link #claim(long)}
     */
    public Slot claim(long key, Consumer<? super SlotWrite> initial) {
        return claims.claim(KeyIndex.Key.of(key), Objects.requireNonNull(initial, "initial"), null);
    }

    /**
     * Claims a name: the name is added if it is new, and the caller becomes the owner of its record.
     *
     * @param name 1 to {@value TableDescriptor#MAX_NAME_BYTES} bytes in UTF-8, without the character U+0000
     * @return the owner's handle; close it to leave
     * @throws IllegalArgumentException if the name is empty, too long or no valid text
     * @throws IllegalStateException    if the name is owned (the message names the owner), or if the name is new and the table
     *                                  is full
     */
    public Slot claim(String name) {
        return claims.claim(KeyIndex.Key.of(name), null, null);
    }

    /**
     * Claims a name, as {@link #claim(String)} does, and gives its record initial values, as {@link #claim(long, Consumer)} does.
     *
     * @param name    as for {@link #claim(String)}
     * @param initial sets the values of a record that starts anew
     * @return the owner's handle; close it to leave
     * @throws IllegalArgumentException if the name is empty, too long or no valid text
     * @throws IllegalStateException    as {@link #claim(String)}
     */
    public Slot claim(String name, Consumer<? super SlotWrite> initial) {
        return claims.claim(KeyIndex.Key.of(name), Objects.requireNonNull(initial, "initial"), null);
    }

    /**
     * Claims a key unless somebody else owns it.
     *
     * @param key any {@code long}
     * @return the owner's handle, or null if the key is owned
     * @throws IllegalStateException if the key is new and the table is full
     */
    public @Nullable Slot tryClaim(long key) {
        return claims.tryClaim(KeyIndex.Key.of(key), null, null);
    }

    /**
     * Claims a name unless somebody else owns it.
     *
     * @param name as for {@link #claim(String)}
     * @return the owner's handle, or null if the name is owned
     * @throws IllegalArgumentException if the name is empty, too long or no valid text
     * @throws IllegalStateException if the name is new and the table is full
     */
    public @Nullable Slot tryClaim(String name) {
        return claims.tryClaim(KeyIndex.Key.of(name), null, null);
    }

    /**
     * Opens a view of a record, for anyone to read it and update its shared fields.
     *
     * @param key that was claimed before, owned now or not
     * @return the view
     * @throws NoSuchElementException if the key was never claimed, or is removed
     */
    public SlotView view(long key) {
        checkOpen();
        return new SlotView(this, heldSlot(key), recycling);
    }

    /**
     * Opens a view of a record, for anyone to read it and update its shared fields.
     *
     * @param name that was claimed before, owned now or not
     * @return the view
     * @throws NoSuchElementException if the name was never claimed, or is removed
     */
    public SlotView view(String name) {
        checkOpen();
        return new SlotView(this, heldSlot(name), recycling);
    }

    /**
     * Removes a key with its record. Views of it reach a dead record from then on, which nobody else finds; a later claim of the
     * key starts a new one. In a table that merges, what was merged stays in the totals. The removed record's slot is retired
     * and still counts towards the capacity, unless the table is recycling.
     *
     * @param key to remove
     * @return true if this call removed it, false if it was not there
     * @throws IllegalStateException if the key is owned (the message names the owner)
     */
    public boolean remove(long key) {
        return claims.remove(KeyIndex.Key.of(key));
    }

    /**
     * Removes a name with its record, as {@link #remove(long)} does a key.
     *
     * @param name to remove
     * @return true if this call removed it, false if it was not there
     * @throws IllegalArgumentException if the name is empty, too long or no valid text
     * @throws IllegalStateException    if the name is owned (the message names the owner)
     */
    public boolean remove(String name) {
        return claims.remove(KeyIndex.Key.of(name));
    }

    /**
     * Whether a key is in this table.
     *
     * @param key to look for
     * @return true if the key was claimed before, owned now or not, and not removed
     */
    public boolean contains(long key) {
        checkOpen();
        return index.find(key) != KeyIndex.NONE;
    }

    /**
     * Whether a name is in this table.
     *
     * @param name to look for
     * @return true if the name was claimed before, owned now or not, and not removed
     */
    public boolean contains(String name) {
        checkOpen();
        return index.find(name) != KeyIndex.NONE;
    }

    /**
     * Calls {@code action} with a view of each record, in no particular order: with each key whose claim returned before this
     * call, and which is not removed meanwhile, exactly once; with one that is added meanwhile at most once, each time.
     *
     * @param action to call; the view is closed when it returns. If it throws, the iteration ends and the exception passes
     *               through
     */
    public void forEach(Consumer<? super SlotView> action) {
        Objects.requireNonNull(action, "action");
        checkOpen();
        for (int slot = reclamation.next(0); slot != KeyIndex.NONE; slot = reclamation.next(slot + 1)) {
            try (SlotView view = new SlotView(this, slot, recycling)) {
                action.accept(view);
            }
        }
    }

    /**
     * The number of keys.
     *
     * @return the number of keys that were claimed and not removed; of claims and removals under way, of those that are complete
     */
    public int size() {
        checkOpen();
        return index.size();
    }

    /**
     * The largest number of keys.
     *
     * @return the capacity given at creation; rounded up where slots are spread over nodes
     */
    public int capacity() {
        return descriptor.capacity;
    }

    /**
     * The layout of the records.
     *
     * @return the layout given at creation
     */
    public RecordLayout layout() {
        return descriptor.layout;
    }

    /**
     * The memory of this table off the heap: all of it resident, unless it is in a file; there only what was touched is.
     *
     * @return the size in bytes
     */
    public long memoryBytes() {
        return descriptor.bytes;
    }

    /**
     * Where the memory of this table is; see {@link Region#placementReport()}.
     *
     * @return the places
     * @throws UnsupportedOperationException if the kernel cannot be asked
     */
    public PlacementReport placementReport() {
        checkOpen();
        return words.placementReport(0, descriptor.bytes);
    }

    /**
     * Writes a table in a file to its storage device; see {@link Region#force()}. Blocks as long as the device takes.
     *
     * @throws UnsupportedOperationException if this table is in anonymous memory
     * @throws java.io.UncheckedIOException  if writing failed
     */
    public void force() {
        checkOpen();
        if (region == null) {
            throw new UnsupportedOperationException("table is not in a file: bytes=" + memoryBytes());
        }
        region.force();
    }

    /**
     * Whether this table was closed.
     *
     * @return true after {@link #close()}
     */
    public boolean isClosed() {
        return closed;
    }

    /**
     * Frees the memory, whoever uses it: later accesses, also through handles, throw {@link IllegalStateException}. Closing
     * again does nothing. Waits for a handshake with every thread, some hundred microseconds. Best done when the others have
     * ended, for the reason that {@link org.berth.offheap.Region#close} gives.
     */
    @Override
    public void close() {
        closed = true;
        if (region != null) {
            region.close();
        }
    }

    @Override
    public String toString() {
        String what = "SlotTable[capacity=" + capacity() + " bytes=" + memoryBytes();
        try {
            return what + " size=" + size() + "]";
        } catch (IllegalStateException e) {
            return what + ", closed]";
        }
    }

    @Override
    long hold(long key) {
        return descriptor.base(heldSlot(key));
    }

    @Override
    long hold(String name) {
        return descriptor.base(heldSlot(name));
    }

    @Override
    void letGo(long base) {
        if (recycling) {
            reclamation.letGo(descriptor.slot(base));
        }
    }

    @Override
    boolean read(long base, Snapshot snapshot, long nanos) {
        return redo.read(base, snapshot, nanos);
    }

    /** The key of a slot as a name=value pair, for messages. */
    String describeKey(int slot) {
        return index.isNamed(slot) ? "name=" + index.name(slot) : "key=" + index.key(slot);
    }

    @Override
    void checkOpen() {
        if (closed) {
            throw new IllegalStateException(
                    "table is closed: capacity=" + capacity() + "; close it after its last use");
        }
    }

    /** The slot of a key; in a recycling table it is held and must be let go. */
    private int heldSlot(long key) {
        int slot = recycling ? reclamation.hold(key) : index.find(key);
        return slot != KeyIndex.NONE ? slot : unknown("key=" + key);
    }

    /** The slot of a name; in a recycling table it is held and must be let go. */
    private int heldSlot(String name) {
        int slot = recycling ? reclamation.hold(name) : index.find(name);
        return slot != KeyIndex.NONE ? slot : unknown("name=" + name);
    }

    private int unknown(String key) {
        throw new NoSuchElementException("unknown key: " + key + " size=" + size() + "; claim it first");
    }
}
