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
import org.berth.offheap.placement.PlacementReport;
import org.jspecify.annotations.Nullable;

/**
 * The tables of a map: the root, where every operation begins, and those that follow it while it grows. How tables come, are
 * drained and go. Users see what is public here as part of the map.
 */
abstract sealed class TableList permits LongLongMap {

    /** Why a table was followed by another. */
    enum Resize {
        LARGER,
        SAME_SIZE,
        SMALLER,
        /** Keys collided: same size or larger, and with another hash. */
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

    final Transfer mover;

    /** Memory that was not to be had. */
    private record Refusal(
            long nanoTime,
            long bytes,
            long present,
            String limit,
            @Nullable Throwable cause) {

        MapFullException exception() {
            return new MapFullException(bytes, present, limit, cause);
        }
    }

    /** A table is followed by one of at least this part of its lines. */
    private static final int MAX_REDUCTION = 4;

    private static final long RETRY_NANOS = 1_000_000_000;

    private final LongFunction<Words> memory;
    private final LongSupplier seeds;
    private final long minimumLines;
    private final long maximumBytes;
    private final Map<Resize, AtomicLong> growths = new EnumMap<>(Resize.class);
    private final Queue<Retired> retired = new ConcurrentLinkedQueue<>();

    /** The last one, null if there was memory since. */
    private volatile @Nullable Refusal refusal;

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
    TableList(
            LongFunction<Words> memory,
            LongSupplier seeds,
            Transfer mover,
            long lines,
            long minimumLines,
            long maximumBytes) {
        this.mover = mover;
        this.memory = memory;
        this.seeds = seeds;
        this.minimumLines = minimumLines;
        this.maximumBytes = maximumBytes;
        for (Resize kind : Resize.values()) {
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
        if (isShortOfMemory() || !table.takeTicket()) {
            return;
        }
        try {
            Table next = allocate(lines, false);
            // Keys may have come since the decision, in great numbers if this thread was suspended. Whoever claims the
            // next decides anew.
            if (next != null && lines >= linesForLive(table) && table.publish(next)) {
                count(growth(table, next));
            }
        } finally {
            table.giveTicketBack();
        }
    }

    /**
     * A key has no place in a table: makes the next table, whoever else may be about to, as waiting for a thread that is suspended
     * would not do.
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
            // Else another thread got memory meanwhile.
            if (refused != null && table.next == null) {
                throw refused.exception();
            }
        }
    }

    private @Nullable Table allocateForOverflow(Table table) {
        // With another hash, the same number of lines will do, unless the keys are too many or it was tried before.
        long lines = Math.max(linesForLive(table), table.lines());
        if (table.fromOverflow && lines == table.lines()) {
            lines *= 2;
        }
        Table next = allocate(lines, true);
        if (next != null || table != root) {
            return next;
        }
        // Where there is no room for so many lines, there may be for what is live.
        long fewer = Math.max(Table.linesFor(table.live()), minimumLines);
        return fewer < lines ? allocate(fewer, true) : null;
    }

    private long linesForLive(Table table) {
        // Not too few at once: what is moved must not fill the next table before this one is drained.
        long least = Math.max(minimumLines, table.lines() / MAX_REDUCTION);
        long lines = Math.max(table.linesForLive(), least);
        // What is still to come from the table before is not counted yet.
        return table == root ? lines : Math.max(lines, table.lines());
    }

    private static Resize growth(Table table, Table next) {
        if (next.lines() == table.lines()) {
            return Resize.SAME_SIZE;
        }
        return next.lines() > table.lines() ? Resize.LARGER : Resize.SMALLER;
    }

    /** A table, or null if the memory is not to be had, for the reason that {@link #refusal} then gives. */
    private @Nullable Table allocate(long lines, boolean forOverflow) {
        long bytes = lines * Table.LINE;
        long present = 0;
        for (@Nullable Table table = root; table != null; table = table.next) {
            present += table.end;
        }
        Refusal before = refusal;
        if (present + bytes > maximumBytes) {
            refusal = new Refusal(System.nanoTime(), bytes, present, "maximumBytes=" + maximumBytes, null);
            return null;
        }
        if (before != null && before.cause != null && isShortOfMemory()) {
            return null;
        }
        try {
            Table table = new Table(this, memory.apply(Table.bytes(lines)), lines, seeds.getAsLong(), forOverflow);
            refusal = null;
            return table;
        } catch (OutOfMemoryError e) {
            refusal = new Refusal(System.nanoTime(), bytes, present, "see -XX:MaxDirectMemorySize", e);
            return null;
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            // A place that was to be had once may not be any more.
            refusal = new Refusal(System.nanoTime(), bytes, present, "see the placement: " + e.getMessage(), e);
            return null;
        }
    }

    /** Whether memory was refused lately. To ask the JVM again costs a collection and half a second. */
    private boolean isShortOfMemory() {
        Refusal refused = refusal;
        return refused != null && System.nanoTime() - refused.nanoTime < RETRY_NANOS;
    }

    /** Moves a chunk of a table that is growing. */
    final void help(Table table) {
        try {
            table.moveChunk(!isShortOfMemory());
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
                // From the oldest, and no further than the first that is still there: looking at all of them each time
                // adds up.
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

    /** Moves all that is left to move; false if other threads still have some in hand. */
    final boolean finish() {
        while (true) {
            // If a thread has died between its last chunk and this step.
            advance();
            shrinkRoot();
            Table first = open();
            boolean moved = false;
            for (@Nullable Table table = first; table != null && table.next != null; table = table.next) {
                while (table.moveChunk(true)) {
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

    /**
     * The memory of the map: its tables, two or more while it grows, without those that were left and are not freed yet.
     *
     * @return in bytes, off the heap
     */
    public final long memoryBytes() {
        open();
        return chainBytes() + 2 * Table.bytes(1);
    }

    /**
     * Where the memory of the newest table is; see {@link Words#placementReport(long, long)}.
     *
     * @return the places
     * @throws UnsupportedOperationException if the kernel cannot be asked
     */
    public final PlacementReport placementReport() {
        Words words = open().newest().words;
        return words.placementReport(0, words.size());
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

    private void count(Resize kind) {
        counter(kind).getAndIncrement();
    }

    @SuppressWarnings("NullAway") // there is one for each kind
    private AtomicLong counter(Resize kind) {
        return growths.get(kind);
    }

    final long growths(Resize kind) {
        return counter(kind).get();
    }
}
