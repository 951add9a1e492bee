package org.berth.bench.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.berth.bench.OwnJvm;
import org.berth.bench.placement.PlacementCheck.Outcome;
import org.berth.bench.placement.PlacementCheck.Skipped;
import org.berth.bench.placement.PlacementCheck.Verdict;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import picocli.CommandLine;

class PlacementCheckTest {

    @Test
    void resultsSayWhatWasObserved() {
        assertThat(new PlacementCheck("a", () -> "seen").run()).isEqualTo(new Outcome(Verdict.PASS, "seen"));
        assertThat(new PlacementCheck("a", () -> {
                            throw new Skipped("none here");
                        })
                        .run())
                .isEqualTo(new Outcome(Verdict.SKIPPED, "none here"));
        assertThat(new PlacementCheck("a", () -> {
                            PlacementCheck.require(false, "found=2");
                            return "";
                        })
                        .run())
                .isEqualTo(new Outcome(Verdict.FAIL, "found=2"));
        assertThat(new PlacementCheck("a", () -> {
                            throw new UnsupportedOperationException("error=EPERM");
                        })
                        .run())
                .isEqualTo(new Outcome(Verdict.FAIL, "java.lang.UnsupportedOperationException: error=EPERM"));
    }

    @Test
    void whatAThreadThrowsIsThrown() {
        assertThat(new PlacementCheck(
                                "a",
                                () -> PlacementCheck.onNewThread(() -> {
                                    throw new Skipped("none here");
                                }))
                        .run())
                .isEqualTo(new Outcome(Verdict.SKIPPED, "none here"));
        assertThat(new PlacementCheck(
                                "a",
                                () -> PlacementCheck.onNewThread(() -> {
                                    PlacementCheck.require(false, "found=2");
                                    return "";
                                }))
                        .run())
                .isEqualTo(new Outcome(Verdict.FAIL, "found=2"));
    }

    @Test
    void refusalsMustComeAndBeTheRightOnes() {
        Class<IllegalArgumentException> type = IllegalArgumentException.class;
        assertThat(PlacementCheck.refusal(type, () -> fail(new IllegalArgumentException("node=7")), "node=7"))
                .isEqualTo("node=7");
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> PlacementCheck.refusal(type, () -> {}, "node=7"))
                .withMessage("not refused");
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(
                        () -> PlacementCheck.refusal(type, () -> fail(new IllegalArgumentException("cpu=7")), "node=7"))
                .withMessageContaining("cpu=7");
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(
                        () -> PlacementCheck.refusal(type, () -> fail(new IllegalStateException("node=7")), "node=7"))
                .withMessageContaining("IllegalStateException");
    }

    private static void fail(RuntimeException exception) {
        throw exception;
    }

    @Test
    void withoutSystemCallsItSaysWhy() throws Exception {
        OwnJvm jvm = OwnJvm.withoutNativeAccess("placement-check");
        assertThat(jvm.exit()).isEqualTo(2);
        assertThat(jvm.output()).contains("Nothing was checked: placement is not available here: ");
    }

    @Test
    void mistakesAreNamed() {
        StringWriter err = new StringWriter();
        CommandLine line = new CommandLine(new PlacementCheckCommand()).setErr(new PrintWriter(err, true));
        assertThat(line.execute("--huge-pages", "0")).isEqualTo(2);
        assertThat(err.toString()).contains("huge-pages=0");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void thisMachinePasses() throws Exception {
        OwnJvm jvm = OwnJvm.withNativeAccess("placement-check", "--huge-pages", "4");
        String output = jvm.output();
        Assumptions.assumeFalse(
                output.contains("error=EPERM") || output.contains("error=ENOSYS"), "a sandbox is in the way");
        assertThat(output)
                .contains(
                        "PASS    interleaved(): ",
                        "PASS    pin to node ",
                        "PASS    a table on node ",
                        "PASS    a map that grows, interleaved(): ",
                        " passed, 0 failed, ",
                        "\nNext: ")
                .doesNotContain("FAIL");
        assertThat(jvm.exit()).as(output).isZero();
    }
}
