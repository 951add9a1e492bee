package org.berth.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.berth.bench.compare.Catalogue.ADD;
import static org.berth.bench.compare.Catalogue.BY_HANDLE;
import static org.berth.bench.compare.Catalogue.LONG_ADDER;

import java.util.List;
import org.junit.jupiter.api.Test;

class ValidityTest {

    private final Results results = new Results();

    @Test
    void shortRunsHaveACaveat() {
        assertThat(caveats(RunMode.SMOKE)).hasSize(1).first().asString().startsWith("a smoke run");
        assertThat(caveats(RunMode.QUICK)).hasSize(1).first().asString().startsWith("a first impression");
        assertThat(caveats(RunMode.DEFAULT)).isEmpty();
    }

    @Test
    void inconclusiveErrorsAreACaveat() {
        put(ADD, 1, 10, 8);
        put(LONG_ADDER, 1, 12, 9);
        assertThat(caveats(RunMode.FULL)).hasSize(1).first().asString().startsWith("the errors are so wide");

        put(ADD, 2, 10, 1);
        put(LONG_ADDER, 2, 11, 1);
        assertThat(caveats(RunMode.FULL))
                .as("no difference, with a narrow error")
                .isEmpty();
    }

    @Test
    void figuresWithoutRatiosMustBePreciseToo() {
        put(ADD, 1, 10, Double.NaN);
        assertThat(caveats(RunMode.DEFAULT)).hasSize(1);
        put(ADD, 2, 10, 4);
        assertThat(caveats(RunMode.DEFAULT)).isEmpty();
    }

    @Test
    void missingHugePagesAreACaveat() {
        String row = PlacementCatalogue.HUGE_TOUCHED;
        results.put(PlacementCatalogue.GET, row, 1, new Cost(50, 1, 0));
        results.put(PlacementCatalogue.GET, PlacementCatalogue.ORDINARY, 1, new Cost(60, 1, 0));
        String what = "\"Berth, huge pages, pre-touched\" of \"Pages: get, 10 M keys\" had %s of its memory in huge "
                + "pages (threads=1)";
        assertThat(Validity.of(Suite.PLACEMENT, RunMode.FULL, results))
                .containsExactly(what.formatted("an unknown part"));

        results.putHugePages(PlacementCatalogue.GET, row, 1, 0);
        assertThat(Validity.of(Suite.PLACEMENT, RunMode.FULL, results)).containsExactly(what.formatted("0 %"));

        results.putHugePages(PlacementCatalogue.GET, row, 1, 99.6);
        assertThat(Validity.of(Suite.PLACEMENT, RunMode.FULL, results)).isEmpty();
    }

    private List<String> caveats(RunMode mode) {
        return Validity.of(Suite.SLOTS, mode, results);
    }

    private void put(String row, int threads, double nanos, double error) {
        results.put(BY_HANDLE, row, threads, new Cost(nanos, error, 0));
    }
}
