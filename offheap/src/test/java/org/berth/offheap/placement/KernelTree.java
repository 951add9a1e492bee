package org.berth.offheap.placement;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** The files of a kernel, synthetic or recorded. The tests of the benchmarks use it, too. */
public final class KernelTree {

    private static final String CPUS = "sys/devices/system/cpu/";
    private static final String NODES = "sys/devices/system/node/";
    private static final long AT_PAGESZ = 6;

    private final Path root;

    public KernelTree(Path root) {
        this.root = root;
    }

    /** The output of {@code record.sh} on a machine. */
    public static KernelTree recorded(Path root, String machine) {
        KernelTree tree = new KernelTree(root);
        Map<String, StringBuilder> files = new LinkedHashMap<>();
        try (InputStream recording =
                Objects.requireNonNull(KernelTree.class.getResourceAsStream("/kernel-trees/" + machine + ".txt"))) {
            new String(recording.readAllBytes(), StandardCharsets.ISO_8859_1)
                    .lines()
                    .forEach(line -> {
                        int colon = line.indexOf(':');
                        files.computeIfAbsent(line.substring(0, colon), path -> new StringBuilder())
                                .append(line, colon + 1, line.length())
                                .append('\n');
                    });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        files.forEach((path, text) -> {
            if (path.endsWith("/auxv")) {
                tree.file(path, HexFormat.of().parseHex(text.toString().replaceAll("\\s", "")));
            } else {
                tree.file(path, text.toString());
            }
        });
        return tree;
    }

    public KernelTree file(String path, String text) {
        return file(path, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    KernelTree file(String path, byte[] bytes) {
        try {
            Path file = root.resolve(path);
            Files.createDirectories(file.getParent());
            Files.write(file, bytes);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    KernelTree remove(String path) {
        try (Stream<Path> files = Files.walk(root.resolve(path))) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All files, by path below the root. */
    List<String> files() {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> root.relativize(file).toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    byte[] bytes(String path) {
        try {
            return Files.readAllBytes(root.resolve(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public KernelTree cpus(String present, String online) {
        return file(CPUS + "present", present + "\n").file(CPUS + "online", online + "\n");
    }

    /** A core that runs a thread on each of these CPUs. */
    public KernelTree core(int socket, String cpus) {
        CpuSet.parse(cpus).stream()
                .forEach(cpu -> file(CPUS + "cpu" + cpu + "/topology/physical_package_id", socket + "\n")
                        .file(CPUS + "cpu" + cpu + "/topology/thread_siblings_list", cpus + "\n"));
        return this;
    }

    /** A cache as each of the CPUs that share it shows it. */
    public KernelTree cache(int index, int level, String type, String size, int line, String cpus) {
        CpuSet.parse(cpus).stream().forEach(cpu -> {
            String cache = CPUS + "cpu" + cpu + "/cache/index" + index + "/";
            file(cache + "level", level + "\n")
                    .file(cache + "type", type + "\n")
                    .file(cache + "size", size + "\n")
                    .file(cache + "coherency_line_size", line + "\n")
                    .file(cache + "shared_cpu_list", cpus + "\n");
        });
        return this;
    }

    public KernelTree node(int id, String cpus, long kibibytes, String distances) {
        String node = NODES + "node" + id + "/";
        return file(node + "cpulist", cpus + "\n")
                .file(node + "distance", distances + "\n")
                .file(
                        node + "meminfo",
                        "Node %d MemTotal:       %d kB\nNode %d MemFree:  1 kB\n".formatted(id, kibibytes, id));
    }

    public KernelTree onlineNodes(String nodes) {
        return file(NODES + "online", nodes + "\n");
    }

    /** What the process may use. */
    public KernelTree allowed(String cpus, String nodes) {
        return file(
                "proc/self/status",
                "Name:\tjava\nCpus_allowed:\tf\nCpus_allowed_list:\t%s\nMems_allowed_list:\t%s\n"
                        .formatted(cpus, nodes));
    }

    KernelTree pageBytes(long bytes) {
        ByteBuffer vector = ByteBuffer.allocate(6 * Long.BYTES).order(ByteOrder.nativeOrder());
        vector.putLong(33).putLong(-1).putLong(AT_PAGESZ).putLong(bytes);
        return file("proc/self/auxv", vector.array());
    }

    public Topology read() {
        return Topology.read(root);
    }

    Topology read(String architecture) {
        return Topology.read(root, architecture);
    }
}
