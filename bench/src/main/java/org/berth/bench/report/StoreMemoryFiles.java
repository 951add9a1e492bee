package org.berth.bench.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.berth.bench.memory.StoreMemory;
import org.berth.bench.memory.StoreUse;
import org.berth.bench.memory.StoreVariant;
import org.jspecify.annotations.Nullable;

/** The files of a store-memory run. */
final class StoreMemoryFiles {

    private StoreMemoryFiles() {}

    /** Returns whether a file holds what a store uses. */
    static boolean isUse(String file) {
        return variant(file) != null;
    }

    static List<StoreUse> read(Path path, List<String> files) throws InvalidInputException {
        List<StoreUse> all = new ArrayList<>();
        for (String file : files) {
            StoreVariant variant = variant(file);
            if (variant != null) {
                try {
                    all.add(StoreUse.parse(variant, Json.text(path.resolve(file))));
                } catch (IllegalArgumentException e) {
                    throw new InvalidInputException(e.getMessage() + ": file=" + path.resolve(file), e);
                }
            }
        }
        return StoreMemory.sorted(all);
    }

    private static @Nullable StoreVariant variant(String file) {
        return file.endsWith(StoreUse.CSV)
                ? StoreVariant.parse(file.substring(0, file.length() - StoreUse.CSV.length()))
                : null;
    }

    static RunTable table(List<StoreUse> all, int folder) {
        return new RunTable(
                folder,
                "Memory of the store",
                StoreMemory.HEAD,
                all.stream().map(StoreMemory::row).toList(),
                "");
    }
}
