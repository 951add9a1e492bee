package org.berth.bench.machine;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * The CPUs' time since boot, in kernel ticks.
 *
 * @param total  ticks of all kinds
 * @param stolen ticks that the hypervisor gave to other guests
 * @param known  whether the kernel reports them
 */
public record CpuTime(long total, long stolen, boolean known) {

    /** Above this share, averages are off by as much and tail percentiles by far more. */
    static final double MUCH_PERCENT = 1;

    /** The caveat of a run with much stolen time. */
    public static final String CAVEAT =
            "too much CPU time was stolen by other guests for these figures to be " + "valid; run it again";

    private static final CpuTime UNKNOWN = new CpuTime(0, 0, false);

    /**
     * The columns user, nice, system, idle, iowait, irq, softirq and steal. The guest columns after them are included
     * in user and nice.
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

    /** Returns the share of time stolen since this reading, as text. */
    public String stolenSince() {
        return stolenUntil(read());
    }

    /** Returns whether so much time was stolen since this reading that measurements made since are invalid. */
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

    /** Returns the percentage; NaN if it is unknown. */
    private double percentUntil(CpuTime now) {
        return known && now.known && now.total > total
                ? 100.0 * (now.stolen - stolen) / (now.total - total)
                : Double.NaN;
    }
}
