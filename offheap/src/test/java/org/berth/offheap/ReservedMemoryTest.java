package org.berth.offheap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.berth.offheap.placement.Placement;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Placed memory that the collector frees has a limit, and reaching it triggers a collection. */
class ReservedMemoryTest {

    @Test
    void reservationsBeyondTheLimitFail() {
        ReservedMemory limit = new ReservedMemory(100);
        limit.reserve(60);
        limit.reserve(40);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> limit.reserve(1))
                .isInstanceOf(OutOfMemoryError.class)
                .hasMessageContaining("bytes=1 reserved=100 limit=100");
        assertThat(Thread.interrupted()).isTrue();
        limit.unreserve(40);
        limit.reserve(40);
        assertThatThrownBy(() -> limit.reserve(Long.MAX_VALUE)).isInstanceOf(OutOfMemoryError.class);
    }

    /** Allocates ten times the limit, one block after the other; nothing else triggers a collection. */
    @Test
    @Tag("native-access")
    void unreachablePlacedMemoryIsFreedAtTheLimit() {
        long bytes = Runtime.getRuntime().maxMemory() / 4;
        for (int i = 0; i < 40; i++) {
            Words words = Words.ofAuto(bytes, Placement.local());
            words.set(bytes - Long.BYTES, i);
            assertThat(words.get(bytes - Long.BYTES)).isEqualTo(i);
        }
    }

    @Test
    @Tag("native-access")
    void placedMemoryThatIsInUseCountsTowardsTheLimit() {
        long bytes = Runtime.getRuntime().maxMemory() / 4;
        List<Words> inUse = new ArrayList<>();
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 6; i++) {
                        inUse.add(Words.ofAuto(bytes, Placement.local()));
                    }
                })
                .isInstanceOf(OutOfMemoryError.class)
                .hasMessageContaining("limit=");
        assertThat(inUse).hasSizeBetween(1, 4);
        inUse.forEach(words -> assertThat(words.get(0)).isZero());
    }
}
