package org.berth.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.berth.bench.compare.Catalogue.ADD;
import static org.berth.bench.compare.Catalogue.AGRONA;
import static org.berth.bench.compare.Catalogue.BY_HANDLE;
import static org.berth.bench.compare.Catalogue.LONG_ADDER;
import static org.berth.bench.compare.Catalogue.RELEASE_WRITE;

import java.util.List;
import org.junit.jupiter.api.Test;

class TargetsTest {

    private static final int TARGETS = 17;

    private final Results results = new Results();

    @Test
    void nothingIsLeftOutWhereNothingWasMeasured() {
        assertThat(outcomes(2)).hasSize(TARGETS).allSatisfy(outcome -> {
            assertThat(outcome.verdict()).isEqualTo("not measured");
            assertThat(outcome.measured()).isEqualTo("–");
        });
    }

    @Test
    void peersMustCostMore() {
        put(LONG_ADDER, 2, 5.0, 0.01);
        put(ADD, 2, 1.0, 0.01);
        assertThat(outcome("cost of LongAdder ÷")).extracting("verdict").isEqualTo("reached");
        assertThat(outcome("cost of LongAdder ÷")).extracting("wanted").isEqualTo("≥ 4.0");

        put(LONG_ADDER, 2, 3.0, 0.01);
        assertThat(outcome("cost of LongAdder ÷")).extracting("verdict").isEqualTo("missed");
        assertThat(outcome("cost of LongAdder ÷").measured()).startsWith("3.00 ± ");
    }

    @Test
    void berthMustNotCostMuchMore() {
        put(AGRONA, 2, 1.0, 0.01);
        put(ADD, 2, 1.1, 0.01);
        assertThat(outcome("÷ cost of Agrona AtomicCounter.incr").verdict()).isEqualTo("reached");

        put(ADD, 2, 1.5, 0.01);
        assertThat(outcome("÷ cost of Agrona AtomicCounter.incr").verdict()).isEqualTo("missed");
    }

    @Test
    void saysWhereTheBoundIsWithinTheError() {
        put(AGRONA, 2, 1.0, 0.2);
        put(ADD, 2, 1.25, 0.2);
        assertThat(outcome("÷ cost of Agrona AtomicCounter.incr").verdict()).isEqualTo("reached, within the error");
    }

    @Test
    void scalingIsRelativeToThePlainArrays() {
        put(ADD, 1, 1.0, 0.01);
        put(ADD, 2, 1.25, 0.01);
        put(RELEASE_WRITE, 1, 0.5, 0.01);
        assertThat(outcome("scaling").verdict()).isEqualTo("not measured");

        put(RELEASE_WRITE, 2, 0.625, 0.01);
        assertThat(outcome("scaling").verdict()).startsWith("reached");
        assertThat(outcome("scaling").measured()).startsWith("1.00 ± ");

        put(RELEASE_WRITE, 2, 0.5, 0.001);
        assertThat(outcome("scaling").verdict()).isEqualTo("missed");
        assertThat(outcome("scaling").measured()).startsWith("0.80 ± ");
    }

    @Test
    void aSingleCpuHasNoFigureForTwoThreads() {
        put(LONG_ADDER, 1, 5.0, 0.01);
        put(ADD, 1, 1.0, 0.01);
        assertThat(outcomes(1))
                .filteredOn(outcome -> outcome.what().contains("LongAdder"))
                .allSatisfy(outcome -> assertThat(outcome.verdict()).isEqualTo("not measured"));
    }

    @Test
    void moreThreadsThanTwoAreTakenWhereThereAreMoreCpus() {
        put(LONG_ADDER, 8, 5.0, 0.01);
        put(ADD, 8, 1.0, 0.01);
        assertThat(outcomes(8)).anySatisfy(outcome -> {
            assertThat(outcome.what()).contains("8 threads").contains("LongAdder");
            assertThat(outcome.verdict()).isEqualTo("reached");
        });
    }

    @Test
    void theWorstAccessToABufferCounts() {
        buffer("getLong", 1.0, 1.0);
        buffer("putLong", 1.1, 1.0);
        assertThat(outcome("OffHeapBuffer ÷").verdict()).startsWith("reached");

        buffer("getInt", 1.5, 1.0);
        assertThat(outcome("OffHeapBuffer ÷").verdict()).isEqualTo("missed");
        assertThat(outcome("OffHeapBuffer ÷").what()).endsWith("worst of 3, OffHeapBuffer.getInt");
        assertThat(outcome("OffHeapBuffer ÷").measured()).startsWith("1.50 ± ");
    }

    private void buffer(String access, double ours, double theirs) {
        results.put(Catalogue.BUFFER, "OffHeapBuffer." + access, 1, new Cost(ours, 0.01, 0));
        results.put(Catalogue.BUFFER, "UnsafeBuffer." + access, 1, new Cost(theirs, 0.01, 0));
    }

    @Test
    void oneAllocatingRowOfBerthMissesTheTarget() {
        results.put(BY_HANDLE, ADD, 1, new Cost(1, 0.1, 0.0001));
        results.put(BY_HANDLE, LONG_ADDER, 1, new Cost(1, 0.1, 48));
        assertThat(outcome("bytes allocated").verdict()).isEqualTo("reached");

        results.put(Catalogue.BY_KEY, Catalogue.BY_NAME, 2, new Cost(1, 0.1, 24));
        assertThat(outcome("bytes allocated").verdict()).isEqualTo("missed");
        assertThat(outcome("bytes allocated").measured()).isEqualTo("24.000 at most, in 2 figures");
    }

    @Test
    void placementHasBoundsInNanosecondsToo() {
        results.put(PlacementCatalogue.WHERE, PlacementCatalogue.NODE, 1, new Cost(3.5, 0.1, 0));
        results.put(PlacementCatalogue.WHERE, PlacementCatalogue.NODE, 2, new Cost(5.5, 0.1, 0));
        results.put(PlacementCatalogue.GET, PlacementCatalogue.HUGE_TOUCHED, 1, new Cost(50, 1, 0));
        results.put(PlacementCatalogue.GET, PlacementCatalogue.ORDINARY, 1, new Cost(60, 1, 0));
        results.put(PlacementCatalogue.GROWTH, PlacementCatalogue.HUGE, 1, new Cost(60, 1, 0));
        results.put(PlacementCatalogue.GROWTH, PlacementCatalogue.ORDINARY, 1, new Cost(50, 1, 0));

        assertThat(Targets.evaluate(Suite.PLACEMENT, results, 2))
                .filteredOn(outcome -> !outcome.verdict().equals("not measured"))
                .extracting(Targets.Outcome::wanted, Targets.Outcome::measured, Targets.Outcome::verdict)
                .containsExactly(
                        tuple("≥ 1.15", "1.20 ± 0.03", "reached"),
                        tuple("≤ 1.0", "1.20 ± 0.03", "missed"),
                        tuple("≤ 5.0", "3.50 ± 0.10", "reached"),
                        tuple("≤ 5.0", "5.50 ± 0.10", "missed"),
                        tuple("0", "0.000 at most, in 4 figures", "reached"));
    }

    @Test
    void theBoundsOfTheStoreDependOnItsSize() {
        for (StoreCatalogue.Entries entries : StoreCatalogue.ENTRIES) {
            results.put(StoreCatalogue.get(entries), StoreCatalogue.GET, 1, new Cost(10, 0.1, 0));
            results.put(StoreCatalogue.get(entries), StoreCatalogue.CHRONICLE, 1, new Cost(25, 0.1, 0));
            results.put(StoreCatalogue.get(entries), StoreCatalogue.CONCURRENT, 1, new Cost(8, 0.1, 90));
            results.put(StoreCatalogue.get(entries), StoreCatalogue.PREBUILT, 1, new Cost(6, 0.1, 0));
            results.put(StoreCatalogue.put(entries), StoreCatalogue.PUT, 1, new Cost(10, 0.1, 24));
            results.put(StoreCatalogue.put(entries), StoreCatalogue.CHRONICLE, 1, new Cost(14, 0.1, 0));
        }

        List<Targets.Outcome> outcomes = Targets.evaluate(Suite.STORE, results, 2);
        // Each for one thread and for two: three of every store, one of the smallest and of the largest ones.
        assertThat(outcomes).hasSize(2 * (7 * 3 + 4) + 1);
        assertThat(outcomes)
                .filteredOn(outcome ->
                        outcome.what().contains("1 thread:") && outcome.what().contains("of 32 bytes"))
                .extracting(Targets.Outcome::wanted, Targets.Outcome::verdict)
                .containsExactly(
                        tuple("≥ 3.0", "missed"),
                        tuple("≤ 1.2", "missed"),
                        tuple("≤ 2.0", "reached"),
                        tuple("≥ 4.0", "missed"),
                        tuple("≥ 2.0", "reached"),
                        tuple("≤ 1.2", "missed"),
                        tuple("≥ 1.5", "missed"),
                        tuple("≥ 2.0", "reached"),
                        tuple("≤ 1.2", "missed"),
                        tuple("≤ 1.3", "missed"),
                        tuple("≥ 1.2", "reached"));
        assertThat(outcomes.getLast())
                .extracting(Targets.Outcome::wanted, Targets.Outcome::measured, Targets.Outcome::verdict)
                .containsExactly("0", "24.000 at most, in 14 figures", "missed");
    }

    private void put(String row, int threads, double nanos, double error) {
        results.put(BY_HANDLE, row, threads, new Cost(nanos, error, Double.NaN));
    }

    private List<Targets.Outcome> outcomes(int cpus) {
        return Targets.evaluate(Suite.SLOTS, results, cpus);
    }

    private Targets.Outcome outcome(String part) {
        return outcomes(2).stream()
                .filter(outcome -> outcome.what().contains(part))
                .findFirst()
                .orElseThrow();
    }
}
