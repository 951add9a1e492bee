package org.berth.stress.model;

/**
 * The memory model: a store goes into a buffer of its thread, which sees it at once, and reaches memory at any later
 * time. An atomic update, and a full fence, wait until the buffer is empty. A barrier empties the buffers of all.
 */
final class StoreBuffers {

    private final Layout layout;
    private final MemoryModel memory;

    StoreBuffers(Layout layout, MemoryModel memory) {
        this.layout = layout;
        this.memory = memory;
    }

    int load(byte[] state, int thread, int address) {
        for (int i = count(state, thread) - 1; i >= 0; i--) {
            if (state[layout.bufferedAddress(thread, i)] == address) {
                return state[layout.bufferedValue(thread, i)];
            }
        }
        return state[address];
    }

    void store(byte[] state, int thread, int address, int value) {
        int count = count(state, thread);
        state[layout.bufferedAddress(thread, count)] = (byte) address;
        state[layout.bufferedValue(thread, count)] = (byte) value;
        state[layout.buffered(thread)]++;
    }

    int count(byte[] state, int thread) {
        return state[layout.buffered(thread)];
    }

    boolean isEmpty(byte[] state, int thread) {
        return count(state, thread) == 0;
    }

    boolean isFull(byte[] state, int thread) {
        return count(state, thread) == Layout.BUFFER;
    }

    /** Whether the store at {@code index} of the buffer may be the next to reach memory. */
    boolean mayArrive(byte[] state, int thread, int index) {
        if (index >= count(state, thread)) {
            return false;
        }
        if (memory == MemoryModel.TSO) {
            return index == 0;
        }
        byte address = state[layout.bufferedAddress(thread, index)];
        for (int earlier = 0; earlier < index; earlier++) {
            if (state[layout.bufferedAddress(thread, earlier)] == address) {
                return false;
            }
        }
        return true;
    }

    /** Lets a store reach memory. */
    void arrive(byte[] state, int thread, int index) {
        state[state[layout.bufferedAddress(thread, index)]] = state[layout.bufferedValue(thread, index)];
        int last = count(state, thread) - 1;
        int first = layout.bufferedAddress(thread, 0);
        System.arraycopy(state, first + 2 * (index + 1), state, first + 2 * index, 2 * (last - index));
        // Zeroed, so that equal states have equal bytes.
        state[layout.bufferedAddress(thread, last)] = 0;
        state[layout.bufferedValue(thread, last)] = 0;
        state[layout.buffered(thread)]--;
    }

    void drain(byte[] state, int thread) {
        while (!isEmpty(state, thread)) {
            arrive(state, thread, 0);
        }
    }
}
