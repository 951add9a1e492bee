package org.berth.bench.store;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.berth.bench.affinity.CpuOrder;
import org.jspecify.annotations.Nullable;

/** An implementation of a store, and the flags of its JVM. */
public enum StoreKind {
    BERTH("Berth"),
    CONCURRENT("ConcurrentHashMap"),
    CHRONICLE("Chronicle Map"),
    CAFFEINE("Caffeine"),
    EHCACHE("Ehcache off-heap"),
    OHC("OHC");

    private final String label;

    StoreKind(String label) {
        this.label = label;
    }

    /** Returns the name in reports. */
    public String label() {
        return label;
    }

    /** Returns the flags that a JVM needs besides those of all. */
    public List<String> flags() {
        return switch (this) {
            case CHRONICLE -> ChronicleFlags.ALL;
            // A library of its loads native code.
            case OHC -> List.of(CpuOrder.NATIVE_ACCESS);
            case BERTH, CONCURRENT, CAFFEINE, EHCACHE -> List.of();
        };
    }

    /** Returns the name in commands and in the names of files. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the implementation with such a name, or null. */
    public static @Nullable StoreKind ofId(String id) {
        for (StoreKind kind : values()) {
            if (kind.id().equals(id)) {
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
    public static Set<StoreKind> named(@Nullable List<String> names) {
        Set<StoreKind> kinds = EnumSet.allOf(StoreKind.class);
        if (names != null) {
            List<String> known = kinds.stream().map(StoreKind::id).toList();
            for (String name : names) {
                if (!known.contains(name)) {
                    throw new IllegalArgumentException(
                            "unknown name: option=--implementation name=" + name + " known=" + known);
                }
            }
            kinds.removeIf(kind -> !names.contains(kind.id()));
        }
        return kinds;
    }

    /**
     * Makes a store, presized and empty. A process makes stores of one kind only.
     *
     * @param size       the number of keys that it has room for
     * @param valueBytes the length of each value: 16 or more
     */
    public ByteStore create(int size, int valueBytes) {
        return switch (this) {
            case BERTH -> new BerthStore(size, valueBytes);
            case CONCURRENT -> new HeapStore(size, valueBytes, false);
            case CHRONICLE -> new ChronicleStore(size, valueBytes);
            case CAFFEINE -> new CaffeineStore(size, valueBytes);
            case EHCACHE -> new EhcacheStore(size, valueBytes);
            case OHC -> new OhcStore(size, valueBytes);
        };
    }
}
