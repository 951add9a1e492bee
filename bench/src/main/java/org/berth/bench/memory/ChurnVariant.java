package org.berth.bench.memory;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.berth.bench.fork.MapKind;
import org.jspecify.annotations.Nullable;

/**
 * One measurement of a churn-memory run: what one forked JVM measures.
 *
 * @param kind  of map
 * @param keys  in the map at any time
 * @param round from 1
 */
public record ChurnVariant(MapKind kind, int keys, int round) {

    private static final Pattern NAME = Pattern.compile("([a-z_]+)-(\\d{1,9})-keys-(\\d{1,6})");

    /** Parses the name of a file; returns null if it is no variant's. */
    public static @Nullable ChurnVariant parse(String name) {
        Matcher matcher = NAME.matcher(name);
        MapKind kind = matcher.matches() ? MapKind.ofFile(matcher.group(1)) : null;
        return kind == null
                ? null
                : new ChurnVariant(kind, Integer.parseInt(matcher.group(2)), Integer.parseInt(matcher.group(3)));
    }

    /** Returns the prefix of its file's name. */
    public String name() {
        return kind.file() + "-" + keys + "-keys-" + round;
    }
}
