package org.berth.bench.machine;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Time that the CPUs have spent since the machine started, in ticks of the kernel.
 *
 * @param total  of everything
 * @param stolen by the hypervisor, for others
 * @param known  whether the kernel tells
 */
public record CpuTime(long total, long stolen, boolean known) {

    /** More than this, and figures are off by as much, and tails by far more. */
    static final double MUCH_PERCENT = 1;

    /** Of a run from which much was stolen. */
    public static final String DOUBT = "others had so much of the CPUs that these figures say little; run it again";

    private static final CpuTime UNKNOWN = new CpuTime(0, 0, false);

    /**
     * Of user, nice, system, idle, iowait, irq, softirq and steal; the guest times after them are part of user and
     * nice.
     */
    private static final int COLUMNS = 8;

    /** Reads the times of this machine. */
    public static CpuTime read() {
        return read(new HostFiles(Path.of("/")));
    }

    static CpuTime read(HostFiles host) {
        List<String> lines = host.lines("proc/stat");
        String[] columns = lines.isEmpty() ? new String[0] : lines.getFirst().split(" +", -1);
        if (columns.length <= COLUMNS || !columns[0].equals("cpu")) {
            return UNKNOWN;
        }
        long total = 0;
        long last = 0;
        for (int i = 1; i <= COLUMNS; i++) {
            Long ticks = HostFiles.parse(columns[i]);
            if (ticks == null) {
                return UNKNOWN;
            }
            last = ticks;
            total += last;
        }
        return new CpuTime(total, last, true);
    }

    /** The share that was stolen from these times until now, as text. */
    public String stolenSince() {
        return stolenUntil(read());
    }

    /** Whether so much was stolen from these times until now that what was measured meanwhile says little. */
    public boolean isMuchStolenSince() {
        return isMuchStolenUntil(read());
    }

    boolean isMuchStolenUntil(CpuTime now) {
        return percentUntil(now) > MUCH_PERCENT;
    }

    String stolenUntil(CpuTime now) {
        double percent = percentUntil(now);
        return Double.isNaN(percent) ? "unknown" : String.format(Locale.ROOT, "%.2f %%", percent);
    }

    /** NaN if it is unknown. */
    private double percentUntil(CpuTime now) {
        return known && now.known && now.total > total
                ? 100.0 * (now.stolen - stolen) / (now.total - total)
                : Double.NaN;
    }
}
