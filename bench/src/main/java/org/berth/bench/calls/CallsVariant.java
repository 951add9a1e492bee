package org.berth.bench.calls;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.berth.bench.fork.MapKind;
import org.jspecify.annotations.Nullable;

/**
 * One measurement of a calls run: what one forked JVM measures.
 *
 * @param kind     of map
 * @param workload of its calls
 * @param round    from 1
 */
public record CallsVariant(MapKind kind, Workload workload, int round) {

    /** The version of the file format. */
    public static final int SCHEMA = 1;

    /** The first line of a file of figures. */
    public static final String HEAD =
            "# berth-calls schema=" + SCHEMA + ": calls,count,p50 ns,p99.9 ns,p99.99 ns,max ns,total ns";

    private static final Pattern NAME = Pattern.compile("([a-z_]+)-(churn|remove|iterator|clear)-(\\d{1,6})");

    /** What the calls do. */
    public enum Workload {
        CHURN("Churn: threads insert fresh keys and remove their oldest"),
        REMOVE("Every key is removed by a call of its own"),
        ITERATOR("Every key is removed through an iterator; a call is hasNext, next and remove"),
        CLEAR("Every key is removed by one call of clear");

        private final String about;

        Workload(String about) {
            this.about = about;
        }

        /** Returns the name in the names of files and in a command. */
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Returns what a call does. */
        public String about() {
            return about;
        }
    }

    /** Parses the name of a file; returns null if it is no variant's. */
    public static @Nullable CallsVariant parse(String name) {
        Matcher matcher = NAME.matcher(name);
        MapKind kind = matcher.matches() ? MapKind.ofFile(matcher.group(1)) : null;
        return kind == null
                ? null
                : new CallsVariant(
                        kind,
                        Workload.valueOf(matcher.group(2).toUpperCase(Locale.ROOT)),
                        Integer.parseInt(matcher.group(3)));
    }

    /** Returns the prefix of its files' names. */
    public String name() {
        return kind.file() + "-" + workload.id() + "-" + round;
    }
}
