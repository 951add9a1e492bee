package org.berth.offheap.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The options that this JVM was started with, as far as they can be found without the module {@code java.management}:
 * in the environment, on the command line, and in its argument files.
 */
final class JvmOptions {

    private static final String MAX_DIRECT_MEMORY = "-XX:MaxDirectMemorySize=";

    /** The options of the launcher whose value is the next argument. */
    private static final Set<String> WITH_VALUE = Set.of(
            "-cp",
            "-classpath",
            "--class-path",
            "-p",
            "--module-path",
            "--upgrade-module-path",
            "--add-modules",
            "--enable-native-access",
            "--limit-modules",
            "--add-exports",
            "--add-opens",
            "--add-reads",
            "--patch-module",
            "-d",
            "--describe-module",
            "--source");

    private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

    /** A word with quoted parts, or a comment. */
    private static final Pattern WORD = Pattern.compile("(?:\"[^\"]*\"|'[^']*'|[^\\s\"'#])+|#.*");

    private JvmOptions() {}

    /** The value of {@code -XX:MaxDirectMemorySize}, or 0 if it was not given, or is 0, or cannot be found. */
    static long maxDirectMemory() {
        return maxDirectMemory(System::getenv, commandLine());
    }

    /** The same, from an environment and the arguments of the program {@code java}. */
    static long maxDirectMemory(Function<String, @Nullable String> environment, List<String> arguments) {
        // In the order in which the JVM takes them; the last one wins.
        List<String> options = new ArrayList<>(words(environment.apply("JAVA_TOOL_OPTIONS")));
        options.addAll(words(environment.apply("JDK_JAVA_OPTIONS")));
        options.addAll(ofJvm(expanded(arguments)));
        options.addAll(words(environment.apply("_JAVA_OPTIONS")));
        long found = 0;
        for (String option : options) {
            if (option.startsWith(MAX_DIRECT_MEMORY)) {
                found = Math.max(0, parseBytes(option.substring(MAX_DIRECT_MEMORY.length())));
            }
        }
        return found;
    }

    /**
     * A number of bytes, as the JVM writes it: decimal, with or without a suffix {@code k}, {@code m}, {@code g} or
     * {@code t}. Returns −1 if the text is no such number, and {@link Long#MAX_VALUE} if it is larger than that.
     */
    static long parseBytes(String text) {
        String digits = text.strip().toLowerCase(Locale.ROOT);
        int unit = digits.isEmpty() ? -1 : "kmgt".indexOf(digits.charAt(digits.length() - 1));
        if (unit >= 0) {
            digits = digits.substring(0, digits.length() - 1);
        }
        if (!digits.chars().allMatch(c -> c >= '0' && c <= '9') || digits.isEmpty()) {
            return -1;
        }
        try {
            return Math.multiplyExact(Long.parseLong(digits), 1L << (10 * (unit + 1)));
        } catch (NumberFormatException | ArithmeticException _) {
            return Long.MAX_VALUE;
        }
    }

    /** From Linux itself if possible: the JDK reads only the first page of it. */
    private static List<String> commandLine() {
        try {
            String line = Files.readString(COMMAND_LINE, StandardCharsets.ISO_8859_1);
            return List.of(line.split("\0", -1))
                    .subList(1, (int) line.chars().filter(c -> c == 0).count());
        } catch (IOException | RuntimeException _) {
            return ProcessHandle.current().info().arguments().map(List::of).orElse(List.of());
        }
    }

    /** The arguments before the program's own. */
    private static List<String> ofJvm(List<String> arguments) {
        List<String> options = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (!argument.startsWith("-") || Set.of("-jar", "-m", "--module").contains(argument)) {
                break;
            }
            options.add(argument);
            if (WITH_VALUE.contains(argument)) {
                i++;
            }
        }
        return options;
    }

    /** Replaces the launcher's argument files ({@code @file}) by their words. A file that cannot be read has none. */
    private static List<String> expanded(List<String> arguments) {
        List<String> all = new ArrayList<>();
        for (String argument : arguments) {
            if (argument.startsWith("@") && !argument.startsWith("@@")) {
                all.addAll(fileWords(argument.substring(1)));
            } else {
                all.add(argument);
            }
        }
        return all;
    }

    private static List<String> fileWords(String file) {
        try {
            return words(Files.readString(Path.of(file)));
        } catch (IOException | RuntimeException _) {
            return List.of();
        }
    }

    private static List<String> words(@Nullable String text) {
        return text == null
                ? List.of()
                : WORD.matcher(text)
                        .results()
                        .map(MatchResult::group)
                        .filter(word -> !word.startsWith("#"))
                        .map(word -> word.replaceAll("[\"']", ""))
                        .toList();
    }
}
