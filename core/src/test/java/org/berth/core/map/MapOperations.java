package org.berth.core.map;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import org.berth.offheap.ForwardingWords;
import org.berth.offheap.Words;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;

/** The operations that Lincheck runs, on a map of a bucket or two, which a few operations make grow or shrink. */
@Param(name = "key", gen = IntGen.class, conf = "1:7")
@Param(name = "value", gen = IntGen.class, conf = "1:3")
public abstract class MapOperations {

    private final LongLongMap map;
    private long seed;

    /** What the tables are like. */
    enum Form {
        ORDERED(MapOptions.ORDERED_BYTES, ChunkSource.EAGER_CHUNK),
        UNORDERED(0, ChunkSource.EAGER_CHUNK),
        /** Each bucket in a chunk of its own. */
        CHUNKED(MapOptions.ORDERED_BYTES, Table.BUCKET),
        /** The memory of a retired table is freed, and not used for the next. */
        FREED(MapOptions.ORDERED_BYTES, ChunkSource.EAGER_CHUNK);

        private final long orderedBytes;
        private final long chunkBytes;

        Form(long orderedBytes, long chunkBytes) {
            this.orderedBytes = orderedBytes;
            this.chunkBytes = chunkBytes;
        }
    }

    /** Makes a map for the model checker, which runs one thread at a time: there is no need of a barrier. */
    MapOperations(LongFunction<Words> memory, Transfer transfer, long buckets, Form form) {
        this(memory, transfer, buckets, form, () -> {});
    }

    /** Makes a map that reclaims each table at once. Most of the time the next table is made of it. */
    MapOperations(LongFunction<Words> memory, Transfer transfer, long buckets, Form form, Runnable barrier) {
        LongFunction<Words> recording = bytes -> {
            allocating();
            return new Recorded(memory.apply(bytes));
        };
        // Another hash for each table, and the same ones in each run.
        map = TestMaps.reclaimingAtOnce(
                recording,
                transfer,
                TestMaps.options(() -> seed += 0x9E3779B97F4A7C15L, buckets, form.orderedBytes),
                form.chunkBytes,
                barrier,
                form != Form.FREED);
    }

    /** Words that record when they are cleared for another table, and throw once they are freed. */
    private static final class Recorded extends ForwardingWords {

        private boolean freed;

        Recorded(Words words) {
            super(words);
        }

        @Override
        public void setMemory(long offset, long length, byte value) {
            if (value == 0) {
                ResizeCoverage.reused();
            } else {
                freed = true;
            }
            super.setMemory(offset, length, value);
        }

        private Words live() {
            if (freed) {
                throw new IllegalStateException("freed");
            }
            return words;
        }

        @Override
        public long get(long offset) {
            return live().get(offset);
        }

        @Override
        public long getOpaque(long offset) {
            return live().getOpaque(offset);
        }

        @Override
        public long getAcquire(long offset) {
            return live().getAcquire(offset);
        }

        @Override
        public long compareAndExchange(long offset, long expected, long value) {
            return live().compareAndExchange(offset, expected, value);
        }
    }

    /** Not in the lambda, which may not read a final field that is not set yet. */
    private void allocating() {
        ResizeCoverage.allocating(map);
    }

    @Operation
    public long get(@Param(name = "key") int key) {
        return map.get(key);
    }

    @Operation
    public long put(@Param(name = "key") int key, @Param(name = "value") int value) {
        return map.put(key, value);
    }

    @Operation
    public long putIfAbsent(@Param(name = "key") int key, @Param(name = "value") int value) {
        return map.putIfAbsent(key, value);
    }

    @Operation
    public long remove(@Param(name = "key") int key) {
        return map.remove(key);
    }

    @Operation
    public long getAndAdd(@Param(name = "key") int key, @Param(name = "value") int value) {
        return map.getAndAdd(key, value);
    }

    @Operation
    public boolean compareAndSet(
            @Param(name = "key") int key, @Param(name = "value") int expected, @Param(name = "value") int value) {
        return map.compareAndSet(key, expected, value);
    }

    @Operation
    public long toggle(@Param(name = "key") int key) {
        return map.compute(key, before -> before == LongLongMap.MISSING ? 1 : LongLongMap.MISSING);
    }

    @Operation
    public boolean tryAdd(@Param(name = "key") int key, @Param(name = "value") int value) {
        return map.tryAdd(key, value, 2, 4);
    }

    @Operation
    public long updateAndGet(@Param(name = "key") int key, @Param(name = "value") int value) {
        return map.updateAndGet(key, value, before -> before + 1);
    }

    /** Counts down, and removes the mapping at zero. */
    @Operation
    public long computeIfPresent(@Param(name = "key") int key) {
        return map.computeIfPresent(key, before -> before <= 1 ? LongLongMap.MISSING : before - 1);
    }

    @Operation
    public boolean compareAndSetFromMissing(@Param(name = "key") int key, @Param(name = "value") int value) {
        return map.compareAndSet(key, LongLongMap.MISSING, value);
    }

    @Operation
    public void finishResize() {
        map.finishResize();
    }

    /** Runs after each scenario. */
    @Validate
    public void recordResizes() {
        ResizeCoverage.resized(map);
    }

    /** Returns an operation for a scenario that is made by hand. */
    static Actor actor(String operation, Integer... arguments) {
        Method method = Arrays.stream(MapOperations.class.getMethods())
                .filter(candidate -> candidate.getName().equals(operation))
                .findFirst()
                .orElseThrow();
        return new Actor(method, List.of(arguments), false, false, false, false, false);
    }

    /** The sequential specification of the operations. */
    public static final class Specification {

        private final Map<Integer, Long> model = new HashMap<>();

        public long get(int key) {
            return model.getOrDefault(key, LongLongMap.MISSING);
        }

        public long put(int key, int value) {
            Long before = model.put(key, (long) value);
            return before == null ? LongLongMap.MISSING : before;
        }

        public long putIfAbsent(int key, int value) {
            Long before = model.putIfAbsent(key, (long) value);
            return before == null ? LongLongMap.MISSING : before;
        }

        public long remove(int key) {
            Long before = model.remove(key);
            return before == null ? LongLongMap.MISSING : before;
        }

        public long getAndAdd(int key, int value) {
            return model.merge(key, (long) value, Long::sum) - value;
        }

        public boolean compareAndSet(int key, int expected, int value) {
            return model.replace(key, (long) expected, (long) value);
        }

        public long toggle(int key) {
            return model.remove(key) == null ? putAndGet(key) : LongLongMap.MISSING;
        }

        public boolean tryAdd(int key, int value) {
            long sum = model.getOrDefault(key, 0L) + value;
            if (sum < 2 || sum > 4) {
                return false;
            }
            model.put(key, sum);
            return true;
        }

        public long updateAndGet(int key, int value) {
            long updated = model.getOrDefault(key, (long) value) + 1;
            model.put(key, updated);
            return updated;
        }

        public long computeIfPresent(int key) {
            Long after = model.computeIfPresent(key, (same, before) -> before <= 1 ? null : before - 1);
            return after == null ? LongLongMap.MISSING : after;
        }

        public boolean compareAndSetFromMissing(int key, int value) {
            return model.putIfAbsent(key, (long) value) == null;
        }

        private long putAndGet(int key) {
            model.put(key, 1L);
            return 1;
        }

        public void finishResize() {}
    }
}
