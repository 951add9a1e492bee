package org.berth.offheap.linux;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code /proc/self/smaps} says of this process's mappings. */
public final class Smaps {

    private static final Pattern HEAD = Pattern.compile("([0-9a-f]+)-([0-9a-f]+) .*");
    private static final Pattern HUGE = Pattern.compile("AnonHugePages:\\s+(\\d+) kB");

    private Smaps() {}

    /**
     * The bytes of a range that lie in transparent huge pages; empty if that cannot be told, because the file cannot be read,
     * or because the range is a part of a mapping and the file speaks of mappings only.
     *
     * @param address of the first byte
     * @param length  in bytes
     * @return the bytes
     */
    public static OptionalLong hugeBytes(long address, long length) {
        try (BufferedReader lines = Files.newBufferedReader(Path.of("/proc/self/smaps"), StandardCharsets.ISO_8859_1)) {
            return hugeBytes(lines, address, length);
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    static OptionalLong hugeBytes(BufferedReader lines, long address, long length) throws IOException {
        long sum = 0;
        boolean whole = false;
        boolean touches = false;
        boolean found = false;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Matcher head = HEAD.matcher(line);
            Matcher huge = HUGE.matcher(line);
            if (head.matches()) {
                long from = Long.parseUnsignedLong(head.group(1), 16);
                long to = Long.parseUnsignedLong(head.group(2), 16);
                touches = from < address + length && to > address;
                // The last page may hold more bytes than were asked for.
                whole = from >= address && to - SystemCalls.PAGE_SIZE < address + length;
            } else if (touches && huge.matches()) {
                found = true;
                long bytes = Long.parseLong(huge.group(1)) << 10;
                if (bytes != 0 && !whole) {
                    return OptionalLong.empty();
                }
                sum += bytes;
            }
        }
        return found ? OptionalLong.of(sum) : OptionalLong.empty();
    }
}
