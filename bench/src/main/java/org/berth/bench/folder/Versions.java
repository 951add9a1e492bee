package org.berth.bench.folder;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Versions recorded by the build. */
public final class Versions {

    private static final String FILE = "versions.properties";

    private Versions() {}

    /** Returns the version of Berth. */
    public static String ofBerth() {
        return of("berth");
    }

    /** Returns the version of a library on the class path. */
    public static String of(String library) {
        Properties versions = new Properties();
        try (InputStream in = Versions.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException("not on the class path: resource=" + FILE);
            }
            versions.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return versions.getProperty(library);
    }
}
