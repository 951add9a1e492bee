package org.berth.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.berth.core.lock.KeyLock;
import org.berth.core.lock.KeyLocks;
import org.berth.core.map.LongDoubleMap;
import org.berth.core.map.LongLongMap;
import org.berth.core.slots.Field.OwnedAscii;
import org.berth.core.slots.Field.OwnedBytes;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Field.OwnedLongs;
import org.berth.core.slots.Field.SharedLong;
import org.berth.core.slots.RecordCursor;
import org.berth.core.slots.RecordLayout;
import org.berth.core.slots.Slot;
import org.berth.core.slots.SlotTable;
import org.berth.core.slots.SlotView;
import org.berth.core.slots.SlotWrite;
import org.berth.core.slots.Snapshot;
import org.berth.core.store.BytesMap;
import org.berth.core.store.Codecs;
import org.berth.core.store.OffHeapMap;
import org.berth.offheap.OffHeapBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No operation allocates, once it is warm. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AllocationTest {

    /** Accessors by key come first: their escape analysis must not depend on what else this JVM has compiled. */
    private static final int LAST = Integer.MAX_VALUE;

    private static final int STEPS = 1_000_000;

    /** The measurement itself allocates a little; no object is so small that it would pass if each step made one. */
    private static final long ALLOWED_BYTES = STEPS / 1_000;

    /** A new table's objects, and those that its memory needs, whatever its size. */
    private static final long BYTES_PER_RESIZE = 4_096;

    /** In bytes. */
    private static final double SMALLEST_OBJECT = 16;

    private static final long MAX_WARMUP_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    private static final OwnedLong COUNT = RECORD.ownedLong("count");
    private static final SharedLong TICKET = RECORD.sharedLong("ticket");
    private static final OwnedLong BID = RECORD.ownedLong("bid");
    private static final OwnedAscii SYMBOL = RECORD.ownedAscii("symbol", 12);
    private static final RecordLayout LAYOUT = RECORD.build();

    private static final RecordLayout.Builder WIDE_RECORD = RecordLayout.builder();
    private static final OwnedLongs COUNTS = WIDE_RECORD.ownedLongs("counts", 64);
    private static final OwnedBytes MESSAGE = WIDE_RECORD.ownedBytes("message", 60);
    private static final RecordLayout WIDE = WIDE_RECORD.build();

    private static final int KEYS = 10_000;
    private static final String[] NAMES =
            IntStream.range(0, KEYS).mapToObj(key -> "worker " + key).toArray(String[]::new);

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private SlotTable table;
    private Slot slot;

    /** Where results go, so that no step is compiled away. */
    private long sink;

    private int steps;

    @BeforeEach
    void open() {
        table = SlotTable.create(LAYOUT, 4);
        slot = table.claim(7);
        table.claim("name").close();
        table.claim("größer 名前 \uD83D\uDE80").close();
    }

    @AfterEach
    void close() {
        slot.close();
        table.close();
    }

    @Test
    void addAndGet() {
        assertAllocatesNothing(() -> sink += slot.add(COUNT, 1) + slot.get(COUNT));
    }

    @Test
    void setByTheOwner() {
        assertAllocatesNothing(() -> slot.set(COUNT, ++sink));
    }

    @Test
    void writeAndCommit() {
        assertAllocatesNothing(() -> {
            long value = ++sink;
            slot.begin().set(COUNT, value).add(BID, value).set(SYMBOL, "BERTH").commit();
        });
    }

    @Test
    void readIntoASnapshot() {
        Snapshot snapshot = LAYOUT.newSnapshot();
        StringBuilder text = new StringBuilder(100);
        slot.write(write -> write.set(SYMBOL, "BERTH"));
        assertAllocatesNothing(() -> {
            slot.read(snapshot);
            text.setLength(0);
            snapshot.appendTo(SYMBOL, text);
            sink += snapshot.get(COUNT) + snapshot.get(TICKET) + text.length();
        });
    }

    @Test
    void arrays() {
        long[] counts = new long[COUNTS.length()];
        Snapshot snapshot = WIDE.newSnapshot();
        try (SlotTable wide = SlotTable.create(WIDE, 1)) {
            Slot mine = wide.claim(1);
            assertAllocatesNothing(() -> {
                int index = (int) ++sink & 63;
                mine.add(COUNTS, index, 1);
                mine.begin().add(COUNTS, index, 1).set(COUNTS, 63 - index, sink).commit();
                mine.read(snapshot);
                snapshot.copyTo(COUNTS, counts);
                sink += counts[index] + mine.get(COUNTS, index) + wide.at(1).get(COUNTS, index);
            });
        }
    }

    @Test
    void buffers() {
        Snapshot snapshot = WIDE.newSnapshot();
        try (SlotTable wide = SlotTable.create(WIDE, 1)) {
            Slot mine = wide.claim(1);
            SlotView view = wide.view(1);
            assertAllocatesNothing(() -> {
                SlotWrite write = mine.begin();
                write.buffer(MESSAGE).putLong(0, ++sink);
                write.commit();
                mine.buffer(MESSAGE).putLongRelease(8, sink);
                mine.buffer().putLongRelease(COUNTS.offset(), sink);
                mine.read(snapshot);
                sink += snapshot.buffer(MESSAGE).getLong(0)
                        + view.buffer(MESSAGE).getLong(8);
            });
        }
    }

    @Test
    @Order(LAST)
    void inARecyclingTable() {
        try (SlotTable recycling = SlotTable.builder(LAYOUT, 4).recycling().build()) {
            recycling.claim(7).close();
            RecordCursor cursor = recycling.cursor();
            assertAllocatesNothing(() -> sink += cursor.seek(7).getAndAdd(TICKET, 1));
        }
    }

    @Test
    @Order(1)
    void getAndAddByKey() {
        assertAllocatesNothing(() -> sink += table.at(7).getAndAdd(TICKET, 1));
    }

    @Test
    @Order(1)
    void getAndAddByName() {
        assertAllocatesNothing(() -> sink += table.at("name").getAndAdd(TICKET, 1));
    }

    @Test
    @Order(1)
    void getAndAddByANameOfManyLetters() {
        assertAllocatesNothing(() -> sink += table.at("größer 名前 \uD83D\uDE80").getAndAdd(TICKET, 1));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Order(LAST)
    void getAndAddThroughACursorByKey(boolean recycling) {
        try (SlotTable many = tableOfManyKeys(recycling)) {
            RecordCursor cursor = many.cursor();
            assertAllocatesNothing(() -> sink += cursor.seek(++steps % KEYS).getAndAdd(TICKET, 1) + cursor.get(COUNT));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Order(LAST)
    void getAndAddThroughACursorByName(boolean recycling) {
        try (SlotTable many = tableOfManyKeys(recycling)) {
            RecordCursor cursor = many.cursor();
            assertAllocatesNothing(
                    () -> sink += cursor.seek(NAMES[++steps % KEYS]).getAndAdd(TICKET, 1) + cursor.get(COUNT));
        }
    }

    private static SlotTable tableOfManyKeys(boolean recycling) {
        SlotTable.Builder builder = SlotTable.builder(LAYOUT, 2 * KEYS);
        SlotTable many = (recycling ? builder.recycling() : builder).build();
        for (int key = 0; key < KEYS; key++) {
            many.claim(key).close();
            many.claim(NAMES[key]).close();
        }
        return many;
    }

    @Test
    void compareAndSet() {
        assertAllocatesNothing(() -> {
            long seen = slot.get(TICKET);
            sink += slot.compareAndSet(TICKET, seen, seen + 1) ? 1 : 0;
        });
    }

    @Test
    @Order(1)
    void compareAndSetByKey() {
        assertAllocatesNothing(() -> {
            long seen = table.at(7).get(TICKET);
            sink += table.at(7).compareAndSet(TICKET, seen, seen + 1) ? 1 : 0;
        });
    }

    @Test
    @Order(1)
    void update() {
        assertAllocatesNothing(() -> sink += slot.updateAndGet(TICKET, AllocationTest::next)
                + table.at(7).updateAndGet(TICKET, AllocationTest::next));
    }

    @Test
    void sum() {
        assertAllocatesNothing(() -> sink += table.sum(COUNT) + table.sum(TICKET));
    }

    @Test
    void inAMap() {
        LongLongMap map = LongLongMap.builder().expectedSize(100_000).build();
        long[] keys = LongStream.range(0, 40).map(i -> i * 77).toArray();
        long[] values = new long[keys.length];
        assertAllocatesNothing(() -> {
            long key = ++sink % 50_000;
            long present = map.put(key, 1);
            sink += map.get(key) + map.get(-key - 2) + (present == LongLongMap.MISSING ? 0 : 1);
            map.getAndAdd(key, 3);
            map.compareAndSet(key, 4, 5);
            map.updateAndGet(key, 0, AllocationTest::next);
            map.merge(key, 2, Long::sum);
            map.compute(key, AllocationTest::next);
            map.tryAdd(key, 2, 0, 1_000);
            map.remove(key + 7);
        });
        assertAllocatesNothing(() -> {
            map.addAll(keys, keys);
            map.getAll(keys, values);
            map.putAll(keys, keys);
            sink += values[3] + map.removeAll(keys);
        });
    }

    /** Fresh keys leave tombstones, so that the map resizes again and again: only this may allocate. */
    @Test
    void churnInAMap() {
        try (LongLongMap map = LongLongMap.builder().expectedSize(KEYS).build()) {
            // Before the JIT compiler has compiled the transfer, what it removes is allocated.
            long begun = System.nanoTime();
            while (bytesPerResize(map) >= BYTES_PER_RESIZE && System.nanoTime() - begun < MAX_WARMUP_NANOS) {
                Thread.onSpinWait();
            }
            assertThat(bytesPerResize(map)).as("bytes per resize").isLessThan(BYTES_PER_RESIZE);
        }
    }

    private long bytesPerResize(LongLongMap map) {
        long before = map.statistics().resizes();
        long bytes = allocatedBytes(
                () -> {
                    long newest = ++sink;
                    map.put(newest, newest);
                    map.remove(newest - KEYS);
                },
                STEPS);
        long resizes = map.statistics().resizes() - before;
        assertThat(resizes).as("resizes").isPositive();
        return bytes / resizes;
    }

    /** A resize may allocate for each range of slots that it transfers; an insert may not. */
    @Test
    void insertsIntoAMapThatGrows() {
        long begun = System.nanoTime();
        while (insertsAllocate() >= SMALLEST_OBJECT / 4 && System.nanoTime() - begun < MAX_WARMUP_NANOS) {
            Thread.onSpinWait();
        }
        assertThat(insertsAllocate()).as("bytes per insert").isLessThan(SMALLEST_OBJECT / 4);
    }

    private double insertsAllocate() {
        try (LongLongMap map = LongLongMap.create()) {
            return (double) allocatedBytes(() -> map.put(++sink, 1), STEPS) / STEPS;
        }
    }

    /** Small values and large ones, whose copies are made in another way; segments are used again meanwhile. */
    @Test
    void inAMapOfBytes() {
        OffHeapBuffer key = OffHeapBuffer.ofAuto(64);
        OffHeapBuffer value = OffHeapBuffer.ofAuto(512);
        try (BytesMap map = BytesMap.create()) {
            for (int length : new int[] {20, 300}) {
                assertAllocatesNothing(() -> {
                    key.putLong(0, ++sink % 1_000);
                    map.put(key, 0, 21, value, 0, length);
                    sink += map.get(key, 0, 21, value, 0) - length;
                    map.compareAndSet(key, 0, 21, value, 0, length, value, 0, length);
                    map.putIfAbsent(key, 0, 21, value, 0, length);
                    key.putLong(0, (sink + 7) % 1_000);
                    map.remove(key, 0, 21);
                });
            }
        }
    }

    /** Writes by codecs: of strings, and of a record with one inside, by the handles that its codec is made of. */
    @Test
    void inAMapOfObjects() {
        record Position(int x, double y) {}
        record Session(String user, long seen, Position position) {}
        Session session = new Session("user", 1, new Position(2, 3));
        String[] keys = {"session-1", "session-22", "session-333"};
        try (OffHeapMap<String, Session> map = OffHeapMap.builder(Codecs.ofString(), Codecs.ofRecord(Session.class))
                .build()) {
            assertAllocatesNothing(() -> {
                String key = keys[(int) (++sink % keys.length)];
                map.set(key, session);
                sink += map.containsKey(key) ? 0 : 1;
            });
        }
    }

    @Test
    void inAMapOfDoubles() {
        LongDoubleMap map = LongDoubleMap.builder().expectedSize(100_000).build();
        assertAllocatesNothing(() -> {
            long key = ++sink % 50_000;
            map.put(key, 1.5);
            map.getAndAdd(key, 0.5);
            map.tryAdd(key, 0.5, 0, 1_000);
            map.compareAndSet(key, 2.5, 3);
            map.updateAndGet(key, 0, value -> value / 2);
            map.merge(key, 2, Double::sum);
            sink += (long) map.getOrDefault(key, 0);
            map.remove(key + 7);
        });
    }

    @Test
    void keyLocks() {
        KeyLocks locks = KeyLocks.create();
        assertAllocatesNothing(() -> {
            try (KeyLock outer = locks.lock(++sink % 50_000);
                    KeyLock again = locks.tryLock(sink % 50_000);
                    KeyLock named = locks.lock("name");
                    KeyLock all = locks.lockAll(3, 1, 2)) {
                sink += outer == again && named != all ? 1 : 0;
            }
        });
    }

    private static long next(long value) {
        return value + 1;
    }

    private static void assertAllocatesNothing(Runnable step) {
        // Warm: what code allocates before C2 has compiled it does not count, and C2 is late on a busy machine.
        long begun = System.nanoTime();
        while (allocatedBytes(step, STEPS) >= ALLOWED_BYTES && System.nanoTime() - begun < MAX_WARMUP_NANOS) {
            Thread.onSpinWait();
        }
        assertThat(allocatedBytes(step, STEPS)).isLessThan(ALLOWED_BYTES);
    }

    private static long allocatedBytes(Runnable step, int steps) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < steps; i++) {
            step.run();
        }
        assertThat(before).as("the JVM counts").isPositive();
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
}
