package org.berth.bench.folder;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Creation of the folders of runs, and atomic writes in them. */
public final class RunFolder {

    private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);

    private RunFolder() {}

    /** Returns the given folder, or else one named by the time, under the current directory. */
    public static Path orByTime(@Nullable Path asked) {
        return asked != null
                ? asked
                : Path.of("results", "local", ZonedDateTime.now(ZoneOffset.UTC).format(NAME));
    }

    /**
     * Creates a folder if it does not exist.
     *
     * @param files that a run will write, none of which may exist
     * @throws IOException if it cannot be created or written, or holds a run already
     */
    public static void claim(Path folder, String... files) throws IOException {
        Files.createDirectories(folder);
        for (String file : files) {
            if (Files.exists(folder.resolve(file))) {
                throw new IOException("holds a run already: file=" + file + "; choose another folder");
            }
        }
        // Permissions are no proof: root may write everywhere, except on a read-only file system.
        Files.delete(Files.createTempFile(folder, "writable", null));
    }

    /** Returns why a folder cannot be used; messages of the operating system need the exception's type to be clear. */
    public static String reason(IOException e) {
        return e.getClass() == IOException.class ? String.valueOf(e.getMessage()) : e.toString();
    }

    /** Replaces a file atomically, so that an interrupted run keeps the previous one. */
    public static void write(Path folder, String name, String text) {
        Path next = folder.resolve(name + ".next");
        try {
            Files.writeString(next, text);
            Files.move(next, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write: file=" + folder.resolve(name), e);
        }
    }

    /**
     * Returns the command line for the run's description, without {@code --out}, which names a path of this machine.
     *
     * @param command name
     * @param args    as given
     */
    public static String command(String command, List<String> args) {
        StringBuilder line = new StringBuilder(command);
        for (int i = 0; i < args.size(); i++) {
            if (args.get(i).equals("--out")) {
                i++;
            } else if (!args.get(i).startsWith("--out=")
                    && !(i == 0 && args.get(i).equals(command))) {
                line.append(' ').append(args.get(i));
            }
        }
        return line.toString();
    }

    /** Formats a duration for progress messages. */
    public static String minutes(long seconds) {
        return seconds < 60 ? seconds + " s" : "%d min %02d s".formatted(seconds / 60, seconds % 60);
    }
}
