package org.berth.examples;

// readme: begin
import java.util.Arrays;
import org.berth.core.map.LongLongMap;

public final class MapExample {

    public static void main(String[] args) throws InterruptedException {
        try (LongLongMap visits = LongLongMap.create()) { // any long to any long; grows while it is in use
            Runnable work = () -> {
                for (long i = 0; i < 1_000_000; i++) {
                    visits.getAndAdd(i % 100_000, 1); // one atomic step; a value that is missing counts as 0
                }
            };
            Thread one = Thread.ofPlatform().start(work);
            Thread two = Thread.ofPlatform().start(work);
            one.join();
            two.join();

            System.out.println("visits: " + visits.get(42));
            System.out.println("taken:  " + visits.compareAndSet(42, 20, 0)); // the test and the set are one step
            System.out.println("capped: " + visits.update(43, n -> Math.min(n, 10)));
            System.out.println("absent: " + (visits.get(-1) == LongLongMap.MISSING));

            long[] keys = {1, 2, 3, 42};
            long[] values = new long[keys.length];
            visits.getAll(keys, values); // faster than one by one where the map does not fit the cache
            System.out.println("batch:  " + Arrays.toString(values));
        }
    }
}
// readme: end
