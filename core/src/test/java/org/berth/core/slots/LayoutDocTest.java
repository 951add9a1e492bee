package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.berth.core.internal.TaggedLink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares docs/layout.md with the code. */
class LayoutDocTest {

    private static final Path DOCUMENT = Path.of("..", "docs", "layout.md");

    private static final List<Class<?>> CLASSES = List.of(
            TableDescriptor.class,
            TableHeader.class,
            Ownership.class,
            KeyIndex.class,
            TaggedLink.class,
            Reclamation.class);

    /** Numbers that are nowhere in a table's memory. */
    private static final Set<String> NOT_THERE = Set.of(
            "KeyIndex.NONE", "KeyIndex.CHANGED", "KeyIndex.FROM_FIRST", "KeyIndex.MAX_WAIT_NANOS", "TaggedLink.NONE");

    @Test
    void numbersAreThoseOfTheCode() throws Exception {
        assertThat(documented()).isEqualTo(declared());
    }

    private static Map<String, Long> declared() throws IllegalAccessException {
        Map<String, Long> numbers = new TreeMap<>();
        for (Class<?> type : CLASSES) {
            for (Field field : type.getDeclaredFields()) {
                String name = type.getSimpleName() + "." + field.getName();
                boolean isNumber = field.getType() == int.class || field.getType() == long.class;
                if (isNumber && Modifier.isStatic(field.getModifiers()) && !NOT_THERE.contains(name)) {
                    field.setAccessible(true);
                    numbers.put(name, ((Number) field.get(null)).longValue());
                }
            }
        }
        return numbers;
    }

    /** The rows of the tables whose first head is the name of a class. */
    private static Map<String, Long> documented() throws IOException {
        Map<String, Long> numbers = new TreeMap<>();
        String type = "";
        for (String line : Files.readAllLines(DOCUMENT)) {
            List<String> cells =
                    List.of(line.split("\\|", -1)).stream().map(String::strip).toList();
            if (cells.size() < 3) {
                type = "";
            } else if (CLASSES.stream().anyMatch(c -> c.getSimpleName().equals(cells.get(1)))) {
                type = cells.get(1);
            } else if (!type.isEmpty() && cells.get(1).startsWith("`")) {
                assertThat(numbers.put(type + "." + cells.get(1).replace("`", ""), number(cells.get(2))))
                        .as("once only: %s", line)
                        .isNull();
            }
        }
        return numbers;
    }

    private static long number(String text) {
        return text.startsWith("0x")
                ? Long.parseUnsignedLong(text.substring(2), 16)
                : text.matches("-?\\d+")
                        ? Long.parseLong(text)
                        : words(ascii(text)).getLong(0);
    }

    /** Reads a table as a program would that knows nothing but the document. */
    @Test
    void aProgramCanReadATableByTheDocument(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("table");
        String name = "größe \uD83D\uDE80";
        try (SlotTable table =
                SlotTable.builder(Ledger.LAYOUT, 20).onRelease(OnRelease.MERGE).build(file)) {
            for (long key = -9; key < 9; key++) {
                Ledger.book(table.claim(key), (int) (100 + key));
            }
            try (Slot before = table.claim(name)) {
                Ledger.book(before, 4);
            }
            Slot named = table.claim(name);
            Ledger.book(named, 5);
            named.set(Ledger.HIGH, -6);
        }
        byte[] content = Files.readAllBytes(file);
        ByteBuffer bytes = words(content);
        int capacity = (int) bytes.getLong(32);
        int padding = (int) bytes.getLong(40);
        int length = (int) bytes.getLong(56);
        int metadataBytes = round(40 + round((int) bytes.getLong(64), 8) + 48, 128);
        String[] lines = new String(content, 1280, length, StandardCharsets.UTF_8).split("\n", 0);
        int index = round(1280 + length, 128);
        int chains = 1;
        while (chains < 2 * capacity) {
            chains *= 2;
        }
        int metadata = round(index + 8 * chains, 128);
        int slots = round(metadata + metadataBytes * capacity, 128);
        int shared = round(8 * 2, padding);
        // Seven words, two texts of 12 and 20 bytes, an array of three and 12 bytes; seven fields and the array merge;
        // all in one mask.
        int owned = 7 + (1 + 2) + (1 + 3) + 3 + 2;
        int stride = shared + round(8 * (1 + owned + 10 + 1 + owned + 10), padding);
        assertThat(bytes.getLong(24)).isEqualTo(slots + (long) stride * capacity);

        int amount = offset(lines, "owned long sum ", " amount");
        int counts = offset(lines, "owned long[3] sum ", " counts");
        int message = offset(lines, "owned byte[12] - ", " bytes");
        int high = offset(lines, "shared int max ", " high");
        for (long key = -9; key < 9; key++) {
            int slot =
                    find(bytes, index + 8 * (int) (hash(key) & (chains - 1)), metadata, metadataBytes, key, ascii(""));
            int base = slots + shared + 8 + slot * stride;
            assertThat(bytes.getLong(base + amount)).isEqualTo(100 + key);
            assertThat(bytes.getLong(base + counts + 8 * (int) ((100 + key) % 3)))
                    .isEqualTo(100 + key);
            assertThat(bytes.getLong(base + message)).isEqualTo(100 + key);
            assertThat(bytes.getInt(base + message + 8)).isEqualTo((int) -(100 + key));
        }
        long word = hash((long) name.hashCode() << 32 | name.length());
        byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        int base = slots
                + shared
                + 8
                + stride * find(bytes, index + 8 * (int) (word & (chains - 1)), metadata, metadataBytes, word, utf8);
        assertThat(bytes.getLong(base + amount)).isEqualTo(5);
        assertThat(bytes.getLong(base + high)).isEqualTo(-6L << 32);
        assertThat(bytes.getLong(base + 8 * owned)).as("first retained total").isEqualTo(4);
        assertThat(bytes.getLong(base + offset(lines, "owned ascii(12) - ", " ascii")))
                .isEqualTo(2);
    }

    private static int find(ByteBuffer bytes, int first, int metadata, int metadataBytes, long key, byte[] name) {
        long link = bytes.getLong(first);
        while (true) {
            int slot = (int) (link & 0xFFFF_FFFFL) / 2 - 1;
            int at = metadata + metadataBytes * slot;
            byte[] found = new byte[name.length];
            bytes.get(at + 40, found);
            if (bytes.getLong(at + 16) == key && bytes.getLong(at + 24) == name.length && Arrays.equals(found, name)) {
                return slot;
            }
            link = bytes.getLong(at + 8);
        }
    }

    private static int offset(String[] lines, String before, String after) {
        for (String line : lines) {
            if (line.startsWith(before) && line.endsWith(after)) {
                return Integer.parseInt(line.substring(before.length(), line.length() - after.length()));
            }
        }
        throw new AssertionError(before + after);
    }

    private static long hash(long x) {
        long h = x * 0x9E3779B97F4A7C15L;
        return h ^ (h >>> 32);
    }

    private static int round(int value, int multiple) {
        return (value + multiple - 1) / multiple * multiple;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static ByteBuffer words(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    }
}
