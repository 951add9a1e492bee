package org.berth.offheap;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Stream;
import org.agrona.AsciiSequenceView;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.ExpandableRingBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.ControlledMessageHandler.Action;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.broadcast.BroadcastBufferDescriptor;
import org.agrona.concurrent.broadcast.BroadcastReceiver;
import org.agrona.concurrent.broadcast.BroadcastTransmitter;
import org.agrona.concurrent.broadcast.CopyBroadcastReceiver;
import org.agrona.concurrent.errors.DistinctErrorLog;
import org.agrona.concurrent.errors.ErrorLogReader;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.agrona.concurrent.status.AtomicCounter;
import org.agrona.concurrent.status.CountersManager;
import org.agrona.concurrent.status.UnsafeBufferStatusIndicator;
import org.berth.offheap.sbe.MessageHeaderDecoder;
import org.berth.offheap.sbe.MessageHeaderEncoder;
import org.berth.offheap.sbe.OrderDecoder;
import org.berth.offheap.sbe.OrderEncoder;
import org.berth.offheap.sbe.Side;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Agrona's own code, and code that SBE generates for Agrona's buffers, over an {@link OffHeapBuffer}: without any flag,
 * and once more in a JVM that denies {@code Unsafe} and native access. The last tests show which of Agrona's classes
 * need the flag, whatever buffer they get.
 */
@Tag("flag-free")
class AgronaOverOffHeapBufferTest {

    private static final int CAPACITY = 1024;
    private static final int MESSAGE = 3;
    private static final int HEADER = 8;

    private final Region region = Region.anonymous(64 * 1024);
    private final OffHeapBuffer scratch = region.buffer(0, 256);

    @AfterEach
    void closeRegion() {
        region.close();
    }

    private OffHeapBuffer memory(int length) {
        return region.buffer(1024, length);
    }

    private OffHeapBuffer ringMemory() {
        return memory(CAPACITY + RingBufferDescriptor.TRAILER_LENGTH);
    }

    private OffHeapBuffer broadcastMemory() {
        return memory(CAPACITY + BroadcastBufferDescriptor.TRAILER_LENGTH);
    }

    static List<Function<AtomicBuffer, RingBuffer>> ringBuffers() {
        return List.of(OneToOneRingBuffer::new, ManyToOneRingBuffer::new);
    }

    @ParameterizedTest
    @MethodSource("ringBuffers")
    void ringBufferIsFilledAndEmptiedRoundAndRound(Function<AtomicBuffer, RingBuffer> create) {
        RingBuffer ring = create.apply(ringMemory());
        int written = 0;
        int read = 0;
        while (written < 5_000) {
            while (write(ring, scratch, 0, written)) {
                written++;
            }
            int before = read;
            int[] next = {read};
            while (ring.size() > 0) {
                // A read ends at the end of the ring at the latest.
                read += ring.read((type, buffer, index, length) ->
                        assertThat(sequence(type, buffer, index, length, 0)).isEqualTo(next[0]++));
            }
            assertThat(read).isEqualTo(written).isGreaterThan(before + 5);
        }
        assertThat(ring.producerPosition()).isEqualTo(ring.consumerPosition()).isGreaterThan(100 * CAPACITY);
        long correlation = ring.nextCorrelationId();
        assertThat(ring.nextCorrelationId()).isEqualTo(correlation + 1);
    }

    @ParameterizedTest
    @MethodSource("ringBuffers")
    void ringBufferClaimsAreCommittedOrAborted(Function<AtomicBuffer, RingBuffer> create) {
        RingBuffer ring = create.apply(ringMemory());
        for (int sequence = 0; sequence < 1_000; sequence++) {
            int aborted = ring.tryClaim(MESSAGE, 40);
            fill(ring.buffer(), aborted, 40, 9, 9);
            ring.abort(aborted);
            int claimed = ring.tryClaim(MESSAGE, 24);
            fill(ring.buffer(), claimed, 24, 0, sequence);
            assertThat(ring.read((type, buffer, index, length) -> {}))
                    .as("not committed")
                    .isZero();
            ring.commit(claimed);

            List<Integer> found = new ArrayList<>();
            ring.controlledRead((type, buffer, index, length) -> {
                found.add(sequence(type, buffer, index, length, 0));
                return Action.COMMIT;
            });
            assertThat(found).containsExactly(sequence);
        }
    }

    @Test
    void oneProducerAndOneConsumer() throws Exception {
        exchange(new OneToOneRingBuffer(ringMemory()), 1);
    }

    @Test
    void manyProducersAndOneConsumer() throws Exception {
        exchange(new ManyToOneRingBuffer(ringMemory()), 3);
    }

    /** Every message of every producer arrives once, in order and whole, over many rounds of the ring. */
    private void exchange(RingBuffer ring, int producers) throws Exception {
        int count = 20_000;
        try (ExecutorService threads = Executors.newFixedThreadPool(producers)) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < producers; i++) {
                int producer = i;
                OffHeapBuffer source = region.buffer(8192 + 256L * i, 256);
                all.add(threads.submit(() -> {
                    for (int sequence = 0; sequence < count; sequence++) {
                        while (!write(ring, source, producer, sequence)) {
                            if (Thread.interrupted()) {
                                throw new InterruptedException();
                            }
                            LockSupport.parkNanos(1_000); // there may be fewer CPUs than threads
                        }
                    }
                    return null;
                }));
            }
            int[] next = new int[producers];
            int received = 0;
            try {
                while (received < producers * count) {
                    received += ring.read((type, buffer, index, length) -> {
                        int producer = buffer.getInt(index);
                        assertThat(sequence(type, buffer, index, length, producer))
                                .isEqualTo(next[producer]++);
                    });
                }
            } finally {
                threads.shutdownNow(); // a producer may wait for space forever after a failure
            }
            for (Future<?> producer : all) {
                producer.get();
            }
        }
        assertThat(ring.size()).isZero();
    }

    /** Writes, claims or, now and then, aborts a claim first. */
    private static boolean write(RingBuffer ring, OffHeapBuffer source, int producer, int sequence) {
        int length = HEADER + sequence % 53;
        if (sequence % 2 == 0) {
            fill(source, 16, length, producer, sequence);
            return ring.write(MESSAGE, source, 16, length);
        }
        if (sequence % 7 == 0) {
            int aborted = ring.tryClaim(MESSAGE, length);
            if (aborted > 0) {
                ring.abort(aborted);
            }
        }
        int index = ring.tryClaim(MESSAGE, length);
        if (index <= 0) {
            return false;
        }
        fill(ring.buffer(), index, length, producer, sequence);
        ring.commit(index);
        return true;
    }

    private static void fill(MutableDirectBuffer buffer, int index, int length, int producer, int sequence) {
        buffer.putInt(index, producer);
        buffer.putInt(index + 4, sequence);
        for (int i = HEADER; i < length; i++) {
            buffer.putByte(index + i, (byte) (sequence * 31 + producer + i));
        }
    }

    /** The sequence number of a message that is whole. */
    private static int sequence(int type, DirectBuffer buffer, int index, int length, int producer) {
        int sequence = buffer.getInt(index + 4);
        boolean whole = type == MESSAGE && buffer.getInt(index) == producer && length >= HEADER;
        for (int i = HEADER; whole && i < length; i++) {
            whole = buffer.getByte(index + i) == (byte) (sequence * 31 + producer + i);
        }
        if (!whole) {
            throw new AssertionError("torn: type=" + type + ", producer=" + producer + ", sequence=" + sequence);
        }
        return sequence;
    }

    @Test
    void broadcastIsReceivedDirectlyAndThroughACopy() {
        OffHeapBuffer memory = broadcastMemory();
        BroadcastTransmitter transmitter = new BroadcastTransmitter(memory);
        BroadcastReceiver receiver = new BroadcastReceiver(memory);
        CopyBroadcastReceiver copying =
                new CopyBroadcastReceiver(new BroadcastReceiver(memory), region.buffer(512, 256));
        for (int sequence = 0; sequence < 2_000; sequence++) {
            int length = HEADER + sequence % 53;
            fill(scratch, 8, length, 0, sequence);
            transmitter.transmit(MESSAGE, scratch, 8, length);

            assertThat(receiver.receiveNext()).isTrue();
            assertThat(receiver.length()).isEqualTo(length);
            assertThat(sequence(receiver.typeId(), receiver.buffer(), receiver.offset(), length, 0))
                    .isEqualTo(sequence);
            assertThat(receiver.validate()).isTrue();
            int expected = sequence;
            assertThat(copying.receive((type, buffer, index, bytes) ->
                            assertThat(sequence(type, buffer, index, bytes, 0)).isEqualTo(expected)))
                    .isEqualTo(1);
        }
        assertThat(receiver.receiveNext()).isFalse();
        assertThat(receiver.lappedCount()).isZero();
    }

    /** What the receiver validates after its copy is whole, however often the transmitter laps it. */
    @Test
    void broadcastThatOvertakesItsReceiverIsNoticed() throws Exception {
        OffHeapBuffer memory = broadcastMemory();
        OffHeapBuffer copy = region.buffer(512, 256);
        BroadcastReceiver receiver = new BroadcastReceiver(memory);
        int longest = HEADER + 52;
        AtomicBoolean stop = new AtomicBoolean();
        try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
            Future<?> transmitting = thread.submit(() -> {
                BroadcastTransmitter transmitter = new BroadcastTransmitter(memory);
                for (int sequence = 0; !stop.get(); sequence++) {
                    int length = HEADER + sequence % 53;
                    fill(scratch, 8, length, 0, sequence);
                    transmitter.transmit(MESSAGE, scratch, 8, length);
                }
            });
            try {
                int last = -1;
                int overtaken = 0;
                for (int valid = 0; valid < 1_000 || overtaken < 10; ) {
                    if (!receiver.receiveNext()) {
                        continue;
                    }
                    int type = receiver.typeId();
                    int length = receiver.length();
                    copy.putBytes(0, receiver.buffer(), receiver.offset(), Math.clamp(length, 0, longest));
                    if (receiver.validate()) {
                        assertThat(length).isBetween(HEADER, longest);
                        int sequence = sequence(type, copy, 0, length, 0);
                        assertThat(sequence).isGreaterThan(last);
                        last = sequence;
                        valid++;
                    } else {
                        // It has read where to go on from what was overwritten, so it is lost.
                        receiver = new BroadcastReceiver(memory);
                        overtaken++;
                    }
                }
            } finally {
                stop.set(true);
            }
            transmitting.get();
        }
    }

    @Test
    void errorLog() {
        OffHeapBuffer memory = memory(CAPACITY * 16);
        assertThat(ErrorLogReader.hasErrors(memory)).isFalse();
        DistinctErrorLog log = new DistinctErrorLog(memory, () -> 42);
        Exception failure = new IllegalStateException("the very error");
        assertThat(log.record(failure)).isTrue();
        assertThat(log.record(failure)).isTrue();

        List<String> found = new ArrayList<>();
        ErrorLogReader.read(
                memory, (count, first, last, text) -> found.add(count + " " + first + " " + last + " " + text));
        assertThat(found)
                .singleElement()
                .asString()
                .startsWith("2 42 42 java.lang.IllegalStateException: the very error");
    }

    @Test
    void asciiSequenceView() {
        scratch.putStringWithoutLengthAscii(10, "the quick brown fox");
        AsciiSequenceView view = new AsciiSequenceView(scratch, 14, 11);

        assertThat(view).hasToString("quick brown").hasSize(11);
        assertThat(view.charAt(6)).isEqualTo('b');
        assertThat(view.subSequence(6, 11)).hasToString("brown");
        OffHeapBuffer copy = memory(16);
        assertThat(view.getBytes(copy, 2)).isEqualTo(11);
        assertThat(copy.getStringWithoutLengthAscii(2, 11)).isEqualTo("quick brown");
        assertThat(copy.putStringAscii(0, view.subSequence(0, 5))).isEqualTo(9);
        assertThat(copy.getStringAscii(0)).isEqualTo("quick");
    }

    @Test
    void codecThatSbeGenerated() {
        OffHeapBuffer memory = memory(512);
        OrderEncoder encoder = new OrderEncoder();
        encoder.wrapAndApplyHeader(memory, 3, new MessageHeaderEncoder())
                .orderId(Long.MIN_VALUE + 1)
                .quantity(-5)
                .weight(Math.PI)
                .ratio(-0.5f)
                .level((short) -300)
                .symbol("BERTH")
                .putSamples(1, -2, 3, Integer.MAX_VALUE)
                .side(Side.SELL);
        encoder.flags().clear().urgent(true);
        encoder.price().mantissa(-12_345).exponent((byte) -2);
        encoder.fillsCount(2)
                .next()
                .quantity(7)
                .venue("first")
                .next()
                .quantity(8)
                .venue("");
        scratch.putStringWithoutLengthAscii(20, "client");
        encoder.putClient(scratch, 20, 6).note("\u20ac \ud83d\ude00");

        OrderDecoder decoder = new OrderDecoder().wrapAndApplyHeader(memory, 3, new MessageHeaderDecoder());
        assertThat(decoder.orderId()).isEqualTo(Long.MIN_VALUE + 1);
        assertThat(decoder.quantity()).isEqualTo(-5);
        assertThat(decoder.weight()).isEqualTo(Math.PI);
        assertThat(decoder.ratio()).isEqualTo(-0.5f);
        assertThat(decoder.level()).isEqualTo((short) -300);
        assertThat(decoder.symbol()).isEqualTo("BERTH");
        assertThat(decoder.samples(3)).isEqualTo(Integer.MAX_VALUE);
        assertThat(decoder.side()).isEqualTo(Side.SELL);
        assertThat(decoder.flags().urgent()).isTrue();
        assertThat(decoder.flags().hidden()).isFalse();
        assertThat(decoder.price().mantissa()).isEqualTo(-12_345);
        List<String> fills = new ArrayList<>();
        for (OrderDecoder.FillsDecoder fill : decoder.fills()) {
            fills.add(fill.quantity() + fill.venue());
        }
        assertThat(fills).containsExactly("7first", "8");
        StringBuilder client = new StringBuilder();
        assertThat(decoder.getClient(client)).isEqualTo(6);
        assertThat(client).hasToString("client");
        OffHeapBuffer note = memory(0);
        decoder.wrapNote(note);
        assertThat(note.getStringWithoutLengthUtf8(0, note.capacity())).isEqualTo("\u20ac \ud83d\ude00");
        assertThat(decoder.encodedLength()).isEqualTo(encoder.encodedLength());
        assertThat(memory.getLong(3 + MessageHeaderEncoder.ENCODED_LENGTH, BIG_ENDIAN))
                .isEqualTo(Long.MIN_VALUE + 1);
    }

    @Test
    void countersAreAllocatedAndReadByTheirManager() {
        CountersManager counters = new CountersManager(memory(16 * CAPACITY), region.buffer(32 * 1024, 4 * CAPACITY));
        int id = counters.allocate("orders");
        counters.setCounterValue(id, 7);

        assertThat(counters.getCounterValue(id)).isEqualTo(7);
        List<String> found = new ArrayList<>();
        counters.forEach((value, counterId, label) -> found.add(label + "=" + value));
        assertThat(found).containsExactly("orders=7");
    }

    /**
     * These take {@code Unsafe} themselves: in the buffer of their own that they make, or to go past the methods of the
     * buffer that they are given.
     */
    static Stream<Arguments> theyNeedTheFlag() {
        Function<AtomicBuffer, Object> copying = b -> new CopyBroadcastReceiver(new BroadcastReceiver(b));
        Function<AtomicBuffer, Object> counter = b -> new AtomicCounter(b, 0).increment();
        Function<AtomicBuffer, Object> indicator = b -> new UnsafeBufferStatusIndicator(b, 0).getVolatile();
        Function<AtomicBuffer, Object> keyed = b -> {
            OffHeapBuffer values = new OffHeapBuffer(Arena.ofAuto().allocate(128, 8));
            return new CountersManager(b, values).allocate("", 0, key -> key.putInt(0, 1));
        };
        return Stream.of(
                arguments("UnsafeBuffer", (Function<AtomicBuffer, Object>) b -> new UnsafeBuffer(b).getLong(0)),
                arguments("ExpandableArrayBuffer", (Function<AtomicBuffer, Object>) b -> new ExpandableArrayBuffer()),
                arguments("ExpandableRingBuffer", (Function<AtomicBuffer, Object>) b -> new ExpandableRingBuffer()),
                arguments("CopyBroadcastReceiver without a scratch buffer", copying),
                arguments("AtomicCounter", counter),
                arguments("UnsafeBufferStatusIndicator", indicator),
                arguments("CountersManager with a function for the key", keyed));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("theyNeedTheFlag")
    void needsTheFlag(String name, Function<AtomicBuffer, Object> use) {
        OffHeapBuffer memory = broadcastMemory();
        assertThatThrownBy(() -> use.apply(memory))
                .isInstanceOf(LinkageError.class)
                .hasStackTraceContaining("class org.agrona.UnsafeApi");
    }

    /** With the flag. */
    @Test
    @Tag("agrona-flag")
    void expandableRingBuffer() {
        ExpandableRingBuffer ring = new ExpandableRingBuffer(64, CAPACITY, true);
        for (int sequence = 0; sequence < 30; sequence++) {
            int length = HEADER + sequence % 13;
            fill(scratch, 40, length, 0, sequence);
            assertThat(ring.append(scratch, 40, length)).isTrue();
        }
        OffHeapBuffer copy = memory(64);
        int[] next = {0};
        ring.consume(
                (buffer, index, length, headOffset) -> {
                    buffer.getBytes(index, copy, 5, length);
                    assertThat(sequence(MESSAGE, copy, 5, length, 0)).isEqualTo(next[0]++);
                    return true;
                },
                30);
        assertThat(next[0]).isEqualTo(30);
    }

    /** With the flag: the counter goes to the address. */
    @Test
    @Tag("agrona-flag")
    void atomicCounter() {
        AtomicCounter counter = new AtomicCounter(scratch, 0);
        counter.increment();
        counter.getAndAddRelease(4);

        assertThat(scratch.getLong(0)).isEqualTo(5);
    }
}
