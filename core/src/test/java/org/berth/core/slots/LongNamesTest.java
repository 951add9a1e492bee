package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.berth.core.slots.TestLayout.LAYOUT;
import static org.berth.core.slots.TestLayout.ORDERS;

import java.io.IOException;
import java.nio.file.Path;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names as long as the table allows, and longer. */
class LongNamesTest {

    private static SlotTable table(int nameBytes, boolean recycling) {
        SlotTable.Builder builder = SlotTable.builder(LAYOUT, 4).maxNameBytes(nameBytes);
        return (recycling ? builder.recycling() : builder).build();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 8, 9, 40, 41, 128, 1023, 1024})
    void theLongestNameIsAKeyAndALongerOneIsRefused(int limit) {
        for (boolean recycling : new boolean[] {false, true}) {
            try (SlotTable table = table(limit, recycling)) {
                String longest = "x".repeat(limit);
                try (Slot slot = table.claim(longest)) {
                    slot.set(ORDERS, 7);
                    assertThat(slot.name()).isEqualTo(longest);
                    assertThat(Objects.requireNonNull(slot.owner()).name())
                            .isEqualTo(Thread.currentThread().getName());
                }
                assertThat(table.at(longest).get(ORDERS)).isEqualTo(7);
                for (String longer : new String[] {longest + "x", "x".repeat(limit - 1) + "ä", "x".repeat(4096)}) {
                    String refusal = "limit=" + limit + ";";
                    assertThatIllegalArgumentException()
                            .isThrownBy(() -> table.claim(longer))
                            .withMessageContaining(refusal);
                    assertThatIllegalArgumentException()
                            .isThrownBy(() -> table.tryClaim(longer))
                            .withMessageContaining(refusal);
                    assertThatIllegalArgumentException()
                            .isThrownBy(() -> table.remove(longer))
                            .withMessageContaining(refusal);
                    assertThat(table.contains(longer)).isFalse();
                    assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(() -> table.view(longer));
                }
                assertThat(table.size()).isOne();
            }
        }
    }

    @Test
    void withoutRoomForNamesEveryKeyIsALong() {
        try (SlotTable table = table(0, false)) {
            table.claim(1).close();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> table.claim("a"))
                    .withMessageContaining("limit=0;");
            assertThat(table.contains("a")).isFalse();
            assertThat(table.contains("")).isFalse();
            assertThat(table.size()).isOne();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1025, Integer.MAX_VALUE})
    void otherLimitsAreRefused(int limit) {
        SlotTable.Builder builder = SlotTable.builder(LAYOUT, 4);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.maxNameBytes(limit))
                .withMessageContaining("maxNameBytes=" + limit + " smallest=0 largest=1024");
    }

    /** What is left of a slot's longer name before is no part of the next. */
    @Test
    void aReusedSlotHasItsNewNameOnly() {
        try (SlotTable table = SlotTable.builder(LAYOUT, 1).recycling().build()) {
            for (String name : new String[] {"x".repeat(128), "12345678", "a", "größe", "123456789", "x".repeat(127)}) {
                table.claim(name).close();
                assertThat(table.view(name)).satisfies(view -> {
                    assertThat(view.name()).isEqualTo(name);
                    view.close();
                });
                assertThat(table.contains(name + "x")).isFalse();
                assertThat(table.remove(name)).isTrue();
                table.claim(5).close();
                table.forEach(view -> assertThat(view.isNamed()).isFalse());
                assertThat(table.remove(5)).isTrue();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 13, 1024})
    void aFileHasTheLimitItWasCreatedWith(int limit, @TempDir Path directory) throws IOException {
        Path file = directory.resolve("table");
        String longest = "x".repeat(limit);
        long bytes;
        try (SlotTable table =
                SlotTable.builder(LAYOUT, 4).recycling().maxNameBytes(limit).build(file)) {
            bytes = table.memoryBytes();
            if (limit != 0) {
                table.claim(longest).set(ORDERS, 7);
            }
            table.claim(1).set(ORDERS, 8);
        }
        for (boolean described : new boolean[] {true, false}) {
            try (SlotTable table = described ? SlotTable.open(file, LAYOUT) : SlotTable.open(file)) {
                Field.OwnedLong orders = table.layout().field("orders", Field.OwnedLong.class);
                assertThat(table.memoryBytes()).isEqualTo(bytes);
                assertThat(table.at(1).get(orders)).isEqualTo(8);
                if (limit != 0) {
                    assertThat(table.at(longest).get(orders)).isEqualTo(7);
                }
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> table.claim(longest + "x"))
                        .withMessageContaining("limit=" + limit + ";");
            }
        }
    }
}
