package org.berth.examples;

import org.berth.core.map.LongLongMap;

public final class MapExample {

    public static void main(String[] args) throws InterruptedException {
        // docs: begin
        try (LongLongMap hits = LongLongMap.create()) {
            Runnable work = () -> {
                for (long i = 0; i < 1_000_000; i++) {
                    hits.getAndAdd(i % 100_000, 1); // one atomic step; an absent key counts from 0
                }
            };
            Thread other = Thread.ofPlatform().start(work);
            work.run();
            other.join();
            System.out.println(hits.get(42) + " " + hits.compareAndSet(42, 20, 0) + " " + hits.get(42));
        }
        // docs: end
    }
}
