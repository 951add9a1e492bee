package org.berth.bench.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.berth.bench.fork.MapKind;
import org.junit.jupiter.api.Test;

class SamplesTest {

    private static final ChurnVariant VARIANT = new ChurnVariant(MapKind.BERTH_NATIVE, 1_000, 2);

    @Test
    void namesAreParsed() {
        assertThat(VARIANT.name()).isEqualTo("berth_native-1000-keys-2");
        assertThat(ChurnVariant.parse(VARIANT.name())).isEqualTo(VARIANT);
        assertThat(ChurnVariant.parse("tree-1000-keys-2")).isNull();
        assertThat(ChurnVariant.parse("berth-growing-1")).isNull();
    }

    @Test
    void samplesAreParsed() {
        StringBuilder text = new StringBuilder(Samples.HEAD + "\n");
        for (int second = 1; second <= 20; second++) {
            text.append(new Samples.Sample(second, 1_000L * second, second == 15 ? 99 : second, 7).line())
                    .append('\n');
        }
        Samples samples = Samples.parse(VARIANT, text.toString());

        assertThat(samples.all()).hasSize(20);
        assertThat(samples.operationsPerSecond()).isEqualTo(1_000);
        assertThat(samples.warm().resident()).isEqualTo(10);
        assertThat(samples.half().resident()).isEqualTo(11);
        assertThat(samples.last().resident()).isEqualTo(20);
        assertThat(samples.most()).isEqualTo(99);
    }

    @Test
    void corruptFilesAreRefused() {
        assertThatThrownBy(() -> Samples.parse(VARIANT, ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("unknown schema: ");
        assertThatThrownBy(() -> Samples.parse(VARIANT, Samples.HEAD)).hasMessage("holds no sample");
        assertThatThrownBy(() -> Samples.parse(VARIANT, Samples.HEAD + "\n1,2,3"))
                .hasMessage("corrupt: line=1,2,3");
        assertThatThrownBy(() -> Samples.parse(VARIANT, Samples.HEAD + "\n1,2,x,4"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
