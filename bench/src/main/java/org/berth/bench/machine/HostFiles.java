package org.berth.bench.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
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

    @Nullable
    Long number(String path) {
        return parse(text(path));
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

    /** Names in a folder that match, sorted; none if there is no such folder. */
    List<String> names(String folder, String regex) {
        Pattern pattern = Pattern.compile(regex);
        try (Stream<Path> files = Files.list(root.resolve(folder))) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> pattern.matcher(name).matches())
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException | SecurityException e) {
            return List.of();
        }
    }

    static @Nullable Long parse(@Nullable String text) {
        try {
            return text == null ? null : Long.valueOf(text);
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
