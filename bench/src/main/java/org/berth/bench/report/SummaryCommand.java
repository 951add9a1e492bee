package org.berth.bench.report;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.berth.bench.folder.RunFolder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Renders the tables and charts of the page about the published runs, so that each of its figures is that of the raw
 * data.
 */
@Command(
        name = "summary",
        description = "Renders the tables and charts of the page of published runs, results/README.md, from "
                + "their raw data.")
@SuppressWarnings("NullAway.Init") // by picocli
public final class SummaryCommand implements Callable<Integer> {

    private static final String PAGE = "README.md";
    private static final String CHARTS = "charts";

    /** A table in the page: it is replaced up to the end mark. */
    private static final Pattern TABLE =
            Pattern.compile("(<!-- table: ([a-z-]+) -->\n).*?(<!-- end -->)", Pattern.DOTALL);

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--results",
            paramLabel = "DIR",
            defaultValue = "results",
            description = "Where published runs and their page are; by default results.")
    private Path results;

    @Option(names = "--out", paramLabel = "DIR", description = "Where to write the page; by default beside the runs.")
    private @Nullable Path out;

    @Override
    public Integer call() {
        Path target = out == null ? results : out;
        try {
            Map<String, Summary.Rendered> rendered = new HashMap<>();
            for (Map.Entry<String, Summary> question : Questions.read(results).entrySet()) {
                rendered.put(question.getKey(), question.getValue().render());
            }
            String page = page(rendered);
            Files.createDirectories(target.resolve(CHARTS));
            for (Map.Entry<String, Summary.Rendered> one : rendered.entrySet()) {
                if (!one.getValue().svg().isEmpty()) {
                    RunFolder.write(
                            target.resolve(CHARTS),
                            one.getKey() + ".svg",
                            one.getValue().svg());
                }
            }
            RunFolder.write(target, PAGE, page);
            PrintWriter print = spec.commandLine().getOut();
            print.println("Written to " + target.resolve(PAGE) + " and " + target.resolve(CHARTS));
            print.flush();
            return 0;
        } catch (InvalidInputException | IOException e) {
            spec.commandLine().getErr().println(e.getMessage());
            spec.commandLine().getErr().flush();
            return 2;
        }
    }

    private String page(Map<String, Summary.Rendered> rendered) throws InvalidInputException {
        Path file = results.resolve(PAGE);
        Matcher tables = TABLE.matcher(Json.text(file));
        StringBuilder page = new StringBuilder();
        while (tables.find()) {
            Summary.Rendered one = rendered.get(tables.group(2));
            if (one == null) {
                throw new InvalidInputException("no such table: file=" + file + " table=" + tables.group(2));
            }
            tables.appendReplacement(
                    page, Matcher.quoteReplacement(tables.group(1) + one.markdown() + tables.group(3)));
        }
        return tables.appendTail(page).toString();
    }
}
