package org.berth.stress;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.berth.offheap.TestDepth;
import org.berth.offheap.Thorough;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.infra.StateCase;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.TestInfo;
import org.openjdk.jcstress.infra.collectors.DiskReadCollector;
import org.openjdk.jcstress.infra.collectors.InProcessCollector;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.grading.GradingResult;
import org.openjdk.jcstress.infra.runners.TestList;

/**
 * Runs the stress tests in a JVM of their own and checks what they saw: no forbidden outcome in a shipped test, and in
 * every hazard and every weakened test the bad outcome, without which the shipped test next to it would prove nothing.
 *
 * <p>There are three depths. By default, each shipped and each weakened test runs for a moment, as the JIT compilers
 * come and go, and longer only where a bad outcome was not seen. With {@code -Pthorough}, each test, the hazards too,
 * runs several times as long, and those of commits, totals and growing maps also interpreted only and compiled by C1
 * only. With {@code -Pstress}, which sets the system property {@code berth.jcstress.mode} to {@code long}, jcstress
 * does what it does by default: each actor interpreted and compiled by C1 and C2 in all combinations, also with the
 * instruction scheduling of C2 randomised; it takes an hour or two.
 */
@Timeout(value = 5, unit = TimeUnit.HOURS)
class JcstressTest {

    private static final Path JAR = Path.of(System.getProperty("berth.jcstress.jar"));
    private static final boolean LONG =
            System.getProperty("berth.jcstress.mode").equals("long");
    private static final Set<String> KINDS = Set.of("Hazard", "Shipped", "Weakened");

    /**
     * A race may take longer to show on a busy machine: where a bad outcome was not seen, the promise gets more time.
     */
    private static final List<RunLength> ATTEMPTS =
            List.of(new RunLength(3, 500), new RunLength(3, 2_000), new RunLength(3, 8_000));

    private static final RunLength BRIEF = new RunLength(1, 250);

    /** The JIT compilers come and go. */
    private static final String TIERED = "-XX:+TieredCompilation";

    /**
     * The interpreter and C1 have code of their own for accesses and fences. Briefly, as neither of them reorders
     * anything: what could be wrong is that code.
     */
    private static final List<String> WITHOUT_C2 = List.of("-Xint", "-XX:TieredStopAtLevel=1");

    private static final List<Class<?>> FENCED = List.of(
            AnnounceOrReclaim.Shipped.class,
            WriteRead.Shipped.class,
            TryReadOnce.Shipped.class,
            MergeTotal.Shipped.class,
            MapTransferOrUpdate.Shipped.class,
            MapTransferOrRemove.Shipped.class,
            MapInsertOrResize.Shipped.class);

    @Test
    void promisesHoldAndTheirTestsCanFail() throws Exception {
        assertEachPromiseHasAllKinds();
        Map<String, Tally> tallies = new TreeMap<>();
        Set<String> tests = new TreeSet<>(TestList.tests());
        List<RunLength> attempts = new ArrayList<>(ATTEMPTS);
        if (!LONG && !TestDepth.THOROUGH) {
            tests.removeIf(test -> kind(test).equals("Hazard"));
            attempts.addFirst(BRIEF);
        }
        Set<String> pending = new TreeSet<>(tests);
        for (int attempt = 0; attempt < attempts.size() && !pending.isEmpty(); attempt++) {
            run(pending, "run-" + attempt, TIERED, attempts.get(attempt), tallies);
            pending.removeIf(test -> !mustHold(test) && tallies.getOrDefault(test, Tally.NONE).bad > 0);
            // With the shipped test, which is worth what the weakened one next to it saw in the same time.
            Set<String> open = pending.stream()
                    .filter(test -> !mustHold(test))
                    .map(JcstressTest::promise)
                    .collect(toSet());
            pending.removeIf(test -> !open.contains(promise(test)));
        }
        tallies.forEach((test, tally) -> System.out.println(tally.describe(test)));
        SoftAssertions.assertSoftly(softly -> {
            for (String test : tests) {
                check(softly, test, tallies.getOrDefault(test, Tally.NONE));
            }
        });
    }

    @Test
    @Thorough
    void promisesHoldWithoutC2() throws Exception {
        assumeThat(LONG).as("jcstress does that itself").isFalse();
        Set<String> tests = FENCED.stream().map(Class::getCanonicalName).collect(toSet());
        for (String flag : WITHOUT_C2) {
            Map<String, Tally> tallies = new TreeMap<>();
            run(tests, "run" + flag.replace(':', '-'), flag, BRIEF, tallies);
            tallies.forEach((test, tally) -> System.out.println(tally.describe(test) + flag));
            SoftAssertions.assertSoftly(softly -> {
                for (String test : tests) {
                    check(softly, test, tallies.getOrDefault(test, Tally.NONE));
                }
            });
        }
    }

    private static void check(SoftAssertions softly, String test, Tally tally) {
        softly.assertThat(tally.errors).as("errors of " + test).isEmpty();
        softly.assertThat(tally.samples).as("samples of " + test).isPositive();
        if (mustHold(test)) {
            softly.assertThat(tally.bad).as("forbidden outcomes of " + test).isZero();
        } else {
            softly.assertThat(tally.bad)
                    .as("bad outcomes, which must be seen, of " + test)
                    .isPositive();
        }
    }

    private static void assertEachPromiseHasAllKinds() {
        Map<String, Set<String>> kinds = TestList.tests().stream()
                .collect(groupingBy(JcstressTest::promise, mapping(JcstressTest::kind, toSet())));
        assertThat(kinds)
                .isNotEmpty()
                .allSatisfy((promise, found) -> assertThat(found).containsAll(KINDS));
        assertThat(TestList.tests())
                .allSatisfy(test ->
                        assertThat(grades(test)).as("grades of %s", test).contains(bad(test)));
    }

    private static void run(Set<String> tests, String name, String flag, RunLength length, Map<String, Tally> tallies)
            throws IOException, InterruptedException, ClassNotFoundException {
        Path directory = Files.createDirectories(JAR.resolveSibling("jcstress").resolve(name));
        try (Stream<Path> old = Files.list(directory)) {
            for (Path result : old.filter(JcstressTest::isResult).toList()) {
                Files.delete(result);
            }
        }
        Path log = directory.resolve("jcstress.log");
        int exit = new ProcessBuilder(command(tests, directory, flag, length))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start()
                .waitFor();
        // Not zero where a forbidden outcome was seen, too; which one it was is in the results.
        try (Stream<Path> files = Files.list(directory)) {
            Path result = files.filter(JcstressTest::isResult)
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no result: exit=" + exit + " log=" + log));
            read(result, tallies);
        }
    }

    private static List<String> command(Set<String> tests, Path directory, String flag, RunLength length) {
        String selection = tests.stream().map(Pattern::quote).collect(joining("|", "^(", ")$"));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // Its scratch files, and those of the JVMs that it forks.
                "-Djava.io.tmpdir=" + directory,
                "-jar",
                JAR.toString(),
                "-r",
                directory.resolve("report").toString(),
                "-t",
                selection));
        if (!LONG) {
            // One ordinary JVM per test. Few states at a time stay in the cache, where threads collide more.
            command.addAll(List.of("-sc", "false", "-jvmArgs", flag, "-pth", "false"));
            command.addAll(List.of("-f", "1", "-iters", Integer.toString(length.iterations())));
            command.addAll(List.of("-time", Integer.toString(length.millis())));
            command.addAll(List.of("-strideSize", "64", "-strideCount", "16"));
        }
        return command;
    }

    private static boolean isResult(Path file) {
        return file.getFileName().toString().startsWith("jcstress-results-");
    }

    private static void read(Path file, Map<String, Tally> tallies) throws IOException, ClassNotFoundException {
        InProcessCollector collector = new InProcessCollector();
        DiskReadCollector reader = new DiskReadCollector(file.toString(), collector);
        reader.dump();
        reader.close();
        for (TestResult result : collector.getTestResults()) {
            Tally tally = tallies.computeIfAbsent(result.getName(), name -> new Tally());
            tally.samples += result.getTotalCount();
            if (result.status() != Status.NORMAL) {
                tally.errors.add(result.status() + " " + result.getMessages() + result.getVmErr());
            }
            for (GradingResult outcome : result.grading().gradingResults.values()) {
                if (outcome.count > 0 && outcome.expect != Expect.ACCEPTABLE) {
                    tally.add(outcome, bad(result.getName()));
                }
            }
        }
    }

    private static Set<Expect> grades(String test) {
        TestInfo info = TestList.getInfo(test);
        return Stream.concat(info.cases().stream(), Stream.of(info.unmatched()))
                .map(StateCase::expect)
                .collect(toSet());
    }

    /** How a test grades what must not happen, or must be seen. */
    private static Expect bad(String test) {
        return mustHold(test) ? Expect.FORBIDDEN : Expect.ACCEPTABLE_INTERESTING;
    }

    private static String promise(String test) {
        return test.substring(0, test.lastIndexOf('.'));
    }

    private static String kind(String test) {
        return test.substring(test.lastIndexOf('.') + 1);
    }

    private static boolean mustHold(String test) {
        return kind(test).equals("Shipped") || kind(test).equals("Unweakened");
    }

    /** How long a test runs, in a JVM of its own. */
    private record RunLength(int iterations, int millis) {}

    /** What one test saw, over all of its runs. */
    private static final class Tally {

        static final Tally NONE = new Tally();

        final Map<String, Long> outcomes = new TreeMap<>();
        final List<String> errors = new ArrayList<>();
        long samples;
        long bad;

        void add(GradingResult outcome, Expect expected) {
            if (outcome.expect == expected) {
                outcomes.merge(outcome.id, outcome.count, Long::sum);
                bad += outcome.count;
            } else {
                errors.add("outcome that nobody thought of: " + outcome.id + " " + outcome.description);
            }
        }

        String describe(String test) {
            return "%-55s samples=%-10d bad=%-8d %s".formatted(test, samples, bad, bad == 0 ? "" : outcomes);
        }
    }
}
