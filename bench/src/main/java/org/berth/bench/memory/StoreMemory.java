package org.berth.bench.memory;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.berth.bench.store.StoreKind;

/** The table and the targets of a store-memory run. */
public final class StoreMemory {

    /** The kind of run. */
    public static final String KIND = "store-memory";

    /** The file name of the report. */
    public static final String REPORT = KIND + ".md";

    /** The headings of the table. */
    public static final List<String> HEAD = List.of(
            "entries",
            "store",
            "value",
            "round",
            "bytes per entry, filled",
            "overhead",
            "bytes per entry, after churn",
            "overhead",
            "live heap, MB",
            "off-heap, MB",
            "by its own account, MB");

    private static final double FILLED_BOUND = 64;
    private static final double CHURNED_BOUND = 100;
    private static final double HEAP_BOUND = 0.05;

    private StoreMemory() {}

    /** Sorts so that what is compared follows each other. */
    public static List<StoreUse> sorted(List<StoreUse> all) {
        return all.stream()
                .sorted(Comparator.comparing(
                        StoreUse::variant,
                        Comparator.comparingInt(StoreVariant::entries)
                                .thenComparingInt(StoreVariant::valueBytes)
                                .thenComparing(StoreVariant::kind)
                                .thenComparingInt(StoreVariant::round)))
                .toList();
    }

    /** Returns the cells of a row. */
    public static List<String> row(StoreUse use) {
        StoreVariant variant = use.variant();
        return List.of(
                String.format(Locale.ROOT, "%,d", variant.entries()),
                variant.kind().label(),
                Integer.toString(variant.valueBytes()),
                Integer.toString(variant.round()),
                bytes(use.filled().perEntry(variant)),
                bytes(use.filled().overhead(variant)),
                bytes(use.churned().perEntry(variant)),
                bytes(use.churned().overhead(variant)),
                megabytes(use.churned().heap()),
                megabytes(use.churned().resident()),
                use.churned().own() == 0 ? "–" : megabytes(use.churned().own()));
    }

    private static String bytes(double bytes) {
        return String.format(Locale.ROOT, "%.0f", bytes);
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f", Math.round(bytes / 1e5) / 10.0);
    }

    /** Returns lines of a table: a target, the bound, what was measured and the verdict. */
    public static List<String> targets(List<StoreUse> all) {
        List<String> lines = new ArrayList<>();
        for (StoreUse use : sorted(all)) {
            StoreVariant variant = use.variant();
            if (variant.kind() == StoreKind.BERTH) {
                String of = String.format(
                        Locale.ROOT,
                        "%,d values of %d bytes, round %d",
                        variant.entries(),
                        variant.valueBytes(),
                        variant.round());
                lines.add(target(
                        "overhead per entry, filled: " + of,
                        FILLED_BOUND,
                        use.filled().overhead(variant)));
                lines.add(target(
                        "overhead per entry, after churn: " + of,
                        CHURNED_BOUND,
                        use.churned().overhead(variant)));
                all.stream()
                        .filter(other -> other.variant()
                                .equals(new StoreVariant(
                                        StoreKind.CONCURRENT,
                                        variant.entries(),
                                        variant.valueBytes(),
                                        variant.round())))
                        .map(other -> target(
                                "live heap after a full collection ÷ that of ConcurrentHashMap: " + of,
                                HEAP_BOUND,
                                (double) use.churned().heap() / other.churned().heap()))
                        .forEach(lines::add);
            }
        }
        return lines;
    }

    private static String target(String what, double bound, double measured) {
        String format = bound < 1 ? "| %s | ≤ %.2f | %.4f | %s |" : "| %s | ≤ %.0f | %.0f | %s |";
        return String.format(Locale.ROOT, format, what, bound, measured, measured <= bound ? "reached" : "**missed**");
    }
}
