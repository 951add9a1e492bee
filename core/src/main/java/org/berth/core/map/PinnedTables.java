package org.berth.core.map;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.berth.core.internal.StackSpace;

/**
 * The tables that a traversal keeps from being reclaimed. Refers to their memory only, so that the memory of an
 * iterator that is given up half-way is unpinned by the garbage collector.
 */
final class PinnedTables implements Runnable {

    private final List<TableMemory> tables;
    private final AtomicBoolean unpinned = new AtomicBoolean();

    private PinnedTables(List<TableMemory> tables) {
        this.tables = tables;
    }

    /** Pins the tables from one that is announced on. The caller asks afterwards whether they {@link #areCurrent}. */
    static PinnedTables of(Table first, Table last) {
        List<TableMemory> tables = new ArrayList<>();
        for (Table table = first; ; table = table.nextTable()) {
            tables.add(table.memory);
            if (table == last) {
                break;
            }
        }
        PinnedTables pinned = new PinnedTables(tables);
        // From here on nothing fails on the way.
        StackSpace.ensure();
        for (int i = 0; i < tables.size(); i++) {
            tables.get(i).pin();
        }
        return pinned;
    }

    /**
     * Whether none of the tables is retired. Each for itself: a thread that has advanced the root past the first may be
     * suspended before it says so, and the second be retired meanwhile.
     */
    boolean areCurrent() {
        for (TableMemory table : tables) {
            if (table.isRetired()) {
                return false;
            }
        }
        return true;
    }

    /** Unpins the tables, once. */
    @Override
    public void run() {
        if (unpinned.compareAndSet(false, true)) {
            boolean reclaimable = false;
            for (TableMemory table : tables) {
                reclaimable |= table.unpin();
            }
            if (reclaimable) {
                tables.getFirst().reclaimRetired();
            }
        }
    }
}
