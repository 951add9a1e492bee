package org.berth.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.agrona.DirectBuffer;
import org.berth.core.map.LongLongMap;
import org.berth.core.map.MapFullException;
import org.berth.core.store.RecordMap.Change;
import org.berth.offheap.OffHeapBuffer;
import org.berth.offheap.Words;

/**
 * A map whose segments have few records, with small numbers as keys and values, each access to whose memory is a step
 * of a test. A value is some words that follow from its number, and the longer the larger it is.
 */
final class SteppedStore implements AutoCloseable {

    static final int MISSING = -1;

    /** What is read if the words do not belong together. */
    static final int TORN = -2;

    /** Of some records: the smallest has 32 bytes. */
    private static final int SEGMENT = 128;

    /** By writers, and by evacuations. */
    private static final int INSTALLED = 2;

    private static final KeyHash HASH = new FewHashes();

    /** Each thread has buffers of its own. */
    private static final int BYTES = 64;

    final RecordMap map;
    private final Log log;
    private final BrokenStores broken;

    /**
     * Makes an empty map.
     *
     * @param broken         what is broken in it
     * @param lastGeneration of a segment; 0 if its memory is freed whenever it is recycled
     * @param step           what to do before and after accesses
     */
    SteppedStore(BrokenStores broken, long lastGeneration, Runnable step) {
        this.broken = broken;
        log = new Log(
                bytes -> SteppedMemory.of(bytes, step),
                (id, generation, memory) -> broken.segment(id, generation, memory, step),
                SEGMENT,
                64 * SEGMENT,
                1,
                lastGeneration);
        LongLongMap index = LongLongMap.create();
        map = new RecordMap(index, log, HASH, broken.evacuator(log, index, HASH, step));
    }

    /** Of four hashes: the keys 1 and 5 have the same one. */
    private record FewHashes() implements KeyHash {

        @Override
        public long hash(DirectBuffer key, int offset, int length) {
            return key.getInt(offset) & 3;
        }

        @Override
        public long hash(Words words, long at, int length) {
            return words.get(at) & 3;
        }
    }

    int put(int key, int value) {
        return broken.put(this, key, value);
    }

    /** Puts a key that has no mapping, in the wrong order; returns false if it has one. */
    boolean publishEarly(int key, int value) {
        OffHeapBuffer from = buffer();
        int length = write(from, value);
        long bytes = Records.size(Records.header(Integer.BYTES, length));
        long record = log.append(bytes, 0);
        Segment segment = log.segment(record);
        boolean published = map.index.putIfAbsent(HASH.hash(key(key), 0, Integer.BYTES), record) == LongLongMap.MISSING;
        TestRecordMaps.write(segment, record, key(key), 0, Integer.BYTES, from, 0, length);
        segment.settle(bytes);
        if (!published) {
            log.declareDead(segment, bytes);
        }
        return published;
    }

    int putIfAbsent(int key, int value) {
        return update(Change.PUT_IF_ABSENT, key, MISSING, value);
    }

    int replace(int key, int expected, int value) {
        return update(Change.REPLACE, key, expected, value);
    }

    int remove(int key) {
        return update(Change.REMOVE, key, MISSING, MISSING);
    }

    int remove(int key, int expected) {
        return update(Change.REMOVE, key, expected, MISSING);
    }

    int update(Change change, int key, int expected, int value) {
        OffHeapBuffer before = expected == MISSING ? null : buffer();
        OffHeapBuffer after = value == MISSING ? null : buffer();
        int beforeLength = before == null ? 0 : write(before, expected);
        int afterLength = after == null ? 0 : write(after, value);
        try {
            boolean found =
                    map.update(change, key(key), 0, Integer.BYTES, before, 0, beforeLength, after, 0, afterLength);
            return found ? 1 : 0;
        } catch (MapFullException e) {
            throw new AssertionError("full", e);
        }
    }

    /** Puts what cannot be read to its end; returns 1 if that throws. */
    int putUnreadable(int key) {
        try {
            map.update(Change.PUT, key(key), 0, Integer.BYTES, null, 0, 0, buffer(), BYTES - 12, 20);
            return 0;
        } catch (IndexOutOfBoundsException e) {
            return 1;
        }
    }

    int get(int key) {
        OffHeapBuffer into = buffer();
        int length = map.get(key(key), 0, Integer.BYTES, into, 0);
        return length == RecordMap.MISSING ? MISSING : number(into, 0, length);
    }

    int clear() {
        map.clear();
        return 0;
    }

    /** Returns the value of a key as a traversal shows it. */
    int traversed(int key) {
        return contents().getOrDefault(key, MISSING);
    }

    Map<Integer, Integer> contents() {
        Map<Integer, Integer> contents = new TreeMap<>();
        map.forEach((bytes, keyOffset, keyLength, valueOffset, valueLength) -> {
            Integer before = contents.put(bytes.getInt(keyOffset), number(bytes, valueOffset, valueLength));
            assertThat(before).as("a key is shown once").isNull();
        });
        return contents;
    }

    /** Asserts that all is well, while no thread uses the map. */
    void audit() {
        TestRecordMaps.audit(map);
        assertThat(segmentsThatCannotBeWalked()).isLessThanOrEqualTo(INSTALLED);
        Map<Integer, Integer> contents = contents();
        assertThat(map.size()).isEqualTo(contents.size());
        contents.forEach((key, value) -> assertThat(get(key)).isEqualTo(value));
    }

    private int segmentsThatCannotBeWalked() {
        int segments = 0;
        for (int id = 0; id < log.created(); id++) {
            Segment segment = log.segmentOrNull(id);
            if (segment != null && !segment.isRecycled() && segment.capacity == SEGMENT && !segment.canBeWalked()) {
                segments++;
            }
        }
        return segments;
    }

    @Override
    public void close() {
        map.close();
    }

    private static OffHeapBuffer buffer() {
        return OffHeapBuffer.ofAuto(BYTES);
    }

    private static OffHeapBuffer key(int key) {
        OffHeapBuffer buffer = OffHeapBuffer.ofAuto(Integer.BYTES);
        buffer.putInt(0, key);
        return buffer;
    }

    private static int length(int number) {
        return 12 + (number & 3) * 8;
    }

    private static int write(OffHeapBuffer into, int number) {
        int length = length(number);
        for (int i = 0; i < length; i += Integer.BYTES) {
            into.putInt(i, number * (i + 1));
        }
        return length;
    }

    private static int number(DirectBuffer value, int offset, int length) {
        int number = length < Integer.BYTES ? TORN : value.getInt(offset);
        if (length != length(number)) {
            return TORN;
        }
        for (int i = 0; i < length; i += Integer.BYTES) {
            if (value.getInt(offset + i) != number * (i + 1)) {
                return TORN;
            }
        }
        return number;
    }
}
