package org.berth.bench.report;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.berth.bench.growth.Variant;
import org.jspecify.annotations.Nullable;

/**
 * Latency of calls while a map grows.
 *
 * @param folder its index in the page
 * @param lines  reads and inserts of each map and round
 * @param groups the same, grouped over rounds
 */
record Growth(int folder, List<Line> lines, List<Group> groups) {

    static final String CSV = ".csv";
    private static final String REPORT = "growth.md";
    private static final Pattern SCHEMA = Pattern.compile("<!-- berth-growth schema=(\\d+) -->.*", Pattern.DOTALL);
    private static final int COLUMNS = 8;

    /**
     * The calls of one round.
     *
     * @param what          reads or inserts
     * @param map           its name
     * @param berth         whether it is Berth
     * @param presized      whether it was presized
     * @param round         from 1
     * @param percentiles   of the calls
     * @param bytesPerEntry off the heap; null if not measured
     * @param file          of the percentiles
     */
    record Line(
            String what,
            String map,
            boolean berth,
            boolean presized,
            int round,
            Percentiles percentiles,
            @Nullable Double bytesPerEntry,
            String file) {}

    /**
     * The rounds of one variant, which differ by noise alone.
     *
     * @param what     reads or inserts
     * @param map      its name
     * @param berth    whether it is Berth
     * @param presized whether it was presized
     * @param medians  of each round, in nanoseconds
     * @param tails    p99.9 of each round
     * @param changes  since an earlier folder; null if there is none
     */
    record Group(
            String what,
            String map,
            boolean berth,
            boolean presized,
            List<Long> medians,
            List<Long> tails,
            Change.@Nullable OfCalls changes) {

        private static Group of(List<Line> rounds) {
            Line first = rounds.getFirst();
            return new Group(
                    first.what,
                    first.map,
                    first.berth,
                    first.presized,
                    rounds.stream().map(round -> (long) round.percentiles.p50()).toList(),
                    rounds.stream()
                            .map(round -> (long) round.percentiles.p999())
                            .toList(),
                    null);
        }

        private boolean isSame(Group other) {
            return what.equals(other.what) && map.equals(other.map) && presized == other.presized;
        }

        private Group since(Group before) {
            Change.OfCalls since =
                    new Change.OfCalls(Change.of(before.medians, medians), Change.of(before.tails, tails));
            return new Group(what, map, berth, presized, medians, tails, since);
        }
    }

    private record Key(String what, String map, boolean presized) {}

    /** Returns the data of several folders, each with its changes since the one before. */
    static List<Growth> sideBySide(List<Folder> folders) {
        List<Growth> all = new ArrayList<>();
        for (Folder folder : folders) {
            if (folder.growth() != null) {
                all.add(folder.growth().since(all));
            }
        }
        return all;
    }

    private Growth since(List<Growth> before) {
        return new Growth(
                folder,
                lines,
                groups.stream().map(group -> since(before, group)).toList());
    }

    /** Returns the number of keys inserted. Maps of other sizes are not compared. */
    private long inserted() {
        return lines.stream()
                .filter(line -> line.what.equals("inserts"))
                .mapToLong(line -> line.percentiles.count())
                .max()
                .orElse(0);
    }

    private Group since(List<Growth> before, Group group) {
        List<Growth> same = before.stream()
                .filter(earlier -> earlier.inserted() == inserted())
                .toList();
        for (Growth earlier : same.reversed()) {
            for (Group other : earlier.groups) {
                if (group.isSame(other)) {
                    return group.since(other);
                }
            }
        }
        return group;
    }

    /** Returns whether a file holds the figures of a round. */
    static boolean isFigures(String file) {
        return variant(file) != null;
    }

    static Growth read(Path path, int folder, List<String> files) throws InvalidInputException {
        if (Files.exists(path.resolve(REPORT))) {
            Matcher schema = SCHEMA.matcher(Json.text(path.resolve(REPORT)));
            if (!schema.matches()) {
                throw new InvalidInputException(
                        "not what a run writes: file=" + path.resolve(REPORT) + " wanted=its schema at the top");
            }
            if (!schema.group(1).equals(Integer.toString(Variant.SCHEMA))) {
                throw new InvalidInputException("unknown schema: file=" + path.resolve(REPORT) + " found="
                        + schema.group(1) + " wanted=" + Variant.SCHEMA);
            }
        }
        List<Line> lines = new ArrayList<>();
        for (String file : files) {
            Variant variant = variant(file);
            if (variant != null) {
                for (String figures : figures(path.resolve(file))) {
                    lines.add(line(path, file, variant, figures));
                }
            }
        }
        lines.sort(Comparator.comparing(Line::what)
                .reversed()
                .thenComparing(Line::presized)
                .thenComparing(line -> !line.berth())
                .thenComparing(Line::map)
                .thenComparingInt(Line::round));
        Map<Key, List<Line>> groups = lines.stream()
                .collect(Collectors.groupingBy(
                        line -> new Key(line.what, line.map, line.presized), LinkedHashMap::new, Collectors.toList()));
        return new Growth(folder, lines, groups.values().stream().map(Group::of).toList());
    }

    /** Returns the lines without the header, which files of the first runs lack. */
    private static List<String> figures(Path csv) throws InvalidInputException {
        List<String> lines = Json.text(csv).lines().toList();
        if (lines.isEmpty() || !lines.getFirst().startsWith("#")) {
            return lines;
        }
        if (!lines.getFirst().equals(Variant.HEAD)) {
            throw new InvalidInputException(
                    "unknown schema: file=" + csv + " found=" + lines.getFirst() + " wanted=" + Variant.HEAD);
        }
        return lines.subList(1, lines.size());
    }

    private static @Nullable Variant variant(String file) {
        return file.endsWith(CSV) ? Variant.parse(file.substring(0, file.length() - CSV.length())) : null;
    }

    private static Line line(Path path, String csv, Variant variant, String figures) throws InvalidInputException {
        String[] cells = figures.split(",", -1);
        try {
            if (cells.length != COLUMNS || !(cells[0].equals("reads") || cells[0].equals("inserts"))) {
                throw new NumberFormatException("columns=" + cells.length);
            }
            double bytes = Double.parseDouble(cells[6]);
            String file = variant.name() + "-" + cells[0] + ".hgrm";
            return new Line(
                    cells[0],
                    variant.map(),
                    variant.map().startsWith("Berth"),
                    variant.presized(),
                    variant.round(),
                    Percentiles.read(
                            path.resolve(file),
                            Long.parseLong(cells[1]),
                            Long.parseLong(cells[2]),
                            Long.parseLong(cells[3]),
                            Long.parseLong(cells[4]),
                            Long.parseLong(cells[5])),
                    bytes > 0 ? (Double) bytes : null,
                    file);
        } catch (NumberFormatException e) {
            throw new InvalidInputException("corrupt: file=" + path.resolve(csv) + " line=" + figures, e);
        }
    }
}
