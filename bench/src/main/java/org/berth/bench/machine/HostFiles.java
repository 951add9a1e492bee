package org.berth.bench.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The text files in which Linux describes a machine, under a root that tests replace. A file that cannot be read is
 * missing.
 */
final class HostFiles {

    private final Path root;

    HostFiles(Path root) {
        this.root = root;
    }

    /** The text without white space around it, or null. */
    @Nullable
    String text(String path) {
        try {
            return Files.readString(root.resolve(path)).strip();
        } catch (IOException | UncheckedIOException | SecurityException e) {
            return null;
        }
    }

    List<String> lines(String path) {
        String text = text(path);
        return text == null ? List.of() : text.lines().toList();
    }

    /** The value of the first line that starts with this key, as in {@code key : value}; or null. */
    @Nullable
    String value(String path, String key) {
        for (String line : lines(path)) {
            int colon = line.indexOf(':');
            if (colon > 0 && line.substring(0, colon).strip().equals(key)) {
                return line.substring(colon + 1).strip();
            }
        }
        return null;
    }

    static @Nullable Long parse(@Nullable String text) {
        try {
            return text == null ? null : Long.valueOf(text);
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
