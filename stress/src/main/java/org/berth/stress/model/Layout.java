package org.berth.stress.model;

/**
 * Where each word of a state is. A state is an array of bytes, so that it is copied and hashed fast.
 *
 * <p>Tables and tokens are numbered from 1, and 0 means none: no table is announced, there is no next table, the root
 * is null.
 */
final class Layout {

    /** Key words: of a slot that a put may claim; of one that no put claims any more; of one that has the key. */
    static final int EMPTY = 0;

    static final int FROZEN = 1;
    static final int OCCUPIED = 2;

    /** Value words: no mapping; the mapping is in a later table; from here on, tokens. */
    static final int ABSENT = 0;

    static final int MOVED = 1;
    static final int FIRST_TOKEN = 2;

    /** States of a table in the retire list. */
    static final int NOT_LISTED = 0;

    static final int LISTED = 1;
    static final int RECLAIMED = 2;

    /** How many stores a store buffer holds. */
    static final int BUFFER = 3;

    static final int ROOT = 0;

    /** The id of the next table. An id is never used again. */
    static final int NEXT_ID = ROOT + 1;

    /** 1 while a thread reclaims: one at a time. */
    static final int RECLAIMING = NEXT_ID + 1;

    /** What the ledger counts, see {@link Ledger}; no step of the protocol depends on it. */
    static final int PRESENT = RECLAIMING + 1;

    static final int REMOVALS = PRESENT + 1;
    static final int RETURNED = REMOVALS + 1;
    static final int PUTS = RETURNED + 1;
    static final int CLOSED = PUTS + 1;

    private static final int ANNOUNCED = CLOSED + 1;

    private static final String[] HEADER_NAMES = {
        "root", "nextId", "reclaiming", "(present)", "(removals)", "(returned)", "(puts)", "(closed)"
    };

    /** On the heap, for as long as a thread may refer to the table. */
    private static final String[] TABLE_NAMES = {"next", "retired", "transferred", "block", "listed", "pins"};

    /** The first three are the memory that is reused. The others are the allocator's, and the model's. */
    private static final String[] BLOCK_NAMES = {"key", "value", "transferIndex", "(owner)", "free"};

    final int threads;
    final int tables;
    final int blocks;
    final int size;
    private final int tableBase;
    private final int blockBase;
    private final int threadBase;

    Layout(int threads, int tables, int blocks) {
        this.threads = threads;
        this.tables = tables;
        this.blocks = blocks;
        tableBase = ANNOUNCED + threads;
        blockBase = tableBase + tables * TABLE_NAMES.length;
        threadBase = blockBase + blocks * BLOCK_NAMES.length;
        // A multiple of eight bytes, for hashing.
        size = (threadBase + threads * threadSize() + Long.BYTES - 1) & -Long.BYTES;
    }

    private static int threadSize() {
        return Local.COUNT + 1 + 2 * BUFFER;
    }

    static int announced(int thread) {
        return ANNOUNCED + thread;
    }

    int next(int table) {
        return table(table);
    }

    int retired(int table) {
        return table(table) + 1;
    }

    int transferred(int table) {
        return table(table) + 2;
    }

    int block(int table) {
        return table(table) + 3;
    }

    int listed(int table) {
        return table(table) + 4;
    }

    int pins(int table) {
        return table(table) + 5;
    }

    private int table(int table) {
        return tableBase + (table - 1) * TABLE_NAMES.length;
    }

    int key(int block) {
        return blockBase + block * BLOCK_NAMES.length;
    }

    int value(int block) {
        return key(block) + 1;
    }

    int transferIndex(int block) {
        return key(block) + 2;
    }

    int owner(int block) {
        return key(block) + 3;
    }

    int free(int block) {
        return key(block) + 4;
    }

    int local(int thread, Local local) {
        return threadBase + thread * threadSize() + local.index();
    }

    int buffered(int thread) {
        return threadBase + thread * threadSize() + Local.COUNT;
    }

    int bufferedAddress(int thread, int index) {
        return buffered(thread) + 1 + 2 * index;
    }

    int bufferedValue(int thread, int index) {
        return buffered(thread) + 2 + 2 * index;
    }

    byte[] initialState() {
        byte[] state = new byte[size];
        state[ROOT] = 1;
        state[NEXT_ID] = 2;
        state[owner(0)] = 1;
        for (int block = 1; block < blocks; block++) {
            state[free(block)] = 1;
        }
        return state;
    }

    boolean isShared(int address) {
        return address < threadBase;
    }

    /** Returns the name of a shared word, for counterexamples. */
    String name(int address) {
        if (address < ANNOUNCED) {
            return HEADER_NAMES[address];
        }
        if (address < tableBase) {
            return "announced[" + (address - ANNOUNCED) + "]";
        }
        if (address < blockBase) {
            int at = address - tableBase;
            return "table" + (at / TABLE_NAMES.length + 1) + "." + TABLE_NAMES[at % TABLE_NAMES.length];
        }
        int at = address - blockBase;
        return "block" + at / BLOCK_NAMES.length + "." + BLOCK_NAMES[at % BLOCK_NAMES.length];
    }
}
