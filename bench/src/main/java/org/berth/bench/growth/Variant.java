package org.berth.bench.growth;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.berth.bench.fork.MapKind;
import org.jspecify.annotations.Nullable;

/**
 * One measurement of a growth run: what one forked JVM measures.
 *
 * @param kind     of map
 * @param presized whether the map is presized
 * @param round    from 1
 */
public record Variant(MapKind kind, boolean presized, int round) {

    /** The version of the file format. */
    public static final int SCHEMA = 1;

    /** The first line of a file of figures. Files of the first runs lack it. */
    public static final String HEAD = "# berth-growth schema=" + SCHEMA
            + ": calls,count,p50 ns,p99.9 ns,p99.99 ns,max ns,bytes per entry,peak bytes";

    private static final Pattern NAME = Pattern.compile("([a-z_]+)-(growing|presized)-(\\d{1,6})");

    /** Parses the name of a file; returns null if it is no variant's. */
    public static @Nullable Variant parse(String name) {
        Matcher matcher = NAME.matcher(name);
        MapKind kind = matcher.matches() ? MapKind.ofFile(matcher.group(1)) : null;
        return kind == null
                ? null
                : new Variant(kind, matcher.group(2).equals("presized"), Integer.parseInt(matcher.group(3)));
    }

    /** Returns the prefix of its files' names. */
    public String name() {
        return kind.file() + (presized ? "-presized-" : "-growing-") + round;
    }

    /** Returns the name of the map. */
    public String map() {
        return kind.label();
    }

    String label() {
        return map() + (presized ? ", room from the start" : ", growing");
    }
}
