package org.berth.offheap.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import org.berth.offheap.ChildJvm;
import org.berth.offheap.placement.MemoryLimit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is reserved is within the limit, and the limit is the right one. */
class MemoryBudgetTest {

    private static final MemoryLimit CONTAINER = new MemoryLimit(5_000, 4_999, "/groups/memory.max");

    @Test
    void reservationsBeyondTheLimitFail() {
        MemoryBudget budget = new MemoryBudget(100, "-Dtest");
        budget.reserve(60);
        budget.reserve(0);
        assertThat(budget.tryReserve(41)).isFalse();
        assertThat(budget.tryReserve(40)).isTrue();
        assertThat(budget.used()).isEqualTo(100);
        assertThat(budget.limit()).isEqualTo(100);
        assertThat(budget.source()).isEqualTo("-Dtest");
        assertThat(budget).hasToString("MemoryBudget[used=100, limit=100, source=-Dtest]");
        for (long bytes : new long[] {1, 101, Long.MAX_VALUE}) {
            assertThatExceptionOfType(OutOfMemoryError.class)
                    .isThrownBy(() -> budget.reserve(bytes))
                    .withMessage("no memory within the limit: bytes=" + bytes + " used=100 limit=100 source=-Dtest;"
                            + " use less, close what is no longer needed, or raise the limit with"
                            + " -Dorg.berth.maxMemoryBytes");
        }
        budget.unreserve(40);
        budget.reserve(40);
        budget.unreserve(100);
        assertThat(budget.used()).isZero();
    }

    @Test
    void aPropertyDoesNotHelpAgainstTheContainer() {
        assertThatExceptionOfType(OutOfMemoryError.class)
                .isThrownBy(() -> new MemoryBudget(1, "/groups/memory.max").reserve(2))
                .withMessageEndingWith("or raise the limit");
    }

    @Test
    void whatWasNotReservedCannotBeReturned() {
        MemoryBudget budget = new MemoryBudget(100, "test");
        budget.reserve(10);
        assertThatIllegalStateException()
                .isThrownBy(() -> budget.unreserve(11))
                .withMessageContaining("bytes=11 used=10");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> budget.unreserve(-1))
                .withMessageContaining("bytes=-1");
        assertThatIllegalArgumentException().isThrownBy(() -> budget.reserve(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> budget.tryReserve(Long.MIN_VALUE));
        assertThat(budget.used()).isEqualTo(10);
    }

    /** Four threads reserve up to 60 each of 100. */
    @Test
    void threadsTogetherStayWithinTheLimit() throws Exception {
        MemoryBudget budget = new MemoryBudget(100, "test");
        Callable<Integer> task = () -> {
            int reserved = 0;
            for (int i = 0; i < 100_000; i++) {
                long bytes = ThreadLocalRandom.current().nextLong(1, 61);
                if (budget.tryReserve(bytes)) {
                    reserved++;
                    long used = budget.used();
                    budget.unreserve(bytes);
                    assertThat(used).isBetween(bytes, 100L);
                }
            }
            return reserved;
        };
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<Integer>> results = threads.invokeAll(List.of(task, task, task, task));
            for (Future<Integer> result : results) {
                assertThat(result.get()).isPositive();
            }
        }
        assertThat(budget.used()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "4k, 200, 300, 4096, -Dorg.berth.maxMemoryBytes",
        "0, 200, 300, 0, -Dorg.berth.maxMemoryBytes",
        "1g, 200, 300, 5000, /groups/memory.max",
        ", 200, 300, 200, -XX:MaxDirectMemorySize",
        ", 6000, 300, 5000, /groups/memory.max",
        ", 0, 300, 300, the maximum heap size",
        ", 0, 5001, 5000, /groups/memory.max",
        ", 0, 5000, 5000, the maximum heap size"
    })
    void theLimitHasASource(@Nullable String property, long direct, long heap, long limit, String source) {
        MemoryBudget budget = MemoryBudget.of(property, direct, heap, CONTAINER);
        assertThat(budget.limit()).isEqualTo(limit);
        assertThat(budget.source()).isEqualTo(source);
    }

    @Test
    void withoutAContainerOnlyTheJvmLimits() {
        assertThat(MemoryBudget.of(null, 0, 1L << 50, null).limit()).isEqualTo(1L << 50);
        assertThat(MemoryBudget.of("99999999999t", 0, 1, null).limit()).isEqualTo(Long.MAX_VALUE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "1.5g", "x", "g", "1 gb"})
    void valuesThatAreNoSizesAreRefused(String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MemoryBudget.of(value, 0, 1, null))
                .withMessageContaining("org.berth.maxMemoryBytes=" + value + "; use a number");
    }

    @Test
    void theLimitOfTheProcessIsFound(@TempDir Path folder) throws Exception {
        String property = "-Dorg.berth.maxMemoryBytes=7m";
        String direct = "-XX:MaxDirectMemorySize=9m";
        assertThat(child("-Xmx64m")).startsWith("limit=").endsWith(" source=the maximum heap size");
        assertThat(child("-Xmx64m", direct)).isEqualTo("limit=9437184 source=-XX:MaxDirectMemorySize");
        assertThat(child("-Xmx64m", direct, property)).isEqualTo("limit=7340032 source=-Dorg.berth.maxMemoryBytes");
        // Longer than what the JDK reads of its own command line.
        assertThat(child("-Xmx64m", "-Dlong=" + "x".repeat(9_000), direct))
                .isEqualTo("limit=9437184 source=-XX:MaxDirectMemorySize");
        Path options = Files.writeString(folder.resolve("options"), "# comment\n-Xmx64m \"" + direct + "\"\n");
        assertThat(child("@" + options)).isEqualTo("limit=9437184 source=-XX:MaxDirectMemorySize");
        assertThat(ChildJvm.fail(List.of("-Dorg.berth.maxMemoryBytes=much"), MemoryBudgetTest.class))
                .contains("Caused by: java.lang.IllegalArgumentException: not a number of bytes:"
                        + " org.berth.maxMemoryBytes=much;");
    }

    private static String child(String... flags) throws Exception {
        return ChildJvm.run(new ArrayList<>(List.of(flags)), MemoryBudgetTest.class);
    }

    /** The other JVM. */
    @SuppressWarnings("SystemOut")
    public static void main(String[] args) {
        System.out.println("limit=" + MemoryBudget.PROCESS.limit() + " source=" + MemoryBudget.PROCESS.source());
    }
}
