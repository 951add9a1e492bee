package org.berth.stress.model;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What is explored.
 *
 * @param tables how many tables there may ever be; a resize beyond it does nothing
 * @param blocks how many tables have memory at a time
 * @param programs the operations of each thread
 */
record Scenario(
        MemoryModel memory, ReaderOrder reader, Broken broken, int tables, int blocks, List<List<Operation>> programs) {

    /** Makes a scenario, with two blocks, under TSO, from the operations of each thread, as {@code "put resize"}. */
    static Scenario of(int tables, String... programs) {
        List<List<Operation>> parsed = Arrays.stream(programs)
                .map(program -> Arrays.stream(program.toUpperCase(Locale.ROOT).split(" "))
                        .map(Operation::valueOf)
                        .toList())
                .toList();
        return new Scenario(MemoryModel.TSO, ReaderOrder.PROGRAM, Broken.NOTHING, tables, 2, parsed);
    }

    Scenario withBlocks(int count) {
        return new Scenario(memory, reader, broken, tables, count, programs);
    }

    Scenario withWeakReader() {
        return new Scenario(memory, ReaderOrder.WEAK, broken, tables, blocks, programs);
    }

    Scenario withPso() {
        return new Scenario(MemoryModel.PSO, reader, broken, tables, blocks, programs);
    }

    Scenario with(Broken variant) {
        return new Scenario(memory, reader, variant, tables, blocks, programs);
    }

    boolean is(Broken variant) {
        return broken == variant;
    }

    int threads() {
        return programs.size();
    }
}
