package org.berth.bench.report;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.berth.bench.compare.Measured;
import org.berth.bench.folder.Versions;

/**
 * Renders the report as one self-contained HTML page: style, scripts, charting library and data are inlined into a
 * template.
 */
final class HtmlPage {

    /** In order; the last one draws. */
    private static final List<String> SCRIPTS = List.of("elements.js", "costs.js", "latency.js", "report.js");

    /** Placeholders are replaced in the template only, not in the inlined content. */
    private static final Pattern PLACE = Pattern.compile("\\{\\{(\\w+)}}");

    /** Escapes angle brackets, so that no name in the data can close its script element. */
    private static final Gson GSON = new GsonBuilder().serializeNulls().create();

    /**
     * A folder as the page shows it.
     *
     * @param name    of the folder
     * @param link    to it, from the page
     * @param summary of the machine
     * @param machine in full, with its warnings
     * @param facts   on the run
     * @param files   raw data in it
     * @param compare whether it is a comparison's
     * @param targets of a comparison, with their verdicts
     */
    record Source(
            String name,
            String link,
            List<String> summary,
            List<String> machine,
            List<String> facts,
            List<String> files,
            boolean compare,
            List<Measured.Target> targets) {}

    /**
     * What the script draws.
     *
     * @param folders in the order given
     * @param costs   tables of comparisons
     * @param latency charts
     * @param highest rates
     * @param growth  of maps
     * @param tables  of other kinds of runs
     */
    record Data(
            List<Source> folders,
            List<Costs> costs,
            List<Latency> latency,
            List<Highest> highest,
            List<Growth> growth,
            List<RunTable> tables) {}

    private HtmlPage() {}

    static String render(List<Folder> folders, Path out) {
        Map<String, String> parts = Map.of(
                "style", resource("report.css"),
                "library",
                        resource("/META-INF/resources/webjars/echarts/" + Versions.of("echarts") + "/echarts.min.js"),
                "data", GSON.toJson(data(folders, out)),
                "script", SCRIPTS.stream().map(HtmlPage::resource).collect(Collectors.joining("\n")));
        return PLACE.matcher(resource("report.html"))
                .replaceAll(place -> Matcher.quoteReplacement(parts.getOrDefault(place.group(1), "")));
    }

    private static Data data(List<Folder> folders, Path out) {
        return new Data(
                folders.stream().map(folder -> source(folder, out)).toList(),
                Costs.of(folders),
                Latency.sideBySide(folders),
                folders.stream().flatMap(folder -> folder.highest().stream()).toList(),
                Growth.sideBySide(folders),
                folders.stream().flatMap(folder -> folder.tables().stream()).toList());
    }

    private static Source source(Folder folder, Path out) {
        return new Source(
                folder.name(),
                link(out, folder.path()),
                folder.machine().summary(),
                Stream.concat(
                                folder.machine().lines().stream(),
                                folder.machine().warnings().stream().map(warning -> "warning        " + warning))
                        .toList(),
                folder.facts(),
                folder.files(),
                folder.measured() != null,
                folder.measured() == null ? List.of() : folder.measured().targets());
    }

    /** Returns a relative link from the page to a folder. */
    static String link(Path from, Path to) {
        Path target = to.toAbsolutePath().normalize();
        try {
            String link = from.toAbsolutePath().normalize().relativize(target).toString();
            return link.isEmpty() ? "." : link.replace('\\', '/');
        } catch (IllegalArgumentException e) {
            // On another drive.
            return target.toUri().toString();
        }
    }

    private static String resource(String name) {
        try (InputStream in = open(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream open(String name) {
        InputStream in = HtmlPage.class.getResourceAsStream(name);
        if (in == null) {
            throw new IllegalStateException("not on the class path: resource=" + name);
        }
        return in;
    }
}
