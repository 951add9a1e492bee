package org.berth.bench.workload;

import static org.berth.bench.workload.OwnKeyByHandle.OPEN_FOR_AGRONA;

import java.util.concurrent.TimeUnit;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.berth.offheap.OffHeapBuffer;
import org.berth.offheap.Region;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One access to a buffer in a field, at the next index: Berth's, which checks bounds, alignment and liveness, and
 * Agrona's, which checks bounds. Both calls are monomorphic.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // by JMH, in setup
public class BufferAccess {

    /** Fits the first-level cache. */
    private static final int BYTES = 4096;

    /** Cycles through the aligned indexes. */
    @State(Scope.Thread)
    public static class Index {

        long calls;

        int next() {
            return (int) (calls++ * Long.BYTES) & (BYTES - 1);
        }

        @TearDown
        public void check() {
            Verify.counted("index", calls);
        }
    }

    /** Berth's memory, zero-filled. */
    @State(Scope.Thread)
    public static class Berth {

        Region region;
        OffHeapBuffer buffer;

        @Setup
        public void allocate() {
            region = Region.anonymous(BYTES);
            buffer = region.buffer(0, BYTES);
        }

        @TearDown
        public void close() {
            region.close();
        }
    }

    /** The JDK's memory, zero-filled. */
    @State(Scope.Thread)
    public static class Agrona {

        UnsafeBuffer buffer;

        @Setup
        public void allocate() {
            buffer = new UnsafeBuffer(BufferUtil.allocateDirectAligned(BYTES, Region.ALIGNMENT));
        }
    }

    @Benchmark
    public long berthGetLong(Berth own, Index at) {
        return own.buffer.getLong(at.next());
    }

    @Benchmark
    @Fork(jvmArgsAppend = OPEN_FOR_AGRONA)
    public long agronaGetLong(Agrona own, Index at) {
        return own.buffer.getLong(at.next());
    }

    @Benchmark
    public void berthPutLong(Berth own, Index at) {
        own.buffer.putLong(at.next(), 1);
    }

    @Benchmark
    @Fork(jvmArgsAppend = OPEN_FOR_AGRONA)
    public void agronaPutLong(Agrona own, Index at) {
        own.buffer.putLong(at.next(), 1);
    }

    @Benchmark
    public void berthPutLongRelease(Berth own, Index at) {
        own.buffer.putLongRelease(at.next(), 1);
    }

    @Benchmark
    @Fork(jvmArgsAppend = OPEN_FOR_AGRONA)
    public void agronaPutLongRelease(Agrona own, Index at) {
        own.buffer.putLongRelease(at.next(), 1);
    }

    @Benchmark
    public long berthGetLongVolatile(Berth own, Index at) {
        return own.buffer.getLongVolatile(at.next());
    }

    @Benchmark
    @Fork(jvmArgsAppend = OPEN_FOR_AGRONA)
    public long agronaGetLongVolatile(Agrona own, Index at) {
        return own.buffer.getLongVolatile(at.next());
    }

    @Benchmark
    public void berthPutLongVolatile(Berth own, Index at) {
        own.buffer.putLongVolatile(at.next(), 1);
    }

    @Benchmark
    @Fork(jvmArgsAppend = OPEN_FOR_AGRONA)
    public void agronaPutLongVolatile(Agrona own, Index at) {
        own.buffer.putLongVolatile(at.next(), 1);
    }

    @Benchmark
    public boolean berthCompareAndSetLong(Berth own, Index at) {
        return own.buffer.compareAndSetLong(at.next(), 0, 0);
    }

    @Benchmark
    @Fork(jvmArgsAppend = OPEN_FOR_AGRONA)
    public boolean agronaCompareAndSetLong(Agrona own, Index at) {
        return own.buffer.compareAndSetLong(at.next(), 0, 0);
    }

    @Benchmark
    public long berthGetAndAddLong(Berth own, Index at) {
        return own.buffer.getAndAddLong(at.next(), 1);
    }

    @Benchmark
    @Fork(jvmArgsAppend = OPEN_FOR_AGRONA)
    public long agronaGetAndAddLong(Agrona own, Index at) {
        return own.buffer.getAndAddLong(at.next(), 1);
    }

    @Benchmark
    public int berthGetInt(Berth own, Index at) {
        return own.buffer.getInt(at.next());
    }

    @Benchmark
    @Fork(jvmArgsAppend = OPEN_FOR_AGRONA)
    public int agronaGetInt(Agrona own, Index at) {
        return own.buffer.getInt(at.next());
    }

    @Benchmark
    public void berthPutInt(Berth own, Index at) {
        own.buffer.putInt(at.next(), 1);
    }

    @Benchmark
    @Fork(jvmArgsAppend = OPEN_FOR_AGRONA)
    public void agronaPutInt(Agrona own, Index at) {
        own.buffer.putInt(at.next(), 1);
    }

    @Benchmark
    public void berthPutIntRelease(Berth own, Index at) {
        own.buffer.putIntRelease(at.next(), 1);
    }

    @Benchmark
    @Fork(jvmArgsAppend = OPEN_FOR_AGRONA)
    public void agronaPutIntRelease(Agrona own, Index at) {
        own.buffer.putIntRelease(at.next(), 1);
    }

    @Benchmark
    public int berthGetIntVolatile(Berth own, Index at) {
        return own.buffer.getIntVolatile(at.next());
    }

    @Benchmark
    @Fork(jvmArgsAppend = OPEN_FOR_AGRONA)
    public int agronaGetIntVolatile(Agrona own, Index at) {
        return own.buffer.getIntVolatile(at.next());
    }

    @Benchmark
    public void berthPutIntVolatile(Berth own, Index at) {
        own.buffer.putIntVolatile(at.next(), 1);
    }

    @Benchmark
    @Fork(jvmArgsAppend = OPEN_FOR_AGRONA)
    public void agronaPutIntVolatile(Agrona own, Index at) {
        own.buffer.putIntVolatile(at.next(), 1);
    }

    @Benchmark
    public boolean berthCompareAndSetInt(Berth own, Index at) {
        return own.buffer.compareAndSetInt(at.next(), 0, 0);
    }

    @Benchmark
    @Fork(jvmArgsAppend = OPEN_FOR_AGRONA)
    public boolean agronaCompareAndSetInt(Agrona own, Index at) {
        return own.buffer.compareAndSetInt(at.next(), 0, 0);
    }

    @Benchmark
    public int berthGetAndAddInt(Berth own, Index at) {
        return own.buffer.getAndAddInt(at.next(), 1);
    }

    @Benchmark
    @Fork(jvmArgsAppend = OPEN_FOR_AGRONA)
    public int agronaGetAndAddInt(Agrona own, Index at) {
        return own.buffer.getAndAddInt(at.next(), 1);
    }

    @Benchmark
    public long berthGetEightLongs(Berth own, Index at) {
        OffHeapBuffer buffer = own.buffer;
        int index = at.next() & -64;
        return buffer.getLong(index)
                + buffer.getLong(index + 8)
                + buffer.getLong(index + 16)
                + buffer.getLong(index + 24)
                + buffer.getLong(index + 32)
                + buffer.getLong(index + 40)
                + buffer.getLong(index + 48)
                + buffer.getLong(index + 56);
    }

    @Benchmark
    @Fork(jvmArgsAppend = OPEN_FOR_AGRONA)
    public long agronaGetEightLongs(Agrona own, Index at) {
        UnsafeBuffer buffer = own.buffer;
        int index = at.next() & -64;
        return buffer.getLong(index)
                + buffer.getLong(index + 8)
                + buffer.getLong(index + 16)
                + buffer.getLong(index + 24)
                + buffer.getLong(index + 32)
                + buffer.getLong(index + 40)
                + buffer.getLong(index + 48)
                + buffer.getLong(index + 56);
    }
}
