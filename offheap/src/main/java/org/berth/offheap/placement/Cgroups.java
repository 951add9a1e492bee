package org.berth.offheap.placement;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What control groups grant this process, by the group's own settings and those of the groups above it, as far as they can be
 * seen: a container sees its own group as the topmost.
 */
final class Cgroups {

    private final KernelFiles files;

    /** Folders of this process's groups and those above, nearest first. */
    private final List<String> version2 = new ArrayList<>();

    private final List<String> cpu = new ArrayList<>();
    private final List<String> cpuset = new ArrayList<>();

    Cgroups(KernelFiles files) {
        this.files = files;
        List<Mount> mounts = Mount.read(files);
        for (String line : files.lines("proc/self/cgroup")) {
            // hierarchy:controllers:path, where version 2 has no controllers.
            String[] parts = line.split(":", 3);
            if (parts.length == 3) {
                List<String> controllers = List.of(parts[1].split(",", -1));
                if (parts[1].isEmpty()) {
                    climb(Mount.find(mounts, ""), parts[2], version2);
                }
                if (controllers.contains("cpu")) {
                    climb(Mount.find(mounts, "cpu"), parts[2], cpu);
                }
                if (controllers.contains("cpuset")) {
                    climb(Mount.find(mounts, "cpuset"), parts[2], cpuset);
                }
            }
        }
    }

    private static void climb(Mount mount, String path, List<String> folders) {
        String below = mount.below(path);
        for (; !below.isEmpty(); below = below.substring(0, Math.max(0, below.lastIndexOf('/')))) {
            folders.add(mount.folder + below);
        }
        folders.add(mount.folder);
    }

    /** CPU time, in CPUs. */
    OptionalDouble cpuLimit() {
        double least = Double.POSITIVE_INFINITY;
        for (String folder : version2) {
            String text = files.text(folder + "/cpu.max");
            String[] words = text == null ? new String[0] : text.split("\\s+", -1);
            if (words.length == 2) {
                // The quota is "max" where there is none.
                least = Math.min(least, cpus(KernelFiles.parseNumber(words[0]), KernelFiles.parseNumber(words[1])));
            }
        }
        for (String folder : cpu) {
            // The quota is -1 where there is none.
            least = Math.min(
                    least,
                    cpus(files.number(folder + "/cpu.cfs_quota_us"), files.number(folder + "/cpu.cfs_period_us")));
        }
        return Double.isFinite(least) ? OptionalDouble.of(least) : OptionalDouble.empty();
    }

    private static double cpus(OptionalLong quota, OptionalLong period) {
        return quota.orElse(0) > 0 && period.orElse(0) > 0
                ? (double) quota.getAsLong() / period.getAsLong()
                : Double.POSITIVE_INFINITY;
    }

    /** CPUs. What a group has includes what those above it leave, so the nearest that tells is right. */
    Optional<CpuSet> cpuset() {
        for (String folder : version2) {
            Optional<CpuSet> cpus = cpus(folder + "/cpuset.cpus.effective");
            if (cpus.isPresent()) {
                return cpus;
            }
        }
        for (String folder : cpuset) {
            Optional<CpuSet> cpus = cpus(folder + "/cpuset.effective_cpus").or(() -> cpus(folder + "/cpuset.cpus"));
            if (cpus.isPresent()) {
                return cpus;
            }
        }
        return Optional.empty();
    }

    private Optional<CpuSet> cpus(String path) {
        return Optional.ofNullable(files.set(path)).filter(set -> !set.isEmpty());
    }

    /**
     * A hierarchy of groups in the file system.
     *
     * @param controllers of version 1; none is version 2
     * @param root        the group whose folder it is
     * @param folder      where, without the first slash
     */
    private record Mount(List<String> controllers, String root, String folder) {

        static List<Mount> read(KernelFiles files) {
            List<Mount> mounts = new ArrayList<>();
            for (String line : files.lines("proc/self/mountinfo")) {
                // 32 31 0:29 /root /sys/fs/cgroup/cpu rw,relatime shared:9 - cgroup cgroup rw,cpu
                String[] halves = line.split(" - ", 2);
                String[] where = halves[0].split(" ", -1);
                String[] what = halves.length < 2 ? new String[0] : halves[1].split(" ", -1);
                if (where.length > 4 && what.length > 2 && where[4].startsWith("/")) {
                    String root = where[3].equals("/") ? "" : where[3];
                    String folder = where[4].substring(1);
                    if (what[0].equals("cgroup2")) {
                        mounts.add(new Mount(List.of(), root, folder));
                    } else if (what[0].equals("cgroup")) {
                        mounts.add(new Mount(List.of(what[2].split(",", -1)), root, folder));
                    }
                }
            }
            return mounts;
        }

        /** The mount of a controller, where it usually is if it is not told. */
        static Mount find(List<Mount> mounts, String controller) {
            for (Mount mount : mounts) {
                if (controller.isEmpty() ? mount.controllers.isEmpty() : mount.controllers.contains(controller)) {
                    return mount;
                }
            }
            return new Mount(List.of(), "", controller.isEmpty() ? "sys/fs/cgroup" : "sys/fs/cgroup/" + controller);
        }

        /** A group's path below this mount; empty for its root, and for a group outside, of which nothing can be seen. */
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
