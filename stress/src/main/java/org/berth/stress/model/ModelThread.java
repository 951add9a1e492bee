package org.berth.stress.model;

import java.util.Arrays;

/** A thread at one of its steps, in one state: its local variables, and its accesses to memory. */
final class ModelThread {

    final Layout layout;
    private final Scenario scenario;
    private final StoreBuffers buffers;
    private byte[] state = {};
    private int id;
    private int alternative;

    ModelThread(Scenario scenario, Layout layout, StoreBuffers buffers) {
        this.scenario = scenario;
        this.layout = layout;
        this.buffers = buffers;
    }

    /** Makes this the thread {@code thread} in a state, which its accesses change. */
    void set(byte[] in, int thread, int choice) {
        state = in;
        id = thread;
        alternative = choice;
    }

    int id() {
        return id;
    }

    /** Returns which of the ways that a step may go it is to try. */
    int alternative() {
        return alternative;
    }

    boolean is(Broken variant) {
        return scenario.is(variant);
    }

    boolean hasWeakLoads() {
        return scenario.reader() == ReaderOrder.WEAK;
    }

    boolean hasCompletedAll() {
        return get(Local.COMPLETED) == scenario.programs().get(id).size();
    }

    Operation operation() {
        return scenario.programs().get(id).get(get(Local.COMPLETED));
    }

    int get(Local local) {
        return state[layout.local(id, local)];
    }

    void set(Local local, int value) {
        state[layout.local(id, local)] = (byte) value;
    }

    void increment(Local local) {
        state[layout.local(id, local)]++;
    }

    /** Loads a word as this thread sees it, its own buffered stores included. */
    int load(int address) {
        return buffers.load(state, id, address);
    }

    /** Stores a word into the buffer. */
    void store(int address, int value) {
        buffers.store(state, id, address, value);
    }

    /** Reads a word of memory: in an atomic step, or for the model's own purposes. */
    int read(int address) {
        return state[address];
    }

    /** Writes a word of memory: in an atomic step, or for the model's own purposes. */
    void write(int address, int value) {
        state[address] = (byte) value;
    }

    /** Empties the store buffer of a thread, as a handshake with it does. */
    void drain(int thread) {
        buffers.drain(state, thread);
    }

    int keyOf(int table) {
        return layout.key(blockOf(table));
    }

    int valueOf(int table) {
        return layout.value(blockOf(table));
    }

    int transferIndexOf(int table) {
        return layout.transferIndex(blockOf(table));
    }

    int blockOf(int table) {
        return read(layout.block(table));
    }

    int ownerOfMemoryOf(int table) {
        return read(layout.owner(blockOf(table)));
    }

    /** Checks that the memory of a table is still that table's. */
    void assertOwnsMemory(int table, String what) {
        int owner = ownerOfMemoryOf(table);
        if (owner != table) {
            throw new Violation(what + " of table " + table + " is in memory that "
                    + (owner == 0 ? "is free" : "belongs to table " + owner));
        }
    }

    /** Zeroes the variables that an update sets before it reads them, so that there are fewer states. */
    void forgetSearch() {
        set(Local.LATER, 0);
        set(Local.CURSOR, 0);
        set(Local.KEY, 0);
        set(Local.VALUE, 0);
        set(Local.COPY, 0);
    }

    /** Goes on to the next operation, with local variables as at first. */
    Step complete() {
        increment(Local.COMPLETED);
        int first = layout.local(id, Local.TABLE);
        Arrays.fill(state, first, layout.local(id, Local.RETURNED_AT_BEGIN) + 1, (byte) 0);
        return Step.START;
    }
}
