package org.berth.stress.model;

/** The lines of the protocol. Each is one access to shared memory, and what the thread decides from it. */
enum Step {
    START(Part.UPDATE, Access.LOAD, "begins an operation"),

    // An update enters.
    READ_ROOT(Part.UPDATE, Access.LOAD, "reads the root"),
    ANNOUNCE(Part.UPDATE, Access.STORE, "announces the table"),
    CHECK_RETIRED(Part.UPDATE, Access.LOAD, "looks whether the table is retired, after announcing it"),

    // It helps, then finds its slot.
    LOOK_AT_NEXT(Part.UPDATE, Access.LOAD, "looks for a next table, to help with the transfer"),
    LOOK_AT_TRANSFER_INDEX(Part.UPDATE, Access.LOAD, "looks whether a range is left to take"),
    TAKE_RANGE(Part.UPDATE, Access.ATOMIC, "takes a range: getAndAdd of transferIndex"),
    READ_KEY(Part.UPDATE, Access.LOAD, "reads the key word"),
    LOOK_BEFORE_CLAIM(Part.UPDATE, Access.LOAD, "looks for a next table, to claim or to freeze"),
    CLAIM(Part.UPDATE, Access.ATOMIC, "claims or freezes the slot by CAS"),
    READ_VALUE(Part.UPDATE, Access.LOAD, "reads the value word"),
    EXIT_EARLY(Part.UPDATE, Access.STORE, "withdraws its announcement before its write (broken)"),
    UPDATE(Part.UPDATE, Access.ATOMIC, "updates the value by CAS"),

    // It goes on to the next table, or leaves.
    READ_NEXT(Part.UPDATE, Access.LOAD, "reads the next table, as the key is not in this one"),
    ANNOUNCE_NEXT(Part.UPDATE, Access.STORE, "announces the next table instead"),
    CHECK_NEXT_RETIRED(Part.UPDATE, Access.LOAD, "looks whether the next table is retired, after announcing it"),
    EXIT(Part.UPDATE, Access.STORE, "withdraws its announcement"),

    // The transfer of a range: announced is only the table that it comes from.
    TRANSFER_KEY(Part.TRANSFER, Access.LOAD, "transfer: reads the key word"),
    FREEZE(Part.TRANSFER, Access.ATOMIC, "transfer: freezes the empty slot by CAS"),
    FIND_TARGET(Part.TRANSFER, Access.LOAD, "transfer: reads the next table, the target"),
    TRANSFER_VALUE(Part.TRANSFER, Access.LOAD, "transfer: reads the value word"),
    TARGET_KEY(Part.TRANSFER, Access.LOAD, "transfer: reads the target's key word"),
    LOOK_BEFORE_CLAIM_TARGET(Part.TRANSFER, Access.LOAD, "transfer: looks for a table after the target"),
    CLAIM_TARGET(Part.TRANSFER, Access.ATOMIC, "transfer: claims or freezes the target's slot by CAS"),
    NEXT_TARGET(Part.TRANSFER, Access.LOAD, "transfer: goes on to the table after the target"),
    COPY(Part.TRANSFER, Access.ATOMIC, "transfer: copies the value by CAS"),
    MARK_MOVED(Part.TRANSFER, Access.ATOMIC, "transfer: marks the slot MOVED by CAS"),
    COUNT_TRANSFERRED(Part.TRANSFER, Access.ATOMIC, "transfer: counts the range as transferred"),

    // Retiring.
    LOOK_AT_ROOT(Part.TRANSFER, Access.LOAD, "reads the root, and whether it is transferred"),
    ADVANCE_ROOT(Part.TRANSFER, Access.ATOMIC, "advances the root by CAS"),
    SET_RETIRED(Part.TRANSFER, Access.STORE, "sets `retired` of the table that the root has passed"),
    LIST(Part.TRANSFER, Access.ATOMIC, "adds the table to the retire list"),

    // A resize.
    LOOK_FOR_LAST(Part.RESIZE, Access.LOAD, "looks whether the table is the last one"),
    ALLOCATE(Part.RESIZE, Access.ATOMIC, "takes zeroed memory for a new table"),
    APPEND(Part.RESIZE, Access.ATOMIC, "appends the new table by CAS"),

    // Reclaiming.
    PICK(Part.RECLAIM, Access.ATOMIC, "picks a table of the retire list"),
    BARRIER(Part.RECLAIM, Access.ATOMIC, "barrier: empties the store buffer of the next thread"),
    SCAN(Part.RECLAIM, Access.LOAD, "scan: reads the announcement of the next thread"),
    LOOK_AT_PINS(Part.RECLAIM, Access.LOAD, "looks at the pins of the table"),
    ZERO_KEY(Part.RECLAIM, Access.STORE, "zeroes the key word"),
    ZERO_VALUE(Part.RECLAIM, Access.STORE, "zeroes the value word"),
    ZERO_TRANSFER_INDEX(Part.RECLAIM, Access.STORE, "zeroes transferIndex"),
    FREE(Part.RECLAIM, Access.ATOMIC, "gives the memory to the pool"),

    // A get announces nothing.
    GET_ROOT(Part.GET, Access.LOAD, "get: reads the root"),
    GET_WORDS(Part.GET, Access.LOAD, "get: reads the next word, of key, value and, to validate, `retired`"),
    GET_NEXT(Part.GET, Access.LOAD, "get: reads the next table"),

    // A traversal, which has entered as an update does.
    FIND_LAST(Part.TRAVERSAL, Access.LOAD, "traversal: looks for the last table"),
    PIN(Part.TRAVERSAL, Access.ATOMIC, "traversal: pins a table"),
    CHECK_PINNED(Part.TRAVERSAL, Access.LOAD, "traversal: looks whether a pinned table is retired"),
    EXIT_PINNED(Part.TRAVERSAL, Access.STORE, "traversal: withdraws its announcement, as the tables are pinned"),
    TRAVERSE_KEY(Part.TRAVERSAL, Access.LOAD, "traversal: reads a key word"),
    TRAVERSE_VALUE(Part.TRAVERSAL, Access.LOAD, "traversal: reads a value word"),
    UNPIN(Part.TRAVERSAL, Access.ATOMIC, "traversal: unpins a table"),

    // Close.
    CLOSE_ROOT(Part.CLOSE, Access.ATOMIC, "close: sets the root to null"),
    CLOSE_RETIRE(Part.CLOSE, Access.STORE, "close: sets `retired` of a table"),
    CLOSE_WALK(Part.CLOSE, Access.LOAD, "close: looks for a next table to retire"),
    CLOSE_BARRIER(Part.CLOSE, Access.ATOMIC, "close: barrier: empties the store buffer of the next thread"),
    CLOSE_SCAN(Part.CLOSE, Access.LOAD, "close: scan: reads the announcement of the next thread"),
    CLOSE_PINS(Part.CLOSE, Access.LOAD, "close: looks at the pins of a table"),
    CLOSE_LOOK_AGAIN(Part.CLOSE, Access.LOAD, "close: looks whether a table was appended meanwhile"),
    CLOSE_FREE(Part.CLOSE, Access.ATOMIC, "close: frees the memory of a table");

    private static final Step[] STEPS = values();

    private final Part part;
    private final Access access;
    private final String sentence;

    Step(Part part, Access access, String sentence) {
        this.part = part;
        this.access = access;
        this.sentence = sentence;
    }

    static Step of(int index) {
        return STEPS[index];
    }

    /** Returns the number by which a state names the step. */
    @SuppressWarnings("EnumOrdinal") // a state exists only within one process
    int index() {
        return ordinal();
    }

    Part part() {
        return part;
    }

    Access access() {
        return access;
    }

    String sentence() {
        return sentence;
    }

    /** The class that says what the step does. */
    enum Part {
        UPDATE,
        TRANSFER,
        RESIZE,
        RECLAIM,
        GET,
        TRAVERSAL,
        CLOSE
    }

    /** How a step accesses shared memory, hence what it waits for. */
    enum Access {
        /** Waits for nothing, and sees what the thread has in its store buffer. */
        LOAD,

        /** Needs room in the store buffer. */
        STORE,

        /** A CAS, a getAndAdd or a volatile store: needs an empty store buffer, and takes effect at once. */
        ATOMIC
    }
}
