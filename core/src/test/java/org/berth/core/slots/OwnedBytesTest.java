package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.berth.core.slots.Field.OwnedBoolean;
import org.berth.core.slots.Field.OwnedBytes;
import org.berth.core.slots.Field.OwnedDouble;
import org.berth.core.slots.Field.OwnedInt;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Field.OwnedLongs;
import org.berth.core.slots.Field.OwnedUtf8;
import org.berth.core.slots.Field.SharedLong;
import org.berth.core.slots.Ledger.Kind;
import org.berth.offheap.ArrayWords;
import org.berth.offheap.TestDepth;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Fields of bytes, and Agrona's buffers over them and over the whole record. */
class OwnedBytesTest {

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    private static final SharedLong SHARED = RECORD.sharedLong("shared", Merge.SUM);
    private static final OwnedLong BEFORE = RECORD.ownedLong("before", Merge.SUM);
    private static final OwnedBytes QUOTE = RECORD.ownedBytes("quote", 21);
    private static final OwnedInt LEVEL = RECORD.ownedInt("level");
    private static final OwnedBoolean ACTIVE = RECORD.ownedBoolean("active");
    private static final OwnedDouble PRICE = RECORD.ownedDouble("price");
    private static final OwnedUtf8 NOTE = RECORD.ownedUtf8("note", 12);
    private static final OwnedLongs COUNTS = RECORD.ownedLongs("counts", 3);
    private static final OwnedBytes OTHER = RECORD.ownedBytes("other", 64);
    private static final OwnedLong BEHIND = RECORD.ownedLong("behind");
    private static final RecordLayout LAYOUT = RECORD.build();

    private final SlotTable table = SlotTable.create(LAYOUT, 4);
    private final Slot slot = table.claim(1);
    private final SlotView view = table.view(1);
    private final Snapshot snapshot = LAYOUT.newSnapshot();

    @AfterEach
    void close() {
        table.close();
    }

    private static SlotTable table(Kind kind) {
        SlotTable.Builder builder = SlotTable.builder(LAYOUT, 4).onRelease(kind.onRelease);
        return (kind.recycling ? builder.recycling() : builder).build();
    }

    private static String text(DirectBuffer buffer, int length) {
        return buffer.getStringWithoutLengthAscii(0, length);
    }

    @Test
    void aCommitPublishesTheBytesWithTheRest() {
        slot.set(BEHIND, -1);
        try (SlotWrite write = slot.begin()) {
            MutableDirectBuffer quote = write.buffer(QUOTE);
            assertThat(quote.capacity()).isEqualTo(21);
            quote.putStringWithoutLengthAscii(0, "first quote, 21 bytes");
            assertThat(write.buffer(QUOTE)).isSameAs(quote);
            write.set(BEFORE, 7);
            assertThat(view.buffer(QUOTE).getByte(0)).isZero();
            write.commit();
        }
        view.read(snapshot);
        assertThat(text(snapshot.buffer(QUOTE), 21)).isEqualTo("first quote, 21 bytes");
        assertThat(snapshot.get(BEFORE)).isEqualTo(7);
        assertThat(snapshot.get(BEHIND)).isEqualTo(-1);
        assertThat(snapshot.get(LEVEL)).isZero();
        assertThat(text(view.buffer(QUOTE), 21)).isEqualTo("first quote, 21 bytes");
        assertThat(view.buffer(OTHER).getLong(0)).isZero();
    }

    @Test
    void aWriteBeginsWithTheRecordsBytesAndMayBeDiscarded() {
        slot.buffer(QUOTE).putStringWithoutLengthAscii(0, "abcdef");
        try (SlotWrite write = slot.begin()) {
            MutableDirectBuffer quote = write.buffer(QUOTE);
            assertThat(text(quote, 6)).isEqualTo("abcdef");
            quote.putByte(1, (byte) 'X');
        }
        slot.read(snapshot);
        assertThat(text(snapshot.buffer(QUOTE), 6)).isEqualTo("abcdef");
        slot.write(write -> write.buffer(QUOTE).putByte(5, (byte) 'Y'));
        slot.write(write -> write.set(BEFORE, 1));
        slot.read(snapshot);
        assertThat(text(snapshot.buffer(QUOTE), 6)).isEqualTo("abcdeY");
    }

    @Test
    void theBufferOfAWriteIsOfUseUntilTheWriteEnds() {
        SlotWrite write = slot.begin();
        MutableDirectBuffer quote = write.buffer(QUOTE);
        quote.putLong(0, 5);
        write.commit();
        refusesAll(quote, 21);
        assertThatIllegalStateException().isThrownBy(() -> write.buffer(QUOTE)).withMessageContaining("field=quote");
        slot.begin();
        refusesAll(quote, 21);
        assertThat(write.buffer(QUOTE)).isSameAs(quote);
        assertThat(quote.getLong(0)).isEqualTo(5);
        write.close();
        refusesAll(quote, 21);
        slot.begin().buffer(OTHER).putLong(0, 6);
        refusesAll(quote, 21);
        slot.close();
        refusesAll(quote, 21);
        table.claim(1).read(snapshot);
        assertThat(snapshot.buffer(QUOTE).getLong(0)).isEqualTo(5);
        assertThat(snapshot.buffer(OTHER).getLong(0)).isZero();
    }

    /** At both ends, by methods that check in different ways. */
    private static void refusesAll(DirectBuffer buffer, int length) {
        List<ThrowingCallable> uses = List.of(
                () -> buffer.getByte(0),
                () -> buffer.getByte(length - 1),
                () -> buffer.getLong(length - 8),
                () -> buffer.getLong(length + 1000),
                () -> buffer.getBytes(0, new byte[length]),
                () -> buffer.getStringWithoutLengthAscii(0, length),
                () -> ((MutableDirectBuffer) buffer).putInt(length - 4, 1),
                () -> ((MutableDirectBuffer) buffer).setMemory(0, length, (byte) 1),
                () -> ((AtomicBuffer) buffer).getAndAddLong(0, 1),
                buffer::addressOffset);
        for (ThrowingCallable use : uses) {
            assertThatIllegalStateException().isThrownBy(use);
        }
    }

    @Test
    void theSnapshotHasTheBytesOfItsLastRead() {
        assertThatIllegalStateException()
                .isThrownBy(() -> snapshot.buffer(QUOTE))
                .withMessageContaining("empty");
        slot.read(snapshot);
        DirectBuffer read = snapshot.buffer(QUOTE);
        assertThat(read.capacity()).isEqualTo(21);
        for (int i = 1; i < 5; i++) {
            int quote = i;
            slot.write(write -> write.buffer(QUOTE).putInt(17, quote));
            assertThat(snapshot.buffer(QUOTE).getInt(17)).isEqualTo(i - 1);
            slot.read(snapshot);
            assertThat(snapshot.buffer(QUOTE)).isSameAs(read);
            assertThat(read.getInt(17)).isEqualTo(i);
        }
        Snapshot other = LAYOUT.newSnapshot();
        slot.read(other);
        assertThat(other.buffer(QUOTE)).isNotSameAs(read);
    }

    @Test
    void buffersForReadersRefuseWrites() {
        slot.read(snapshot);
        for (DirectBuffer buffer : List.of(snapshot.buffer(QUOTE), view.buffer(QUOTE))) {
            assertThatIllegalArgumentException().isThrownBy(() -> ((MutableDirectBuffer) buffer).putByte(0, (byte) 1));
            assertThatIllegalArgumentException().isThrownBy(() -> ((AtomicBuffer) buffer).getAndAddLong(0, 1));
            assertThatThrownBy(() -> buffer.getByte(21)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void theOwnersBufferIsTheRecordUntilTheSlotIsClosed() {
        AtomicBuffer quote = slot.buffer(QUOTE);
        assertThat(quote.capacity()).isEqualTo(21);
        assertThat(slot.buffer(QUOTE)).isSameAs(quote);
        assertThat(slot.buffer(OTHER)).isNotSameAs(quote);
        quote.verifyAlignment();
        quote.putLongRelease(0, 9);
        DirectBuffer seen = view.buffer(QUOTE);
        assertThat(seen.getLong(0)).isEqualTo(9);
        assertThat(view.buffer(QUOTE)).isSameAs(seen);
        assertThat(quote.getAndAddLong(8, 3)).isZero();
        assertThat(seen.getLong(8)).isEqualTo(3);
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> quote.putByte(21, (byte) 1));
        AtomicBuffer whole = slot.buffer();
        slot.close();
        refusesAll(quote, 21);
        refusesAll(whole, LAYOUT.ownedBytes());
        assertThatIllegalStateException().isThrownBy(() -> slot.buffer(QUOTE));
        assertThatIllegalStateException().isThrownBy(slot::buffer);

        try (Slot next = table.claim(1)) {
            assertThat(next.buffer(QUOTE).getLong(0)).isEqualTo(9);
        }
        assertThat(seen.getLong(0)).isEqualTo(9);
        view.close();
        refusesAll(seen, 21);
        assertThatIllegalStateException().isThrownBy(() -> view.buffer(QUOTE));
    }

    @Test
    void theTableClosesItsBuffers() {
        AtomicBuffer quote = slot.buffer(QUOTE);
        DirectBuffer seen = view.buffer(QUOTE);
        slot.read(snapshot);
        DirectBuffer read = snapshot.buffer(QUOTE);
        table.close();
        assertThatIllegalStateException().isThrownBy(() -> quote.getByte(0));
        assertThatIllegalStateException().isThrownBy(() -> seen.getByte(0));
        assertThatIllegalStateException().isThrownBy(() -> slot.buffer(OTHER));
        assertThat(read.getByte(0)).as("a copy").isZero();
        slot.close();
    }

    @Test
    void anotherLayoutsBytesAreRefused() {
        OwnedBytes other = RecordLayout.builder().ownedBytes("else", 8);
        slot.read(snapshot);
        List<ThrowingCallable> uses = List.of(
                () -> slot.buffer(other),
                () -> view.buffer(other),
                () -> snapshot.buffer(other),
                () -> slot.write(write -> write.buffer(other)));
        for (ThrowingCallable use : uses) {
            assertThatIllegalArgumentException().isThrownBy(use).withMessageContaining("field=else");
        }
    }

    @Test
    void eachOwnedFieldIsAtItsOffsetInTheWholeRecord() {
        slot.set(SHARED, -1);
        AtomicBuffer record = slot.buffer();
        assertThat(slot.buffer()).isSameAs(record);
        assertThat(record.capacity()).isEqualTo(LAYOUT.ownedBytes());
        record.putLongRelease(BEFORE.offset(), 5);
        record.putInt(LEVEL.offset(), -6);
        record.putByte(ACTIVE.offset(), (byte) 1);
        record.putDouble(PRICE.offset(), 1.5);
        record.putLong(COUNTS.offset() + 2 * 8, 7);
        record.putByte(QUOTE.offset() + 20, (byte) 8);
        record.putLong(OTHER.offset() + 56, 9);
        record.putLong(BEHIND.offset(), 10);
        assertThat(view.get(BEFORE)).isEqualTo(5);
        assertThat(view.get(LEVEL)).isEqualTo(-6);
        assertThat(slot.add(LEVEL, 1)).isEqualTo(-5);
        assertThat(record.getInt(LEVEL.offset())).isEqualTo(-5);
        assertThat(view.get(ACTIVE)).isTrue();
        slot.set(ACTIVE, false);
        assertThat(record.getByte(ACTIVE.offset())).isZero();
        assertThat(view.get(PRICE)).isEqualTo(1.5);
        assertThat(view.get(COUNTS, 2)).isEqualTo(7);
        assertThat(slot.buffer(QUOTE).getByte(20)).isEqualTo((byte) 8);
        assertThat(slot.buffer(OTHER).getLong(56)).isEqualTo(9);
        assertThat(view.get(BEHIND)).isEqualTo(10);
        assertThat(view.get(SHARED)).isEqualTo(-1);
        slot.write(write -> write.set(NOTE, "größe"));
        assertThat(record.getLong(NOTE.offset())).isEqualTo(7);
        byte[] note = new byte[7];
        record.getBytes(NOTE.offset() + 8, note);
        assertThat(new String(note, StandardCharsets.UTF_8)).isEqualTo("größe");
    }

    @Test
    void withoutOwnedFieldsThereIsNoRecordToWrite() {
        RecordLayout.Builder builder = RecordLayout.builder();
        builder.sharedLong("only");
        try (SlotTable shared = SlotTable.create(builder.build(), 1)) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> shared.claim(1).buffer())
                    .withMessageContaining("no owned field");
        }
    }

    /** As the tests bring it, without a region. */
    @Test
    void memoryWithoutARegionHasCopiesOnly() {
        TableDescriptor descriptor = new TableDescriptor(LAYOUT, 1, 8);
        Slot over = SlotTable.over(new ArrayWords(descriptor.bytes), descriptor).claim(1);
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> over.buffer(QUOTE));
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(over::buffer);
        over.write(write -> write.buffer(QUOTE).putByte(20, (byte) 3));
        over.read(snapshot(over));
        Snapshot read = snapshot(over);
        assertThat(read.buffer(QUOTE).getByte(20)).isEqualTo((byte) 3);
    }

    private static Snapshot snapshot(Slot slot) {
        Snapshot snapshot = LAYOUT.newSnapshot();
        slot.read(snapshot);
        return snapshot;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 65_537, Integer.MAX_VALUE})
    void otherLengthsAreRefused(int length) {
        RecordLayout.Builder builder = RecordLayout.builder();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.ownedBytes("a", length))
                .withMessageContaining("field=a length=" + length + " smallest=1 largest=65536");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "owned byte[0] - 0 a",
                "owned byte[65537] - 0 a",
                "owned byte - 0 a",
                "owned byte(8) - 0 a",
                "owned byte[8] sum 0 a",
                "shared byte[8] - -16 a"
            })
    void descriptionsThatAreNoneAreRefused(String line) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LayoutDescription.parse(line + "\n"))
                .satisfies(e -> assertThat(e.getMessage()).containsAnyOf("line=" + line, "length is out of range"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 8, 9, 65_536})
    void anyLengthIsWrittenReadAndRecovered(int length, @TempDir Path directory) throws IOException {
        RecordLayout.Builder builder = RecordLayout.builder();
        OwnedLong before = builder.ownedLong("before");
        OwnedBytes bytes = builder.ownedBytes("bytes", length);
        OwnedLong behind = builder.ownedLong("behind");
        RecordLayout layout = builder.build();
        assertThat(new String(LayoutDescription.of(layout), StandardCharsets.UTF_8))
                .contains("\nowned byte[" + length + "] - 8 bytes\n");
        Path file = directory.resolve("table");
        try (SlotTable written = SlotTable.builder(layout, 1).build(file)) {
            Slot owner = written.claim(1);
            owner.set(before, -1);
            owner.set(behind, -2);
            owner.write(write -> write.buffer(bytes).setMemory(0, length, (byte) 0x5A));
        }
        try (SlotTable opened = SlotTable.open(file)) {
            OwnedBytes found = opened.layout().field("bytes", OwnedBytes.class);
            assertThat(found.length()).isEqualTo(length);
            Snapshot read = opened.layout().newSnapshot();
            opened.view(1).read(read);
            for (int i = 0; i < length; i++) {
                assertThat(read.buffer(found).getByte(i)).isEqualTo((byte) 0x5A);
            }
            assertThat(read.get(opened.layout().field("before", OwnedLong.class)))
                    .isEqualTo(-1);
            assertThat(read.get(opened.layout().field("behind", OwnedLong.class)))
                    .isEqualTo(-2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theNextOwnerFindsTheBytesOnlyWhereTheTableKeeps(Kind kind) {
        try (SlotTable kept = table(kind)) {
            try (Slot owner = kept.claim(1)) {
                owner.write(write -> write.buffer(QUOTE).putByte(20, (byte) 3));
            }
            kept.view(1).read(snapshot);
            assertThat(snapshot.buffer(QUOTE).getByte(20)).isEqualTo(kind.merges() ? 0 : (byte) 3);
        }
    }

    /**
     * A handle that is closed while another thread asks for its first buffer has none that works afterwards. Both
     * threads look for the moment all the time, and wait a little and random time from there.
     */
    @Test
    @Timeout(60)
    void noBufferOutlivesItsView() throws Exception {
        int rounds = TestDepth.of(8_000, 50_000);
        AtomicReference<SlotView> given = new AtomicReference<>();
        AtomicReference<Optional<DirectBuffer>> got = new AtomicReference<>();
        Thread asking = Thread.ofPlatform().start(() -> {
            SplittableRandom random = new SplittableRandom(1);
            for (int round = 0; round < rounds; round++) {
                SlotView closing = given.getAndSet(null);
                while (closing == null) {
                    YieldingIdleStrategy.INSTANCE.idle();
                    closing = given.getAndSet(null);
                }
                spin(random.nextInt(40));
                got.set(bufferOf(closing));
            }
        });
        SplittableRandom random = new SplittableRandom(2);
        int buffers = 0;
        for (int round = 0; round < rounds; round++) {
            SlotView closing = table.view(1);
            given.set(closing);
            if (round % 100 == 0) {
                // On a busy machine no other round may be a race.
                while (got.get() == null) {
                    YieldingIdleStrategy.INSTANCE.idle();
                }
            }
            spin(random.nextInt(80));
            closing.close();
            Optional<DirectBuffer> buffer = got.getAndSet(null);
            while (buffer == null) {
                YieldingIdleStrategy.INSTANCE.idle();
                buffer = got.getAndSet(null);
            }
            if (buffer.isPresent()) {
                buffers++;
                DirectBuffer after = buffer.get();
                assertThatIllegalStateException().isThrownBy(() -> after.getByte(0));
            }
        }
        asking.join();
        assertThat(buffers).isPositive();
    }

    private static Optional<DirectBuffer> bufferOf(SlotView view) {
        try {
            return Optional.of(view.buffer(QUOTE));
        } catch (IllegalStateException e) {
            return Optional.empty();
        }
    }

    private static void spin(int times) {
        for (int i = 0; i < times; i++) {
            Thread.onSpinWait();
        }
    }

    /** Each message has one byte all over, and the field beside it has it, too. */
    @ParameterizedTest
    @EnumSource
    @Timeout(120)
    void noSnapshotHasHalfAMessage(Kind kind) throws Exception {
        try (SlotTable shared = table(kind)) {
            shared.claim(1).close();
            SlotView reader = shared.view(1);
            CompletableFuture<Void> owner = CompletableFuture.runAsync(() -> {
                for (int message = 0; message < 50_000; ) {
                    try (Slot writer = shared.claim(1)) {
                        for (int left = 100; left > 0; left--, message++) {
                            byte value = (byte) message;
                            writer.write(write -> {
                                write.buffer(QUOTE).setMemory(0, 21, value);
                                write.buffer(OTHER).setMemory(0, 64, value);
                                write.set(BEHIND, value);
                            });
                        }
                    }
                }
            });
            int whole = 0;
            do {
                if (reader.tryRead(snapshot, 1, TimeUnit.MILLISECONDS)) {
                    byte value = (byte) snapshot.get(BEHIND);
                    for (int i = 0; i < 21; i++) {
                        assertThat(snapshot.buffer(QUOTE).getByte(i)).isEqualTo(value);
                    }
                    for (int i = 0; i < 64; i++) {
                        assertThat(snapshot.buffer(OTHER).getByte(i)).isEqualTo(value);
                    }
                    whole++;
                }
            } while (!owner.isDone());
            owner.get(60, TimeUnit.SECONDS);
            assertThat(whole).isPositive();
        }
    }
}
