package org.berth.core.lock;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The sections that one {@code lockAll} has entered. Used again by its thread, so that entering allocates nothing. */
final class MultiLock implements KeyLock {

    private final ThreadState visitor;

    /** The next in a list of its visitor's. */
    @Nullable
    MultiLock next;

    private LockNode[] holds = new LockNode[8];
    private int size;

    /** Keys in the order in which they are entered, the same for all threads. */
    private long[] keys = new long[8];

    private String[] names = new String[8];

    MultiLock(ThreadState visitor) {
        this.visitor = visitor;
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

    /** Room for so many, so that adding cannot fail. */
    void reserve(int count) {
        if (count > holds.length) {
            holds = new LockNode[count];
        }
    }

    void add(LockNode hold) {
        holds[size] = hold;
        size++;
    }

    @Override
    public List<LockInfo> abandoned() {
        List<LockInfo> all = List.of();
        for (int i = 0; i < size; i++) {
            if (!holds[i].abandoned().isEmpty()) {
                all = all.isEmpty() ? new ArrayList<>() : all;
                all.addAll(holds[i].abandoned());
            }
        }
        return all;
    }

    @Override
    public void close() {
        if (Thread.currentThread() != visitor.thread || size == 0) {
            throw new IllegalStateException("not inside: sections=" + size + " owner=" + visitor.thread.getName()
                    + " thread=" + Thread.currentThread().getName() + "; the thread that entered closes, once");
        }
        leave();
        visitor.giveBack(this);
    }

    /** Leaves what was entered so far. */
    void leave() {
        while (size > 0) {
            size--;
            holds[size].close();
        }
    }
}
