package org.berth.offheap;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The mappings of this process. */
public final class ProcessMaps {

    private ProcessMaps() {}

    /** Start and end of each mapping that can be read. */
    private static List<long[]> all() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/maps"), StandardCharsets.ISO_8859_1).stream()
                .filter(line -> line.matches("[0-9a-f]+-[0-9a-f]+ r.*"))
                .map(line -> line.substring(0, line.indexOf(' ')).split("-"))
                .map(ends -> new long[] {Long.parseUnsignedLong(ends[0], 16), Long.parseUnsignedLong(ends[1], 16)})
                .toList();
    }

    /** Start and end of the mapping that holds an address; nothing if there is none. */
    public static long[] range(long address) throws IOException {
        return all().stream()
                .filter(ends -> Long.compareUnsigned(ends[0], address) <= 0)
                .filter(ends -> Long.compareUnsigned(address, ends[1]) < 0)
                .findFirst()
                .orElse(new long[0]);
    }

    public static boolean contains(long address) throws IOException {
        return range(address).length != 0;
    }

    /** The size of the largest. */
    public static long largest() throws IOException {
        return all().stream().mapToLong(ends -> ends[1] - ends[0]).max().orElse(0);
    }
}
