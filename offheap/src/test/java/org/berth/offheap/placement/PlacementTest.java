package org.berth.offheap.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.berth.offheap.placement.Placement.Part;
import org.berth.offheap.placement.Placement.Policy;
import org.junit.jupiter.api.Test;

class PlacementTest {

    @Test
    void onePolicyIsOnePart() {
        assertThat(Placement.local().parts(100)).containsExactly(new Part(0, 100, Policy.LOCAL, List.of()));
        assertThat(Placement.onNode(3).parts(100)).containsExactly(new Part(0, 100, Policy.BIND, List.of(3)));
        assertThat(Placement.preferNode(3).parts(100)).containsExactly(new Part(0, 100, Policy.PREFER, List.of(3)));
        assertThat(Placement.interleaved().parts(100)).containsExactly(new Part(0, 100, Policy.INTERLEAVE, List.of()));
        assertThat(Placement.interleaved(4, 1, 4).parts(100))
                .containsExactly(new Part(0, 100, Policy.INTERLEAVE, List.of(1, 4)));
    }

    @Test
    void stripesLieBetweenTheRest() {
        Placement placement = Placement.interleaved(0, 1).stripes(10, 20, 1, 0, 1);
        List<Part> stripes = List.of(
                new Part(10, 20, Policy.BIND, List.of(1)),
                new Part(30, 20, Policy.BIND, List.of(0)),
                new Part(50, 20, Policy.BIND, List.of(1)));
        Part head = new Part(0, 10, Policy.INTERLEAVE, List.of(0, 1));
        assertThat(placement.parts(70)).hasSize(4).startsWith(head).containsAll(stripes);
        assertThat(placement.parts(71)).hasSize(5).endsWith(new Part(70, 1, Policy.INTERLEAVE, List.of(0, 1)));
        assertThat(Placement.local().stripes(0, 35, 7, 8).parts(70))
                .containsExactly(new Part(0, 35, Policy.BIND, List.of(7)), new Part(35, 35, Policy.BIND, List.of(8)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> placement.parts(69))
                .withMessageContaining("bytes=69")
                .withMessageContaining("=70");
    }

    @Test
    void nodesAndStripesThatAreNoneAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Placement.onNode(-1))
                .withMessageContaining("node=-1");
        assertThatIllegalArgumentException().isThrownBy(() -> Placement.preferNode(-2));
        assertThatIllegalArgumentException().isThrownBy(() -> Placement.interleaved(0, -3));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Placement.interleaved(new int[0]))
                .withMessageContaining("nodes=0");
        Placement base = Placement.local();
        assertThatIllegalArgumentException().isThrownBy(() -> base.stripes(0, 4096));
        assertThatIllegalArgumentException().isThrownBy(() -> base.stripes(0, 4096, -1));
        assertThatIllegalArgumentException().isThrownBy(() -> base.stripes(-1, 4096, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> base.stripes(0, 0, 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> base.stripes(4096, Long.MAX_VALUE / 2, 0, 1))
                .withMessageContaining("from=4096");
    }

    @Test
    void descriptionsAreValues() {
        Placement placement = Placement.interleaved(1, 0)
                .stripes(0, 8, 2)
                .hugePages()
                .preTouched()
                .bestEffort();
        assertThat(placement)
                .hasToString("interleaved(0, 1).stripes(0, 8, 2).hugePages().preTouched().bestEffort()")
                .isEqualTo(Placement.interleaved(0, 1)
                        .bestEffort()
                        .preTouched()
                        .hugePages()
                        .stripes(0, 8, 2))
                .hasSameHashCodeAs(Placement.interleaved(0, 1)
                        .bestEffort()
                        .preTouched()
                        .hugePages()
                        .stripes(0, 8, 2))
                .isNotEqualTo(
                        Placement.interleaved(0, 1).stripes(0, 8, 2).hugePages().preTouched());
        assertThat(placement.isHuge() && placement.isPreTouched() && placement.isBestEffort())
                .isTrue();
        assertThat(List.of(Placement.local(), Placement.onNode(1), Placement.preferNode(1), Placement.interleaved()))
                .extracting(Placement::toString)
                .containsExactly("local()", "onNode(1)", "preferNode(1)", "interleaved()");
    }
}
