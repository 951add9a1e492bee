package org.berth.stress.model;

/** In which order the stores of a thread reach memory. */
enum MemoryModel {
    /** Total store order, as on x86: in the order of the program. */
    TSO,

    /** Partial store order: in any order, except that two stores to one word keep theirs. */
    PSO
}
