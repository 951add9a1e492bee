package org.berth.bench.memory;

import java.util.List;
import org.berth.bench.store.Keys;

/**
 * The memory that a forked JVM has found a store to use.
 *
 * @param variant that was measured
 * @param filled  with all entries
 * @param churned after fresh keys have taken the place of all others, several times
 */
public record StoreUse(StoreVariant variant, Memory filled, Memory churned) {

    /** The version of the file format. */
    public static final int SCHEMA = 1;

    /** The first line of a file. */
    public static final String HEAD =
            "# berth-store-memory schema=" + SCHEMA + ": live heap bytes,resident bytes,own bytes";

    /** The end of a file's name. */
    public static final String CSV = ".csv";

    private static final int LINES = 3;
    private static final int COLUMNS = 3;

    /**
     * The memory at a moment.
     *
     * @param heap     live bytes after a full collection, more than before there was a store
     * @param resident bytes of the process, more than before: off the heap, as all of the heap is resident at any time
     * @param own      off-heap bytes by the store's own account; 0 if it cannot say
     */
    public record Memory(long heap, long resident, long own) {

        String line() {
            return heap + "," + resident + "," + own;
        }

        private static Memory parse(String line) {
            String[] cells = line.split(",", -1);
            if (cells.length != COLUMNS) {
                throw new IllegalArgumentException("corrupt: line=" + line);
            }
            return new Memory(Long.parseLong(cells[0]), Long.parseLong(cells[1]), Long.parseLong(cells[2]));
        }

        /** Returns bytes per entry, on the heap and off it. */
        public double perEntry(StoreVariant variant) {
            return (double) (heap + resident) / variant.entries();
        }

        /** Returns bytes per entry besides the key and the value. */
        public double overhead(StoreVariant variant) {
            return perEntry(variant) - Keys.MEAN_LENGTH - variant.valueBytes();
        }
    }

    /**
     * Parses a file.
     *
     * @throws IllegalArgumentException if it is of another version or corrupt
     */
    public static StoreUse parse(StoreVariant variant, String text) {
        List<String> lines = text.lines().toList();
        if (lines.isEmpty() || !lines.getFirst().equals(HEAD)) {
            throw new IllegalArgumentException(
                    "unknown schema: found=" + (lines.isEmpty() ? "" : lines.getFirst()) + " wanted=" + HEAD);
        }
        if (lines.size() != LINES) {
            throw new IllegalArgumentException("corrupt: lines=" + lines.size() + " wanted=" + LINES);
        }
        return new StoreUse(variant, Memory.parse(lines.get(1)), Memory.parse(lines.get(2)));
    }

    String text() {
        return String.join("\n", HEAD, filled.line(), churned.line()) + "\n";
    }
}
