package org.berth.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.berth.bench.compare.Measured;
import org.jspecify.annotations.Nullable;

/**
 * A table of costs, with the figures of one or more folders side by side.
 *
 * @param title   as in the catalogue
 * @param about   what an operation is
 * @param folders that have it, by their index in the page
 * @param threads the columns
 * @param noise   the noise floor by folder and column: the relative difference of a repeated measurement; 0 if nothing
 *                was repeated
 * @param rows    the implementations
 */
record Costs(
        String title,
        String about,
        List<Integer> folders,
        List<Integer> threads,
        List<List<Double>> noise,
        List<Row> rows) {

    /**
     * An implementation.
     *
     * @param label    its name
     * @param berth    whether it is Berth
     * @param baseline the label of its baseline, or empty
     * @param cells    by folder, then by number of threads
     */
    record Row(String label, boolean berth, String baseline, List<List<@Nullable Cell>> cells) {}

    /**
     * A figure, and what is derived from it.
     *
     * @param figure     as measured
     * @param throughput million operations per second of all threads; null where threads do different things
     * @param speedup    that throughput as a multiple of one thread's
     * @param efficiency the speed-up for each CPU that can be at work
     * @param change     since the folder before
     */
    record Cell(
            Measured.Cell figure,
            @Nullable Double throughput,
            @Nullable Double speedup,
            @Nullable Double efficiency,
            @Nullable Change change) {}

    private record Source(int folder, int cpus, Measured.Table table) {

        double noise(int threads) {
            int column = table.threads().indexOf(threads);
            return column < 0 ? 0 : table.noise().get(column);
        }

        Measured.@Nullable Line line(String label) {
            return table.rows().stream()
                    .filter(line -> line.label().equals(label))
                    .findFirst()
                    .orElse(null);
        }

        Measured.@Nullable Cell cell(String label, int threads) {
            Measured.Line line = line(label);
            int column = table.threads().indexOf(threads);
            return line == null || column < 0 ? null : line.cells().get(column);
        }
    }

    /** Groups equal tables of several folders. */
    static List<Costs> of(List<Folder> folders) {
        Map<String, List<Source>> tables = new LinkedHashMap<>();
        for (int i = 0; i < folders.size(); i++) {
            Folder folder = folders.get(i);
            for (Measured.Table table : folder.measured() == null
                    ? List.<Measured.Table>of()
                    : folder.measured().tables()) {
                tables.computeIfAbsent(table.title(), title -> new ArrayList<>())
                        .add(new Source(i, folder.machine().cpu().available(), table));
            }
        }
        return tables.values().stream().map(Costs::merge).toList();
    }

    private static Costs merge(List<Source> sources) {
        Set<Integer> threads = new TreeSet<>();
        Set<String> labels = new LinkedHashSet<>();
        for (Source source : sources) {
            threads.addAll(source.table.threads());
            source.table.rows().forEach(line -> labels.add(line.label()));
        }
        List<Row> rows = new ArrayList<>();
        for (String label : labels) {
            List<List<@Nullable Cell>> cells = new ArrayList<>();
            for (int i = 0; i < sources.size(); i++) {
                List<@Nullable Cell> ofFolder = new ArrayList<>();
                for (int count : threads) {
                    ofFolder.add(cell(sources, i, label, count));
                }
                cells.add(ofFolder);
            }
            rows.add(row(label, sources, cells));
        }
        Measured.Table first = sources.getFirst().table;
        return new Costs(
                first.title(),
                first.about(),
                sources.stream().map(Source::folder).toList(),
                List.copyOf(threads),
                sources.stream()
                        .map(source -> threads.stream().map(source::noise).toList())
                        .toList(),
                rows);
    }

    private static Row row(String label, List<Source> sources, List<List<@Nullable Cell>> cells) {
        for (Source source : sources) {
            Measured.Line line = source.line(label);
            if (line != null) {
                return new Row(label, line.berth(), line.baseline(), cells);
            }
        }
        throw new AssertionError("a label of no table: label=" + label);
    }

    private static @Nullable Cell cell(List<Source> sources, int index, String label, int threads) {
        Source source = sources.get(index);
        Measured.Cell figure = source.cell(label, threads);
        if (figure == null) {
            return null;
        }
        Change change = change(sources, index, label, threads, figure);
        if (source.table.roles()) {
            return new Cell(figure, null, null, null, change);
        }
        Measured.Cell alone = source.cell(label, 1);
        Double speedup = alone == null ? null : (Double) (threads * alone.nanos() / figure.nanos());
        Double efficiency = speedup == null ? null : (Double) (speedup / Math.min(threads, source.cpus));
        return new Cell(figure, threads * 1_000 / figure.nanos(), speedup, efficiency, change);
    }

    private static @Nullable Change change(
            List<Source> sources, int index, String label, int threads, Measured.Cell figure) {
        for (int i = index - 1; i >= 0; i--) {
            Measured.Cell before = sources.get(i).cell(label, threads);
            if (before != null) {
                double noise = Math.max(
                        sources.get(i).noise(threads), sources.get(index).noise(threads));
                return Change.of(before, figure, noise);
            }
        }
        return null;
    }
}
