package org.berth.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import org.agrona.DirectBuffer;
import org.berth.core.map.LongLongMap;
import org.berth.offheap.Region;
import org.berth.offheap.Words;

/** Maps with small segments, so that these are recycled all the time, and with keys whose hashes collide. */
final class TestRecordMaps {

    private static final byte POISON = (byte) 0xa5;

    private TestRecordMaps() {}

    /** The hash of the map itself, of which only some bits are left. */
    record Masked(KeyHash hash, long mask) implements KeyHash {

        @Override
        public long hash(DirectBuffer key, int offset, int length) {
            return hash.hash(key, offset, length) & mask;
        }

        @Override
        public long hash(Words words, long at, int length) {
            return hash.hash(words, at, length) & mask;
        }
    }

    /** Makes a map that evacuates a segment as soon as it is sparse. */
    static RecordMap create(int segmentBytes, long maximumBytes, int points, long hashMask) {
        AtomicLong bytes = new AtomicLong();
        return create(size -> regions(size, bytes), segmentBytes, maximumBytes, points, hashMask, 1000, 0);
    }

    static RecordMap create(
            LongFunction<Segment.Memory> memory,
            int segmentBytes,
            long maximumBytes,
            int points,
            long hashMask,
            long lastGeneration,
            int slack) {
        return new RecordMap(
                LongLongMap.create(),
                new Log(memory, segmentBytes, maximumBytes, points, lastGeneration),
                new Masked(Xxh3.ofRandomSeed(), hashMask),
                slack);
    }

    /** Makes memory, and counts what is not freed yet. It holds no zeros, as memory that is used again does not. */
    @SuppressWarnings("MustBeClosed")
    static Segment.Memory regions(long bytes, AtomicLong live) {
        Region region = Region.anonymous(bytes);
        region.words().setMemory(0, bytes, POISON);
        live.addAndGet(bytes);
        AtomicBoolean freed = new AtomicBoolean();
        return new Segment.Memory(region.words(), region.buffer(0, (int) bytes), () -> {
            if (freed.compareAndSet(false, true)) {
                region.close();
                live.addAndGet(-bytes);
            }
        });
    }

    /** Writes a record of one key where memory for it is reserved. */
    static void write(
            Segment segment,
            long reference,
            DirectBuffer key,
            int keyOffset,
            int keyLength,
            DirectBuffer value,
            int valueOffset,
            int valueLength) {
        long at = Reference.offset(reference);
        segment.words.set(at, Records.header(keyLength, valueLength));
        Records.copyIn(segment.words, null, at + Records.HEADER, key, keyOffset, keyLength);
        Records.copyIn(segment.words, null, Records.valueAt(at, keyLength), value, valueOffset, valueLength);
    }

    /** Asserts that what the segments count as live is what the index refers to. While no thread updates the map. */
    static void audit(RecordMap map) {
        long[] live = new long[map.log.created()];
        map.index.forEach((hash, reference) -> {
            Segment segment = map.log.segment(reference);
            assertThat(segment.isCurrent(Reference.generation(reference))).isTrue();
            live[segment.id] += Records.size(segment.words.get(Reference.offset(reference)) & ~Records.DEAD);
        });
        long[] counted = new long[live.length];
        for (int id = 0; id < counted.length; id++) {
            Segment segment = map.log.segmentOrNull(id);
            counted[id] = segment == null ? 0 : segment.liveBytes();
        }
        assertThat(counted).isEqualTo(live);
        long used = 0;
        for (int id = 0; id < live.length; id++) {
            Segment segment = map.log.segmentOrNull(id);
            used += segment == null || segment.isRecycled() ? 0 : segment.capacity;
        }
        assertThat(map.log.usedBytes()).isEqualTo(used);
        assertThat(map.log.allocatedBytes()).isEqualTo(used + map.log.pooledBytes());
    }
}
