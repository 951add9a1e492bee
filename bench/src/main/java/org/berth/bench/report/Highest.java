package org.berth.bench.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The highest rate at which a tail stayed short enough.
 *
 * @param folder         its index in the page
 * @param setting        the workload and all else that the implementations have in common
 * @param implementation its name
 * @param berth          whether it is Berth
 * @param round          of the search
 * @param boundMicros    that p99.9 must not exceed
 * @param rate           operations per second and thread; 0 if none was low enough
 * @param exceeded       the lowest at which it did; 0 if it never did
 */
record Highest(
        int folder,
        String setting,
        String implementation,
        boolean berth,
        long round,
        long boundMicros,
        long rate,
        long exceeded) {

    private static final String FIELD = "maxima";

    static List<Highest> read(Path path, int folder) throws BadInput {
        Json json = Json.object(path.resolve(Latency.NAME));
        List<Highest> all = new ArrayList<>();
        for (Json entry : json.objectsOrNone(FIELD)) {
            String implementation = entry.text("implementation");
            all.add(new Highest(
                    folder,
                    setting(entry),
                    implementation,
                    implementation.startsWith("Berth"),
                    entry.whole("round"),
                    entry.whole("boundMicros"),
                    entry.whole("rate"),
                    entry.whole("exceeded")));
        }
        return all;
    }

    private static String setting(Json entry) throws BadInput {
        return "%s, %d threads, %s arrivals, %s%s"
                .formatted(
                        entry.text("workload"),
                        entry.whole("threads"),
                        entry.text("arrivals"),
                        entry.text("gc"),
                        entry.flag("neighbour") ? ", with a neighbour" : "");
    }
}
