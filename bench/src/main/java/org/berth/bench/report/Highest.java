package org.berth.bench.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The highest rate whose p99.9 stayed within a bound.
 *
 * @param folder         its index in the page
 * @param setting        the workload and conditions that the implementations share
 * @param implementation its name
 * @param berth          whether it is Berth
 * @param round          of the search
 * @param boundMicros    that p99.9 must not exceed
 * @param rate           operations per second and thread; 0 if none met the bound
 * @param exceeded       the lowest rate that exceeded the bound; 0 if none did
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

    static List<Highest> read(Path path, int folder) throws InvalidInputException {
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

    private static String setting(Json entry) throws InvalidInputException {
        return "%s, %d threads, %s arrivals, %s%s"
                .formatted(
                        entry.text("workload"),
                        entry.whole("threads"),
                        entry.text("arrivals"),
                        entry.text("gc"),
                        entry.flag("neighbour") ? ", with a neighbour" : "");
    }
}
