package org.berth.offheap.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CpuSetTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            value = {
                "'' > ''",
                "0 > 0",
                "0-3,8 > 0-3,8",
                "8,0-3 > 0-3,8",
                "0,1,2 > 0-2",
                "0-0 > 0",
                "0-2,2-4 > 0-4",
                "'0-1, 4' > 0-1,4",
                "16383 > 16383",
            })
    void parsesAndFormatsTheKernelsFormat(String text, String written) {
        CpuSet set = CpuSet.parse(text);
        assertThat(set).hasToString(written);
        assertThat(CpuSet.parse(set.toString())).isEqualTo(set).hasSameHashCodeAs(set);
    }

    @Test
    void spaceAroundItDoesNotMatter() {
        assertThat(CpuSet.parse(" 0-3,8\n")).hasToString("0-3,8");
        assertThat(CpuSet.parse("\n")).isEqualTo(CpuSet.of());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ",",
                "0,",
                ",0",
                "-",
                "0-",
                "-1",
                "3-1",
                "0-1-2",
                "a",
                "0x1",
                "0 1",
                "16384",
                "0-16384",
                "0-99999999999",
                "١",
                "0-1:2/4",
                "\0"
            })
    void refusesOtherFormats(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CpuSet.parse(text))
                .withMessageContaining("list=\"" + text + "\"");
    }

    @Test
    void isASet() {
        CpuSet set = CpuSet.of(5, 1, 5, 2);
        assertThat(set.size()).isEqualTo(3);
        assertThat(set.stream()).containsExactly(1, 2, 5);
        assertThat(set.contains(5)).isTrue();
        assertThat(set.contains(3)).isFalse();
        assertThat(set.contains(-1)).isFalse();
        assertThat(set.contains(Integer.MAX_VALUE)).isFalse();
        assertThat(set.isEmpty()).isFalse();
        assertThat(set.containsAll(CpuSet.of(1, 5))).isTrue();
        assertThat(set.containsAll(CpuSet.of(1, 3))).isFalse();
        assertThat(set.containsAll(CpuSet.of())).isTrue();
        assertThat(set.and(CpuSet.parse("2-9"))).hasToString("2,5");
        assertThat(set.minus(CpuSet.parse("2-9"))).hasToString("1");
        assertThat(set).hasToString("1-2,5").isNotEqualTo(CpuSet.of(1, 2)).isNotEqualTo(null);
        assertThat(CpuSet.of()).isEqualTo(CpuSet.empty()).hasToString("");
        assertThat(CpuSet.of().isEmpty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 16_384, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void refusesNumbersThatNoKernelHas(int cpu) {
        assertThatIllegalArgumentException().isThrownBy(() -> CpuSet.of(0, cpu)).withMessageContaining("cpu=" + cpu);
    }
}
