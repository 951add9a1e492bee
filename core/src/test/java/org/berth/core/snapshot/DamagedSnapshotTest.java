package org.berth.core.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.agrona.MutableDirectBuffer;
import org.berth.core.map.LongDoubleMap;
import org.berth.core.map.LongLongMap;
import org.berth.core.store.BytesMap;
import org.berth.offheap.OffHeapBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are no snapshots, or snapshots no more: loading says where, and the map is as it was. */
@Timeout(120)
class DamagedSnapshotTest {

    private static final Pattern OFFSET = Pattern.compile(" offset=(\\d+) ");

    /** The begin of each part of the files of two blocks. */
    private static final int BLOCK = SnapshotFormat.HEADER_BYTES;

    private static final int CONTENT = BLOCK + SnapshotFormat.BLOCK_HEADER_BYTES;

    @TempDir
    private Path directory;

    private final MutableDirectBuffer buffer = OffHeapBuffer.ofAuto(1 << 17);

    private final LongLongMap longs = LongLongMap.create();
    private final LongDoubleMap doubles = LongDoubleMap.create();
    private final BytesMap bytes = BytesMap.create();

    @BeforeEach
    void putSomething() {
        longs.put(1_000_000, 77);
        doubles.put(1_000_000, 77);
        buffer.putLong(0, 1_000_000);
        bytes.put(buffer, 0, 8, buffer, 0, 8);
    }

    @AfterEach
    void close() {
        longs.close();
        doubles.close();
        bytes.close();
    }

    private Path file() {
        return directory.resolve("snapshot");
    }

    /** A file of this kind with some entries. */
    private byte[] snapshot(Kind kind, int entries) throws IOException {
        switch (kind) {
            case LONG_LONG -> {
                try (LongLongMap map = LongLongMap.create()) {
                    for (int i = 0; i < entries; i++) {
                        map.put(i, 3L * i);
                    }
                    map.save(file());
                }
            }
            case LONG_DOUBLE -> {
                try (LongDoubleMap map = LongDoubleMap.create()) {
                    for (int i = 0; i < entries; i++) {
                        map.put(i, 0.5 * i);
                    }
                    map.save(file());
                }
            }
            case BYTES -> {
                try (BytesMap map = BytesMap.create()) {
                    for (int i = 0; i < entries; i++) {
                        buffer.putInt(0, i);
                        map.put(buffer, 0, 4, buffer, 0, 7);
                    }
                    map.save(file());
                }
            }
        }
        return Files.readAllBytes(file());
    }

    private long load(Kind kind) throws IOException {
        return switch (kind) {
            case LONG_LONG -> longs.load(file());
            case LONG_DOUBLE -> doubles.load(file());
            case BYTES -> bytes.load(file());
        };
    }

    private long size(Kind kind) {
        return switch (kind) {
            case LONG_LONG -> longs.size();
            case LONG_DOUBLE -> doubles.size();
            case BYTES -> bytes.size();
        };
    }

    /** Returns the offset that the refusal names. */
    private long refused(Kind kind, byte[] content, String... reasons) throws IOException {
        Files.write(file(), content);
        List<Long> offsets = new ArrayList<>();
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> load(kind))
                .withMessageContaining(file().toString())
                .satisfies(e -> {
                    assertThat(e.getReason()).contains(reasons);
                    Matcher offset = OFFSET.matcher(e.getReason());
                    assertThat(offset.find()).as(e.getReason()).isTrue();
                    offsets.add(Long.parseLong(offset.group(1)));
                });
        assertThat(size(kind)).isEqualTo(1);
        return offsets.getFirst();
    }

    @ParameterizedTest
    @EnumSource
    void everyFlippedBitIsFoundAndItsPlaceNamed(Kind kind) throws IOException {
        byte[] content = snapshot(kind, 5);
        int end = content.length - SnapshotFormat.BLOCK_HEADER_BYTES;
        for (int at = 0; at < content.length; at++) {
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                byte[] damaged = content.clone();
                damaged[at] ^= (byte) (1 << bit);
                int begin = at < SnapshotFormat.VERSION
                        ? 0
                        : at < SnapshotFormat.KIND
                                ? SnapshotFormat.VERSION
                                : at < BLOCK ? 0 : at < CONTENT ? BLOCK : at < end ? CONTENT : end;
                assertThat(refused(kind, damaged, "expected="))
                        .as("at=%d bit=%d", at, bit)
                        .isEqualTo(begin);
            }
        }
        Files.write(file(), content);
        assertThat(load(kind)).isEqualTo(5);
    }

    @ParameterizedTest
    @EnumSource
    void everyOtherLengthIsRefused(Kind kind) throws IOException {
        byte[] content = snapshot(kind, 5);
        for (int length = 0; length < content.length; length++) {
            long offset = refused(
                    kind,
                    Arrays.copyOf(content, length),
                    length < Long.BYTES ? "not a snapshot" : "snapshot is cut off",
                    "fileBytes=" + length);
            assertThat(offset).isLessThanOrEqualTo(length);
        }
        for (int more : new int[] {1, 20, 100_000}) {
            assertThat(refused(
                            kind,
                            Arrays.copyOf(content, content.length + more),
                            "bytes behind the end: fileBytes=" + (content.length + more)))
                    .isEqualTo(content.length);
        }
    }

    /** Several blocks: one is missing, there twice, or in another place. All their checksums are right. */
    @ParameterizedTest
    @EnumSource(names = {"LONG_LONG", "BYTES"})
    void blocksAreMissedAndTheirOrderIsChecked(Kind kind) throws IOException {
        byte[] content = snapshot(kind, 15_000);
        List<Integer> begins = new ArrayList<>();
        int at = BLOCK;
        while (at < content.length - SnapshotFormat.BLOCK_HEADER_BYTES) {
            begins.add(at);
            at += SnapshotFormat.BLOCK_HEADER_BYTES
                    + little(content).getInt(at)
                    + SnapshotFormat.CONTENT_CHECKSUM_BYTES;
        }
        begins.add(at);
        assertThat(begins).hasSizeGreaterThan(4);
        int second = begins.get(1);
        int third = begins.get(2);
        int fourth = begins.get(3);
        String reason = "blocks are missing or in another order";
        byte[] missing = concat(content, 0, second, third, content.length);
        assertThat(refused(kind, missing, reason)).isEqualTo(second + SnapshotFormat.ENTRIES_BEFORE);
        byte[] twice = concat(content, 0, third, second, content.length);
        assertThat(refused(kind, twice, reason)).isEqualTo(third + SnapshotFormat.ENTRIES_BEFORE);
        byte[] swapped = concat(content, 0, second, third, fourth, second, third, fourth, content.length);
        assertThat(refused(kind, swapped, reason)).isEqualTo(second + SnapshotFormat.ENTRIES_BEFORE);
        byte[] withoutLast = concat(content, 0, begins.get(begins.size() - 2), at, content.length);
        assertThat(refused(kind, withoutLast, reason))
                .isEqualTo(begins.get(begins.size() - 2) + SnapshotFormat.ENTRIES_BEFORE);
        assertThat(refused(kind, Arrays.copyOf(content, at), "cut off")).isEqualTo(at);
        assertThat(refused(kind, Arrays.copyOf(content, fourth), "cut off")).isEqualTo(fourth);
    }

    private static byte[] concat(byte[] content, int... ranges) {
        ByteBuffer all = ByteBuffer.allocate(2 * content.length);
        for (int i = 0; i < ranges.length; i += 2) {
            all.put(content, ranges[i], ranges[i + 1] - ranges[i]);
        }
        return Arrays.copyOf(all.array(), all.position());
    }

    private static ByteBuffer little(byte[] content) {
        return ByteBuffer.wrap(content).order(SnapshotFormat.BYTE_ORDER);
    }

    private static void seal(byte[] content, int begin, int length, int checksumAt) {
        CRC32C checksum = new CRC32C();
        checksum.update(content, begin, length);
        little(content).putInt(checksumAt, (int) checksum.getValue());
    }

    /** Makes the checksums of a file of one block right again. */
    private static void seal(byte[] content) {
        seal(content, 0, SnapshotFormat.HEADER_CHECKSUM, SnapshotFormat.HEADER_CHECKSUM);
        seal(content, BLOCK, SnapshotFormat.BLOCK_CHECKSUM, BLOCK + SnapshotFormat.BLOCK_CHECKSUM);
        int length =
                content.length - CONTENT - SnapshotFormat.CONTENT_CHECKSUM_BYTES - SnapshotFormat.BLOCK_HEADER_BYTES;
        seal(content, CONTENT, length, CONTENT + length);
        int end = content.length - SnapshotFormat.BLOCK_HEADER_BYTES;
        seal(content, end, SnapshotFormat.BLOCK_CHECKSUM, end + SnapshotFormat.BLOCK_CHECKSUM);
    }

    private static byte[] changed(byte[] content, Consumer<ByteBuffer> change) {
        byte[] copy = content.clone();
        change.accept(little(copy));
        seal(copy);
        return copy;
    }

    /** What another program could write, with checksums that are right. */
    @ParameterizedTest
    @CsvSource({
        "8, 2, 8, another version of the format: offset=8 version=2 expected=1",
        "8, 0, 8, version=0",
        "32, 1, 32, flags that this version of Berth does not know: offset=32 flags=0x1 known=0x0",
        "32, -2147483648, 32, flags=0x80000000",
        "40, 0, 40, block cannot be: length=0 entries=2",
        "40, -1, 40, block cannot be: length=-1",
        "40, 2147483647, 40, block cannot be: length=2147483647",
        "40, 65537, 40, block cannot be: length=65537 entries=2",
        "44, 0, 40, block cannot be: length=38 entries=0",
        "44, -1, 40, block cannot be: length=38 entries=-1",
        "44, 1, 79, bytes behind the last: entries=1 blockLength=38",
        "44, 3, 98, entry cannot be: entry=2 entries=3",
        "48, 1, 48, entriesBefore=1 expected=0",
        "60, -1, 60, entry cannot be: keyLength=-1 valueLength=7",
        "60, 2147483647, 60, entry cannot be: keyLength=2147483647",
        "60, 1000, 60, keyLength=1000",
        "60, 5, 80, entry cannot be",
        "64, -7, 60, valueLength=-7",
        "64, 22, 94, entry cannot be: entry=1 entries=2",
        "64, 27, 60, entry cannot be: keyLength=4 valueLength=27",
        "83, 2147483647, 79, entry cannot be: keyLength=4 valueLength=2147483647",
    })
    void entriesOfBytesThatCannotBe(int at, int value, long offset, String reason) throws IOException {
        byte[] content = changed(snapshot(Kind.BYTES, 2), bytes -> bytes.putInt(at, value));
        assertThat(refused(Kind.BYTES, content, reason)).isEqualTo(offset);
    }

    /** Nor is memory allocated for it. */
    @Test
    void aBlockThatIsLongerThanTheFile() throws IOException {
        byte[] content = changed(
                snapshot(Kind.BYTES, 2),
                bytes -> bytes.putInt(BLOCK + SnapshotFormat.LENGTH, Integer.MAX_VALUE)
                        .putInt(BLOCK + SnapshotFormat.ENTRIES, 1));
        assertThat(refused(Kind.BYTES, content, "snapshot is cut off", "bytes=62 expected=2147483651"))
                .isEqualTo(CONTENT);
    }

    @Test
    void entriesOfLongsThatCannotBe() throws IOException {
        byte[] content = snapshot(Kind.LONG_LONG, 2);
        for (long reserved : new long[] {LongLongMap.MISSING, LongLongMap.MISSING + 1}) {
            byte[] changed = changed(content, bytes -> bytes.putLong(CONTENT + 24, reserved));
            assertThat(refused(Kind.LONG_LONG, changed, "value is reserved: value=" + reserved))
                    .isEqualTo(CONTENT + 16);
        }
        byte[] counted = changed(content, bytes -> bytes.putInt(BLOCK + SnapshotFormat.ENTRIES, 1));
        assertThat(refused(Kind.LONG_LONG, counted, "block cannot be: length=32 entries=1"))
                .isEqualTo(CONTENT);
        byte[] unknown = changed(content, bytes -> bytes.putInt(SnapshotFormat.KIND, 9));
        Files.write(file(), unknown);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> load(Kind.LONG_LONG))
                .withMessageContaining("kind=9 expected=LONG_LONG");
        byte[] noNumber = changed(snapshot(Kind.LONG_DOUBLE, 2), bytes -> bytes.putLong(CONTENT + 8, -2));
        assertThat(refused(Kind.LONG_DOUBLE, noNumber, "value is reserved: value=-2"))
                .isEqualTo(CONTENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "BerthSn", "BerthSlt and much more that is no snapshot of a map", "\0\0\0\0"})
    void otherFilesAreRefused(String content) throws IOException {
        for (Kind kind : Kind.values()) {
            assertThat(refused(kind, content.getBytes(StandardCharsets.US_ASCII), "not a snapshot"))
                    .isZero();
        }
    }

    /** The damage is in the last of many blocks, or comes between the two readings. */
    @Test
    void nothingIsLoadedFromAFileThatIsDamagedAtItsEnd() throws IOException {
        byte[] content = snapshot(Kind.BYTES, 15_000);
        content[content.length - 30] ^= 1;
        refused(Kind.BYTES, content, "snapshot is damaged");
    }

    @Test
    void aFileThatChangesBetweenTheReadings() throws IOException {
        byte[] content = snapshot(Kind.LONG_LONG, 10_000);
        SnapshotReader file = SnapshotReader.verify(file(), Kind.LONG_LONG, LongLongMap.MISSING);
        assertThat(file.entries()).isEqualTo(10_000);
        byte[] damaged = content.clone();
        damaged[content.length - 30] ^= 1;
        Files.write(file(), damaged);
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> file.forEach((key, value) -> {}))
                .withMessageContaining("loaded=8192 entries=10000")
                .withMessageContaining("snapshot is damaged");
        byte[] other = content.clone();
        little(other).putLong(SnapshotFormat.SAVED_AT, 5);
        seal(other, 0, SnapshotFormat.HEADER_CHECKSUM, SnapshotFormat.HEADER_CHECKSUM);
        Files.write(file(), other);
        SnapshotReader again = SnapshotReader.verify(file(), Kind.LONG_LONG, LongLongMap.MISSING);
        Files.write(file(), content);
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> again.forEach((key, value) -> {}))
                .withMessageContaining("loaded=0 entries=10000")
                .withMessageContaining("file was replaced");
        Files.delete(file());
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> again.forEach((key, value) -> {}))
                .withMessageContaining("loaded=0 entries=10000");
    }
}
