package org.berth.stress.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.berth.offheap.Thorough;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Explores the model of how the map reclaims memory: the protocol holds in every interleaving of some scenarios, and
 * each broken variant of it is caught. With the system property {@code berth.model.print=true} the interleavings that
 * catch them are printed.
 */
class ReclamationModelTest {

    private static final boolean PRINT = Boolean.getBoolean("berth.model.print");

    private static final List<Scenario> SMALL = List.of(
            Scenario.of(3, "put resize", "resize put"),
            Scenario.of(4, "put resize remove", "resize resize put"),
            Scenario.of(3, "put resize remove", "resize resize put").withPso(),
            Scenario.of(4, "put", "resize resize resize").withBlocks(3),
            Scenario.of(4, "put resize", "resize resize").withBlocks(3),
            Scenario.of(3, "put resize", "resize", "get"),
            Scenario.of(3, "put resize", "resize", "get").withPso().withWeakReader(),
            Scenario.of(3, "traverse", "put resize", "resize"),
            Scenario.of(3, "put resize remove", "resize close"),
            Scenario.of(3, "put", "resize", "resize close"),
            Scenario.of(3, "put resize", "get", "close").withPso().withWeakReader());

    /** Ten to twenty million states each. */
    @SuppressWarnings("unused") // by its name
    private static final List<Scenario> LARGE = List.of(
            Scenario.of(4, "put resize", "resize resize", "get").withBlocks(3).withWeakReader(),
            Scenario.of(4, "put", "resize resize", "resize").withBlocks(3),
            Scenario.of(3, "put resize remove", "resize resize", "get")
                    .withPso()
                    .withWeakReader(),
            Scenario.of(4, "traverse", "resize resize resize", "put").withBlocks(3),
            Scenario.of(4, "put resize", "resize remove", "resize close"),
            Scenario.of(3, "traverse", "put resize", "resize close").withPso());

    @Test
    void holdsInSmallScenariosWhichTakeEveryStep() {
        Set<Step> steps = EnumSet.noneOf(Step.class);
        for (Scenario scenario : SMALL) {
            steps.addAll(assertHolds(scenario).steps());
        }
        // This one belongs to a broken variant.
        assertThat(steps).isEqualTo(EnumSet.complementOf(EnumSet.of(Step.EXIT_EARLY)));
    }

    @Thorough
    @ParameterizedTest
    @FieldSource("LARGE")
    void holdsInLargeScenarios(Scenario scenario) {
        assertHolds(scenario);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NOTHING")
    void catchesBrokenVariant(Broken broken) {
        Scenario scenario = catching(broken);
        Explorer.Result result = Explorer.explore(scenario.with(broken));
        assertThat(result.counterexample()).as("counterexample for %s", broken).isPresent();
        if (PRINT) {
            System.out.println(result.counterexample().orElseThrow());
        }
        assertHolds(scenario);
    }

    /** It is the order of the loads that the fence is for, so a model without weak loads would prove nothing of it. */
    @Test
    void onlyWeakReaderNeedsFence() {
        Scenario scenario = catching(Broken.NO_FENCE_BEFORE_VALIDATION);
        assertHolds(new Scenario(
                scenario.memory(),
                ReaderOrder.PROGRAM,
                Broken.NO_FENCE_BEFORE_VALIDATION,
                scenario.tables(),
                scenario.blocks(),
                scenario.programs()));
    }

    /** Returns a small scenario that catches a variant. */
    private static Scenario catching(Broken broken) {
        return switch (broken) {
            case NOTHING -> throw new AssertionError();
            case NO_ANNOUNCEMENT,
                    NO_RECHECK,
                    CHECK_BEFORE_ANNOUNCING,
                    EXIT_BEFORE_WRITE,
                    NO_BARRIER,
                    SCAN_BEFORE_BARRIER,
                    NO_SCAN,
                    RETIRED_NEVER_SET,
                    RETIRED_AFTER_ZEROING -> Scenario.of(3, "put", "resize resize");
            // The table in the middle must be reclaimed while the thread that goes on to it holds the first.
            case STEP_WITHOUT_ANNOUNCING, STEP_WITHOUT_RECHECK, REUSE_BEFORE_ROOT_PASSED ->
                Scenario.of(4, "put", "resize resize resize").withBlocks(3);
            case COUNTED_BEFORE_MOVED ->
                Scenario.of(4, "put resize", "resize resize").withBlocks(3);
            case NO_VALIDATION, VALIDATION_BEFORE_DATA, NO_FENCE_BEFORE_VALIDATION ->
                Scenario.of(3, "put resize resize", "get").withWeakReader();
            // Here, too: the first table is announced.
            case PIN_WITHOUT_RECHECK ->
                Scenario.of(4, "traverse", "resize", "resize resize").withBlocks(3);
            case RECLAIM_IGNORES_PINS -> Scenario.of(3, "traverse", "resize resize");
            case CLOSE_FREES_EACH, CLOSE_MISSES_APPENDED -> Scenario.of(3, "put resize", "close");
        };
    }

    private static Explorer.Result assertHolds(Scenario scenario) {
        long start = System.nanoTime();
        Explorer.Result result = Explorer.explore(scenario);
        result.counterexample().ifPresent(found -> fail(found.toString()));
        assertThat(result.ends()).as("interleavings that end, of %s", scenario).isPositive();
        System.out.printf("%-10s states, %6.2f s: %s%n", result.states(), (System.nanoTime() - start) / 1e9, scenario);
        return result;
    }
}
