package org.berth.core.map;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class AbandonedRangesTest {

    @Test
    void eachRangeComesBackOnce() {
        AbandonedRanges ranges = new AbandonedRanges(130);
        assertThat(ranges.poll()).isEqualTo(AbandonedRanges.NONE);
        // Several in one word, the highest bit of a word, and the last range.
        List<Long> added = List.of(0L, 1L, 5L, 63L, 64L, 127L, 129L);
        added.forEach(ranges::add);
        List<Long> polled = new ArrayList<>();
        for (long range = ranges.poll(); range != AbandonedRanges.NONE; range = ranges.poll()) {
            polled.add(range);
        }
        assertThat(polled).containsExactlyInAnyOrderElementsOf(added);
        ranges.add(63);
        assertThat(ranges.poll()).isEqualTo(63);
        assertThat(ranges.poll()).isEqualTo(AbandonedRanges.NONE);
    }
}
