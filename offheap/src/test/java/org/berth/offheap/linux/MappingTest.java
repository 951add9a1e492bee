package org.berth.offheap.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.BitSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.berth.offheap.ProcessMaps;
import org.berth.offheap.placement.Topology;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("native-access")
@EnabledOnOs(OS.LINUX)
class MappingTest {

    private static final long PAGE = Mapping.pageSize();

    private static final String SMAPS = """
            7f0000200000-7f0000600000 rw-p 00000000 00:00 0
            Size:               4096 kB
            AnonHugePages:      2048 kB
            VmFlags: rd wr mr mw me ac sd
            7f0000600000-7f0000700000 rw-p 00000000 00:00 0                          [heap]
            AnonHugePages:         0 kB
            7f0000700000-7f0000701000 ---p 00000000 00:00 0
            """;

    @BeforeAll
    static void assumeNoSandbox() {
        Mapping mapping = Mapping.create(PAGE, PAGE);
        long result = mapping.bind(0, PAGE, Mapping.MPOL_LOCAL, new BitSet());
        mapping.unmap();
        Assumptions.assumeTrue(result == 0, () -> "mbind is forbidden: " + Errno.explain(-result));
    }

    @Test
    void pagesAreAllocatedWhenTheyAreTouched() throws IOException {
        Mapping mapping = Mapping.create(8 * PAGE, PAGE);
        try {
            assertThat(pages(mapping, 8)).containsExactly(Map.entry(PageNodes.UNTOUCHED, 8L));
            mapping.touch();
            assertThat(pages(mapping, 8)).doesNotContainKey(PageNodes.UNTOUCHED);
            assertThat(ProcessMaps.contains(mapping.address())).isTrue();
        } finally {
            mapping.unmap();
        }
        assertThat(ProcessMaps.contains(mapping.address())).isFalse();
    }

    @Test
    void populatingTouchesAllPages() {
        Mapping mapping = Mapping.create(8 * PAGE - 1, 1 << 21);
        try {
            assertThat(mapping.address() % (1 << 21)).isZero();
            assertThat(mapping.populate()).isZero();
            assertThat(pages(mapping, 8).values()).containsExactly(8L);
        } finally {
            mapping.unmap();
        }
    }

    @Test
    void guardPagesKeepNeighboursApart() throws IOException {
        Mapping mapping = Mapping.create(8 * PAGE, PAGE);
        try {
            assertThat(ProcessMaps.range(mapping.address()))
                    .containsExactly(mapping.address(), mapping.address() + 8 * PAGE);
        } finally {
            mapping.unmap();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Mapping.MPOL_PREFERRED, Mapping.MPOL_BIND, Mapping.MPOL_INTERLEAVE})
    void policiesDecideTheNode(int policy) {
        int node = Topology.current().nodes().stream()
                .filter(Topology.Node::isAllocatable)
                .mapToInt(Topology.Node::id)
                .max()
                .orElseThrow();
        BitSet nodes = new BitSet();
        nodes.set(node);
        Mapping mapping = Mapping.create(8 * PAGE, PAGE);
        try {
            assertThat(mapping.bind(2 * PAGE, 3 * PAGE - 1, policy, nodes)).isZero();
            mapping.touch();
            Map<Integer, Long> pages = new TreeMap<>();
            assertThat(PageNodes.count(mapping.address() + 2 * PAGE, 3, pages)).isZero();
            assertThat(pages).containsExactly(Map.entry(node, 3L));
        } finally {
            mapping.unmap();
        }
    }

    @Test
    void theKernelsErrorsAreReturned() {
        Mapping mapping = Mapping.create(PAGE, PAGE);
        try {
            BitSet far = new BitSet();
            far.set(1000);
            assertThat(mapping.bind(0, PAGE, Mapping.MPOL_BIND, far)).isEqualTo(-Errno.EINVAL);
            assertThat(mapping.bind(0, PAGE, Mapping.MPOL_LOCAL, new BitSet())).isZero();
        } finally {
            mapping.unmap();
        }
    }

    @Test
    void lackOfMemoryIsAnError() {
        assertThatExceptionOfType(OutOfMemoryError.class)
                .isThrownBy(() -> Mapping.create(Long.MAX_VALUE, PAGE))
                .withMessageContaining("bytes=" + Long.MAX_VALUE)
                .withMessageContaining("error=ENOMEM");
    }

    /** The kernel overcommits memory, but not by that much. */
    @Test
    void addressSpaceWithoutMemoryIsUnmapped() throws IOException {
        long bytes = 1L << 46;
        assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> Mapping.create(bytes, PAGE));
        assertThat(ProcessMaps.largest()).isLessThan(bytes);
    }

    @ParameterizedTest
    @CsvSource({
        "7f0000200000, 400000, 2097152", // a mapping
        "7f0000200000, 3ff001, 2097152", // the last page is not whole
        "7f0000200000, 500000, 2097152", // two
        "7f0000100000, 900000, 2097152", // all
        "7f0000600000, 001000, 0", // a part of a mapping that has none
        "7f0000200000, 200000, -1", // a part, and the kernel does not tell which
        "7f0000400000, 200000, -1",
        "7f0000000000, 001000, -1" // no mapping
    })
    void hugePagesAreThoseOfWholeMappings(String address, String length, long huge) throws IOException {
        try (BufferedReader lines = new BufferedReader(new StringReader(SMAPS))) {
            OptionalLong found = Smaps.hugeBytes(lines, Long.parseLong(address, 16), Long.parseLong(length, 16));
            assertThat(found.orElse(-1)).isEqualTo(huge);
        }
    }

    private static Map<Integer, Long> pages(Mapping mapping, long count) {
        Map<Integer, Long> pages = new TreeMap<>();
        assertThat(PageNodes.count(mapping.address(), count, pages)).isZero();
        return pages;
    }
}
