package org.berth.core.slots;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.DoubleBinaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.function.Predicate;
import org.berth.core.slots.Field.OwnedLongs;
import org.berth.offheap.Region;
import org.berth.offheap.Words;
import org.berth.offheap.placement.Placement;
import org.berth.offheap.placement.PlacementReport;
import org.berth.offheap.placement.Topology;
import org.jctools.queues.varhandle.MpmcVarHandleArrayQueue;
import org.jctools.queues.varhandle.MpscVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * A concurrent dictionary, off the heap, from a key (a {@code long}, or a name) to a record of a fixed {@link
 * RecordLayout}, each in cache lines of its own, with one owner at a time.
 *
 * <p>Use this when each thread works mostly on the values under its own key, and others look on: a thread
 * <em>claims</em> a key, becomes the owner of its record and writes the owned fields through a {@link Slot} without
 * lock or CAS, while every other thread reads all fields and updates the shared ones atomically ({@link RecordAccess}).
 * Prefer {@link PerThread} for counters per thread whose key does not matter, {@link org.berth.core.map.LongLongMap}
 * for single values that any thread updates under any number of keys, and {@link
 * java.util.concurrent.ConcurrentHashMap} for objects.
 *
 * <p>The number of keys is limited at creation. A key that was claimed keeps its record until it is {@linkplain
 * #remove(long) removed}: a later claim of the same key continues from the values that it holds or, in a table that
 * {@linkplain OnRelease#MERGE merges}, starts anew while the totals keep what was added. Long keys and names are apart:
 * the key 1 and the name "1" have nothing to do with each other. The memory is allocated, zero-filled and resident from
 * the start, unless the table is in a file; {@link #memoryBytes()} says how much. The first table that a process
 * creates is faster than those after it: the JIT compiler treats its memory as a constant, and has room for one such
 * table (see {@link Region#constantWords()}). So create the one that matters first.
 *
 * <p><b>Memory order: a claim sees all that the owner before wrote; {@code remove} is volatile; totals read with
 * acquire order.</b>
 *
 * <p><b>Thread-safety:</b> safe for use by any number of threads. <b>Progress:</b> {@code claim} and {@code remove} are
 * lock-free, but for one case: a claim of a new key that finds the last free slots in the hands of others (claims that
 * are under way, or users of a removed record in a recycling table) waits for them, a second at the most, and then
 * calls the table full. Reading over all slots is wait-free in a table that keeps, lock-free in one that recycles, and
 * waits for commits under way in one that merges. <b>Errors:</b> after {@link #close()} every method but {@code close},
 * {@code isClosed}, {@code layout}, {@code capacity}, {@code memoryBytes} and {@code toString} throws {@link
 * IllegalStateException}, also through handles, from any thread. A name must have 1 to {@value
 * TableDescriptor#DEFAULT_NAME_BYTES} bytes in UTF-8, or as many as {@link Builder#maxNameBytes} says, without the
 * character U+0000; methods that claim or remove one throw {@link IllegalArgumentException} otherwise, as does a field
 * of another layout. A call that throws has changed
 * nothing, except that an update that races with {@code close()} may have taken effect.
 */
public final class SlotTable implements AutoCloseable {

    final TableMemory memory;
    final Claims claims;
    private final Totals totals;

    SlotTable(TableMemory memory, RecordQueues queues) {
        this.memory = memory;
        this.claims = new Claims(memory, queues);
        this.totals = new Totals(memory);
    }

    /**
     * Creates a table in anonymous memory, with records as far apart as suits this machine ({@link Builder#padding}).
     *
     * @param layout   of the records
     * @param capacity the largest number of keys
     * @return an empty table
     * @throws IllegalArgumentException if the capacity is not positive or too large
     * @throws OutOfMemoryError         if the memory is not to be had; see {@link Region}
     */
    public static SlotTable create(RecordLayout layout, int capacity) {
        return builder(layout, capacity).build();
    }

    /**
     * Returns a builder for a table with options: in a file, with another padding, merging, recycling, placed.
     *
     * @param layout   of the records
     * @param capacity the largest number of keys
     * @return a new builder
     */
    public static Builder builder(RecordLayout layout, int capacity) {
        return new Builder(layout, capacity);
    }

    /**
     * Opens a table in a file, whatever ended the process that had it before: keys that were owned are free to be
     * claimed, each {@link SlotWrite} is there whole or not at all, and in a table that merges, the owners' values are
     * in the totals. (One exception: where the process died while the end of a claim took over a shared field's value,
     * and another thread updated the field within that very step, that one value may be counted twice or not at all.)
     *
     * @param file   that {@link Builder#build(Path)} created
     * @param layout of the records
     * @return the table
     * @throws IllegalArgumentException if the table is of another layout
     * @throws IllegalStateException    if the file is in use
     * @throws java.nio.file.FileSystemException if the file is no table, of another version or byte order, cut off or
     *                                  damaged; the reason says which
     * @throws IOException              if the file cannot be opened or mapped; see {@link Region#open(Path)}
     */
    public static SlotTable open(Path file, RecordLayout layout) throws IOException {
        return opened(TableFile.open(file, Objects.requireNonNull(layout, "layout")));
    }

    /**
     * Opens a table in a file, as {@link #open(Path, RecordLayout)} does, with the layout that its header describes:
     * {@link #layout()} has its fields.
     *
     * @param file that {@link Builder#build(Path)} created
     * @return the table
     * @throws IllegalStateException if the file is in use
     * @throws java.nio.file.FileSystemException as {@link #open(Path, RecordLayout)}
     * @throws IOException           if the file cannot be opened or mapped; see {@link Region#open(Path)}
     */
    public static SlotTable open(Path file) throws IOException {
        return opened(TableFile.open(file, null));
    }

    private static SlotTable opened(TableMemory memory) {
        return of(memory, RecordQueues.NONE);
    }

    /** A table over memory that is closed if this fails. */
    private static SlotTable of(TableMemory memory, RecordQueues queues) {
        try {
            return new SlotTable(memory, queues);
        } catch (Throwable failure) {
            memory.close();
            throw failure;
        }
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
    static SlotTable over(Words words, TableDescriptor descriptor, RecordQueues queues) {
        return new SlotTable(new TableMemory(descriptor, words, null), queues);
    }

    /**
     * Claims a key: the key is added if it is new, and the caller becomes the owner of its record.
     *
     * @param key any {@code long}
     * @return the owner's handle; close it to end the claim
     * @throws IllegalStateException if the key is owned (the message names the owner), or if the key is new and the
     *                               table is full
     */
    public Slot claim(long key) {
        return claims.claim(KeyIndex.Key.of(key), null, null);
    }

    /**
     * Claims a key, as {@link #claim(long)} does, and gives its record initial values if it starts anew: if the key is
     * new, or if the table merges. A new key appears together with its values, see {@link InitialValues}.
     *
     * @param key     any {@code long}
     * @param initial sets the values; called at most once, and not for a record that has values from a former owner,
     *                but for one case: if another thread adds the key at the same time, what it has set is dropped. It
     *                must not call back into the table. If it throws, nothing is claimed, and the exception passes
     *                through
     * @return the owner's handle; close it to end the claim
     * @throws IllegalStateException as {@link #claim(long)}
     */
    public Slot claim(long key, Consumer<? super InitialValues> initial) {
        return claims.claim(KeyIndex.Key.of(key), Objects.requireNonNull(initial, "initial"), null);
    }

    /**
     * Claims a name, as {@link #claim(long)} does a key.
     *
     * @param name to claim, no longer than {@link Builder#maxNameBytes} allows
     * @return the owner's handle; close it to end the claim
     * @throws IllegalStateException as {@link #claim(long)}
     */
    public Slot claim(String name) {
        return claims.claim(memory.index.keyOf(name), null, null);
    }

    /**
     * Claims a name, as {@link #claim(String)} does, and gives its record initial values, as {@link #claim(long,
     * Consumer)} does.
     *
     * @param name    to claim
     * @param initial sets the values of a record that starts anew
     * @return the owner's handle; close it to end the claim
     * @throws IllegalStateException as {@link #claim(long)}
     */
    public Slot claim(String name, Consumer<? super InitialValues> initial) {
        return claims.claim(memory.index.keyOf(name), Objects.requireNonNull(initial, "initial"), null);
    }

    /**
     * Claims a key unless it is owned.
     *
     * @param key any {@code long}
     * @return the owner's handle, or null if the key is owned
     * @throws IllegalStateException if the key is new and the table is full
     */
    public @Nullable Slot tryClaim(long key) {
        return claims.tryClaim(KeyIndex.Key.of(key), null, null);
    }

    /**
     * Claims a name unless it is owned.
     *
     * @param name to claim
     * @return the owner's handle, or null if the name is owned
     * @throws IllegalStateException if the name is new and the table is full
     */
    public @Nullable Slot tryClaim(String name) {
        return claims.tryClaim(memory.index.keyOf(name), null, null);
    }

    /**
     * Claims a key; waits until its owner closes it, so long at the most. The waiting thread looks again and again, and
     * parks in between for a millisecond at the most; waiting threads have no order.
     *
     * @param key     any {@code long}
     * @param timeout to wait; 0 or less: not at all
     * @param unit    of the timeout
     * @return the owner's handle, or null if the key was owned all the time
     * @throws IllegalStateException if the key is new and the table is full
     * @throws InterruptedException  if it has to wait and the thread is interrupted, before or meanwhile
     */
    public @Nullable Slot tryClaim(long key, long timeout, TimeUnit unit) throws InterruptedException {
        return claims.tryClaim(KeyIndex.Key.of(key), timeout, unit);
    }

    /**
     * Claims a name, as {@link #tryClaim(long, long, TimeUnit)} does a key.
     *
     * @param name    to claim
     * @param timeout to wait; 0 or less: not at all
     * @param unit    of the timeout
     * @return the owner's handle, or null if the name was owned all the time
     * @throws IllegalStateException if the name is new and the table is full
     * @throws InterruptedException  if it has to wait and the thread is interrupted, before or meanwhile
     */
    public @Nullable Slot tryClaim(String name, long timeout, TimeUnit unit) throws InterruptedException {
        return claims.tryClaim(memory.index.keyOf(name), timeout, unit);
    }

    /**
     * Claims a key whose owner has not closed its handle and cannot any more, as the thread that claimed it has ended.
     * The former owner's claim is ended first, as its {@link Slot#close()} would have done it, and its handle, if some
     * other thread still has it, throws from then on: so pass on no handle of a thread that may end. {@link
     * Slot#abandonedBy()} tells the new owner, since the record may hold the half of what the former one was doing. A
     * key without an owner is claimed as by {@link #claim(long)}. If that claim then fails (for want of memory, or
     * because initial values from a queue throw), the former one is ended all the same.
     *
     * @param key any {@code long}
     * @return the owner's handle; close it to end the claim
     * @throws NoSuchElementException if the key is not in the table
     * @throws IllegalStateException  if the owner's thread is alive (the message names it), or if the former owner's
     *                                final record finds no room in its queue
     */
    public Slot takeOver(long key) {
        return claims.takeOver(KeyIndex.Key.of(key));
    }

    /**
     * Claims a name whose owner's thread has ended, as {@link #takeOver(long)} does a key.
     *
     * @param name to claim
     * @return the owner's handle; close it to end the claim
     * @throws NoSuchElementException if the name is not in the table
     * @throws IllegalStateException  as {@link #takeOver(long)}
     */
    public Slot takeOver(String name) {
        return claims.takeOver(memory.index.keyOf(name));
    }

    /**
     * Adds a key that nobody owns yet, unless it is in the table: so that its record can be read, and its shared fields
     * be updated, before the first claim. Lock-free, as a claim.
     *
     * @param key any {@code long}
     * @return true if this call added it
     * @throws IllegalStateException if the key is new and the table is full
     */
    public boolean ensure(long key) {
        return claims.ensure(KeyIndex.Key.of(key));
    }

    /**
     * Adds a name that nobody owns yet, as {@link #ensure(long)} does a key.
     *
     * @param name to add
     * @return true if this call added it
     * @throws IllegalStateException if the name is new and the table is full
     */
    public boolean ensure(String name) {
        return claims.ensure(memory.index.keyOf(name));
    }

    /**
     * Returns an accessor to the record of a key, for one operation: {@code table.at(key).getAndAdd(CREDIT, -10)}. It
     * may be kept, and shared by threads once it is safely published: then it reaches the record that it has found, or
     * in a recycling table looks the key up in each operation. As a rule the JIT compiler spares an accessor that is
     * used in place its allocation, of 48 bytes; where that must not depend on the compiler, and in a recycling table,
     * use a {@link #cursor()}.
     *
     * @param key any {@code long}
     * @return the accessor
     * @throws NoSuchElementException if the key is not in the table; in a recycling table, its operations throw it
     */
    public RecordAccess at(long key) {
        return new RecordCursor(memory).seekOnce(key, null);
    }

    /**
     * Returns an accessor to the record of a name, for one operation, as {@link #at(long)} does for a key.
     *
     * @param name of the record
     * @return the accessor
     * @throws NoSuchElementException if the name is not in the table; in a recycling table, its operations throw it
     */
    public RecordAccess at(String name) {
        return new RecordCursor(memory).seekOnce(0, Objects.requireNonNull(name, "name"));
    }

    /**
     * Returns a reusable accessor, which moves from key to key without any allocation.
     *
     * @return a new cursor, for one thread at a time
     */
    public RecordCursor cursor() {
        return new RecordCursor(memory);
    }

    /**
     * Opens a view of a record, for any thread to read it and update its shared fields.
     *
     * @param key that was claimed before, owned now or not
     * @return the view
     * @throws NoSuchElementException if the key was never claimed, or is removed
     */
    public SlotView view(long key) {
        return view(key, null);
    }

    /**
     * Opens a view of a record, as {@link #view(long)} does.
     *
     * @param name that was claimed before, owned now or not
     * @return the view
     * @throws NoSuchElementException if the name was never claimed, or is removed
     */
    public SlotView view(String name) {
        return view(0, Objects.requireNonNull(name, "name"));
    }

    private SlotView view(long key, @Nullable String name) {
        memory.checkOpen();
        return new SlotView(memory, memory.retain(key, name), memory.recycling);
    }

    /**
     * Removes a key with its record. Views of it reach a dead record from then on, which no lookup finds; a later claim
     * of the key starts a new one. In a table that merges, the totals keep what was merged. The removed record's slot
     * is retired and still counts towards the capacity, unless the table is recycling.
     *
     * @param key to remove
     * @return true if this call removed it, false if it was not in the table
     * @throws IllegalStateException if the key is owned (the message names the owner)
     */
    public boolean remove(long key) {
        return claims.remove(KeyIndex.Key.of(key));
    }

    /**
     * Removes a name with its record, as {@link #remove(long)} does a key.
     *
     * @param name to remove
     * @return true if this call removed it, false if it was not in the table
     * @throws IllegalStateException if the name is owned (the message names the owner)
     */
    public boolean remove(String name) {
        return claims.remove(memory.index.keyOf(name));
    }

    /**
     * Removes a key with its record, as {@link #remove(long)} does, unless it is owned.
     *
     * @param key to remove
     * @return true if this call removed it, false if it was owned or not in the table
     */
    public boolean tryRemove(long key) {
        return claims.removeIf(KeyIndex.Key.of(key), null);
    }

    /**
     * Removes a name with its record, as {@link #tryRemove(long)} does a key.
     *
     * @param name to remove
     * @return true if this call removed it, false if it was owned or not in the table
     */
    public boolean tryRemove(String name) {
        return claims.removeIf(memory.index.keyOf(name), null);
    }

    /**
     * Removes a key with its record if nobody owns it and a test of the record says so. No owner comes between the two:
     * if the key is claimed meanwhile, the test counts for nothing, and is made again once the claim has ended, or
     * false is returned while it lasts. No owner is kept from claiming either. Updates of <em>shared</em> fields by
     * other threads are not kept out: one that comes between test and removal is lost with the record, as one just
     * before any removal is. So let what decides be an owned field, which its owner sets during a claim. Lock-free, but
     * for what the test does.
     *
     * @param key  to remove
     * @param test of a view of the record, which is closed afterwards. It must not claim the key, as it would then be
     *             made again for ever. If it throws, nothing is removed and the exception passes through
     * @return true if this call removed it
     */
    public boolean removeIf(long key, Predicate<? super SlotView> test) {
        return claims.removeIf(KeyIndex.Key.of(key), Objects.requireNonNull(test, "test"));
    }

    /**
     * Removes a name with its record if nobody owns it and a test says so, as {@link #removeIf(long, Predicate)} does a
     * key.
     *
     * @param name to remove
     * @param test of a view of the record
     * @return true if this call removed it
     */
    public boolean removeIf(String name, Predicate<? super SlotView> test) {
        return claims.removeIf(memory.index.keyOf(name), Objects.requireNonNull(test, "test"));
    }

    /**
     * Removes every key that nobody owns and whose record a test says so of, each as {@link #removeIf(long, Predicate)}
     * does: for sessions that have expired, say. Goes through the table as {@link #forEach} does.
     *
     * @param test of a view of each record, which is closed afterwards. If it throws, the exception passes through, and
     *             what was removed before stays removed
     * @return the number of keys that this call removed
     */
    public int removeAll(Predicate<? super SlotView> test) {
        return claims.removeAll(Objects.requireNonNull(test, "test"));
    }

    /**
     * Returns whether a key is in this table.
     *
     * @param key to look for
     * @return true if the key was claimed before, owned now or not, and not removed
     */
    public boolean contains(long key) {
        memory.checkOpen();
        return memory.index.find(key) != KeyIndex.NONE;
    }

    /**
     * Returns whether a name is in this table.
     *
     * @param name to look for
     * @return true if the name was claimed before, owned now or not, and not removed
     */
    public boolean contains(String name) {
        memory.checkOpen();
        return memory.index.find(name) != KeyIndex.NONE;
    }

    /**
     * Calls {@code action} with a view of each record, in no particular order: with each key whose claim returned
     * before this call, and which is not removed meanwhile, exactly once; with one that is added meanwhile at most
     * once, each time.
     *
     * @param action to call; the view is closed when it returns. If it throws, the iteration ends and the exception
     *               passes through
     */
    public void forEach(Consumer<? super SlotView> action) {
        Objects.requireNonNull(action, "action");
        memory.checkOpen();
        Reclamation slots = memory.reclamation;
        for (int slot = slots.next(0); slot != KeyIndex.NONE; slot = slots.next(slot + 1)) {
            try (SlotView view = new SlotView(memory, slot, memory.recycling)) {
                action.accept(view);
            }
        }
    }

    /**
     * Folds the values of a field over all records, in no particular order. Each value is read once, atomically, at
     * some moment of this call; they are not read all at the same instant.
     *
     * <p>In a table that merges ({@link OnRelease#MERGE}), the field must have a {@link Merge}, and what is folded is,
     * for each slot that was ever used, its value merged with what its former owners added (the merge's identity, where
     * there is nothing). Nothing is counted twice or missed because an owner closes its slot or a key is removed
     * meanwhile. It waits while a commit on a slot is under way. {@code sum}, {@code min}, {@code max} and {@code
     * interval} read in the same way.
     *
     * @param field    to read
     * @param identity to start with; the result for an empty table
     * @param function of the result so far and a value
     * @return the result
     * @throws IllegalArgumentException in a table that merges, if the field has no merge
     */
    public long fold(Field.OfIntegral field, long identity, LongBinaryOperator function) {
        return totals.fold(field, identity, function);
    }

    /**
     * Folds the values of a field over all records, as {@link #fold(Field.OfIntegral, long, LongBinaryOperator)} does.
     *
     * @param field    to read
     * @param identity to start with; the result for an empty table
     * @param function of the result so far and a value
     * @return the result
     * @throws IllegalArgumentException in a table that merges, if the field has no merge
     */
    public double fold(Field.OfDouble field, double identity, DoubleBinaryOperator function) {
        return totals.fold(field, identity, function);
    }

    /**
     * Returns the sum of a field over all records; overflow of a {@code long} wraps around.
     *
     * @param field to read
     * @return the sum; 0 for an empty table
     * @throws IllegalArgumentException in a table that merges, if the field's merge is not {@link Merge#SUM}
     */
    public long sum(Field.OfIntegral field) {
        return totals.sum(field);
    }

    /**
     * Returns the sum of a field over all records.
     *
     * @param field to read
     * @return the sum; 0 for an empty table
     * @throws IllegalArgumentException in a table that merges, if the field's merge is not {@link Merge#SUM}
     */
    public double sum(Field.OfDouble field) {
        return totals.sum(field);
    }

    /**
     * Returns the smallest value of a field over all records.
     *
     * @param field to read
     * @return the smallest value; {@link Long#MAX_VALUE} for an empty table
     * @throws IllegalArgumentException in a table that merges, if the field's merge is not {@link Merge#MIN}
     */
    public long min(Field.OfIntegral field) {
        return totals.min(field);
    }

    /**
     * Returns the smallest value of a field over all records.
     *
     * @param field to read
     * @return the smallest value; {@link Double#POSITIVE_INFINITY} for an empty table
     * @throws IllegalArgumentException in a table that merges, if the field's merge is not {@link Merge#MIN}
     */
    public double min(Field.OfDouble field) {
        return totals.min(field);
    }

    /**
     * Returns the largest value of a field over all records.
     *
     * @param field to read
     * @return the largest value; {@link Long#MIN_VALUE} for an empty table
     * @throws IllegalArgumentException in a table that merges, if the field's merge is not {@link Merge#MAX}
     */
    public long max(Field.OfIntegral field) {
        return totals.max(field);
    }

    /**
     * Returns the largest value of a field over all records.
     *
     * @param field to read
     * @return the largest value; {@link Double#NEGATIVE_INFINITY} for an empty table
     * @throws IllegalArgumentException in a table that merges, if the field's merge is not {@link Merge#MAX}
     */
    public double max(Field.OfDouble field) {
        return totals.max(field);
    }

    /**
     * Merges the values of each element of an array over all records, in no particular order: by the field's {@link
     * Merge}, and where it has none, in a table that keeps, into sums. The elements of one record are read all at the
     * same moment, between two writes; those of different records are not. This waits while a write is committed. In a
     * table that merges, it counts as {@link #fold(Field.OfIntegral, long, LongBinaryOperator)} says. Allocates an
     * array or two of the field's length.
     *
     * @param field to read
     * @param into  set to the totals, from its first element on; the merge's identity for an empty table
     * @throws IllegalArgumentException if {@code into} is shorter than the array or, in a table that merges, if the
     *                                  field has no merge
     */
    public void total(OwnedLongs field, long[] into) {
        totals.total(field, into);
    }

    /**
     * Returns new, empty totals of all numeric fields of this table.
     *
     * @return the totals, which {@link #read(RecordTotals)} fills, as often as wanted
     */
    public RecordTotals newTotals() {
        return new RecordTotals(memory);
    }

    /**
     * Reads the totals of all numeric fields in one pass, in which each record is read once, as one moment had it.
     * Waits while a commit on a slot is under way.
     *
     * @param totals of this table, to be filled
     * @throws IllegalArgumentException if they are of another table
     */
    public void read(RecordTotals totals) {
        this.totals.read(totals);
    }

    /**
     * Starts interval readings of a field's sum: each tells what was added since the one before. The first begins now.
     *
     * @param field to sum up
     * @return the readings, for one reader; any number may be taken of one field, as nothing is reset in the table
     * @throws IllegalArgumentException as {@link #sum(Field.OfIntegral)}
     */
    public IntervalReader interval(Field.OfIntegral field) {
        return new IntervalReader(() -> sum(field));
    }

    /**
     * Returns the number of keys.
     *
     * @return the number of keys that were claimed and not removed; of claims and removals under way, of those that are
     *         complete
     */
    public int size() {
        memory.checkOpen();
        return memory.index.size();
    }

    /**
     * Returns the largest number of keys.
     *
     * @return the capacity given at creation; rounded up where slots are spread over nodes
     */
    public int capacity() {
        return memory.descriptor.capacity;
    }

    /**
     * Returns the queue of initial values that this table has made, see {@link Builder#initialValues(int)}.
     *
     * @return the queue, to add to
     * @throws IllegalStateException if this table has made none
     */
    public Queue<Consumer<? super InitialValues>> initialValues() {
        return made(claims.queues().madeInitial(), "initialValues");
    }

    /**
     * Returns the queue of final records that this table has made, see {@link Builder#finalRecords(int)}.
     *
     * @return the queue, to take from
     * @throws IllegalStateException if this table has made none
     */
    public Queue<FinalRecord> finalRecords() {
        return made(claims.queues().madeFinals(), "finalRecords");
    }

    private static <E> Queue<E> made(@Nullable Queue<E> queue, String option) {
        if (queue == null) {
            throw new IllegalStateException(
                    "table has made no such queue: " + option + "=null; build it with " + option + "(capacity)");
        }
        return queue;
    }

    /**
     * Returns the layout of the records.
     *
     * @return the layout given at creation
     */
    public RecordLayout layout() {
        return memory.descriptor.layout;
    }

    /**
     * Returns the memory of this table off the heap: all of it resident, unless it is in a file, where only touched
     * pages are.
     *
     * @return the size in bytes
     */
    public long memoryBytes() {
        return memory.descriptor.bytes;
    }

    /**
     * Reports where the memory of this table is; see {@link Region#placementReport()}.
     *
     * @return the report
     * @throws UnsupportedOperationException if the kernel cannot be asked
     */
    public PlacementReport placementReport() {
        memory.checkOpen();
        return memory.words.placementReport(0, memory.descriptor.bytes);
    }

    /**
     * Copies this table into a new file, while other threads use it: as a backup, or to look at it elsewhere. Each
     * record is in the copy as one moment had it; the records are not all of the same moment. In the copy no key is
     * owned, as after an {@link #open(Path, RecordLayout)}. Use this, and not a copy of a table's file: that is torn,
     * and reading a file in the process that has it open loses the file's lock. {@link Builder#copyOf(SlotTable)} makes
     * copies with other fields, or of another capacity.
     *
     * @param file to create; it appears under its name when it is complete
     * @throws java.nio.file.FileAlreadyExistsException if there is such a file
     * @throws IOException                              as {@link Builder#build(Path)}
     */
    public void copyTo(Path file) throws IOException {
        TableDescriptor descriptor = memory.descriptor;
        Builder builder = builder(descriptor.layout, descriptor.capacity)
                .padding(descriptor.padding)
                .onRelease(descriptor.merging ? OnRelease.MERGE : OnRelease.KEEP)
                .maxNameBytes(descriptor.nameBytes)
                .copyOf(this);
        (descriptor.recycling ? builder.recycling() : builder).build(file).close();
    }

    /**
     * Writes a table in a file to its storage device; see {@link Region#force()}. Blocks as long as the device takes.
     *
     * @throws UnsupportedOperationException if this table is in anonymous memory
     * @throws java.io.UncheckedIOException  if writing failed
     */
    public void force() {
        memory.force();
    }

    /**
     * Returns whether this table was closed.
     *
     * @return true after {@link #close()}
     */
    public boolean isClosed() {
        return memory.isClosed();
    }

    /**
     * Frees the memory, whichever threads use it: later accesses, also through handles, throw {@link
     * IllegalStateException}. Closing again does nothing. Waits for a handshake with every thread, some hundred
     * microseconds. Best done when the others have ended, for the reason that {@link org.berth.offheap.Region#close}
     * gives.
     */
    @Override
    public void close() {
        memory.close();
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

    /**
     * Builds a {@link SlotTable}; {@link SlotTable#builder(RecordLayout, int)} starts one. What is not set is as in
     * {@link SlotTable#create(RecordLayout, int)}. Not safe for use by several threads.
     */
    public static final class Builder {

        private final RecordLayout layout;
        private final int capacity;
        private int padding;
        private OnRelease onRelease = OnRelease.KEEP;
        private boolean recycling;
        private int nameBytes = TableDescriptor.DEFAULT_NAME_BYTES;
        private @Nullable Placement placement;
        private boolean spread;
        private boolean reserveFile;
        private RecordQueues queues = RecordQueues.NONE;
        private @Nullable TableMemory source;

        Builder(RecordLayout layout, int capacity) {
            this.layout = Objects.requireNonNull(layout, "layout");
            this.capacity = capacity;
        }

        /**
         * Sets how far records keep apart: owned and shared fields of each record each fill a multiple of it. Less than
         * 64 makes neighbours share cache lines, which saves memory and costs speed as soon as two threads write.
         *
         * @param bytes a power of two from 8 to 4096; {@link Topology#currentPadding()} unless set, which is 128 on
         *              most machines
         * @return this builder
         */
        public Builder padding(int bytes) {
            if (bytes <= 0) {
                throw TableDescriptor.badPadding(bytes);
            }
            this.padding = bytes;
            return this;
        }

        /**
         * Sets what becomes of a record's values when its owner closes its slot.
         *
         * @param release {@link OnRelease#KEEP} unless set
         * @return this builder
         */
        public Builder onRelease(OnRelease release) {
            this.onRelease = Objects.requireNonNull(release, "release");
            return this;
        }

        /**
         * Reuses the slots of removed keys for new ones. For that every operation by key, and every view while it is
         * open, retains its slot, which costs two atomic updates of a counter that all users of the key share; and a
         * removed slot is not reused while a view of it is open. So close views, and do not close a handle that another
         * thread is using. Without this, slots of removed keys are retired.
         *
         * @return this builder
         */
        public Builder recycling() {
            this.recycling = true;
            return this;
        }

        /**
         * Sets how long the names of keys may be. Each slot has room for a name of that length, whichever key it has:
         * 128 bytes without names, 256 unless set, 1,152 for the longest.
         *
         * @param bytes the largest number of bytes of a name in UTF-8, 0 (every key is a {@code long}) to {@value
         *              TableDescriptor#MAX_NAME_BYTES}; {@value TableDescriptor#DEFAULT_NAME_BYTES} unless set
         * @return this builder
         */
        public Builder maxNameBytes(int bytes) {
            if (bytes < 0 || bytes > TableDescriptor.MAX_NAME_BYTES) {
                throw TableDescriptor.badNameBytes(bytes);
            }
            this.nameBytes = bytes;
            return this;
        }

        /**
         * Places the memory of a table that is not in a file: on a node, in huge pages, and the like. Needs native
         * access.
         *
         * @param placement of the memory, without partitions of its own
         * @return this builder
         */
        public Builder placement(Placement placement) {
            this.placement = Objects.requireNonNull(placement, "placement");
            return this;
        }

        /**
         * Spreads the slots of a table that is not in a file over the nodes of memory that this process may use, as
         * many on each, and gives a new key a slot on the node of the thread that claims it; if there is none left, on
         * the nearest that has one. So claim in the thread that is to write. The rest of the table's memory, and all of
         * it where there is one node, is where {@link #placement} says. The capacity is rounded up, so that the slots
         * on each node fill whole pages. Where there are several nodes this needs native access.
         *
         * @return this builder
         */
        public Builder spreadOverNodes() {
            this.spread = true;
            return this;
        }

        /**
         * Reserves space on the device for the whole of a table's file when it is built. Without this only the header
         * and the index are reserved, and a claim that needs space for a new slot throws {@link InternalError} if the
         * disk is full by then. With this, {@link #build(Path)} throws {@link IOException} if the disk has no space for
         * the file, and no later operation of this table does.
         *
         * <p>It costs the space, {@link SlotTable#memoryBytes()}, from the start, and the time to write as many zeros;
         * with native access on Linux the file system allocates them at once. {@link Region#create(Path, long, long,
         * Consumer)} says on which file systems a write can fail nevertheless. Nothing protects against another program
         * that truncates the file. A table in memory has all its memory from the start, with or without this.
         *
         * @return this builder
         */
        public Builder reserveFile() {
            this.reserveFile = true;
            return this;
        }

        /**
         * Gives each record that starts anew (its key is new, or the table merges) initial values from a queue, as
         * {@link SlotTable#claim(long, Consumer)} does; if the queue is empty, none. Values that were polled for a
         * claim that then fails are lost. The functions must not call back into the table or {@link PerThread}.
         *
         * @param queue to poll, by as many threads as claim: of JCTools, an MPMC queue
         * @return this builder
         */
        public Builder initialValues(Queue<? extends Consumer<? super InitialValues>> queue) {
            queues = queues.withInitial(Objects.requireNonNull(queue, "queue"), null);
            return this;
        }

        /**
         * Gives each record that starts anew initial values from a bounded queue of JCTools, as {@link
         * #initialValues(Queue)} does, which {@link SlotTable#initialValues()} returns. Any thread may add to it.
         *
         * @param capacity of the queue, at least 2; rounded up to a power of two
         * @return this builder
         */
        public Builder initialValues(int capacity) {
            Queue<Consumer<? super InitialValues>> queue = new MpmcVarHandleArrayQueue<>(capacity);
            queues = queues.withInitial(queue, queue);
            return this;
        }

        /**
         * Gives a copy of each record to a queue when its owner closes its slot, just before that, and besides what
         * {@link #onRelease} says. <b>Back-pressure:</b> if a bounded queue is full, {@link Slot#close()} waits until
         * there is room, spinning, yielding and then parking for a millisecond at the most, whether interrupted or not;
         * so no record is lost. The consumer must not be a thread that waits so. The waiting ends with the table: a
         * record that finds no room before {@link SlotTable#close()} is dropped. So is one whose offer throws, and the
         * exception passes through. The queue must not call back into the table or {@link PerThread}.
         *
         * @param queue to offer to, by as many threads as close slots: of JCTools, an MPSC queue
         * @return this builder
         */
        public Builder finalRecords(Queue<? super FinalRecord> queue) {
            queues = queues.withFinals(Objects.requireNonNull(queue, "queue"), null);
            return this;
        }

        /**
         * Gives a copy of each record to a bounded queue of JCTools, as {@link #finalRecords(Queue)} does, which {@link
         * SlotTable#finalRecords()} returns. One thread at a time may take from it.
         *
         * @param capacity of the queue, at least 2; rounded up to a power of two
         * @return this builder
         */
        public Builder finalRecords(int capacity) {
            Queue<FinalRecord> queue = new MpscVarHandleArrayQueue<>(capacity);
            queues = queues.withFinals(queue, queue);
            return this;
        }

        /**
         * Has the table begin with a copy of another table's records. That one may be in use meanwhile: each record is
         * copied as one moment had it. Fields are matched by name, so this is how a table gets another layout or
         * another capacity: a field that only the new table has starts as in a new record, one that only the other has
         * is left out, and one that both have must have the same type, be no shorter, and have the same merge if the
         * other table merges. It may become shared or owned. What former owners added to the totals of a table that
         * merges is copied, too. In the copy no key is owned.
         *
         * @param source of the records; it stays as it is
         * @return this builder, whose {@code build} methods throw {@link IllegalArgumentException} if the two tables do
         *         not fit
         */
        public Builder copyOf(SlotTable source) {
            this.source = source.memory;
            return this;
        }

        /**
         * Builds the table in anonymous memory. All of it is allocated, zero-filled and resident from the start.
         *
         * @return an empty table
         * @throws IllegalArgumentException if the capacity is not positive or too large, if the padding is not as said,
         *                                  or if the table shall merge and a shared field has no {@link Merge}
         * @throws OutOfMemoryError         if the memory is not to be had; see {@link Region}
         * @throws UnsupportedOperationException if a placement is asked for and cannot be had; see
         *                                  {@link Region#anonymous(long, Placement)}
         */
        public SlotTable build() {
            NodePartitions partitions = spread ? NodePartitions.of(Topology.current()) : NodePartitions.ONE;
            TableMemory memory = TableMemory.allocate(descriptor(false, partitions), placement);
            SlotTable table = of(memory, queues);
            if (source != null) {
                try {
                    TableCopy.copy(source, memory);
                } catch (Throwable failure) {
                    table.close();
                    throw failure;
                }
            }
            return table;
        }

        /**
         * Builds the table in a new file, which only its owner may read and write, and which appears under its name
         * complete: if the process is killed before, there is no file of that name. The file is sparse: what is not
         * touched takes no room, but for the header and the index (16 to 32 bytes for each slot), unless {@link
         * #reserveFile()} was set. All that is written is in the file at once, and nothing of it is lost if the process
         * dies; {@link SlotTable#force()} guards against the death of the system. Until it is closed, no other process
         * can open it.
         *
         * @param file to create
         * @return an empty table
         * @throws IllegalArgumentException as {@link #build()}, or if a placement is asked for
         * @throws java.nio.file.FileAlreadyExistsException if there is such a file; see {@link SlotTable#open(Path,
         *                                                  RecordLayout)}
         * @throws IOException if the file cannot be created or mapped, or if the disk has no space for what is
         *                     reserved; see {@link Region#create(Path, long, long, Consumer)}
         */
        public SlotTable build(Path file) throws IOException {
            if (placement != null || spread) {
                throw new IllegalArgumentException("a file's pages are the operating system's to place: placement="
                        + placement + " spread=" + spread + "; leave that out, or create the table in memory");
            }
            TableDescriptor descriptor = descriptor(true, NodePartitions.ONE);
            return of(TableFile.create(file, descriptor, reserveFile, source), queues);
        }

        /**
         * Opens the table in a file, or builds it in a new one if there is no such file: what a service does as it
         * starts.
         *
         * @param file to open or to create
         * @return the table, as {@link SlotTable#open(Path, RecordLayout)} or {@link #build(Path)} returns it
         * @throws IllegalArgumentException if there is a file whose layout, capacity, length of names or mode
         *                                  ({@link #onRelease}, {@link #recycling}) is another than this builder's; the
         *                                  message names both. {@link #copyOf(SlotTable)} makes a table that fits. Or
         *                                  as {@code build}
         * @throws IllegalStateException    if the file is in use
         * @throws IOException              as {@code open} and {@code build}
         */
        public SlotTable openOrCreate(Path file) throws IOException {
            TableDescriptor wanted = descriptor(true, NodePartitions.ONE);
            while (true) {
                // A link that leads nowhere is taken: building refuses it, and opening says what is missing.
                if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
                    try {
                        return build(file);
                    } catch (FileAlreadyExistsException e) {
                        // Another thread or process was faster.
                        continue;
                    }
                }
                TableMemory opened = TableFile.open(file, layout);
                try {
                    requireSame(file, opened.descriptor, wanted);
                } catch (Throwable failure) {
                    opened.close();
                    throw failure;
                }
                return of(opened, queues);
            }
        }

        /** The padding may differ: it is the machine's that created the file, unless it was set. */
        private void requireSame(Path file, TableDescriptor found, TableDescriptor wanted) {
            boolean same = found.capacity == wanted.capacity
                    && found.nameBytes == wanted.nameBytes
                    && found.merging == wanted.merging
                    && found.recycling == wanted.recycling
                    && (padding == 0 || found.padding == wanted.padding);
            if (!same) {
                throw new IllegalArgumentException("table in the file has other options: path=" + file + " found=["
                        + options(found) + "] wanted=[" + options(wanted)
                        + "]; open it with SlotTable.open, or build a copyOf it with these");
            }
        }

        private static String options(TableDescriptor descriptor) {
            return "capacity=" + descriptor.capacity + " maxNameBytes=" + descriptor.nameBytes + " onRelease="
                    + (descriptor.merging ? OnRelease.MERGE : OnRelease.KEEP) + " recycling=" + descriptor.recycling
                    + " padding=" + descriptor.padding;
        }

        private TableDescriptor descriptor(boolean logged, NodePartitions partitions) {
            int apart = padding != 0 ? padding : DefaultPadding.BYTES;
            return new TableDescriptor(layout, capacity, apart, onRelease, recycling, logged, nameBytes, partitions);
        }

        /** What this machine suggests, found out when it is first needed. */
        private static final class DefaultPadding {

            static final int BYTES = Topology.currentPadding();
        }
    }
}
