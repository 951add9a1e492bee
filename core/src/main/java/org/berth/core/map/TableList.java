package org.berth.core.map;

import static org.berth.core.map.ValueCodec.ABSENT;
import static org.berth.core.map.ValueCodec.MOVED;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.berth.core.internal.StackSpace;
import org.berth.core.reclaim.Announcements;
import org.jspecify.annotations.Nullable;

/**
 * The tables of a map, oldest first: the root, in which every operation begins, and the tables that follow it during a
 * resize. Leads each operation through them, and advances the root past those that are transferred.
 *
 * <p>The map extends this class so that the root is a field of the map itself, which saves
 * each operation a dependent load.
 */
abstract class TableList {

    private static final VarHandle ROOT;

    static {
        try {
            ROOT = MethodHandles.lookup().findVarHandle(TableList.class, "root", Table.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** How long an operation that needs memory for a new key makes room, before it is refused. */
    private static final long PATIENCE_NANOS = 50_000_000;

    /** How long it does so if another thread is in a transfer. */
    private static final long LONG_PATIENCE_NANOS = 200_000_000;

    /** How long it leaves the processor to the threads that hold memory, each time it found none. */
    private static final long PAUSE_NANOS = 100_000;

    /** How often finishing begins again where other threads begin another resize. */
    private static final int MAX_ROUNDS = 64;

    final Transfer transfer;

    final ValueCodec codec;

    final MapMemory memory;

    final Resizer resizer;

    private final long orderedBytes;

    private final ReservedKeys reservedKeys = new ReservedKeys();

    /** Null once the map is closed. Volatile: each operation reads it once, and no read of the tables comes before. */
    @Nullable
    volatile Table root;

    /** Makes a list of one empty table. */
    @SuppressWarnings("this-escape") // only to the first table, which does nothing with it yet
    TableList(MapMemory memory, Transfer transfer, MapOptions options) {
        // Initialises the class here, and not in a first operation, which may have little stack.
        Announcements.exit(Announcements.enter());
        this.memory = memory;
        this.transfer = transfer;
        codec = options.codec();
        orderedBytes = options.orderedBytes();
        resizer = new Resizer(this, memory, options.seeds(), options.minimumBuckets());
        root = resizer.first(options.buckets());
    }

    /** Returns the size up to which a table is ordered. */
    final long orderedBytes() {
        return orderedBytes;
    }

    /** Returns the value word of a key, as each operation here does, in whichever table it is. Announces nothing. */
    final long getWord(long key) {
        Table first = openRoot();
        if (ReservedKeys.contains(key)) {
            return reservedKeys.get(key);
        }
        long word = getWord(first, key);
        // The reads of the table come before the look whether it still was one: what they found counts only then.
        VarHandle.acquireFence();
        // While it is the root, it is not retired, and the root is two loads nearer.
        return word != MOVED && first == root ? word : getWordFrom(first, word, key);
    }

    /** Goes on where a table had a word, or said that it is in the next, or was retired meanwhile. */
    private long getWordFrom(Table first, long firstWord, long key) {
        Table table = first;
        long word = firstWord;
        while (true) {
            if (table.memory.isRetired()) {
                table = openRoot();
            } else if (word != MOVED) {
                return word;
            } else {
                Table next = table.next;
                if (next == null) {
                    return ABSENT;
                }
                table = next;
            }
            word = getWord(table, key);
            VarHandle.acquireFence();
        }
    }

    private static long getWord(Table table, long key) {
        try {
            return table.get(key);
        } catch (IllegalStateException e) {
            if (table.memory.isRetired()) {
                // Freed meanwhile; the caller begins again.
                return MOVED;
            }
            throw e;
        }
    }

    final long getAndSetWord(long key, long word) {
        RecursiveUpdates.check(this, key);
        if (ReservedKeys.contains(key)) {
            openRoot();
            return reservedKeys.getAndSet(key, word);
        }
        int line = Announcements.enter();
        try {
            Table table = announceRoot(line);
            while (true) {
                long before = table.getAndSet(key, word);
                if (before != MOVED) {
                    return before;
                }
                table = announceNextOrNew(table, key, line);
            }
        } finally {
            Announcements.exit(line);
        }
    }

    final long compareAndExchangeWord(long key, long expected, long word) {
        RecursiveUpdates.check(this, key);
        if (ReservedKeys.contains(key)) {
            openRoot();
            return reservedKeys.compareAndExchange(key, expected, word);
        }
        int line = Announcements.enter();
        try {
            Table table = announceRoot(line);
            while (true) {
                long witness = table.compareAndExchange(key, expected, word);
                if (witness != MOVED) {
                    return witness;
                }
                @Nullable
                Table next = expected == ABSENT ? announceNextOrNew(table, key, line) : announceNext(table, line);
                if (next == null) {
                    return ABSENT;
                }
                table = next;
            }
        } finally {
            Announcements.exit(line);
        }
    }

    final long removeWord(long key) {
        RecursiveUpdates.check(this, key);
        if (ReservedKeys.contains(key)) {
            openRoot();
            return reservedKeys.remove(key);
        }
        int line = Announcements.enter();
        try {
            @Nullable Table table = announceRoot(line);
            do {
                long before = table.remove(key);
                if (before != MOVED) {
                    return before;
                }
                table = announceNext(table, line);
            } while (table != null);
            return ABSENT;
        } finally {
            Announcements.exit(line);
        }
    }

    final long getAndAddWord(long key, long delta) {
        RecursiveUpdates.check(this, key);
        if (ReservedKeys.contains(key)) {
            openRoot();
            return reservedKeys.getAndAdd(key, delta, codec);
        }
        int line = Announcements.enter();
        try {
            Table table = announceRoot(line);
            while (true) {
                long before = table.getAndAdd(key, delta);
                if (before != MOVED) {
                    return before;
                }
                table = announceNextOrNew(table, key, line);
            }
        } finally {
            Announcements.exit(line);
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

    static IllegalStateException closed() {
        return new IllegalStateException("map is closed; close it after its last use");
    }

    /** Returns the root, announced. */
    final Table announceRoot(int line) {
        while (true) {
            Table first = openRoot();
            Announcements.announce(line, first.id);
            // After the announcement: whoever retires the table from here on sees it.
            if (!first.memory.isRetired()) {
                return first;
            }
        }
    }

    /**
     * Returns the table after one, announced in its stead, or the root if that table is retired by now; null if there
     * is none.
     */
    private @Nullable Table announceNext(Table table, int line) {
        Table next = table.nextTableOrNull();
        if (next == null) {
            return null;
        }
        Announcements.announce(line, next.id);
        return next.memory.isRetired() ? announceRoot(line) : next;
    }

    /** Does the same for a key that needs a slot: if there is no next table, makes one. */
    private Table announceNextOrNew(Table table, long key, int line) {
        if (table.next == null && resizer.overflow(table) != null) {
            return makeRoom(table, line);
        }
        if (table.isNearlyFull()) {
            // A key that was refused one of the last slots has not frozen it, as there was no next table: now it does,
            // or readers would not find it in the next. Another thread may have got a slot for the key meanwhile.
            long at = table.claim(key);
            if (at >= 0 && table.wordAtAcquire(at) != MOVED) {
                return table;
            }
        }
        Table next = announceNext(table, line);
        return next != null ? next : announceRoot(line);
    }

    /**
     * Does everything that can give memory back, for a while, and then throws.
     *
     * @return the table in which the operation begins again, announced
     */
    private Table makeRoom(Table full, int line) {
        long start = System.nanoTime();
        long deadline = start + PATIENCE_NANOS;
        while (true) {
            finishTransfers(line);
            memory.reclaim();
            Table first = announceRoot(line);
            if (first.next != null) {
                // Only the thread that transfers the last range can free memory. It has all it needs but, perhaps, a
                // processor.
                deadline = start + LONG_PATIENCE_NANOS;
            }
            if (full.next != null) {
                return first;
            }
            Announcements.announce(line, full.id);
            if (full.memory.isRetired()) {
                return announceRoot(line);
            }
            // Where nothing is retired, transferred or allocated, waiting is of no use.
            boolean hopeless = full == first && full.allocation == null && memory.bytes() == full.end;
            Refusal refused = resizer.overflow(full);
            if (refused == null) {
                return announceRoot(line);
            }
            if (hopeless || System.nanoTime() - deadline > 0) {
                throw refused.exception(memory, this);
            }
            // Nothing is held by this thread meanwhile.
            Announcements.announce(line, Announcements.NOTHING);
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** Transfers what other threads have not begun to, as far as there is memory. */
    private void finishTransfers(int line) {
        @Nullable Table table = announceRoot(line);
        while (table != null && table.next != null) {
            try {
                while (table.transferRange(true)) {
                    // The next range.
                }
            } catch (MapFullException e) {
                return;
            }
            table = announceNext(table, line);
        }
    }

    /** Returns the table after one to which a mapping is transferred, which cannot wait for room. */
    final Table nextForTransfer(Table table) {
        if (table.next == null) {
            Refusal refused = resizer.overflow(table);
            if (refused != null) {
                throw refused.exception(memory, this);
            }
        }
        return table.nextTable();
    }

    /** Transfers a range of a table, before the caller's own work. */
    final void helpTransfer(Table table) {
        try {
            if (!table.transferRange(!resizer.wasRefused()) && table.isTransferred()) {
                // The thread that has transferred the last range may have failed on the way to this step.
                advanceRoot();
            }
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
            Table next = first.nextTable();
            StackSpace.ensure();
            if (ROOT.compareAndSet(this, first, next)) {
                // Not before: a thread that finds the table retired must find another root.
                memory.retire(first.memory, next.end == first.end);
                shrinkRoot();
            }
        }
    }

    private void shrinkRoot() {
        Table first = root;
        if (first != null) {
            resizer.shrink(first);
        }
    }

    /** Transfers every range that is left; false if other threads are still transferring some. */
    final boolean finishTransfers() {
        for (int round = 0; round < MAX_ROUNDS; round++) {
            // A thread may have died between its last range and this step.
            advanceRoot();
            boolean transferred = false;
            Table first;
            int line = Announcements.enter();
            try {
                first = announceRoot(line);
                resizer.shrinkToFit(first);
                @Nullable Table table = first;
                while (table != null && table.next != null) {
                    while (table.transferRange(true)) {
                        transferred = true;
                    }
                    table = announceNext(table, line);
                }
            } finally {
                Announcements.exit(line);
            }
            if (!transferred && first == root) {
                if (first.next == null) {
                    // In this order: what is reclaimed becomes spare.
                    memory.reclaim();
                    memory.freeSpare();
                    return true;
                }
                return false;
            }
        }
        // Other threads resize the map again and again.
        return false;
    }

    /** Shrinks as far as the mappings allow. */
    final void shrinkToFit() {
        try {
            finishTransfers();
        } catch (MapFullException e) {
            // What is left of the transfer waits for memory.
        }
    }

    /** Closes the map, and frees its memory or leaves it to the last thread that is inside. */
    final void closeTables() {
        if (ROOT.getAndSet(this, null) != null) {
            memory.close();
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

    /** Returns the memory of the tables from the root on. */
    final long listedBytes() {
        long bytes = 0;
        for (@Nullable Table table = root; table != null; table = table.next) {
            bytes += table.end;
        }
        return bytes;
    }
}
