package org.berth.core.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The layout of the links, bit for bit: that of the slots' index is in files. */
class TaggedLinkTest {

    private final TaggedLink links = new TaggedLink(31);

    @Test
    void theTagIsInTheUpperHalfTheIdInTheLowerAndTheMarkInBit0() {
        assertThat(links.toId(0x7_0000_0000L, 4)).isEqualTo(0x8_0000_000AL);
        assertThat(links.toId(0x7_0000_000AL, TaggedLink.NONE)).isEqualTo(0x8_0000_0000L);
        assertThat(links.toTarget(0x7_0000_0002L, 0x3_0000_000BL)).isEqualTo(0x8_0000_000AL);
        assertThat(links.mark(0x7_0000_000AL)).isEqualTo(0x8_0000_000BL);
        assertThat(links.nextTag(0x7_0000_000BL)).isEqualTo(0x8_0000_0000L);
        assertThat(links.target(0x7_0000_000BL)).isEqualTo(0xAL);
        assertThat(links.id(0x7_0000_000BL)).isEqualTo(4);
        assertThat(links.id(0)).isEqualTo(TaggedLink.NONE);
        assertThat(links.isMarked(0xB)).isTrue();
        assertThat(links.isMarked(0xA)).isFalse();
    }

    @Test
    void theTagComesRoundAndLeavesTheIdAlone() {
        assertThat(links.toId(-2, Integer.MAX_VALUE - 1)).isEqualTo(0xFFFF_FFFEL);
        TaggedLink wide = new TaggedLink(24);
        assertThat(wide.toId(-2, (1 << 24) - 2)).isEqualTo(0x1FF_FFFEL);
        assertThat(wide.nextTag(0)).isEqualTo(1L << 25);
        assertThat(wide.id(0x1FF_FFFEL)).isEqualTo((1 << 24) - 2);
    }
}
