package org.berth.bench.memory;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.berth.bench.store.StoreKind;
import org.jspecify.annotations.Nullable;

/**
 * One measurement of a store-memory run: what one forked JVM measures.
 *
 * @param kind       of store
 * @param entries    in the store
 * @param valueBytes of each value
 * @param round      from 1
 */
public record StoreVariant(StoreKind kind, int entries, int valueBytes, int round) {

    private static final Pattern NAME = Pattern.compile("([a-z]+)-(\\d{1,9})-entries-(\\d{1,6})-bytes-(\\d{1,6})");

    /** Parses the name of a file; returns null if it is no variant's. */
    public static @Nullable StoreVariant parse(String name) {
        Matcher matcher = NAME.matcher(name);
        StoreKind kind = matcher.matches() ? StoreKind.ofId(matcher.group(1)) : null;
        return kind == null
                ? null
                : new StoreVariant(
                        kind,
                        Integer.parseInt(matcher.group(2)),
                        Integer.parseInt(matcher.group(3)),
                        Integer.parseInt(matcher.group(4)));
    }

    /** Returns the prefix of its file's name. */
    public String name() {
        return kind.id() + "-" + entries + "-entries-" + valueBytes + "-bytes-" + round;
    }
}
