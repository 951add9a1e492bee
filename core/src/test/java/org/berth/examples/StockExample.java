package org.berth.examples;

// docs: begin
import org.berth.core.map.LongLongMap;

public final class StockExample {

    private static final long PEAR = 1;

    public static void main(String[] args) throws InterruptedException {
        try (LongLongMap stock = LongLongMap.create()) {
            stock.put(PEAR, 1_000);
            try (LongLongMap sold = LongLongMap.create()) {
                Thread[] buyers = new Thread[4];
                for (int i = 0; i < buyers.length; i++) {
                    long buyer = i;
                    buyers[i] = Thread.ofPlatform().start(() -> {
                        while (take(stock, PEAR)) {
                            sold.getAndAdd(buyer, 1);
                        }
                    });
                }
                long total = 0;
                for (int i = 0; i < buyers.length; i++) {
                    buyers[i].join();
                    total += sold.getOrDefault(i, 0);
                }
                System.out.println("sold: " + total);
                System.out.println("left: " + stock.get(PEAR));
            }
        }
    }

    /** Takes one, if there is one: the test and the update are one step, tried again if another thread came first. */
    private static boolean take(LongLongMap stock, long what) {
        long left = stock.getOrDefault(what, 0);
        while (left > 0) {
            long seen = stock.compareAndExchange(what, left, left - 1);
            if (seen == left) {
                return true;
            }
            left = seen == LongLongMap.MISSING ? 0 : seen;
        }
        return false;
    }
}
// docs: end
