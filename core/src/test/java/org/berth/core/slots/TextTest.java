package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.berth.offheap.ArrayWords;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Comparison of texts with their encoded form, for texts whose hashes are equal. */
class TextTest {

    private static final int MAX_BYTES = 40;

    @ParameterizedTest
    @ValueSource(strings = {"a", "12345678", "123456789", "größe", "中", "名前-12345", "a\uD83D\uDE80b"})
    void matchesItselfAndNothingElse(String text) {
        byte[] bytes = Text.encodeName(text);
        ArrayWords words = new ArrayWords(MAX_BYTES);
        Text.write(words, 0, MAX_BYTES, bytes);

        assertThat(Text.read(words, 0, MAX_BYTES)).isEqualTo(text);
        assertThat(Text.matches(words, 0, bytes.length, text)).isTrue();
        for (int i = 0; i < text.length(); i++) {
            String other = text.substring(0, i) + (char) (text.charAt(i) ^ 1) + text.substring(i + 1);
            assertThat(Text.matches(words, 0, bytes.length, other)).as(other).isFalse();
            // The same low byte, but another character.
            String wide = text.substring(0, i) + (char) (text.charAt(i) ^ 0x100) + text.substring(i + 1);
            assertThat(Text.matches(words, 0, bytes.length, wide)).as(wide).isFalse();
        }
        assertThat(Text.matches(words, 0, bytes.length, text + "a")).isFalse();
        assertThat(Text.matches(words, 0, bytes.length, text.substring(1))).isFalse();
        // As many characters as there are bytes, each with a byte's value.
        String bytewise = new String(bytes, StandardCharsets.ISO_8859_1);
        assertThat(Text.matches(words, 0, bytes.length, bytewise)).isEqualTo(bytewise.equals(text));
    }
}
