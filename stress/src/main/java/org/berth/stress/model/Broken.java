package org.berth.stress.model;

/** The protocol with one line left out or misplaced. Each variant must be caught, or the model proves nothing. */
enum Broken {
    NOTHING("The protocol as it is."),

    // Announcing and scanning.
    NO_ANNOUNCEMENT("An update announces nothing."),
    NO_RECHECK("An update does not look at `retired` after announcing a table."),
    CHECK_BEFORE_ANNOUNCING("An update looks at `retired` and then announces the table."),
    STEP_WITHOUT_ANNOUNCING("An update goes on to the next table without announcing it."),
    STEP_WITHOUT_RECHECK("An update that goes on to the next table does not look at its `retired`."),
    EXIT_BEFORE_WRITE("An update withdraws its announcement before its last write, as if the exit released nothing."),
    NO_BARRIER("The reclaimer scans without a barrier."),
    SCAN_BEFORE_BARRIER("The reclaimer scans the announcements and then runs the barrier."),
    NO_SCAN("The reclaimer does not scan the announcements."),

    // Retiring.
    RETIRED_NEVER_SET("The thread that advances the root does not set `retired`."),
    RETIRED_AFTER_ZEROING("`retired` is set when the memory has been zeroed."),
    REUSE_BEFORE_ROOT_PASSED("A table is reclaimed as soon as it is transferred, while the root still leads to it."),
    COUNTED_BEFORE_MOVED("A range counts as transferred when it is taken, so the root may pass while it is moved."),

    // Reads.
    NO_VALIDATION("A get does not look at `retired` after its data."),
    VALIDATION_BEFORE_DATA("A get looks at `retired` and then loads its data."),
    NO_FENCE_BEFORE_VALIDATION("A get has no fence between its data and `retired`: only a weak reader shows it."),

    // Traversals.
    PIN_WITHOUT_RECHECK("A traversal does not look at `retired` of the tables after pinning them."),
    RECLAIM_IGNORES_PINS("The reclaimer does not look at the pins."),

    // Close.
    CLOSE_FREES_EACH(
            "Close frees each table that is not announced, though a transfer announces only the first of two."),
    CLOSE_MISSES_APPENDED("Close does not look for a table that was appended after it walked the list.");

    private final String sentence;

    Broken(String sentence) {
        this.sentence = sentence;
    }

    String sentence() {
        return sentence;
    }
}
