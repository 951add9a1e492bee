package org.berth.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.berth.core.map.LongLongMap;
import org.berth.offheap.ArrayWords;
import org.berth.offheap.ForwardingWords;
import org.berth.offheap.OffHeapBuffer;
import org.berth.offheap.Words;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Evacuations step by step, with what other threads do in between called where they would do it. */
@Timeout(60)
class EvacuatorTest {

    private static final int CAPACITY = 128;

    /** More than a walk makes before it reads. */
    private static final int LOOKS = 16;

    private final LongLongMap index = LongLongMap.create();
    private final OffHeapBuffer buffer = OffHeapBuffer.ofAuto(CAPACITY);

    /** What to do when a walk has looked whether a segment can be walked, and when it has read a header. */
    private final List<Runnable> looked = new ArrayList<>();

    private final List<Runnable> read = new ArrayList<>();

    @AfterEach
    void close() {
        index.close();
    }

    /** A key is its own hash. */
    private record Same() implements KeyHash {

        @Override
        public long hash(DirectBuffer key, int offset, int length) {
            return key.getLong(offset);
        }

        @Override
        public long hash(Words words, long at, int length) {
            return words.get(at);
        }
    }

    private static Log log(Log.SegmentMaker maker, int segments) {
        return new Log(
                bytes -> new Segment.Memory(new ArrayWords(bytes), null, () -> {}),
                maker,
                CAPACITY,
                (long) segments * CAPACITY,
                1,
                100);
    }

    private static int size(int valueLength) {
        return 2 * Long.BYTES + valueLength;
    }

    /** Writes a record that was reserved; its value is the key, again and again. */
    private void write(Log log, long record, long key, int valueLength) {
        Segment segment = log.segment(record);
        buffer.putLong(0, key);
        for (int i = 0; i < valueLength; i += Long.BYTES) {
            buffer.putLong(8 + i, key);
        }
        TestRecordMaps.write(segment, record, buffer, 0, 8, buffer, 8, valueLength);
        segment.settle(size(valueLength));
        index.put(key, record);
    }

    private long append(Log log, long key, int valueLength) {
        long record = log.append(size(valueLength), 0);
        write(log, record, key, valueLength);
        return record;
    }

    /** As an evacuation does that has moved the record: without a mark. */
    private void remove(Log log, long key) {
        long record = index.remove(key);
        Segment segment = log.segment(record);
        log.declareDead(segment, Records.size(segment.words.get(Reference.offset(record))));
    }

    /** An evacuation that finds no segment moves records into what is left of those of the writers. */
    @Test
    void movesToTheRest() {
        Log log = log(Segment::new, 8);
        for (long key = 1; key <= 5; key++) {
            append(log, key, 16);
        }
        remove(log, 1);
        remove(log, 2);
        while (log.append(32, log.points()) != Log.NONE) {
            // All segments that evacuations may have.
        }
        Evacuator evacuator = new Evacuator(log, index, new Same(), 0);
        evacuator.makeRoom();
        assertThat(evacuator.evacuated()).isEqualTo(2);
        assertThat(Reference.id(index.get(3))).isEqualTo(Reference.id(index.get(5)));
        assertThat(Reference.id(index.get(4))).isEqualTo(Reference.id(index.get(5)));
        assertThat(log.recycled()).isEqualTo(1);
    }

    /**
     * A walk that is suspended at one of its looks at a segment, until this is recycled and installed again, and memory
     * is reserved in it; and suspended again when it has read what was there before, until the record is complete.
     */
    @ParameterizedTest
    @CsvSource({"NONE, false", "WALKED_GENERATION_READ_LATE, true"})
    void aWalkReadsTheGenerationBeforeItLooks(BrokenStores store, boolean torn) {
        boolean found = false;
        for (int look = 1; look <= LOOKS; look++) {
            found |= isTornByWalk(store, look);
        }
        assertThat(found).isEqualTo(torn);
    }

    private boolean isTornByWalk(BrokenStores store, int look) {
        index.clear();
        looked.clear();
        read.clear();
        int[] looks = {0};
        int[] victim = {-1};
        long[] late = {Log.NONE};
        Log log = log(
                (id, generation, memory) -> {
                    ForwardingWords words = new ForwardingWords(memory.words()) {
                        @Override
                        public long get(long offset) {
                            long word = super.get(offset);
                            if (late[0] != Log.NONE && id == victim[0] && !read.isEmpty()) {
                                read.removeFirst().run();
                            }
                            return word;
                        }
                    };
                    Segment.Memory hooked = new Segment.Memory(words, null, memory.freeing());
                    return store.segment(id, generation, hooked, () -> {
                        if (id == victim[0] && !looked.isEmpty() && looks[0]++ == look) {
                            looked.removeFirst().run();
                        }
                    });
                },
                64);
        // A segment of which half is dead, and another one.
        for (long key = 1; key <= 5; key++) {
            append(log, key, 16);
        }
        victim[0] = Reference.id(index.get(1));
        remove(log, 1);
        remove(log, 2);
        looked.add(() -> {
            remove(log, 3);
            remove(log, 4);
            for (long key = 6; late[0] == Log.NONE; key++) {
                long record = log.append(size(64), 0);
                if (Reference.id(record) == victim[0]) {
                    late[0] = record;
                } else {
                    write(log, record, key, 64);
                }
            }
        });
        read.add(() -> write(log, late[0], 100, 64));
        Evacuator evacuator = store.evacuator(log, index, new Same(), () -> {});
        evacuator.makeRoom();
        looked.clear();
        if (!read.isEmpty()) {
            return false;
        }
        long record = index.get(100);
        long header = log.segment(record).words.get(Reference.offset(record));
        return header != Records.header(8, 64);
    }

    /** The source of a copy is recycled meanwhile: no walk looks at what was copied, which may be anything. */
    @Test
    void aCopyThatIsNotWholeIsMarkedDead() {
        long[] recycledAt = {-1};
        Log log = log(
                (id, generation, memory) -> {
                    ForwardingWords words = new ForwardingWords(memory.words()) {
                        @Override
                        public long get(long offset) {
                            if (offset == recycledAt[0] && !read.isEmpty()) {
                                read.removeFirst().run();
                            }
                            return super.get(offset);
                        }
                    };
                    return new Segment(id, generation, new Segment.Memory(words, null, memory.freeing()));
                },
                64);
        for (long key = 1; key <= 5; key++) {
            append(log, key, 16);
        }
        remove(log, 1);
        remove(log, 2);
        recycledAt[0] = Reference.offset(index.get(3)) + 16;
        read.add(() -> {
            remove(log, 3);
            remove(log, 4);
        });
        Evacuator evacuator = new Evacuator(log, index, new Same(), 0);
        evacuator.makeRoom();
        assertThat(read).isEmpty();
        assertThat(log.recycled()).isEqualTo(1);
        assertThat(evacuator.evacuated()).isZero();
        long next = log.append(32, log.points());
        long header = log.segment(next).words.get(Reference.offset(next) - size(16));
        assertThat(header).isEqualTo(Records.header(8, 16) | Records.DEAD);
    }
}
