package org.berth.bench.workload;

import java.util.concurrent.TimeUnit;
import org.berth.bench.affinity.CpuOrder;
import org.berth.offheap.placement.CurrentCpu;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The cost of the current CPU and node, beside that of a thread-local and of the current thread. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(jvmArgsAppend = CpuOrder.NATIVE_ACCESS)
public class CurrentNode {

    /** Fails where the node is unknown, as returning "unknown" is cheap. */
    @State(Scope.Benchmark)
    public static class Known {

        @Setup
        public void require() {
            if (CurrentCpu.node() == CurrentCpu.UNKNOWN) {
                throw new IllegalStateException("the current node is unknown here: cpu=" + CurrentCpu.cpu()
                        + "; needs Linux, native access" + " and a kernel that reports its nodes");
            }
        }
    }

    @Benchmark
    public int node(Known known) {
        return CurrentCpu.node();
    }

    @Benchmark
    public int cpu(Known known) {
        return CurrentCpu.cpu();
    }

    @Benchmark
    public long[] threadLocal(Counters.Local local) {
        return local.cells.get();
    }

    @Benchmark
    public Thread currentThread() {
        return Thread.currentThread();
    }
}
