package org.berth.core.slots;

import java.util.NoSuchElementException;
import java.util.function.Consumer;
import java.util.function.DoubleBinaryOperator;
import java.util.function.LongBinaryOperator;
import org.berth.offheap.Region;
import org.berth.offheap.Words;
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
 * <p>The number of keys is fixed at creation, and a key, once claimed, keeps its record for the life of the table: a later
 * claim of the same key continues from the values that are there. All of the memory is allocated, zero-filled and resident
 * from the start; {@link #memoryBytes()} says how much.
 *
 * <p>The first table that a process creates is faster than those after it: the JIT compiler treats its memory as a constant,
 * and there is room for one such table per process (see {@link Region#constantWords()}). So create the one that matters first.
 *
 * <p><b>Thread-safety:</b> safe for use by any number of threads. <b>Progress:</b> {@code claim} is lock-free, but for one
 * case: a claim of a new key that finds the last free slots in the hands of other claims that are still under way waits for
 * their outcome, a second at the most, and then calls the table full. Operations by key are as in {@code SlotView} (the
 * probe of the index is wait-free), and reading over all slots is wait-free.
 * <b>Errors:</b> after {@link #close()} every method but {@code close}, {@code isClosed}, {@code layout}, {@code capacity},
 * {@code memoryBytes} and {@code toString} throws {@link IllegalStateException}, also through handles, from any thread.
 * Methods by key throw {@link NoSuchElementException} for a key that was never claimed, and
 * {@link IllegalArgumentException} for a field of another layout; nothing is changed by a call that throws, except that an
 * update that races with {@code close()} may have taken effect.
 */
public final class SlotTable extends ByName implements AutoCloseable {

    final TableDescriptor descriptor;
    final KeyIndex index;
    final Ownership ownership;

    private final RecordLayout recordLayout;
    private final @Nullable Region region;

    /** Volatile: whoever sees an access fail because the table was closed also sees why. */
    private volatile boolean closed;

    private SlotTable(RecordLayout recordLayout, TableDescriptor descriptor, Words words, @Nullable Region region) {
        super(words, recordLayout.identity());
        this.recordLayout = recordLayout;
        this.descriptor = descriptor;
        this.region = region;
        this.index = new KeyIndex(words, descriptor);
        this.ownership = new Ownership(words, descriptor);
    }

    /**
     * Creates a table in anonymous memory, with records {@value TableDescriptor#DEFAULT_PADDING} bytes apart or a multiple.
     *
     * @param layout   of the records
     * @param capacity the largest number of keys
     * @return an empty table
     * @throws IllegalArgumentException if the capacity is not positive or too large
     * @throws OutOfMemoryError         if the memory is not to be had; see {@code -XX:MaxDirectMemorySize}
     */
    public static SlotTable create(RecordLayout layout, int capacity) {
        return create(layout, capacity, TableDescriptor.DEFAULT_PADDING);
    }

    /**
     * Creates a table in anonymous memory, with a padding of the caller's choice: owned and shared fields of each record each
     * fill a multiple of it. Less than 64 makes neighbours share cache lines, which saves memory and costs speed as soon as
     * two threads write.
     *
     * @param layout   of the records
     * @param capacity the largest number of keys
     * @param padding  in bytes, a power of two from 8 to 4096
     * @return an empty table
     * @throws IllegalArgumentException if the capacity is not positive or too large, or the padding is not as said
     * @throws OutOfMemoryError         if the memory is not to be had; see {@code -XX:MaxDirectMemorySize}
     */
    public static SlotTable create(RecordLayout layout, int capacity, int padding) {
        TableDescriptor descriptor = new TableDescriptor(layout, capacity, padding);
        Region region = Region.anonymous(descriptor.bytes);
        try {
            // Constant: slot tables are few and live long, which is what the one constant place of the process is for.
            return new SlotTable(layout, descriptor, region.constantWords(), region);
        } catch (Throwable failure) {
            region.close();
            throw failure;
        }
    }

    /** A table over memory that the tests bring; it must be zero, and is not closed with the table. */
    static SlotTable over(Words words, RecordLayout layout, int capacity, int padding) {
        return new SlotTable(layout, new TableDescriptor(layout, capacity, padding), words, null);
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
        return claim(KeyIndex.Key.of(key));
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
        return claim(KeyIndex.Key.of(name));
    }

    /**
     * Claims a key unless somebody else owns it.
     *
     * @param key any {@code long}
     * @return the owner's handle, or null if the key is owned
     * @throws IllegalStateException if the key is new and the table is full
     */
    public @Nullable Slot tryClaim(long key) {
        return tryClaim(KeyIndex.Key.of(key));
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
        return tryClaim(KeyIndex.Key.of(name));
    }

    /**
     * Opens a view of a record, for anyone to read it and update its shared fields.
     *
     * @param key that was claimed before, owned now or not
     * @return the view
     * @throws NoSuchElementException if the key was never claimed
     */
    public SlotView view(long key) {
        checkOpen();
        return new SlotView(this, slot(key));
    }

    /**
     * Opens a view of a record, for anyone to read it and update its shared fields.
     *
     * @param name that was claimed before, owned now or not
     * @return the view
     * @throws NoSuchElementException if the name was never claimed
     */
    public SlotView view(String name) {
        checkOpen();
        return new SlotView(this, slot(name));
    }

    /**
     * Whether a key is in this table.
     *
     * @param key to look for
     * @return true if the key was claimed before, owned now or not
     */
    public boolean contains(long key) {
        checkOpen();
        return index.find(key) != KeyIndex.NONE;
    }

    /**
     * Whether a name is in this table.
     *
     * @param name to look for
     * @return true if the name was claimed before, owned now or not
     */
    public boolean contains(String name) {
        checkOpen();
        return index.find(name) != KeyIndex.NONE;
    }

    /**
     * Calls {@code action} with a view of each record, in no particular order: with each key whose claim returned before this
     * call exactly once, with keys that are added meanwhile at most once.
     *
     * @param action to call; if it throws, the iteration ends and the exception passes through
     */
    public void forEach(Consumer<? super SlotView> action) {
        checkOpen();
        for (int at = index.nextUsed(0); at < index.length(); at = index.nextUsed(at + 1)) {
            action.accept(new SlotView(this, index.slotAt(at)));
        }
    }

    /**
     * Folds the values of a field over all records, in no particular order. Each value is read once, atomically, at some
     * moment of this call; they are not read all at the same instant.
     *
     * @param field    to read
     * @param identity to start with; the result for an empty table
     * @param function of the result so far and a value
     * @return the result
     */
    public long fold(LongField field, long identity, LongBinaryOperator function) {
        checkOpen();
        long offset = Tokens.offset(field, layout);
        long result = identity;
        for (int at = index.nextUsed(0); at < index.length(); at = index.nextUsed(at + 1)) {
            result = function.applyAsLong(result, words.getAcquire(descriptor.base(index.slotAt(at)) + offset));
        }
        return result;
    }

    /**
     * The sum of a field over all records, read as {@link #fold(LongField, long, LongBinaryOperator)} does. Overflow wraps around.
     *
     * @param field to read
     * @return the sum, 0 for an empty table
     */
    public long sum(LongField field) {
        return fold(field, 0, Long::sum);
    }

    /**
     * The smallest value of a field over all records, read as {@link #fold(LongField, long, LongBinaryOperator)} does.
     *
     * @param field to read
     * @return the minimum, {@link Long#MAX_VALUE} for an empty table
     */
    public long min(LongField field) {
        return fold(field, Long.MAX_VALUE, Math::min);
    }

    /**
     * The largest value of a field over all records, read as {@link #fold(LongField, long, LongBinaryOperator)} does.
     *
     * @param field to read
     * @return the maximum, {@link Long#MIN_VALUE} for an empty table
     */
    public long max(LongField field) {
        return fold(field, Long.MIN_VALUE, Math::max);
    }

    /**
     * Folds the values of a field over all records, in no particular order. Each value is read once, atomically, at some
     * moment of this call; they are not read all at the same instant.
     *
     * @param field    to read
     * @param identity to start with; the result for an empty table
     * @param function of the result so far and a value
     * @return the result
     */
    public long fold(IntField field, long identity, LongBinaryOperator function) {
        checkOpen();
        long offset = Tokens.offset(field, layout);
        long result = identity;
        for (int at = index.nextUsed(0); at < index.length(); at = index.nextUsed(at + 1)) {
            result = function.applyAsLong(
                    result, Tokens.intOf(words.getAcquire(descriptor.base(index.slotAt(at)) + offset)));
        }
        return result;
    }

    /**
     * The sum of a field over all records, read as {@link #fold(IntField, long, LongBinaryOperator)} does.
     *
     * @param field to read
     * @return the sum, 0 for an empty table
     */
    public long sum(IntField field) {
        return fold(field, 0, Long::sum);
    }

    /**
     * The smallest value of a field over all records, read as {@link #fold(IntField, long, LongBinaryOperator)} does.
     *
     * @param field to read
     * @return the minimum, {@link Long#MAX_VALUE} for an empty table
     */
    public long min(IntField field) {
        return fold(field, Long.MAX_VALUE, Math::min);
    }

    /**
     * The largest value of a field over all records, read as {@link #fold(IntField, long, LongBinaryOperator)} does.
     *
     * @param field to read
     * @return the maximum, {@link Long#MIN_VALUE} for an empty table
     */
    public long max(IntField field) {
        return fold(field, Long.MIN_VALUE, Math::max);
    }

    /**
     * Folds the values of a field over all records, in no particular order. Each value is read once, atomically, at some
     * moment of this call; they are not read all at the same instant.
     *
     * @param field    to read
     * @param identity to start with; the result for an empty table
     * @param function of the result so far and a value
     * @return the result
     */
    public double fold(DoubleField field, double identity, DoubleBinaryOperator function) {
        checkOpen();
        long offset = Tokens.offset(field, layout);
        double result = identity;
        for (int at = index.nextUsed(0); at < index.length(); at = index.nextUsed(at + 1)) {
            result = function.applyAsDouble(
                    result, Tokens.doubleOf(words.getAcquire(descriptor.base(index.slotAt(at)) + offset)));
        }
        return result;
    }

    /**
     * The sum of a field over all records, read as {@link #fold(DoubleField, double, DoubleBinaryOperator)} does.
     *
     * @param field to read
     * @return the sum, 0 for an empty table
     */
    public double sum(DoubleField field) {
        return fold(field, 0, Double::sum);
    }

    /**
     * The smallest value of a field over all records, read as {@link #fold(DoubleField, double, DoubleBinaryOperator)} does.
     *
     * @param field to read
     * @return the minimum, {@link Double#POSITIVE_INFINITY} for an empty table
     */
    public double min(DoubleField field) {
        return fold(field, Double.POSITIVE_INFINITY, Math::min);
    }

    /**
     * The largest value of a field over all records, read as {@link #fold(DoubleField, double, DoubleBinaryOperator)} does.
     *
     * @param field to read
     * @return the maximum, {@link Double#NEGATIVE_INFINITY} for an empty table
     */
    public double max(DoubleField field) {
        return fold(field, Double.NEGATIVE_INFINITY, Math::max);
    }

    /**
     * The number of keys.
     *
     * @return the number of keys that were ever claimed; while claims are under way, of those whose claim is complete
     */
    public int size() {
        checkOpen();
        return index.size();
    }

    /**
     * The largest number of keys.
     *
     * @return the capacity given at creation
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
        return recordLayout;
    }

    /**
     * The memory of this table off the heap, all of it resident.
     *
     * @return the size in bytes
     */
    public long memoryBytes() {
        return descriptor.bytes;
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
     * again does nothing. Waits for a handshake with every thread, some hundred microseconds.
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
    long base(long key) {
        return descriptor.base(slot(key));
    }

    @Override
    long base(String name) {
        return descriptor.base(slot(name));
    }

    /** Ends a claim, on behalf of its handle. */
    void release(int slot, long claim) {
        try {
            ownership.release(slot, claim);
        } catch (IllegalStateException e) {
            // A handle that outlives its table has nothing left to release.
            if (!closed) {
                throw e;
            }
        }
    }

    /** The key of a slot as a name=value pair, for messages. */
    String describeKey(int slot) {
        return index.isNamed(slot) ? "name=" + index.name(slot) : "key=" + index.key(slot);
    }

    private int slot(long key) {
        int slot = index.find(key);
        return slot != KeyIndex.NONE ? slot : unknown("key=" + key);
    }

    private int slot(String name) {
        int slot = index.find(name);
        return slot != KeyIndex.NONE ? slot : unknown("name=" + name);
    }

    private int unknown(String key) {
        throw new NoSuchElementException("unknown key: " + key + " size=" + size() + "; claim it first");
    }

    private Slot claim(KeyIndex.Key key) {
        Slot claimed = tryClaim(key);
        if (claimed == null) {
            throw new IllegalStateException("already claimed: " + key + " " + ownership.owner(index.find(key))
                    + "; one owner at a time: wait for it to close its slot, or open a view");
        }
        return claimed;
    }

    private @Nullable Slot tryClaim(KeyIndex.Key key) {
        checkOpen();
        int slot = index.find(key);
        if (slot == KeyIndex.NONE) {
            int mine = index.allocate(key);
            if (mine != KeyIndex.NONE) {
                // Owned before it is published: nobody sees a new key without its owner.
                @Nullable Slot added = ownNew(mine);
                slot = index.publish(key, mine);
                if (slot == mine) {
                    return added;
                }
                if (added != null) {
                    added.close();
                }
                index.giveBack(mine);
            } else {
                // The last slots may have gone to this very key meanwhile.
                slot = index.find(key);
                if (slot == KeyIndex.NONE) {
                    throw full(key);
                }
            }
        }
        return own(slot);
    }

    private @Nullable Slot own(int slot) {
        long claim = ownership.take(slot);
        if (claim == 0) {
            return null;
        }
        try {
            return new Slot(this, slot, claim);
        } catch (Throwable failure) {
            ownership.release(slot, claim);
            throw failure;
        }
    }

    /** Owns a slot that nobody else knows, so it is never null. */
    private @Nullable Slot ownNew(int slot) {
        try {
            return own(slot);
        } catch (Throwable failure) {
            index.giveBack(slot);
            throw failure;
        }
    }

    private IllegalStateException full(KeyIndex.Key key) {
        return new IllegalStateException("table is full: " + key + " capacity=" + capacity() + " size=" + size()
                + "; create the table with room for every key that it will ever hold");
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException(
                    "table is closed: capacity=" + capacity() + "; close it after its last use");
        }
    }
}
