package org.berth.core.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.agrona.MutableDirectBuffer;
import org.berth.core.map.LongDoubleMap;
import org.berth.core.map.LongLongMap;
import org.berth.core.store.BytesMap;
import org.berth.offheap.OffHeapBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Compares docs/snapshot-format.md with the code. */
@Timeout(60)
class SnapshotDocTest {

    private static final Path DOCUMENT = Path.of("..", "docs", "snapshot-format.md");

    @TempDir
    private Path directory;

    @Test
    void numbersAreThoseOfTheCode() throws Exception {
        Map<String, Long> declared = new TreeMap<>();
        for (Field field : SnapshotFormat.class.getDeclaredFields()) {
            if (field.getType().isPrimitive() && Modifier.isStatic(field.getModifiers())) {
                field.setAccessible(true);
                declared.put(field.getName(), ((Number) field.get(null)).longValue());
            }
        }
        for (Kind kind : Kind.values()) {
            declared.put(kind.name(), (long) kind.number);
        }
        assertThat(documented()).isEqualTo(declared);
    }

    /** The rows whose first cell is a name. */
    private static Map<String, Long> documented() throws IOException {
        Map<String, Long> numbers = new TreeMap<>();
        for (String line : Files.readAllLines(DOCUMENT)) {
            String[] cells = line.split("\\|", -1);
            if (cells.length > 2 && cells[1].strip().startsWith("`")) {
                assertThat(numbers.put(cells[1].strip().replace("`", ""), Long.decode(cells[2].strip())))
                        .as("once only: %s", line)
                        .isNull();
            }
        }
        return numbers;
    }

    /** Reads files as a program would that knows nothing but the document. */
    @Test
    void aProgramCanReadAFileByTheDocument() throws IOException {
        Map<Object, Object> longs = new HashMap<>();
        Map<Object, Object> doubles = new HashMap<>();
        Map<Object, Object> texts = new HashMap<>();
        MutableDirectBuffer buffer = OffHeapBuffer.ofAuto(200_000);
        long before = System.currentTimeMillis();
        try (LongLongMap map = LongLongMap.builder().missingValue(-3).build();
                LongDoubleMap doubleMap = LongDoubleMap.create();
                BytesMap bytes = BytesMap.create()) {
            for (long i = 0; i < 9_000; i++) {
                map.put(i, ~i * i);
                longs.put(i, ~i * i);
                doubleMap.put(i, i / 8.0);
                doubles.put(i, Double.doubleToLongBits(i / 8.0));
                String text = i == 7 ? "-".repeat(150_000) : "value " + i;
                int keyLength = buffer.putStringWithoutLengthUtf8(0, "größe " + i);
                int length = buffer.putStringWithoutLengthUtf8(keyLength, text);
                bytes.put(buffer, 0, keyLength, buffer, keyLength, length);
                texts.put("größe " + i, text);
            }
            map.save(directory.resolve("longs"));
            doubleMap.save(directory.resolve("doubles"));
            bytes.save(directory.resolve("bytes"));
        }
        long after = System.currentTimeMillis();
        assertThat(read("longs", 2, -3, before, after)).isEqualTo(longs);
        assertThat(read("doubles", 3, -1, before, after)).isEqualTo(doubles);
        assertThat(read("bytes", 1, 0, before, after)).isEqualTo(texts);
    }

    private Map<Object, Object> read(String name, int kind, long missing, long before, long after) throws IOException {
        byte[] content = Files.readAllBytes(directory.resolve(name));
        ByteBuffer file = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(new String(content, 0, 8, StandardCharsets.US_ASCII)).isEqualTo("BerthSnp");
        assertThat(List.of(file.getInt(8), file.getInt(12), file.getInt(32))).isEqualTo(List.of(1, kind, 0));
        assertThat(file.getLong(16)).isEqualTo(missing);
        assertThat(file.getLong(24)).isBetween(before, after);
        assertThat(file.getInt(36)).isEqualTo(checksum(content, 0, 36));
        Map<Object, Object> entries = new HashMap<>();
        int block = 40;
        while (true) {
            int length = file.getInt(block);
            int count = file.getInt(block + 4);
            assertThat(file.getLong(block + 8)).isEqualTo(entries.size());
            assertThat(file.getInt(block + 16)).isEqualTo(checksum(content, block, 16));
            if (length == 0 && count == 0) {
                assertThat(content).hasSize(block + 20);
                return entries;
            }
            assertThat(length <= 65_536 || count == 1).isTrue();
            int at = block + 20;
            int end = at + length;
            assertThat(file.getInt(end)).isEqualTo(checksum(content, at, length));
            for (int i = 0; i < count; i++) {
                if (kind != 1) {
                    entries.put(file.getLong(at), file.getLong(at + 8));
                    at += 16;
                } else {
                    int keyLength = file.getInt(at);
                    int valueLength = file.getInt(at + 4);
                    entries.put(text(content, at + 8, keyLength), text(content, at + 8 + keyLength, valueLength));
                    at += 8 + keyLength + valueLength;
                }
            }
            assertThat(at).isEqualTo(end);
            block = end + 4;
        }
    }

    private static String text(byte[] content, int offset, int length) {
        return new String(content, offset, length, StandardCharsets.UTF_8);
    }

    private static int checksum(byte[] content, int offset, int length) {
        CRC32C checksum = new CRC32C();
        checksum.update(content, offset, length);
        return (int) checksum.getValue();
    }
}
