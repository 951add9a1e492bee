package org.berth.offheap.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.berth.offheap.placement.Placement.Policy;
import org.berth.offheap.placement.Placement.Range;
import org.junit.jupiter.api.Test;

class PlacementTest {

    @Test
    void onePolicyIsOneRange() {
        assertThat(Placement.local().ranges(100)).containsExactly(new Range(0, 100, Policy.LOCAL, List.of()));
        assertThat(Placement.onNode(3).ranges(100)).containsExactly(new Range(0, 100, Policy.BIND, List.of(3)));
        assertThat(Placement.preferNode(3).ranges(100)).containsExactly(new Range(0, 100, Policy.PREFER, List.of(3)));
        assertThat(Placement.interleaved().ranges(100))
                .containsExactly(new Range(0, 100, Policy.INTERLEAVE, List.of()));
        assertThat(Placement.interleaved(4, 1, 4).ranges(100))
                .containsExactly(new Range(0, 100, Policy.INTERLEAVE, List.of(1, 4)));
    }

    @Test
    void partitionsLieBetweenRangesOfThePolicy() {
        Placement placement = Placement.interleaved(0, 1).partitions(10, 20, 1, 0, 1);
        List<Range> partitions = List.of(
                new Range(10, 20, Policy.BIND, List.of(1)),
                new Range(30, 20, Policy.BIND, List.of(0)),
                new Range(50, 20, Policy.BIND, List.of(1)));
        Range head = new Range(0, 10, Policy.INTERLEAVE, List.of(0, 1));
        assertThat(placement.ranges(70)).hasSize(4).startsWith(head).containsAll(partitions);
        assertThat(placement.ranges(71)).hasSize(5).endsWith(new Range(70, 1, Policy.INTERLEAVE, List.of(0, 1)));
        assertThat(Placement.local().partitions(0, 35, 7, 8).ranges(70))
                .containsExactly(new Range(0, 35, Policy.BIND, List.of(7)), new Range(35, 35, Policy.BIND, List.of(8)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> placement.ranges(69))
                .withMessageContaining("bytes=69")
                .withMessageContaining("=70");
    }

    @Test
    void invalidNodesAndPartitionsAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Placement.onNode(-1))
                .withMessageContaining("node=-1");
        assertThatIllegalArgumentException().isThrownBy(() -> Placement.preferNode(-2));
        assertThatIllegalArgumentException().isThrownBy(() -> Placement.interleaved(0, -3));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Placement.interleaved(new int[0]))
                .withMessageContaining("nodes=0");
        Placement base = Placement.local();
        assertThatIllegalArgumentException().isThrownBy(() -> base.partitions(0, 4096));
        assertThatIllegalArgumentException().isThrownBy(() -> base.partitions(0, 4096, -1));
        assertThatIllegalArgumentException().isThrownBy(() -> base.partitions(-1, 4096, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> base.partitions(0, 0, 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> base.partitions(4096, Long.MAX_VALUE / 2, 0, 1))
                .withMessageContaining("from=4096");
    }

    @Test
    void descriptionsAreValues() {
        Placement placement = Placement.interleaved(1, 0)
                .partitions(0, 8, 2)
                .hugePages()
                .preTouched()
                .bestEffort();
        assertThat(placement)
                .hasToString("interleaved(0, 1).partitions(0, 8, 2).hugePages().preTouched().bestEffort()")
                .isEqualTo(Placement.interleaved(0, 1)
                        .bestEffort()
                        .preTouched()
                        .hugePages()
                        .partitions(0, 8, 2))
                .hasSameHashCodeAs(Placement.interleaved(0, 1)
                        .bestEffort()
                        .preTouched()
                        .hugePages()
                        .partitions(0, 8, 2))
                .isNotEqualTo(Placement.interleaved(0, 1)
                        .partitions(0, 8, 2)
                        .hugePages()
                        .preTouched());
        assertThat(placement.isHuge() && placement.isPreTouched() && placement.isBestEffort())
                .isTrue();
        assertThat(List.of(Placement.local(), Placement.onNode(1), Placement.preferNode(1), Placement.interleaved()))
                .extracting(Placement::toString)
                .containsExactly("local()", "onNode(1)", "preferNode(1)", "interleaved()");
    }
}
