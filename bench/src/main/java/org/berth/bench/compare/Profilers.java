package org.berth.bench.compare;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.profile.ProfilerException;
import org.openjdk.jmh.profile.ProfilerFactory;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * The profilers of JMH that work on this machine. A profiler slows down what it observes, so each has separate runs,
 * whose times are in no table.
 *
 * @param found   usable profilers
 * @param missing why the others are not usable
 */
public record Profilers(List<Profiler> found, List<String> missing) {

    /** No profilers. */
    public static final Profilers NONE = new Profilers(List.of(), List.of());

    private static final String LIBRARY = "libasyncProfiler.so";

    /** The start of JMH's message if it finds no library. */
    private static final String NOT_LOADED = "Unable to load async-profiler";

    /**
     * A profiler.
     *
     * @param name    for files and reports
     * @param jmh     JMH's name for it
     * @param options for JMH, without where to write
     * @param folders whether it writes files itself
     */
    record Profiler(String name, String jmh, String options, boolean folders) {

        /** Returns the options for JMH, with the folder if the profiler writes files. */
        String options(Path folder) {
            return folders ? options + (options.isEmpty() ? "" : ";") + "dir=" + folder : options;
        }

        private @Nullable String trouble() {
            try {
                ProfilerFactory.getProfilerOrException(new OptionsBuilder()
                        .addProfiler(jmh, options)
                        .build()
                        .getProfilers()
                        .getFirst());
                return null;
            } catch (ProfilerException e) {
                String message = String.valueOf(e.getMessage());
                return message.startsWith(NOT_LOADED)
                        ? "not found; put its asprof on the PATH, or the folder of " + LIBRARY + " into LD_LIBRARY_PATH"
                        : message.lines().findFirst().orElse("unknown");
            }
        }
    }

    /**
     * Finds usable profilers. perf counts CPU events per operation, or kernel events only where the CPU's counters are
     * unavailable.
     */
    public static Profilers find() {
        @Nullable Path library = beside(System.getenv().getOrDefault("PATH", ""), "asprof");
        String options = "output=flamegraph" + (library == null ? "" : ";libPath=" + library);
        List<Profiler> found = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (List<Profiler> choice : List.of(
                List.of(new Profiler("async-profiler", "async", options, true)),
                List.of(new Profiler("perf", "perfnorm", "", false), new Profiler("perf", "perf", "", false)))) {
            List<String> troubles = new ArrayList<>();
            for (Profiler profiler : choice) {
                String trouble = profiler.trouble();
                if (trouble == null) {
                    found.add(profiler);
                    break;
                }
                troubles.add(trouble);
            }
            if (troubles.size() == choice.size()) {
                missing.add(choice.getFirst().name + ": " + troubles.getLast());
            }
        }
        return new Profilers(found, missing);
    }

    /**
     * Returns async-profiler's library if its program is on the path: the distribution has bin and lib side by side.
     */
    static @Nullable Path beside(String path, String program) {
        for (String entry : path.split(Pattern.quote(File.pathSeparator), -1)) {
            Path file = Path.of(entry, program);
            if (Files.isExecutable(file)) {
                Path library = file.toAbsolutePath()
                        .normalize()
                        .resolveSibling("../lib")
                        .resolve(LIBRARY);
                if (Files.exists(library)) {
                    return library.normalize();
                }
            }
        }
        return null;
    }
}
