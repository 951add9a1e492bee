package org.berth.bench.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.berth.bench.memory.ChurnMemory;
import org.berth.bench.memory.ChurnVariant;
import org.berth.bench.memory.Samples;
import org.jspecify.annotations.Nullable;

/** The files of a churn-memory run. */
final class ChurnMemoryFiles {

    private ChurnMemoryFiles() {}

    /** Returns whether a file holds the samples of a measurement. */
    static boolean isSamples(String file) {
        return variant(file) != null;
    }

    static List<Samples> read(Path path, List<String> files) throws InvalidInputException {
        List<Samples> all = new ArrayList<>();
        for (String file : files) {
            ChurnVariant variant = variant(file);
            if (variant != null) {
                try {
                    all.add(Samples.parse(variant, Json.text(path.resolve(file))));
                } catch (IllegalArgumentException e) {
                    throw new InvalidInputException(e.getMessage() + ": file=" + path.resolve(file), e);
                }
            }
        }
        return ChurnMemory.sorted(all);
    }

    private static @Nullable ChurnVariant variant(String file) {
        return file.endsWith(Samples.CSV)
                ? ChurnVariant.parse(file.substring(0, file.length() - Samples.CSV.length()))
                : null;
    }

    static RunTable table(List<Samples> samples, int folder) {
        return new RunTable(
                folder,
                "Resident memory under churn",
                ChurnMemory.HEAD,
                samples.stream().map(ChurnMemory::row).toList(),
                ChurnMemory.svg(samples));
    }
}
