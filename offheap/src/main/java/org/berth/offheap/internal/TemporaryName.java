package org.berth.offheap.internal;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The name of a file until it is complete, beside the name that it gets then: {@code .NAME.RANDOM.new}, with 16
 * hexadecimal digits.
 */
public final class TemporaryName {

    /**
     * Of longer names only the start is used, so that the temporary name is not too long for the file system where the
     * name itself is not. Two long names with one start then have the same temporary names but for the random part,
     * which is enough.
     */
    private static final int MAX_CODE_POINTS = 48;

    private static final int DIGITS = 16;
    private static final String SUFFIX = ".new";

    private TemporaryName() {}

    /**
     * {@return a new temporary name}
     *
     * @param target the name that the file gets later
     */
    public static Path of(Path target) {
        String random = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        return target.resolveSibling(prefix(target) + random + SUFFIX);
    }

    /**
     * {@return the temporary names of this target that are there; none if its directory cannot be read}
     *
     * @param target the name that the files were to get
     */
    public static List<Path> list(Path target) {
        List<Path> names = new ArrayList<>();
        String prefix = prefix(target);
        // Not by a glob, in which the characters of the name could have a meaning.
        try (DirectoryStream<Path> directory = Files.newDirectoryStream(
                target.toAbsolutePath().resolveSibling(""),
                entry -> isTemporary(String.valueOf(entry.getFileName()), prefix))) {
            for (Path entry : directory) {
                names.add(target.resolveSibling(entry.getFileName()));
            }
        } catch (IOException | DirectoryIteratorException e) {
            return List.of();
        }
        return names;
    }

    /**
     * {@return the attributes of a new file that only its owner can access} Set at creation, so that there is no moment
     * at which other users could open the file.
     *
     * @param path of the file
     */
    public static FileAttribute<?>[] ownerOnly(Path path) {
        if (!path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return new FileAttribute<?>[0];
        }
        return new FileAttribute<?>[] {
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        };
    }

    private static boolean isTemporary(String name, String prefix) {
        return name.length() == prefix.length() + DIGITS + SUFFIX.length()
                && name.startsWith(prefix)
                && name.endsWith(SUFFIX)
                && name.substring(prefix.length(), prefix.length() + DIGITS)
                        .chars()
                        .allMatch(HexFormat::isHexDigit);
    }

    private static String prefix(Path target) {
        StringBuilder prefix = new StringBuilder(".");
        String.valueOf(target.getFileName()).codePoints().limit(MAX_CODE_POINTS).forEach(prefix::appendCodePoint);
        return prefix.append('.').toString();
    }
}
