package org.berth.stress.model;

/** The local variables of a thread. Each operation begins with all of them zero, except for the first two. */
enum Local {
    /** The index of the next {@link Step}. */
    STEP,

    /** How many operations of its program the thread has completed. */
    COMPLETED,

    /** The table that the operation is in; of a traversal and of close, the first one. */
    TABLE,

    /** A later table: the next one, the target of a transfer, or the last one of a traversal or of close. */
    LATER,

    /** The table that is retired, reclaimed, pinned or freed at this step. */
    CURSOR,

    /** The block of a table that is not yet appended. */
    BLOCK,

    /** The key word that was loaded. */
    KEY,

    /** The value word that was loaded. */
    VALUE,

    /** The value that a transfer has put into the target. */
    COPY,

    /** The next thread of a barrier or scan. */
    INDEX,

    /** Bits: the words of a table that a get has loaded, or the tables that close found announced. */
    SEEN,

    /** The word {@code retired}, as a get has loaded it. */
    RETIRED,

    /** 1 if a get has loaded a word of memory that no longer belongs to its table. */
    STALE,

    /** 1 if a resize has appended its table, or if a traversal has to begin again. */
    FLAG,

    // What the ledger remembers of the operation's begin.
    PRESENT_AT_BEGIN,
    REMOVALS_AT_BEGIN,
    RETURNED_AT_BEGIN;

    static final int COUNT = values().length;

    /** Returns the place of the variable among those of its thread. */
    @SuppressWarnings("EnumOrdinal") // a state exists only within one process
    int index() {
        return ordinal();
    }

    /** Whether a counterexample shows the variable; a step's sentence says the others. */
    boolean isShown() {
        return this != STEP && compareTo(PRESENT_AT_BEGIN) < 0;
    }
}
