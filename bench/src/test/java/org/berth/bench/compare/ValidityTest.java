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
    void shortRunsAreForThoseWhoMadeThem() {
        assertThat(doubts(RunMode.SMOKE)).hasSize(1).first().asString().startsWith("a smoke run");
        assertThat(doubts(RunMode.QUICK)).hasSize(1).first().asString().startsWith("a first impression");
        assertThat(doubts(RunMode.DEFAULT)).isEmpty();
    }

    @Test
    void errorsThatLeaveEverythingOpenAreNamed() {
        put(ADD, 1, 10, 8);
        put(LONG_ADDER, 1, 12, 9);
        assertThat(doubts(RunMode.FULL)).hasSize(1).first().asString().startsWith("the errors are so wide");

        put(ADD, 2, 10, 1);
        put(LONG_ADDER, 2, 11, 1);
        assertThat(doubts(RunMode.FULL)).as("no difference, and that is known").isEmpty();
    }

    @Test
    void figuresAloneAreToBeKnownToo() {
        put(ADD, 1, 10, Double.NaN);
        assertThat(doubts(RunMode.DEFAULT)).hasSize(1);
        put(ADD, 2, 10, 4);
        assertThat(doubts(RunMode.DEFAULT)).isEmpty();
    }

    @Test
    void hugePagesThatWereNotThereAreNamed() {
        String row = PlacementCatalogue.HUGE_TOUCHED;
        results.put(PlacementCatalogue.GET, row, 1, new Cost(50, 1, 0));
        results.put(PlacementCatalogue.GET, PlacementCatalogue.ORDINARY, 1, new Cost(60, 1, 0));
        String what =
                "\"Berth, huge pages, pre-touched\" of \"Pages: get, 10 M keys\" had %s of its memory in huge pages (threads=1)";
        assertThat(Validity.of(Suite.PLACEMENT, RunMode.FULL, results))
                .containsExactly(what.formatted("an unknown part"));

        results.putHugePages(PlacementCatalogue.GET, row, 1, 0);
        assertThat(Validity.of(Suite.PLACEMENT, RunMode.FULL, results)).containsExactly(what.formatted("0 %"));

        results.putHugePages(PlacementCatalogue.GET, row, 1, 99.6);
        assertThat(Validity.of(Suite.PLACEMENT, RunMode.FULL, results)).isEmpty();
    }

    private List<String> doubts(RunMode effort) {
        return Validity.of(Suite.SLOTS, effort, results);
    }

    private void put(String row, int threads, double nanos, double error) {
        results.put(BY_HANDLE, row, threads, new Cost(nanos, error, 0));
    }
}
