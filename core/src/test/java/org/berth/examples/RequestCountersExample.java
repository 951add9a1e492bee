package org.berth.examples;

// docs: begin
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.berth.core.map.LongLongMap;

public final class RequestCountersExample {

    private static final long ORDERS = 1;
    private static final long PAYMENTS = 2;

    public static void main(String[] args) {
        try (LongLongMap requests = LongLongMap.create()) {
            try (ExecutorService executor = Executors.newFixedThreadPool(4)) {
                for (int i = 0; i < 10_000; i++) {
                    long endpoint = i % 4 == 0 ? PAYMENTS : ORDERS;
                    int status = i % 100 == 0 ? 500 : 200;
                    executor.execute(() -> requests.getAndAdd(key(endpoint, status), 1)); // atomic
                }
            }
            // Any thread may read at any time, also while requests are counted.
            System.out.println("orders:   " + requests.getOrDefault(key(ORDERS, 200), 0));
            System.out.println("payments: " + requests.getOrDefault(key(PAYMENTS, 200), 0));
            System.out.println("errors:   " + requests.getOrDefault(key(PAYMENTS, 500), 0));
        }
    }

    private static long key(long endpoint, int status) {
        return endpoint * 1_000 + status;
    }
}
// docs: end
