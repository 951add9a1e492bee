package org.berth.stress;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/** A thread-safe pool of objects that states borrow in their constructor and release in their arbiter. */
final class Pool<T> {

    private final Queue<T> idle = new ConcurrentLinkedQueue<>();
    private final Supplier<T> factory;

    Pool(Supplier<T> factory) {
        this.factory = factory;
    }

    T borrow() {
        T pooled = idle.poll();
        return pooled != null ? pooled : factory.get();
    }

    void release(T borrowed) {
        idle.add(borrowed);
    }
}
