package org.berth.stress;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/** What states borrow, from their constructor to their arbiter. Thread-safe. */
final class Pool<T> {

    private final Queue<T> idle = new ConcurrentLinkedQueue<>();
    private final Supplier<T> more;

    Pool(Supplier<T> more) {
        this.more = more;
    }

    T take() {
        T taken = idle.poll();
        return taken != null ? taken : more.get();
    }

    void giveBack(T taken) {
        idle.add(taken);
    }
}
