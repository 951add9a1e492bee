package org.berth.core.map;

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
 * The tables of a map: the root, where every operation begins, and those that follow it while it grows. How tables come, are
 * drained and go.
 */
abstract sealed class Chain permits LongLongMap {

    /** Why a table was followed by another. */
    enum Growth {
        LARGER,
        SAME_SIZE,
        SMALLER,
        /** Keys collided: same size or larger, and with another hash. */
        OVERFLOW
    }

    private static final VarHandle ROOT;

    static {
        try {
            ROOT = MethodHandles.lookup().findVarHandle(Chain.class, "root", Table.class);
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

    final Mover mover;

    private final LongFunction<Words> memory;
    private final LongSupplier seeds;
    private final long minimumLines;
    private final long maximumBytes;
    private final Map<Growth, AtomicLong> growths = new EnumMap<>(Growth.class);
    private final Queue<Retired> retired = new ConcurrentLinkedQueue<>();

    /** Null once the map is closed. Volatile: each operation reads it once, and no read of the tables comes before. */
    @Nullable
    volatile Table root;

    /**
     * An empty table.
     *
     * @param memory       allocates, by bytes
     * @param seeds        for the hashes of the tables
     * @param mover        of mappings from table to table
     * @param lines        of the first table
     * @param minimumLines of every table
     * @param maximumBytes of all of the tables together
     */
    Chain(
            LongFunction<Words> memory,
            LongSupplier seeds,
            Mover mover,
            long lines,
            long minimumLines,
            long maximumBytes) {
        this.mover = mover;
        this.memory = memory;
        this.seeds = seeds;
        this.minimumLines = minimumLines;
        this.maximumBytes = maximumBytes;
        for (Growth kind : Growth.values()) {
            growths.put(kind, new AtomicLong());
        }
        root = new Table(this, memory.apply(Table.bytes(lines)), lines, seeds.getAsLong(), false);
    }

    /** A table with enough of it claimed asks for the next one. A thread that finds another about to allocate it goes on. */
    final void start(Table table) {
        startWith(table, linesForLive(table));
    }

    /** A table with little in it asks for a smaller one. */
    final void shrink(Table table) {
        // Not before all is there that is still to come from the table before.
        if (table == root && table.isSparse()) {
            long lines = linesForLive(table);
            if (lines < table.lines()) {
                startWith(table, lines);
            }
        }
    }

    private void startWith(Table table, long lines) {
        if (!table.takeTicket()) {
            return;
        }
        try {
            Table next = allocate(lines, false);
            if (table.publish(next)) {
                count(growth(table, next));
            }
        } catch (MapFullException e) {
            // Nothing is lost yet. An insert that finds no place will say so.
            table.postponeGrowth();
        } finally {
            table.giveTicketBack();
        }
    }

    /**
     * A key has no place in a table: makes the next table, whoever else may be about to, as waiting for a thread that is suspended
     * would not do.
     */
    final void overflow(Table table) {
        // With another hash, the same number of lines will do, unless the keys are too many for them or this is the
        // second time.
        long lines = Math.max(linesForLive(table), table.lines());
        boolean again = table.fromOverflow && lines == table.lines();
        try {
            if (table.publish(allocate(again ? 2 * lines : lines, true))) {
                count(Growth.OVERFLOW);
            }
        } catch (MapFullException e) {
            if (table.next == null) {
                throw e;
            }
        }
    }

    private long linesForLive(Table table) {
        long lines = Math.max(table.linesForLive(), minimumLines);
        // What is still to come from the table before is not counted yet.
        return table == root ? lines : Math.max(lines, table.lines());
    }

    private static Growth growth(Table table, Table next) {
        if (next.lines() == table.lines()) {
            return Growth.SAME_SIZE;
        }
        return next.lines() > table.lines() ? Growth.LARGER : Growth.SMALLER;
    }

    private Table allocate(long lines, boolean forOverflow) {
        long bytes = Table.bytes(lines);
        long before = chainBytes();
        if (before + bytes > maximumBytes) {
            throw new MapFullException(bytes, before, "maximumBytes=" + maximumBytes, null);
        }
        try {
            return new Table(this, memory.apply(bytes), lines, seeds.getAsLong(), forOverflow);
        } catch (OutOfMemoryError e) {
            throw new MapFullException(bytes, before, "see -XX:MaxDirectMemorySize", e);
        }
    }

    /** Moves a chunk of a table that is growing. */
    final void help(Table table) {
        try {
            table.moveChunk();
        } catch (MapFullException e) {
            // The chunk waits for another try. What the caller wants to do may well be possible.
        }
    }

    /** Takes the root past the tables that are drained. */
    final void advance() {
        while (true) {
            Table first = root;
            if (first == null || !first.isDrained()) {
                return;
            }
            if (ROOT.compareAndSet(this, first, first.following())) {
                retired.removeIf(memory -> memory.refersTo(null));
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

    /** Moves all that is left to move; false if other threads still have some in hand. */
    final boolean finish() {
        while (true) {
            shrinkRoot();
            Table first = open();
            boolean moved = false;
            for (@Nullable Table table = first; table != null && table.next != null; table = table.next) {
                while (table.moveChunk()) {
                    moved = true;
                }
            }
            if (!moved && first == root) {
                return first.next == null;
            }
        }
    }

    /** The root of a map that is not closed. */
    final Table open() {
        Table first = root;
        if (first == null) {
            throw closed();
        }
        return first;
    }

    static IllegalStateException closed() {
        return new IllegalStateException("map is closed; close it after its last use");
    }

    /** Lets go of the tables. */
    final void drop() {
        root = null;
    }

    final int tables() {
        int tables = 0;
        for (@Nullable Table table = root; table != null; table = table.next) {
            tables++;
        }
        return tables;
    }

    final long chainBytes() {
        long bytes = 0;
        for (@Nullable Table table = root; table != null; table = table.next) {
            bytes += table.words.size();
        }
        return bytes;
    }

    final long retiredBytes() {
        long bytes = 0;
        for (Retired memory : retired) {
            bytes += memory.refersTo(null) ? 0 : memory.bytes;
        }
        return bytes;
    }

    private void count(Growth kind) {
        counter(kind).getAndIncrement();
    }

    @SuppressWarnings("NullAway") // there is one for each kind
    private AtomicLong counter(Growth kind) {
        return growths.get(kind);
    }

    final long growths(Growth kind) {
        return counter(kind).get();
    }
}
