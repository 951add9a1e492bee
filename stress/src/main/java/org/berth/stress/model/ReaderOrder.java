package org.berth.stress.model;

/** In which order a get loads the words of a table, and after them whether the table is retired. */
enum ReaderOrder {
    /** In the order of the program, as on x86. */
    PROGRAM,

    /** In any order that the fence before the load of {@code retired} allows, as on AArch64. */
    WEAK
}
