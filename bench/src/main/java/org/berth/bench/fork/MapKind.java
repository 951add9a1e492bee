package org.berth.bench.fork;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.berth.bench.affinity.CpuOrder;
import org.jspecify.annotations.Nullable;

/** An implementation of a map, and the flags of its JVM. */
public enum MapKind {
    BERTH("Berth", ""),
    /** With native access the map has other ways to allocate and to free its memory. */
    BERTH_NATIVE("Berth, with native access", CpuOrder.NATIVE_ACCESS),
    CONCURRENT("ConcurrentHashMap", ""),
    NON_BLOCKING("JCTools NonBlockingHashMapLong", "");

    private final String label;
    private final String flag;

    MapKind(String label, String flag) {
        this.label = label;
        this.flag = flag;
    }

    /** Returns the name in reports. */
    public String label() {
        return label;
    }

    /** Returns the flags that a JVM needs besides those of all. */
    public List<String> flags() {
        return flag.isEmpty() ? List.of() : List.of(flag);
    }

    /** Returns the name in the names of files. */
    public String file() {
        return name().toLowerCase(Locale.ROOT);
    }

    private String option() {
        return file().replace('_', '-');
    }

    /** Returns the implementation with a name in the names of files, or null. */
    public static @Nullable MapKind ofFile(String file) {
        for (MapKind kind : values()) {
            if (kind.file().equals(file)) {
                return kind;
            }
        }
        return null;
    }

    /**
     * Returns the implementations with these names in a command.
     *
     * @param names null for all
     * @throws IllegalArgumentException if a name is unknown
     */
    public static Set<MapKind> named(@Nullable List<String> names) {
        Set<MapKind> kinds = EnumSet.allOf(MapKind.class);
        if (names != null) {
            List<String> known = kinds.stream().map(MapKind::option).toList();
            for (String name : names) {
                if (!known.contains(name)) {
                    throw new IllegalArgumentException(
                            "unknown name: option=--implementation name=" + name + " known=" + known);
                }
            }
            kinds.removeIf(kind -> !names.contains(kind.option()));
        }
        return kinds;
    }

    /** Creates a map presized for {@code room} keys. A process creates maps of one kind only. */
    public MeasuredMap create(int room) {
        return switch (this) {
            case BERTH, BERTH_NATIVE -> new MeasuredMap.Berth(room);
            case CONCURRENT -> new MeasuredMap.Concurrent(room);
            case NON_BLOCKING -> new MeasuredMap.NonBlocking(room);
        };
    }
}
