package org.berth.offheap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.berth.offheap.placement.CurrentCpu;
import org.berth.offheap.placement.Placement;
import org.berth.offheap.placement.PlacementReport;
import org.berth.offheap.placement.ThreadAffinity;
import org.berth.offheap.placement.Topology;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** This JVM was started without the flag for native access, as most are. */
@EnabledOnOs(OS.LINUX)
class WithoutNativeAccessTest {

    private static final String ADVICE = "start java with --enable-native-access=ALL-UNNAMED";

    @Test
    void placementIsRefusedWithTheReason() {
        assertRefused(() -> Region.anonymous(4096, Placement.local()));
        assertRefused(() -> Words.ofAuto(4096, Placement.onNode(0).hugePages()));
        assertRefused(() -> ThreadAffinity.bindToCpu(0));
        assertRefused(() -> ThreadAffinity.bindToNode(0));
        try (Region region = Region.anonymous(4096)) {
            assertRefused(region::placementReport);
        }
        assertThat(CurrentCpu.cpu()).isEqualTo(CurrentCpu.UNKNOWN);
        assertThat(CurrentCpu.node()).isEqualTo(CurrentCpu.UNKNOWN);
    }

    private static void assertRefused(ThrowingCallable call) {
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(call)
                .withMessageContaining("not available here: native access is not enabled: module=ALL-UNNAMED")
                .withMessageContaining(ADVICE);
    }

    @Test
    void bestEffortAllocatesOrdinaryMemory() {
        Placement placement = Placement.interleaved().hugePages().preTouched().bestEffort();
        try (Region region = Region.anonymous(4096, placement)) {
            region.words().set(8, 1);
            assertThat(region.words().get(8)).isEqualTo(1);
            PlacementReport report = region.placementReport();
            assertThat(report.requested()).isEqualTo(placement);
            assertThat(report.unmet()).singleElement().asString().contains(ADVICE);
            assertThat(report.bytesOnNode()).isEmpty();
            assertThat(report.hugeBytes()).isEmpty();
        }
    }

    /** With the JVM's default, too, which would allow a call and print a warning. */
    @ParameterizedTest
    @ValueSource(strings = {"--illegal-native-access=deny", "-Xmx64m"})
    void nothingIsPrintedAndNoSystemCallIsMade(String flag) throws Exception {
        String output = ChildJvm.run(List.of(flag, "-Xlog:class+load:stdout"), WithoutNativeAccessTest.class);
        assertThat(output)
                .contains("memory=1, nodes=true, refused=placement is not available here: native access is not enabled")
                .contains("org.berth.offheap.linux.NativeAccess")
                .doesNotContain("org.berth.offheap.linux.SystemCalls", "WARNING");
    }

    @Test
    void theFlagIsEnough() throws Exception {
        List<String> flags = List.of("--enable-native-access=ALL-UNNAMED", "--illegal-native-access=deny");
        assertThat(ChildJvm.run(flags, WithoutNativeAccessTest.class)).isEqualTo("memory=1, nodes=true, refused=no");
    }

    /** The other JVM: uses what needs no flag, then what does. */
    @SuppressWarnings("SystemOut")
    public static void main(String[] args) {
        String answer;
        try (Region region = Region.anonymous(4096)) {
            region.words().set(0, 1);
            answer = "memory=" + region.words().get(0);
        }
        answer += ", nodes=" + !Topology.current().nodes().isEmpty();
        try (Region region = Region.anonymous(4096, Placement.local().preTouched())) {
            answer += ", refused=" + (region.placementReport().isMet() ? "no" : "unmet");
        } catch (UnsupportedOperationException e) {
            answer += ", refused=" + e.getMessage();
        }
        System.out.println(answer);
    }
}
