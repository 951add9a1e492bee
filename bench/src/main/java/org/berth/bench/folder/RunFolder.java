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

/** What all runs do to find their folder. */
public final class RunFolder {

    private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);

    private RunFolder() {}

    /** The folder that was asked for; else one by the time, under the current directory. */
    public static Path orByTime(@Nullable Path asked) {
        return asked != null
                ? asked
                : Path.of("results", "local", ZonedDateTime.now(ZoneOffset.UTC).format(NAME));
    }

    /**
     * Makes a folder, if it is not there.
     *
     * @param files that a run is about to write, and of which none may be there
     * @throws IOException if it cannot be made or written, or holds a run already
     */
    public static void claim(Path folder, String... files) throws IOException {
        Files.createDirectories(folder);
        for (String file : files) {
            if (Files.exists(folder.resolve(file))) {
                throw new IOException("holds a run already: file=" + file + "; choose another folder");
            }
        }
        // Permissions say too little: root may write everywhere, except where the file system is read-only.
        Files.delete(Files.createTempFile(folder, "writable", null));
    }

    /** Why a folder cannot be used; the operating system's reasons are clear only with their kind. */
    public static String reason(IOException e) {
        return e.getClass() == IOException.class ? String.valueOf(e.getMessage()) : e.toString();
    }

    /** Replaces a file whole, so that whoever interrupts a run keeps what was there before. */
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
     * A command as it was given, for its own record: without where it wrote to, which is nobody's business elsewhere.
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

    /** A time to wait, for whoever waits. */
    public static String minutes(long seconds) {
        return seconds < 60 ? seconds + " s" : "%d min %02d s".formatted(seconds / 60, seconds % 60);
    }
}
