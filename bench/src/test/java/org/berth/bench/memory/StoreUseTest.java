package org.berth.bench.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.berth.bench.store.StoreKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class StoreUseTest {

    private static final StoreVariant VARIANT = new StoreVariant(StoreKind.BERTH, 1_000, 32, 2);

    @Test
    void namesAreParsed() {
        assertThat(VARIANT.name()).isEqualTo("berth-1000-entries-32-bytes-2");
        assertThat(StoreVariant.parse(VARIANT.name())).isEqualTo(VARIANT);
        assertThat(StoreVariant.parse("oak-1000-entries-32-bytes-2")).isNull();
        assertThat(StoreVariant.parse("berth-1000-keys-1")).isNull();
    }

    @Test
    void usesAreParsed() {
        StoreUse use = use(VARIANT, 2_000, 98_000, 140_000);
        StoreUse parsed = StoreUse.parse(VARIANT, use.text());
        assertThat(parsed).isEqualTo(use);
        assertThat(parsed.filled().perEntry(VARIANT)).isEqualTo(100);
        assertThat(parsed.filled().overhead(VARIANT)).isEqualTo(44);
        assertThat(parsed.churned().overhead(VARIANT)).isEqualTo(86);
    }

    @Test
    void corruptFilesAreRefused() {
        assertThatThrownBy(() -> StoreUse.parse(VARIANT, ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("unknown schema: ");
        assertThatThrownBy(() -> StoreUse.parse(VARIANT, StoreUse.HEAD + "\n1,2,3"))
                .hasMessage("corrupt: lines=2 wanted=3");
        assertThatThrownBy(() -> StoreUse.parse(VARIANT, StoreUse.HEAD + "\n1,2,3\n1,2"))
                .hasMessage("corrupt: line=1,2");
    }

    @Test
    void targetsAreThoseOfBerth() {
        StoreVariant peer = new StoreVariant(StoreKind.CONCURRENT, 1_000, 32, 2);
        assertThat(StoreMemory.targets(List.of(use(peer, 100_000, 0, 0), use(VARIANT, 6_000, 98_000, 160_000))))
                .containsExactly(
                        "| overhead per entry, filled: 1,000 values of 32 bytes, round 2 | ≤ 64 | 48 | reached |",
                        "| overhead per entry, after churn: 1,000 values of 32 bytes, round 2 | ≤ 100 | 110 "
                                + "| **missed** |",
                        "| live heap after a full collection ÷ that of ConcurrentHashMap: 1,000 values of 32 bytes, "
                                + "round 2 | ≤ 0.05 | 0.0600 | **missed** |");
    }

    private static StoreUse use(StoreVariant variant, long heap, long filled, long churned) {
        return new StoreUse(variant, new StoreUse.Memory(heap, filled, 0), new StoreUse.Memory(heap, churned, 7));
    }
}
