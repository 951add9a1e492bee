package org.berth.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.berth.bench.compare.Measured.Verdict;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LatencyTest {

    private static final int CALLS = 1_000;

    @TempDir
    private Path folder;

    private final List<String> entries = new ArrayList<>();

    @BeforeEach
    void berth() throws IOException {
        round("Berth", 1, 100, true);
        round("Berth", 2, 200, true);
    }

    @Test
    void roundsAreOneLineAndTheirTailsOneAfterTheOther() throws Exception {
        Latency.Line line = line("Berth");

        assertThat(line.percentiles().count()).isEqualTo(4 * CALLS);
        assertThat(line.percentiles().p50()).isEqualTo(100);
        assertThat(line.percentiles().max()).isEqualTo(200);
        assertThat(line.rounds()).containsExactly(100L, 200L);
        assertThat(line.seconds())
                .containsExactly(
                        new double[] {0, 100, 100},
                        new double[] {1, 100, 100},
                        null,
                        new double[] {2, 200, 200},
                        new double[] {3, 200, 200});
        assertThat(line.percentiles().points())
                .as("the longest of n calls stands for 1 - 1/n")
                .last()
                .isEqualTo(new double[] {3.6021, 200});
    }

    @Test
    void aPeerIsJudgedByAllItsRounds() throws Exception {
        round("slower", 1, 201, true);
        round("slower", 2, 300, true);
        round("faster", 1, 50, true);
        round("faster", 2, 99, true);
        round("between", 1, 50, true);
        round("between", 2, 150, true);

        assertThat(line("slower").verdict()).isEqualTo(Verdict.WON);
        assertThat(line("faster").verdict()).isEqualTo(Verdict.LOST);
        assertThat(line("between").verdict()).isEqualTo(Verdict.NO_DIFFERENCE);
        assertThat(line("Berth").verdict()).isEqualTo(Verdict.NONE);
    }

    @Test
    void oneRoundAloneIsNotJudged() throws Exception {
        round("slower", 1, 999, true);

        assertThat(line("slower").verdict()).isEqualTo(Verdict.NONE);
    }

    @Test
    void anImplementationThatDoesNotKeepUpHasNoRatio() throws Exception {
        round("late", 1, 10, true);
        round("late", 2, 10, false);

        assertThat(line("late").reached()).isFalse();
        assertThat(line("late").ratio()).isNull();
        assertThat(line("late").verdict()).isEqualTo(Verdict.WON);
    }

    private Latency.Line line(String implementation) throws Exception {
        Files.writeString(
                folder.resolve("latency.json"),
                "{\"schema\": 1, \"start\": \"now\", \"jvm\": [], \"measurements\": [%s]}"
                        .formatted(String.join(",", entries)));
        List<Latency> charts = Latency.read(folder, 0, new ArrayList<>());
        assertThat(charts).hasSize(1);
        return charts.getFirst().lines().stream()
                .filter(line -> line.implementation().equals(implementation))
                .findFirst()
                .orElseThrow();
    }

    /** Two seconds in which every call takes the same time. */
    private void round(String implementation, int round, long nanos, boolean reached) throws IOException {
        String file = implementation + "-" + round;
        try (PrintStream out = new PrintStream(folder.resolve(file + ".hlog").toFile(), StandardCharsets.UTF_8)) {
            HistogramLogWriter writer = new HistogramLogWriter(out);
            for (int second = 0; second < 2; second++) {
                Histogram interval = new Histogram(3);
                interval.setStartTimeStamp(second * 1_000L);
                interval.setEndTimeStamp((second + 1) * 1_000L);
                interval.recordValueWithCount(nanos, CALLS);
                writer.outputIntervalHistogram(interval);
            }
        }
        entries.add("""
                {"workload": "own-key", "implementation": "%s", "rate": 1000, "threads": 1, "arrivals": "constant",
                 "neighbour": false, "gc": "G1", "seconds": 2, "scheduled": 2000, "done": 2000, "reached": %b,
                 "round": %d, "file": "%s"}""".formatted(implementation, reached, round, file));
    }
}
