package org.berth.bench.compare;

import static org.berth.bench.compare.Row.berth;
import static org.berth.bench.compare.Row.peer;

import java.util.EnumSet;
import java.util.List;
import org.berth.bench.workload.OwnThread;

/** What is measured of slots that belong to threads, {@code org.berth.core.slots.PerThread}. */
final class PerThreadCatalogue {

    static final String LOOK_UP = "What belongs to the current thread, looked up";
    static final String COUNT = "A counter of the current thread, looked up and counted up";

    static final String GET = "Berth, PerThread.get";
    static final String THREAD_LOCAL_GET = "ThreadLocal.get";
    static final String ADD = "Berth, PerThread.add";
    static final String LONG_ADDER = "LongAdder.add";

    private static final String LEASE = "Berth, lease a slot, add, close";

    private PerThreadCatalogue() {}

    static List<ReportSection> sections() {
        EnumSet<ThreadCounts> loads = EnumSet.of(ThreadCounts.ONE, ThreadCounts.EACH_CPU);
        return List.of(
                new ReportSection(
                        List.of(LOOK_UP),
                        "Each thread looks its own object up.",
                        OwnThread.class,
                        loads,
                        List.of(
                                berth(GET, "berthGet").inSmoke(),
                                peer(THREAD_LOCAL_GET, "threadLocalGet", GET).inSmoke())),
                new ReportSection(
                        List.of(COUNT),
                        "Each thread adds 1 to what is its own, which it looks up.",
                        OwnThread.class,
                        loads,
                        List.of(
                                berth(ADD, "berthAdd").inSmoke().inCrowd(),
                                peer(LONG_ADDER, "longAdder", ADD).inSmoke().inCrowd(),
                                peer("LongAccumulator.accumulate", "longAccumulator", ADD),
                                peer("ThreadLocal<long[]>; nobody may look", "threadLocalAdd", ADD),
                                berth("Berth, the slot held: Slot.add", "berthHeld")
                                        .comparedWith(ADD))),
                new ReportSection(
                        List.of("A lease"),
                        "Each thread takes one of several, adds 1 and gives it back. Berth's lease allocates: the handle, and where it was"
                                + " taken.",
                        OwnThread.class,
                        loads,
                        List.of(
                                berth(LEASE, "berthLease").allocating(),
                                peer("JCTools MpmcArrayQueue of AtomicLong", "poolOfCounters", LEASE))));
    }
}
