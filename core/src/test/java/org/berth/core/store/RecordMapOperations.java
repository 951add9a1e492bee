package org.berth.core.store;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongFunction;
import org.agrona.DirectBuffer;
import org.berth.core.map.LongLongMap;
import org.berth.core.store.RecordMap.Change;
import org.berth.offheap.OffHeapBuffer;
import org.berth.offheap.Words;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;

/**
 * The operations that Lincheck calls on a map of bytes. Its segments are so small that a few operations fill, evacuate
 * and recycle them, and some of its keys have one hash.
 */
@Param(name = "key", gen = IntGen.class, conf = "1:4")
@Param(name = "value", gen = IntGen.class, conf = "1:3")
public abstract class RecordMapOperations {

    /** Three records. */
    private static final int SEGMENT = 120;

    private static final int MISSING = -1;
    private static final int TORN = -2;

    private final RecordMap map;

    RecordMapOperations(LongFunction<Words> memory) {
        map = new RecordMap(
                LongLongMap.create(),
                new Log(
                        bytes -> new Segment.Memory(memory.apply(bytes), null, () -> {}),
                        SEGMENT,
                        64 * SEGMENT,
                        1,
                        1000),
                new LastBit(),
                0);
    }

    /** The keys 1 and 3 have one hash, and 2 and 4 have another. */
    private static final class LastBit implements KeyHash {

        @Override
        public long hash(DirectBuffer key, int offset, int length) {
            return 5L + (key.getInt(offset) & 1);
        }

        @Override
        public long hash(Words words, long at, int length) {
            return 5 + (words.get(at) & 1);
        }
    }

    @Operation
    public boolean put(@Param(name = "key") int key, @Param(name = "value") int value) {
        return update(Change.PUT, key, 0, value);
    }

    @Operation
    public boolean putIfAbsent(@Param(name = "key") int key, @Param(name = "value") int value) {
        return update(Change.PUT_IF_ABSENT, key, 0, value);
    }

    @Operation
    public boolean replace(
            @Param(name = "key") int key, @Param(name = "value") int expected, @Param(name = "value") int value) {
        return update(Change.REPLACE, key, expected, value);
    }

    @Operation
    public boolean remove(@Param(name = "key") int key) {
        return update(Change.REMOVE, key, 0, 0);
    }

    @Operation
    public int get(@Param(name = "key") int key) {
        OffHeapBuffer into = OffHeapBuffer.ofAuto(32);
        int length = map.get(buffer(key), 0, Integer.BYTES, into, 0);
        if (length == RecordMap.MISSING) {
            return MISSING;
        }
        int value = into.getInt(0);
        boolean whole = length == 20 && into.getLong(8) == value * 3L && into.getInt(16) == ~value;
        return whole ? value : TORN;
    }

    /** For the suite to see that it has met what it is for. Not an operation of a random scenario. */
    public int recordCoverage() {
        StoreCoverage.count(map.statistics());
        return 0;
    }

    private boolean update(Change change, int key, int expected, int value) {
        return map.update(
                change,
                buffer(key),
                0,
                Integer.BYTES,
                expected == 0 ? null : valueOf(expected),
                0,
                20,
                value == 0 ? null : valueOf(value),
                0,
                20);
    }

    private static OffHeapBuffer buffer(int key) {
        OffHeapBuffer buffer = OffHeapBuffer.ofAuto(Integer.BYTES);
        buffer.putInt(0, key);
        return buffer;
    }

    private static OffHeapBuffer valueOf(int value) {
        OffHeapBuffer buffer = OffHeapBuffer.ofAuto(20);
        buffer.putInt(0, value);
        buffer.putLong(8, value * 3L);
        buffer.putInt(16, ~value);
        return buffer;
    }

    /** What the operations mean. */
    public static final class Specification {

        private final Map<Integer, Integer> map = new HashMap<>();

        public boolean put(int key, int value) {
            return map.put(key, value) != null;
        }

        public boolean putIfAbsent(int key, int value) {
            return map.putIfAbsent(key, value) != null;
        }

        public boolean replace(int key, int expected, int value) {
            return map.replace(key, expected, value);
        }

        public boolean remove(int key) {
            return map.remove(key) != null;
        }

        public int get(int key) {
            return map.getOrDefault(key, MISSING);
        }

        public int recordCoverage() {
            return 0;
        }
    }
}
