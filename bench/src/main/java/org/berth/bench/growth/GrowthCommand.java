package org.berth.bench.growth;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.berth.bench.machine.Machine;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Each kind of map, growing and with room from the start, each in a JVM of its own, in turn, so that noise hits them alike. */
@Command(
        name = "growth",
        description =
                "Measures how long reads and inserts take while a map grows: a minute or two, and 6 GB of memory.")
@SuppressWarnings("NullAway.Init") // by picocli
public final class GrowthCommand implements Callable<Integer> {

    private static final List<String> JVM_ARGS =
            List.of("-Xms4g", "-Xmx4g", "-XX:+AlwaysPreTouch", "--sun-misc-unsafe-memory-access=allow");

    private static final String REPORT = "growth.md";

    @Spec
    private CommandSpec spec;

    @Option(names = "--size", defaultValue = "10000000", description = "Keys at the end; 10 million by default.")
    private int size;

    @Option(
            names = "--rounds",
            defaultValue = "3",
            description =
                    "How often each is measured: the difference between rounds is what noise makes of one and the same.")
    private int rounds;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where to write.")
    private Path out;

    /** For the JVMs that this command starts: measure this one. */
    @Option(names = "--one", hidden = true)
    private GrowingMap.@Nullable Kind one;

    @Option(names = "--presized", hidden = true)
    private boolean presized;

    @Option(names = "--round", hidden = true)
    private int round;

    @Override
    public Integer call() throws Exception {
        if (one != null) {
            GrowthRun.main(one, size, presized, out, new Variant(one, presized, round).name());
            return 0;
        }
        if (Files.exists(out.resolve(REPORT))) {
            spec.commandLine().getErr().println("holds a run already: file=" + REPORT + "; choose another folder");
            return 2;
        }
        Files.createDirectories(out);
        Files.writeString(out.resolve("machine.json"), Machine.read().json() + "\n");
        PrintWriter print = spec.commandLine().getOut();
        List<Variant> measured = new ArrayList<>();
        for (int i = 1; i <= rounds; i++) {
            for (GrowingMap.Kind kind : GrowingMap.Kind.values()) {
                for (boolean room : new boolean[] {false, true}) {
                    Variant variant = new Variant(kind, room, i);
                    print.println(variant.name());
                    print.flush();
                    measure(variant);
                    measured.add(variant);
                }
            }
        }
        String report = report(measured);
        Files.writeString(out.resolve(REPORT), report);
        print.println(report);
        return 0;
    }

    private void measure(Variant variant) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM_ARGS);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "org.berth.bench.Main", "growth"));
        command.addAll(List.of("--size", Integer.toString(size), "--out", out.toString()));
        command.addAll(List.of("--one", variant.kind().name(), "--round", Integer.toString(variant.round())));
        if (variant.presized()) {
            command.add("--presized");
        }
        int exit = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (exit != 0) {
            throw new IOException("a measurement failed: variant=" + variant.name() + " exit=" + exit);
        }
    }

    private String report(List<Variant> measured) throws IOException {
        StringBuilder report = new StringBuilder();
        report.append("<!-- berth-growth schema=" + Variant.SCHEMA + " -->\n# Reads and inserts while a map grows\n\n");
        Machine.read()
                .summary()
                .forEach(line -> report.append("- ").append(line).append('\n'));
        report.append("- JVM: ").append(String.join(" ", JVM_ARGS)).append("\n\n");
        report.append(
                "One thread inserts from 1 K to %d keys, another reads random keys of those that are there. Times are from a call to its return, in microseconds. Rounds of one row differ by noise alone.\n"
                        .formatted(size));
        for (String what : List.of("reads", "inserts")) {
            report.append("\n## ")
                    .append(what.equals("reads") ? "Reads" : "Inserts")
                    .append("\n\n");
            report.append("| map | round | calls | p50 | p99.9 | p99.99 | max | bytes per entry | peak MB |\n");
            report.append("|---|---:|---:|---:|---:|---:|---:|---:|---:|\n");
            for (Variant variant : sorted(measured)) {
                for (String line : Files.readAllLines(out.resolve(variant.name() + ".csv"))) {
                    String[] cells = line.split(",", -1);
                    if (cells[0].equals(what)) {
                        report.append("| %s | %d | %s | %s | %s | %s | %s | %s | %s |%n"
                                .formatted(
                                        variant.label(),
                                        variant.round(),
                                        cells[1],
                                        micros(cells[2]),
                                        micros(cells[3]),
                                        micros(cells[4]),
                                        micros(cells[5]),
                                        cells[6].equals("0.00") ? "–" : cells[6],
                                        cells[7].equals("0") ? "–" : Long.toString(Long.parseLong(cells[7]) >> 20)));
                    }
                }
            }
        }
        return report.toString();
    }

    /** The rounds of a variant one below the other. */
    private static List<Variant> sorted(List<Variant> measured) {
        return measured.stream()
                .sorted((a, b) -> a.kind() != b.kind()
                        ? a.kind().compareTo(b.kind())
                        : a.presized() != b.presized()
                                ? Boolean.compare(a.presized(), b.presized())
                                : Integer.compare(a.round(), b.round()))
                .toList();
    }

    private static String micros(String nanos) {
        return String.format(Locale.ROOT, "%.2f", Long.parseLong(nanos) / 1_000.0);
    }
}
