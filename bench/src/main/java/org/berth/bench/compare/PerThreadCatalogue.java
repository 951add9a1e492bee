package org.berth.bench.compare;

import static org.berth.bench.compare.Row.berth;
import static org.berth.bench.compare.Row.peer;

import java.util.EnumSet;
import java.util.List;
import org.berth.bench.workload.OwnThread;

/** The benchmarks of per-thread records, {@code org.berth.core.slots.PerThread}. */
final class PerThreadCatalogue {

    static final String LOOK_UP = "Per-thread record, looked up";
    static final String COUNT = "Per-thread counter, looked up and incremented";

    static final String GET = "Berth, PerThread.get";
    static final String THREAD_LOCAL_GET = "ThreadLocal.get";
    static final String ADD = "Berth, PerThread.add";
    static final String LONG_ADDER = "LongAdder.add";

    private static final String LEASE = "Berth, lease a slot, add, close";

    private PerThreadCatalogue() {}

    static List<ReportSection> sections() {
        EnumSet<ThreadCounts> counts = EnumSet.of(ThreadCounts.ONE, ThreadCounts.ONE_PER_CPU);
        return List.of(
                new ReportSection(
                        List.of(LOOK_UP),
                        "Each thread looks up its own object.",
                        OwnThread.class,
                        counts,
                        List.of(
                                berth(GET, "berthGet").inSmoke(),
                                peer(THREAD_LOCAL_GET, "threadLocalGet", GET).inSmoke())),
                new ReportSection(
                        List.of(COUNT),
                        "Each thread looks up its own counter and adds 1.",
                        OwnThread.class,
                        counts,
                        List.of(
                                berth(ADD, "berthAdd").inSmoke().alsoOversubscribed(),
                                peer(LONG_ADDER, "longAdder", ADD).inSmoke().alsoOversubscribed(),
                                peer("LongAccumulator.accumulate", "longAccumulator", ADD),
                                peer("ThreadLocal<long[]>, private to the thread", "threadLocalAdd", ADD),
                                berth("Berth, Slot.add, handle held", "berthHeld")
                                        .withBaseline(ADD))),
                new ReportSection(
                        List.of("A lease"),
                        "Each thread leases a counter, adds 1 and returns it. Berth's lease allocates the handle "
                                + "and the stack trace of where it was taken.",
                        OwnThread.class,
                        counts,
                        List.of(
                                berth(LEASE, "berthLease").allocating(),
                                peer("JCTools MpmcArrayQueue of AtomicLong", "poolOfCounters", LEASE))));
    }
}
