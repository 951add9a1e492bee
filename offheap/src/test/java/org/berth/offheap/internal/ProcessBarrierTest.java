package org.berth.offheap.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.berth.offheap.ChildJvm;
import org.berth.offheap.internal.ProcessBarrier.Kind;
import org.berth.offheap.linux.Membarrier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which barrier is chosen, and that each keeps its promise: see {@link StoreBuffering}. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ProcessBarrierTest {

    private static final String NO_ACCESS = "native access is not enabled: module=m; start java with it";

    private static long notCalled() {
        throw new AssertionError("a system call");
    }

    @ParameterizedTest
    @EnumSource
    void aHandshakeOrdersAllThreads(StoreBuffering.Announcer announcer) throws Exception {
        new StoreBuffering(ProcessBarrier.handshake("test"), announcer).assertNoneIsMissed();
    }

    @Test
    void announcingThreadsCanFence() throws Exception {
        new StoreBuffering(ProcessBarrier.fence("test"), StoreBuffering.Announcer.RUNNING).assertNoneIsMissed();
    }

    @ParameterizedTest
    @EnumSource
    @Tag("native-access")
    @EnabledOnOs(OS.LINUX)
    void membarrierOrdersAllThreads(StoreBuffering.Announcer announcer) throws Exception {
        ProcessBarrier barrier = ProcessBarrier.choose("auto", () -> null, Membarrier::register);
        assumeTrue(barrier.kind() == Kind.MEMBARRIER, barrier::reason);
        new StoreBuffering(barrier, announcer).assertNoneIsMissed();
    }

    /** The kernel has refused the call. */
    @Test
    void aHandshakeStandsInForMembarrier() throws Exception {
        AtomicLong calls = new AtomicLong();
        ProcessBarrier barrier = ProcessBarrier.membarrier("test", () -> {
            calls.incrementAndGet();
            return -1;
        });
        new StoreBuffering(barrier, StoreBuffering.Announcer.RUNNING).assertNoneIsMissed();
        assertThat(calls.get()).isPositive();
    }

    /** Fences of the scanning thread alone are no barrier: else the other tests would prove nothing. */
    @Test
    void withoutABarrierAnnouncementsAreMissed() throws Exception {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "one processor sees its own writes");
        ProcessBarrier none = new ProcessBarrier(Kind.HANDSHAKE, "test", () -> {});
        new StoreBuffering(none, StoreBuffering.Announcer.RUNNING).assertOneIsMissed();
    }

    @Test
    void membarrierIsChosenWhereItIsAvailable() {
        ProcessBarrier barrier = ProcessBarrier.choose("auto", () -> null, () -> 0);
        assertThat(barrier.kind()).isEqualTo(Kind.MEMBARRIER);
        assertThat(barrier.reason()).isEqualTo("the kernel has it, and native access is enabled");
        assertThat(barrier.isFence()).isFalse();
        assertThat(barrier).hasToString("ProcessBarrier[kind=MEMBARRIER, reason=" + barrier.reason() + "]");
        assertThat(ProcessBarrier.choose("membarrier", () -> null, () -> 0).kind())
                .isEqualTo(Kind.MEMBARRIER);
    }

    @Test
    void elsewhereAHandshakeIsChosen() {
        ProcessBarrier barrier = ProcessBarrier.choose("auto", () -> NO_ACCESS, ProcessBarrierTest::notCalled);
        assertThat(barrier.kind()).isEqualTo(Kind.HANDSHAKE);
        assertThat(barrier.reason()).isEqualTo("membarrier is not available: " + NO_ACCESS);
        barrier = ProcessBarrier.choose("auto", () -> null, () -> -1);
        assertThat(barrier.kind()).isEqualTo(Kind.HANDSHAKE);
        assertThat(barrier.reason())
                .startsWith("membarrier is not available: the kernel refuses: call=membarrier error=EPERM; ");
        LongSupplier broken = () -> {
            throw new NoClassDefFoundError("SystemCalls");
        };
        assertThat(ProcessBarrier.choose("auto", () -> null, broken).kind()).isEqualTo(Kind.HANDSHAKE);
    }

    @ParameterizedTest
    @CsvSource({"handshake, HANDSHAKE", "fence, FENCE", "FENCE, FENCE"})
    void thePropertyDecides(String value, Kind kind) {
        ProcessBarrier barrier = ProcessBarrier.choose(value, () -> null, ProcessBarrierTest::notCalled);
        assertThat(barrier.kind()).isEqualTo(kind);
        assertThat(barrier.reason()).isEqualTo("asked for by -Dorg.berth.barrier=" + value);
        assertThat(barrier.isFence()).isEqualTo(kind == Kind.FENCE);
    }

    @Test
    void whatThePropertyAsksForIsNotReplaced() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProcessBarrier.choose("membarrier", () -> NO_ACCESS, ProcessBarrierTest::notCalled))
                .withMessage("this barrier is not available here: org.berth.barrier=membarrier: " + NO_ACCESS
                        + "; or leave org.berth.barrier out");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProcessBarrier.choose("membarrier", () -> null, () -> -38))
                .withMessageContaining(
                        "org.berth.barrier=membarrier: the kernel refuses: call=membarrier error=ENOSYS");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "none", "auto "})
    void unknownBarriersAreRefused(String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProcessBarrier.choose(value, () -> null, ProcessBarrierTest::notCalled))
                .withMessage("there is no such barrier: org.berth.barrier=" + value
                        + "; use auto, membarrier, handshake or fence");
    }

    @Test
    void withoutNativeAccessTheProcessHasAHandshake() {
        assertThat(ProcessBarrier.PROCESS.kind()).isEqualTo(Kind.HANDSHAKE);
        assertThat(ProcessBarrier.PROCESS.reason()).contains("membarrier is not available: ");
        assertThat(ProcessBarrier.needsFence()).isFalse();
    }

    @Test
    @Tag("native-access")
    @EnabledOnOs(OS.LINUX)
    void withNativeAccessTheProcessHasMembarrierUnlessTheKernelRefuses() {
        if (ProcessBarrier.PROCESS.kind() != Kind.MEMBARRIER) {
            assertThat(ProcessBarrier.PROCESS.reason()).contains("the kernel refuses: call=membarrier error=");
        }
        assertThat(ProcessBarrier.needsFence()).isFalse();
        assertThat(Membarrier.register()).isEqualTo(Membarrier.run());
    }

    @Test
    @Tag("native-access")
    @EnabledOnOs(OS.LINUX)
    void anInterruptionIsKept() {
        for (ProcessBarrier barrier : List.of(ProcessBarrier.PROCESS, ProcessBarrier.handshake("test"))) {
            Thread.currentThread().interrupt();
            barrier.run();
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void thePropertyOfTheProcessIsRead() throws Exception {
        assertThat(ChildJvm.run(List.of("-Dorg.berth.barrier=fence"), ProcessBarrierTest.class))
                .isEqualTo("FENCE needsFence=true");
        assertThat(ChildJvm.run(List.of("-Dorg.berth.barrier=auto"), ProcessBarrierTest.class))
                .isEqualTo("HANDSHAKE needsFence=false");
        assertThat(ChildJvm.fail(List.of("-Dorg.berth.barrier=fast"), ProcessBarrierTest.class))
                .contains("Caused by: java.lang.IllegalArgumentException: there is no such barrier:"
                        + " org.berth.barrier=fast; use auto,");
        assertThat(ChildJvm.fail(List.of("-Dorg.berth.barrier=membarrier"), ProcessBarrierTest.class))
                .contains("this barrier is not available here: org.berth.barrier=membarrier: ");
    }

    /** The other JVM. */
    @SuppressWarnings("SystemOut")
    public static void main(String[] args) {
        ProcessBarrier.PROCESS.run();
        System.out.println(ProcessBarrier.PROCESS.kind() + " needsFence=" + ProcessBarrier.needsFence());
    }
}
