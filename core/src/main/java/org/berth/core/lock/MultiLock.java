package org.berth.core.lock;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The locks of several keys that one {@code lockAll} has acquired. Its thread uses it again, so that locking allocates
 * nothing.
 */
final class MultiLock implements KeyLock {

    private final ThreadState state;

    /** The next in the list of unused ones of its thread. */
    @Nullable
    MultiLock next;

    private LockNode[] nodes = new LockNode[8];
    private int size;

    /** Keys in the order in which they are locked, the same for all threads. */
    private long[] keys = new long[8];

    private String[] names = new String[8];

    MultiLock(ThreadState state) {
        this.state = state;
    }

    long[] sort(long[] given) {
        keys = given.length > keys.length ? new long[given.length] : keys;
        System.arraycopy(given, 0, keys, 0, given.length);
        Arrays.sort(keys, 0, given.length);
        return keys;
    }

    String[] sort(String[] given) {
        names = given.length > names.length ? new String[given.length] : names;
        System.arraycopy(given, 0, names, 0, given.length);
        Arrays.sort(names, 0, given.length);
        return names;
    }

    /** Makes room for {@code count} locks, so that adding one cannot fail. */
    void reserve(int count) {
        if (count > nodes.length) {
            nodes = new LockNode[count];
        }
    }

    void add(LockNode node) {
        nodes[size] = node;
        size++;
    }

    @Override
    public List<LockInfo> abandoned() {
        List<LockInfo> all = List.of();
        for (int i = 0; i < size; i++) {
            if (!nodes[i].abandoned().isEmpty()) {
                all = all.isEmpty() ? new ArrayList<>() : all;
                all.addAll(nodes[i].abandoned());
            }
        }
        return all;
    }

    @Override
    public void close() {
        if (Thread.currentThread() != state.thread || size == 0) {
            throw new IllegalStateException("not held: locks=" + size + " owner=" + state.thread.getName() + " thread="
                    + Thread.currentThread().getName() + "; the thread that locked closes, once");
        }
        closeAll();
        state.recycle(this);
    }

    /** Closes the locks that were acquired so far. */
    void closeAll() {
        while (size > 0) {
            size--;
            nodes[size].close();
        }
    }
}
