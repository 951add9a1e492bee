package org.berth.offheap.placement;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The files under {@code /sys} and {@code /proc} in which Linux describes the machine, below a root that tests replace,
 * and a list of what could not be read. A file that is unreadable or malformed counts as missing.
 */
final class KernelFiles {

    private final Path root;
    private final List<String> unknown = new ArrayList<>();

    KernelFiles(Path root) {
        this.root = root;
    }

    /** Records that something is unknown, and why. */
    void unknown(String what) {
        unknown.add(what);
    }

    /** What has been recorded so far. */
    List<String> unknown() {
        return List.copyOf(unknown);
    }

    byte[] bytes(String path) {
        try {
            return Files.readAllBytes(root.resolve(path));
        } catch (IOException | InvalidPathException e) {
            // A path can come from the content of another file, and then be invalid.
            return new byte[0];
        }
    }

    /** The text without surrounding white space, or null if there is none. */
    @Nullable
    String text(String path) {
        // Every byte is a character of this charset, so no content can make reading fail.
        String text = new String(bytes(path), StandardCharsets.ISO_8859_1).strip();
        return text.isEmpty() ? null : text;
    }

    List<String> lines(String path) {
        String text = text(path);
        return text == null ? List.of() : text.lines().toList();
    }

    /** A number that is not negative. */
    OptionalLong number(String path) {
        return parseNumber(text(path));
    }

    /** A number of up to 63 bits that is not negative. */
    OptionalLong longNumber(String path) {
        String text = text(path);
        try {
            return text != null && text.matches("\\d{1,19}")
                    ? OptionalLong.of(Long.parseLong(text))
                    : OptionalLong.empty();
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    static OptionalLong parseNumber(@Nullable String text) {
        // 18 digits always fit into a long.
        return text != null && text.matches("\\d{1,18}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }

    /** A set of CPUs or nodes; null if there is no file or its content is malformed. An empty set is an empty line. */
    @Nullable
    CpuSet set(String path) {
        byte[] bytes = bytes(path);
        return bytes.length == 0 ? null : parseSet(new String(bytes, StandardCharsets.ISO_8859_1));
    }

    static @Nullable CpuSet parseSet(@Nullable String text) {
        try {
            return text == null ? null : CpuSet.parse(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** The value of the first line {@code key: value}, or null. */
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

    /** The numbers after a prefix in the names of a directory's entries, ascending: 0 and 2 of node0 and node2. */
    List<Integer> numbered(String directory, String prefix) {
        TreeSet<Integer> numbers = new TreeSet<>();
        for (String name : names(directory)) {
            String number = name.startsWith(prefix) ? name.substring(prefix.length()) : "";
            if (number.matches("\\d{1,5}") && Integer.parseInt(number) < CpuSet.MAX_CPUS) {
                numbers.add(Integer.valueOf(number));
            }
        }
        return List.copyOf(numbers);
    }

    /** The names in a directory; none if there is no such directory. */
    List<String> names(String directory) {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root.resolve(directory))) {
            entries.forEach(entry -> names.add(String.valueOf(entry.getFileName())));
        } catch (IOException | DirectoryIteratorException | InvalidPathException e) {
            return List.of();
        }
        return names;
    }
}
