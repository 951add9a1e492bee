package org.berth.offheap.placement;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads the limits that control groups set for this process, in its own group and the groups above it, as far as they
 * are visible: a container sees its own group as the topmost.
 */
final class Cgroups {

    private final KernelFiles files;

    /** Directories of this process's group and the groups above it, nearest first, in the hierarchy of version 2. */
    private final List<String> version2 = new ArrayList<>();

    /** The same in version 1's hierarchies of the cpu, cpuset and memory controllers. */
    private final List<String> cpu = new ArrayList<>();

    private final List<String> cpuset = new ArrayList<>();
    private final List<String> memory = new ArrayList<>();

    Cgroups(KernelFiles files) {
        this.files = files;
        List<Mount> mounts = Mount.read(files);
        for (String line : files.lines("proc/self/cgroup")) {
            // The format is hierarchy:controllers:path; version 2 has no controllers there.
            String[] parts = line.split(":", 3);
            if (parts.length == 3) {
                List<String> controllers = List.of(parts[1].split(",", -1));
                if (parts[1].isEmpty()) {
                    climb(Mount.find(mounts, ""), parts[2], version2);
                }
                if (controllers.contains("cpu")) {
                    climb(Mount.find(mounts, "cpu"), parts[2], cpu);
                }
                if (controllers.contains("memory")) {
                    climb(Mount.find(mounts, "memory"), parts[2], memory);
                }
                if (controllers.contains("cpuset")) {
                    climb(Mount.find(mounts, "cpuset"), parts[2], cpuset);
                }
            }
        }
    }

    private static void climb(Mount mount, String path, List<String> directories) {
        String below = mount.below(path);
        for (; !below.isEmpty(); below = below.substring(0, Math.max(0, below.lastIndexOf('/')))) {
            directories.add(mount.directory + below);
        }
        directories.add(mount.directory);
    }

    /** The limit of CPU time, as a number of CPUs. */
    OptionalDouble cpuLimit() {
        double smallest = Double.POSITIVE_INFINITY;
        for (String directory : version2) {
            String text = files.text(directory + "/cpu.max");
            String[] words = text == null ? new String[0] : text.split("\\s+", -1);
            if (words.length == 2) {
                // The quota is "max" where there is none.
                smallest =
                        Math.min(smallest, cpus(KernelFiles.parseNumber(words[0]), KernelFiles.parseNumber(words[1])));
            }
        }
        for (String directory : cpu) {
            // The quota is -1 where there is none.
            smallest = Math.min(
                    smallest,
                    cpus(
                            files.number(directory + "/cpu.cfs_quota_us"),
                            files.number(directory + "/cpu.cfs_period_us")));
        }
        return Double.isFinite(smallest) ? OptionalDouble.of(smallest) : OptionalDouble.empty();
    }

    private static double cpus(OptionalLong quota, OptionalLong period) {
        return quota.orElse(0) > 0 && period.orElse(0) > 0
                ? (double) quota.getAsLong() / period.getAsLong()
                : Double.POSITIVE_INFINITY;
    }

    /** The CPUs. The effective set of a group respects the groups above it, so the nearest one that tells is right. */
    Optional<CpuSet> cpuset() {
        for (String directory : version2) {
            Optional<CpuSet> cpus = cpus(directory + "/cpuset.cpus.effective");
            if (cpus.isPresent()) {
                return cpus;
            }
        }
        for (String directory : cpuset) {
            Optional<CpuSet> cpus =
                    cpus(directory + "/cpuset.effective_cpus").or(() -> cpus(directory + "/cpuset.cpus"));
            if (cpus.isPresent()) {
                return cpus;
            }
        }
        return Optional.empty();
    }

    /** The limit of memory of that group that has least left; of those groups whose limit and use are known. */
    Optional<MemoryLimit> memoryLimit() {
        MemoryLimit least = null;
        for (String directory : version2) {
            least = less(least, directory + "/memory.max", directory + "/memory.current", directory, "");
        }
        for (String directory : memory) {
            // Where there is no limit, the number is about 2^63, and more than any machine has.
            least = less(
                    least,
                    directory + "/memory.limit_in_bytes",
                    directory + "/memory.usage_in_bytes",
                    directory,
                    "total_");
        }
        return Optional.ofNullable(least);
    }

    private @Nullable MemoryLimit less(
            @Nullable MemoryLimit least, String limit, String use, String directory, String prefix) {
        OptionalLong bytes = files.longNumber(limit);
        OptionalLong used = files.number(use);
        if (bytes.isEmpty() || used.isEmpty()) {
            return least;
        }
        long cache = 0;
        int found = 0;
        for (String line : files.lines(directory + "/memory.stat")) {
            String[] words = line.split(" ", 2);
            if (words[0].equals(prefix + "inactive_file") || words[0].equals(prefix + "active_file")) {
                OptionalLong number = KernelFiles.parseNumber(words.length < 2 ? null : words[1].strip());
                cache += number.orElse(0);
                found += number.isPresent() ? 1 : 0;
            }
        }
        if (found < 2) {
            return least;
        }
        // The kernel reclaims the page cache before it runs out of memory. The two are not read at one moment.
        MemoryLimit limitHere = new MemoryLimit(bytes.getAsLong(), Math.max(0, used.getAsLong() - cache), "/" + limit);
        return least == null || limitHere.left() < least.left() ? limitHere : least;
    }

    private Optional<CpuSet> cpus(String path) {
        return Optional.ofNullable(files.set(path)).filter(set -> !set.isEmpty());
    }

    /**
     * A mounted hierarchy of groups.
     *
     * @param controllers of version 1; none for version 2
     * @param root        the group that the mount point shows
     * @param directory   the mount point, without the leading slash
     */
    private record Mount(List<String> controllers, String root, String directory) {

        static List<Mount> read(KernelFiles files) {
            List<Mount> mounts = new ArrayList<>();
            for (String line : files.lines("proc/self/mountinfo")) {
                // 32 31 0:29 /root /sys/fs/cgroup/cpu rw,relatime shared:9 - cgroup cgroup rw,cpu
                String[] halves = line.split(" - ", 2);
                String[] where = halves[0].split(" ", -1);
                String[] what = halves.length < 2 ? new String[0] : halves[1].split(" ", -1);
                if (where.length > 4 && what.length > 2 && where[4].startsWith("/")) {
                    String root = where[3].equals("/") ? "" : where[3];
                    String directory = where[4].substring(1);
                    if (what[0].equals("cgroup2")) {
                        mounts.add(new Mount(List.of(), root, directory));
                    } else if (what[0].equals("cgroup")) {
                        mounts.add(new Mount(List.of(what[2].split(",", -1)), root, directory));
                    }
                }
            }
            return mounts;
        }

        /** The mount of a controller, or its usual mount point if it is not listed. */
        static Mount find(List<Mount> mounts, String controller) {
            for (Mount mount : mounts) {
                if (controller.isEmpty() ? mount.controllers.isEmpty() : mount.controllers.contains(controller)) {
                    return mount;
                }
            }
            return new Mount(List.of(), "", controller.isEmpty() ? "sys/fs/cgroup" : "sys/fs/cgroup/" + controller);
        }

        /**
         * A group's path below this mount; empty for its root, and for a group outside of the mount, which is
         * invisible.
         */
        String below(@Nullable String path) {
            if (path == null || !path.startsWith("/") || (path + "/").contains("/../")) {
                return "";
            }
            boolean inside = path.equals(root) || path.startsWith(root + "/");
            String below = inside ? path.substring(root.length()) : path;
            return below.endsWith("/") ? below.substring(0, below.length() - 1) : below;
        }
    }
}
