package org.berth.bench.memory;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * What one forked JVM has sampled, once a second.
 *
 * @param variant that was measured
 * @param all     samples by time, at least one
 */
public record Samples(ChurnVariant variant, List<Sample> all) {

    /** The version of the file format. */
    public static final int SCHEMA = 1;

    /** The first line of a file. */
    public static final String HEAD =
            "# berth-churn-memory schema=" + SCHEMA + ": seconds,operations,resident bytes,map bytes";

    /** The end of a file's name. */
    public static final String CSV = ".csv";

    /** Seconds until the JVM has compiled what runs. */
    private static final double WARM = 10;

    private static final int COLUMNS = 4;

    /**
     * A sample.
     *
     * @param seconds    since the start
     * @param operations until then
     * @param resident   bytes of the process
     * @param mapBytes   off-heap bytes of the map; 0 if it cannot say
     */
    public record Sample(double seconds, long operations, long resident, long mapBytes) {

        String line() {
            return String.format(Locale.ROOT, "%.3f,%d,%d,%d", seconds, operations, resident, mapBytes);
        }

        private static Sample parse(String line) {
            String[] cells = line.split(",", -1);
            if (cells.length != COLUMNS) {
                throw new IllegalArgumentException("corrupt: line=" + line);
            }
            return new Sample(
                    Double.parseDouble(cells[0]),
                    Long.parseLong(cells[1]),
                    Long.parseLong(cells[2]),
                    Long.parseLong(cells[3]));
        }
    }

    /**
     * Parses a file.
     *
     * @throws IllegalArgumentException if it is of another version, corrupt or without a sample
     */
    public static Samples parse(ChurnVariant variant, String text) {
        List<String> lines = text.lines().toList();
        if (lines.isEmpty() || !lines.getFirst().equals(HEAD)) {
            throw new IllegalArgumentException(
                    "unknown schema: found=" + (lines.isEmpty() ? "" : lines.getFirst()) + " wanted=" + HEAD);
        }
        if (lines.size() == 1) {
            throw new IllegalArgumentException("holds no sample");
        }
        return new Samples(
                variant,
                lines.subList(1, lines.size()).stream().map(Sample::parse).toList());
    }

    /** Returns the operations of all threads per second. */
    public double operationsPerSecond() {
        return all.getLast().operations / all.getLast().seconds;
    }

    /** Returns the sample when the process was warm, or halfway if it ended before. */
    public Sample warm() {
        return all.stream().filter(sample -> sample.seconds >= WARM).findFirst().orElse(all.get(all.size() / 2));
    }

    /** Returns the sample at half of the time. */
    public Sample half() {
        return all.get(all.size() / 2);
    }

    /** Returns the last sample. */
    public Sample last() {
        return all.getLast();
    }

    /** Returns the most resident bytes. */
    public long most() {
        return all.stream().max(Comparator.comparingLong(Sample::resident)).orElseThrow().resident;
    }
}
