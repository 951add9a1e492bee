package org.berth.core.map;

import static org.berth.core.map.ValueCodec.ABSENT;
import static org.berth.core.map.ValueCodec.MOVED;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.util.EnumMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;

/**
 * The tables of a map, oldest first: the root, in which every operation begins, and the tables that follow it during a
 * resize. Allocates tables, advances the root past those that are transferred, and counts.
 *
 * <p>The map extends this class so that the root is a field of the map itself, which saves
 * each operation a dependent load.
 */
abstract class TableList {

    /** Why a table was followed by another. */
    enum Resize {
        /** Too many mappings: to a larger table. */
        EXPANSION,
        /** Too many tombstones: to a table of the same size. */
        REHASH,
        /** Few mappings: to a smaller table. */
        SHRINK,
        /** A key found no slot: to a table of the same size or larger, with another hash. */
        OVERFLOW
    }

    private static final VarHandle ROOT;

    static {
        try {
            ROOT = MethodHandles.lookup().findVarHandle(TableList.class, "root", Table.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The memory of a table that the root has passed. */
    private static final class Retired extends WeakReference<Words> {

        final long bytes;

        Retired(Words words) {
            super(words);
            bytes = words.size();
        }
    }

    /** An allocation that failed. */
    private record Refusal(
            long nanoTime,
            long requestedBytes,
            long allocatedBytes,
            String limit,
            @Nullable Throwable cause) {

        MapFullException exception() {
            return new MapFullException(requestedBytes, allocatedBytes, limit, cause);
        }
    }

    /** The next table has at least this part of the buckets. */
    private static final int MAX_SHRINK_FACTOR = 4;

    private static final long RETRY_NANOS = 1_000_000_000;

    final Transfer transfer;

    final ValueCodec codec;

    private final LongFunction<Words> memory;
    private final LongSupplier seeds;
    private final long minimumBuckets;
    private final long maximumBytes;
    private final Map<Resize, AtomicLong> resizes = new EnumMap<>(Resize.class);
    private final Queue<Retired> retired = new ConcurrentLinkedQueue<>();

    /** The last refusal, null once an allocation has succeeded since. */
    private volatile @Nullable Refusal refusal;

    /** Null once the map is closed. Volatile: each operation reads it once, and no read of the tables comes before. */
    @Nullable
    volatile Table root;

    /** The keys that collide with the states of a key word have a table each. */
    private final Table keyZero;

    private final Table keyOne;

    /**
     * Makes a list of one empty table.
     *
     * @param memory         allocates so many bytes, zeroed
     * @param seeds          of the tables' hashes
     * @param transfer       of mappings from table to table
     * @param buckets        of the first table
     * @param minimumBuckets of every table
     * @param maximumBytes   of all tables together
     * @param codec          of the values
     */
    TableList(
            LongFunction<Words> memory,
            LongSupplier seeds,
            Transfer transfer,
            long buckets,
            long minimumBuckets,
            long maximumBytes,
            ValueCodec codec) {
        this.transfer = transfer;
        this.codec = codec;
        this.memory = memory;
        this.seeds = seeds;
        this.minimumBuckets = minimumBuckets;
        this.maximumBytes = maximumBytes;
        for (Resize kind : Resize.values()) {
            resizes.put(kind, new AtomicLong());
        }
        root = new Table(this, memory.apply(Table.bytes(buckets)), buckets, seeds.getAsLong(), false);
        keyZero = Table.ofReservedKey(this, memory.apply(Table.bytes(1)), Table.EMPTY);
        keyOne = Table.ofReservedKey(this, memory.apply(Table.bytes(1)), Table.FROZEN);
    }

    /** Returns the table in which an operation on a key begins. */
    final Table tableFor(long key) {
        Table first = openRoot();
        return (key & ~1) != 0 ? first : key == Table.EMPTY ? keyZero : keyOne;
    }

    /** Returns the same for an operation that may change the key. */
    private Table tableForUpdate(long key) {
        RecursiveUpdates.check(this, key);
        return tableFor(key);
    }

    /** Returns the value word of a key, as each operation here does, in whichever table it is. */
    final long getWord(long key) {
        @Nullable Table table = tableFor(key);
        do {
            long word = table.get(key);
            if (word != MOVED) {
                return word;
            }
            table = table.nextTableOrNull();
        } while (table != null);
        return ABSENT;
    }

    final long getAndSetWord(long key, long word) {
        Table table = tableForUpdate(key);
        while (true) {
            long before = table.getAndSet(key, word);
            if (before != MOVED) {
                return before;
            }
            table = table.nextTable();
        }
    }

    final long compareAndExchangeWord(long key, long expected, long word) {
        @Nullable Table table = tableForUpdate(key);
        do {
            long witness = table.compareAndExchange(key, expected, word);
            if (witness != MOVED) {
                return witness;
            }
            table = table.nextTableOrNull();
        } while (table != null);
        return ABSENT;
    }

    final long removeWord(long key) {
        @Nullable Table table = tableForUpdate(key);
        do {
            long before = table.remove(key);
            if (before != MOVED) {
                return before;
            }
            table = table.nextTableOrNull();
        } while (table != null);
        return ABSENT;
    }

    final long getAndAddWord(long key, long delta) {
        Table table = tableForUpdate(key);
        while (true) {
            long before = table.getAndAdd(key, delta);
            if (before != MOVED) {
                return before;
            }
            table = table.nextTable();
        }
    }

    /** Returns the root of a map that is not closed. */
    final Table openRoot() {
        Table first = root;
        if (first == null) {
            throw closed();
        }
        return first;
    }

    private static IllegalStateException closed() {
        return new IllegalStateException("map is closed; close it after its last use");
    }

    /** Drops the tables, for the garbage collector. */
    final void drop() {
        root = null;
    }

    /** Allocates the table that follows one with many occupied slots, unless another thread is about to. */
    final void resize(Table table) {
        resizeTo(table, targetBuckets(table));
    }

    /** Allocates a smaller table to follow one with few mappings. */
    final void shrink(Table table) {
        // Only once every mapping of the table before has arrived.
        if (table == root && table.isSparse()) {
            long buckets = targetBuckets(table);
            if (buckets < table.buckets()) {
                resizeTo(table, buckets);
            }
        }
    }

    private void resizeTo(Table table, long buckets) {
        if (isShortOfMemory() || !table.tryBeginResizing()) {
            return;
        }
        try {
            Table next = allocate(buckets, false);
            // Keys may have come since the decision, in great numbers if this thread was suspended. The next thread
            // that claims a slot decides anew.
            if (next != null && buckets >= targetBuckets(table) && table.publish(next)) {
                count(kindOf(table, next));
            }
        } finally {
            table.endResizing();
        }
    }

    /**
     * Allocates the table that follows one without a slot for a key. Does so even if another thread is about to, as
     * waiting for a suspended thread would not be lock-free.
     */
    final void overflow(Table table) {
        while (table.next == null) {
            Table next = allocateForOverflow(table);
            if (next != null) {
                if (table.publish(next)) {
                    count(Resize.OVERFLOW);
                }
                return;
            }
            Refusal refused = refusal;
            // Otherwise another thread got memory meanwhile.
            if (refused != null && table.next == null) {
                throw refused.exception();
            }
        }
    }

    private @Nullable Table allocateForOverflow(Table table) {
        // With another hash, the same number of buckets will do, unless there are too many keys or it was tried before.
        long buckets = Math.max(targetBuckets(table), table.buckets());
        if (table.fromOverflow && buckets == table.buckets()) {
            buckets *= 2;
        }
        Table next = allocate(buckets, true);
        if (next != null || table != root) {
            return next;
        }
        // Where memory for so many buckets is refused, there may be enough for those that the mappings need.
        long fewer = Math.max(Table.bucketsFor(table.estimatedSize()), minimumBuckets);
        return fewer < buckets ? allocate(fewer, true) : null;
    }

    private long targetBuckets(Table table) {
        // Not too few at once: the transferred mappings must not fill the next table before this one is transferred.
        long least = Math.max(minimumBuckets, table.buckets() / MAX_SHRINK_FACTOR);
        long buckets = Math.max(table.targetBuckets(), least);
        // The mappings that the table before still holds are not counted yet.
        return table == root ? buckets : Math.max(buckets, table.buckets());
    }

    private static Resize kindOf(Table table, Table next) {
        if (next.buckets() == table.buckets()) {
            return Resize.REHASH;
        }
        return next.buckets() > table.buckets() ? Resize.EXPANSION : Resize.SHRINK;
    }

    /** Returns a table, or null if the memory is refused, for the reason that {@link #refusal} then gives. */
    private @Nullable Table allocate(long buckets, boolean forOverflow) {
        long requested = buckets * Table.BUCKET;
        long allocated = 0;
        for (@Nullable Table table = root; table != null; table = table.next) {
            allocated += table.end;
        }
        Refusal before = refusal;
        if (allocated + requested > maximumBytes) {
            refusal = new Refusal(System.nanoTime(), requested, allocated, "maximumBytes=" + maximumBytes, null);
            return null;
        }
        if (before != null && before.cause != null && isShortOfMemory()) {
            return null;
        }
        try {
            Table table = new Table(this, memory.apply(Table.bytes(buckets)), buckets, seeds.getAsLong(), forOverflow);
            refusal = null;
            return table;
        } catch (OutOfMemoryError e) {
            refusal = new Refusal(System.nanoTime(), requested, allocated, "see -XX:MaxDirectMemorySize", e);
            return null;
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            // A placement that was granted for one table may be refused for a later one.
            refusal = new Refusal(System.nanoTime(), requested, allocated, "see the placement: " + e.getMessage(), e);
            return null;
        }
    }

    /** Whether memory was refused lately. To ask the JVM again costs a collection and half a second. */
    private boolean isShortOfMemory() {
        Refusal refused = refusal;
        return refused != null && System.nanoTime() - refused.nanoTime < RETRY_NANOS;
    }

    /** Transfers a range of a table, before the caller's own work. */
    final void helpTransfer(Table table) {
        try {
            table.transferRange(!isShortOfMemory());
        } catch (MapFullException e) {
            // The range waits for another try. The caller's own work may well be possible.
        }
    }

    /** Advances the root past the tables that are transferred. */
    final void advanceRoot() {
        while (true) {
            Table first = root;
            if (first == null || !first.isTransferred()) {
                return;
            }
            if (ROOT.compareAndSet(this, first, first.nextTable())) {
                // From the oldest, and no further than the first that is not freed yet: looking at all of them each
                // time adds up.
                for (Retired oldest = retired.peek();
                        oldest != null && oldest.refersTo(null);
                        oldest = retired.peek()) {
                    retired.remove(oldest);
                }
                retired.add(new Retired(first.words));
                shrinkRoot();
            }
        }
    }

    private void shrinkRoot() {
        Table first = root;
        if (first != null) {
            shrink(first);
        }
    }

    /** Transfers every range that is left; false if other threads are still transferring some. */
    final boolean finishTransfers() {
        while (true) {
            // A thread may have died between its last range and this step.
            advanceRoot();
            shrinkRoot();
            Table first = openRoot();
            boolean transferred = false;
            for (@Nullable Table table = first; table != null && table.next != null; table = table.next) {
                while (table.transferRange(true)) {
                    transferred = true;
                }
            }
            if (!transferred && first == root) {
                return first.next == null;
            }
        }
    }

    /** Returns the number of tables: 1, or more during a resize. */
    final int tables() {
        int tables = 0;
        for (@Nullable Table table = root; table != null; table = table.next) {
            tables++;
        }
        return tables;
    }

    /** Returns the memory of the tables, those of the reserved keys included, and retired ones not. */
    final long allocatedBytes() {
        return listedBytes() + 2 * Table.bytes(1);
    }

    /** Returns the memory of the tables from the root on. */
    final long listedBytes() {
        long bytes = 0;
        for (@Nullable Table table = root; table != null; table = table.next) {
            bytes += table.words.size();
        }
        return bytes;
    }

    /** Returns the memory of the retired tables that the garbage collector has not found unreachable yet. */
    final long retiredBytes() {
        long bytes = 0;
        for (Retired memory : retired) {
            bytes += memory.refersTo(null) ? 0 : memory.bytes;
        }
        return bytes;
    }

    private void count(Resize kind) {
        counter(kind).getAndIncrement();
    }

    @SuppressWarnings("NullAway") // there is one for each kind
    private AtomicLong counter(Resize kind) {
        return resizes.get(kind);
    }

    /** Returns how often the map was resized for this reason. */
    final long resizes(Resize kind) {
        return counter(kind).get();
    }
}
