package org.berth.bench.folder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
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
}
