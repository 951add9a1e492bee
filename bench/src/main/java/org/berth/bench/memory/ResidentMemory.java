package org.berth.bench.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The resident memory of this process, as Linux reports it. */
final class ResidentMemory {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String RESIDENT = "VmRSS:";

    private ResidentMemory() {}

    static boolean isKnown() {
        return Files.isReadable(STATUS);
    }

    static long bytes() throws IOException {
        for (String line : Files.readAllLines(STATUS)) {
            if (line.startsWith(RESIDENT)) {
                String kilobytes =
                        line.substring(RESIDENT.length()).replace("kB", "").strip();
                return Long.parseLong(kilobytes) << 10;
            }
        }
        throw new IOException("no resident memory: file=" + STATUS + " wanted=" + RESIDENT);
    }
}
