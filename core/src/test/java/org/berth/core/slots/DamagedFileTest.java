package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.zip.CRC32C;
import org.berth.core.slots.Field.OwnedBoolean;
import org.berth.core.slots.Field.OwnedBytes;
import org.berth.core.slots.Field.OwnedDouble;
import org.berth.core.slots.Field.OwnedInt;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Field.OwnedLongs;
import org.berth.core.slots.Field.OwnedText;
import org.berth.core.slots.Ledger.Kind;
import org.berth.offheap.TestDepth;
import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files that are no tables, or tables no more: opening says what is wrong, or gives a table that can be used. Longer,
 * and again: {@code -Dberth.fuzz.seconds=60 -Dberth.fuzz.seed=1}.
 */
class DamagedFileTest {

    private static final List<Kind> KINDS = List.of(Kind.values());
    private static final int FUZZ_SECONDS = TestDepth.of("berth.fuzz.seconds", 1, 3);
    private static final long FUZZ_SEED = Long.getLong("berth.fuzz.seed", System.nanoTime());

    @TempDir
    private Path directory;

    private Path file() {
        return directory.resolve("table");
    }

    /** A small table, as bytes. */
    private byte[] table() throws IOException {
        RecordLayout.Builder builder = RecordLayout.builder();
        builder.ownedLong("a");
        builder.sharedLong("b");
        Files.deleteIfExists(file());
        SlotTable.builder(builder.build(), 1).padding(8).build(file()).close();
        return Files.readAllBytes(file());
    }

    private void refuses(byte[] bytes, String reason) throws IOException {
        Files.write(file(), bytes);
        assertThatExceptionOfType(FileSystemException.class)
                .as("length=%d", bytes.length)
                .isThrownBy(() -> SlotTable.open(file()))
                .withMessageContaining(file().toString())
                .satisfies(e -> assertThat(e.getReason()).contains(reason));
        assertThat(Files.readAllBytes(file())).isEqualTo(bytes);
    }

    @Test
    void everyOtherLengthIsRefused() throws IOException {
        byte[] bytes = table();
        long described =
                ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getLong((int) TableDescriptor.DESCRIPTION_BYTES);
        for (int length = 1; length < bytes.length; length++) {
            refuses(
                    Arrays.copyOf(bytes, length),
                    length < TableDescriptor.DESCRIPTION
                            ? "file is too short for a table: bytes=" + length
                            : length < TableDescriptor.DESCRIPTION + described
                                    ? "file is too short for its description: bytes=" + length
                                    : "file is too short");
        }
        refuses(Arrays.copyOf(bytes, bytes.length + 1), "file is too long: bytes=" + (bytes.length + 1));
        refuses(Arrays.copyOf(bytes, bytes.length + 4096), "expected=" + bytes.length);
        Files.write(file(), new byte[0]);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> SlotTable.open(file()))
                .withMessageContaining("file is empty");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, not a table, or its creation was cut short: magic=0x0",
        "0, 7, not a table",
        "8, 0x0807060504030201, other byte order",
        "8, 7, byteOrder=7",
        "16, 1, another version of the format: version=1 expected=2",
        "16, 3, another version of the format: version=3 expected=2",
        "24, 8, file is too long: bytes=1832 expected=8",
        "24, 8192, file is too short: bytes=1832 expected=8192",
        "32, 2, capacity and layout need another length",
        "32, 0, capacity is out of range: capacity=0",
        "32, -1, capacity is out of range: capacity=-1",
        "32, 0x7FFFFFFF, capacity is out of range: capacity=2147483647",
        "32, 0x100000001, capacity=4294967297",
        "40, 24, padding is no power of two in range: padding=24",
        "40, 0x100000008, padding=4294967304",
        "40, 4096, capacity and layout need another length",
        "48, 4, flags=4",
        "48, 1, shared field without a merge in a table that merges: field=b",
        "64, -1, length of names is out of range: maxNameBytes=-1",
        "64, 1025, length of names is out of range: maxNameBytes=1025",
        "64, 0x100000080, nameBytes=4294967424",
        "64, 0, capacity and layout need another length",
        "56, 0, descriptionBytes=0",
        "56, -1, descriptionBytes=-1",
        "56, 0x7FFFFFFF, descriptionBytes=2147483647",
        "56, 4096, too short for its description: bytes=1832",
        "56, 8, malformed: line=owned lo",
    })
    void headersThatSayOtherwiseAreRefused(int offset, String value, String reason) throws IOException {
        byte[] bytes = table();
        words(bytes).putLong(offset, Long.decode(value));
        if (offset > TableDescriptor.VERSION && offset < TableDescriptor.DESCRIPTION_BYTES) {
            refuses(bytes, "damaged: checksum=");
        }
        seal(bytes);
        refuses(bytes, reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "owned long - 0 c\nshared long - -16 b\n",
                "owned long - 0 a\nshared long - -16 a\n",
                "owned long - 0 a\nshared long - -17 b\n",
                "owned long - 0 a\nshared utf8 - -16 \n",
                "owned long - 0 a\nshared ascii(4) - 8\n",
                "owned ascii - 0 a\nowned long - 16 bb",
                "owned boolean sum 8 a\n\nowned long - 0",
                "\nowned long - 0 a\nshared long - -16 b",
                "owned long - 0 a\nshared long - -16 \uFFFD",
            })
    void descriptionsThatAreNoneAreRefused(String description) throws IOException {
        byte[] bytes = table();
        byte[] text = description.getBytes(StandardCharsets.ISO_8859_1);
        assertThat(text.length).isLessThanOrEqualTo(40);
        words(bytes).putLong((int) TableDescriptor.DESCRIPTION_BYTES, text.length);
        System.arraycopy(text, 0, bytes, (int) TableDescriptor.DESCRIPTION, text.length);
        seal(bytes);
        if (description.startsWith("owned long - 0 c")) {
            Files.write(file(), bytes);
            SlotTable.open(file()).close();
        } else {
            refuses(bytes, "");
        }
    }

    /** As the same table would be on a machine of the other byte order: texts are as here. */
    @Test
    void theOtherByteOrderIsRefused() throws IOException {
        byte[] bytes = table();
        ByteBuffer words = words(bytes);
        for (int at = 0; at < bytes.length; at += Long.BYTES) {
            words.putLong(at, Long.reverseBytes(words.getLong(at)));
        }
        refuses(bytes, "not a table");
        words.putLong(0, Long.reverseBytes(words.getLong(0)));
        refuses(bytes, "other byte order: native=" + ByteOrder.nativeOrder());
    }

    /** Each round damages the file of a process that crashed at any store, at any byte. */
    @Test
    void damagedTablesAreRefusedOrOfUse(TestReporter reporter) {
        Fuzz fuzz = new Fuzz();
        assertTimeoutPreemptively(Duration.ofSeconds(FUZZ_SECONDS + 30L), fuzz::run, () -> "hangs: " + fuzz);
        reporter.publishEntry(fuzz.toString());
        assertThat(fuzz.refused).isPositive();
        assertThat(fuzz.opened).isPositive();
    }

    private final class Fuzz {

        private volatile long seed;
        private int opened;
        private int refused;

        void run() throws IOException {
            Random seeds = new Random(FUZZ_SEED);
            long start = System.nanoTime();
            while (System.nanoTime() - start < FUZZ_SECONDS * 1_000_000_000L) {
                // The first seed is the given one, so that a failure can be repeated at once.
                seed = opened + refused == 0 ? FUZZ_SEED : seeds.nextLong();
                try {
                    round(new Random(seed));
                } catch (Throwable e) {
                    throw new AssertionError("fails: " + this, e);
                }
            }
        }

        private void round(Random random) throws IOException {
            Kind kind = KINDS.get(random.nextInt(KINDS.size()));
            Words memory = CrashedRun.crashingAfter(kind, random.nextInt(700)).memory;
            byte[] bytes = new byte[(int) memory.size()];
            for (int at = 0; at < bytes.length; at += Long.BYTES) {
                words(bytes).putLong(at, memory.get(at));
            }
            damage(random, kind.descriptor(CrashedRun.CAPACITY), bytes);
            Files.write(file(), bytes);
            for (int again = 0; again < 2; again++) {
                try (SlotTable table = open()) {
                    if (table == null) {
                        refused++;
                        return;
                    }
                    opened++;
                    use(table, again + " new ");
                }
            }
        }

        private @Nullable SlotTable open() throws IOException {
            try {
                return SlotTable.open(file());
            } catch (FileSystemException e) {
                assertThat(e.getReason()).isNotBlank();
                return null;
            }
        }

        @Override
        public String toString() {
            return "-Dberth.fuzz.seed=" + seed + " opened=" + opened + " refused=" + refused;
        }
    }

    private static void damage(Random random, TableDescriptor d, byte[] bytes) {
        long[] parts = {0, TableDescriptor.DESCRIPTION, d.index, d.metadata, d.slots, d.bytes};
        int part = random.nextInt(parts.length - 1);
        int from = (int) parts[part];
        int words = (int) (parts[part + 1] - from) / Long.BYTES;
        for (int left = 1 + random.nextInt(4); left > 0; left--) {
            int at = from + Long.BYTES * random.nextInt(words);
            long word = words(bytes).getLong(at);
            words(bytes)
                    .putLong(
                            at,
                            switch (random.nextInt(6)) {
                                case 0 -> random.nextLong();
                                case 1 -> 0;
                                case 2 -> -1;
                                case 3 -> word + random.nextInt(9) - 4;
                                // Another word of this part.
                                case 4 -> words(bytes).getLong(from + Long.BYTES * random.nextInt(words));
                                default -> word ^ (1L << random.nextInt(Long.SIZE));
                            });
        }
        if (random.nextBoolean()) {
            seal(bytes);
        }
    }

    /** Everything that a table is for; none of it ends otherwise than its documentation says. */
    private static void use(SlotTable table, String newKey) {
        List<Object> keys = new ArrayList<>();
        Snapshot record = table.layout().newSnapshot();
        table.forEach(view -> {
            keys.add(view.isNamed() ? view.name() : view.key());
            view.read(record);
            table.layout().fields().forEach(field -> read(view, record, field));
            assertThat(view.toString()).isNotBlank();
        });
        assertThat(keys).hasSize(table.size());
        List<Slot> slots = new ArrayList<>();
        for (Object key : keys) {
            slots.add(key instanceof String name ? table.claim(name) : table.claim((Long) key));
            assertThatThrownBy(() -> claim(table, key)).hasMessageContaining("already claimed");
        }
        for (int left = table.capacity() - keys.size(); left > 0; left--) {
            try {
                slots.add(table.claim(newKey + left));
                keys.add(newKey + left);
            } catch (IllegalStateException e) {
                // A slot that was removed is not used again.
                assertThat(e).hasMessageContaining("table is full");
                break;
            }
        }
        slots.forEach(slot -> slot.read(record));
        slots.forEach(slot -> slot.write(w -> table.layout().fields().forEach(field -> write(w, field))));
        total(table);
        slots.forEach(Slot::close);
        keys.forEach(key -> assertThat(key instanceof String name ? table.remove(name) : table.remove((Long) key))
                .isTrue());
        keys.forEach(
                key -> assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(() -> view(table, key)));
        total(table);
        slots.forEach(slot -> assertThat(slot.toString()).isNotBlank());
    }

    private static void claim(SlotTable table, Object key) {
        try (Slot slot = key instanceof String name ? table.claim(name) : table.claim((Long) key)) {
            assertThat(slot).isNull();
        }
    }

    private static void view(SlotTable table, Object key) {
        try (SlotView view = key instanceof String name ? table.view(name) : table.view((Long) key)) {
            assertThat(view).isNull();
        }
    }

    private static void read(SlotView view, Snapshot record, Field field) {
        switch (field) {
            case Field.OfLong f -> assertThat(view.get(f)).isEqualTo(record.get(f));
            case Field.OfInt f -> assertThat(view.get(f)).isEqualTo(record.get(f));
            // Boxed, so that NaN is NaN.
            case Field.OfDouble f -> assertThat(view.get(f)).isEqualTo((Double) record.get(f));
            case Field.OfBoolean f -> assertThat(view.get(f)).isEqualTo(record.get(f));
            case OwnedLongs f -> assertThat(view.get(f, 0)).isEqualTo(record.get(f, 0));
            case OwnedBytes f ->
                assertThat(view.buffer(f).compareTo(record.buffer(f))).isZero();
            case OwnedText f -> assertThat(record.get(f)).isNotNull();
        }
    }

    private static void write(SlotWrite write, Field field) {
        switch (field) {
            case OwnedLong f -> write.add(f, 1);
            case OwnedInt f -> write.add(f, 1);
            case OwnedDouble f -> write.add(f, 1);
            case OwnedBoolean f -> write.set(f, true);
            case OwnedLongs f -> write.add(f, f.length() - 1, 1);
            case OwnedBytes f -> write.buffer(f).putByte(f.length() - 1, (byte) 1);
            case OwnedText f -> write.set(f, "x");
            default -> {}
        }
    }

    private static void total(SlotTable table) {
        for (Field field : table.layout().fields()) {
            switch (field) {
                case Field.OfLong f when merges(field) -> table.fold(f, 0, Long::sum);
                case Field.OfInt f when merges(field) -> table.fold(f, 0, Long::sum);
                case Field.OfDouble f when merges(field) -> table.fold(f, 0, Double::sum);
                default -> {}
            }
        }
    }

    private static boolean merges(Field field) {
        return field instanceof Fields.Mergeable mergeable && mergeable.merge() != null;
    }

    private static ByteBuffer words(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    }

    /** Makes the checksum right, as docs/layout.md says, where there is room for what it is of. */
    private static void seal(byte[] bytes) {
        long length = words(bytes).getLong((int) TableDescriptor.DESCRIPTION_BYTES);
        long padded = (length + Long.BYTES - 1) & -Long.BYTES;
        if (length > 0 && padded <= bytes.length - TableDescriptor.DESCRIPTION) {
            CRC32C crc = new CRC32C();
            crc.update(bytes, 0, (int) TableDescriptor.CHECKSUM);
            crc.update(bytes, (int) TableDescriptor.DESCRIPTION, (int) padded);
            words(bytes).putLong((int) TableDescriptor.CHECKSUM, crc.getValue());
        }
    }
}
