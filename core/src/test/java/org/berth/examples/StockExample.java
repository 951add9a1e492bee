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
                        while (stock.tryAdd(PEAR, -1, 0, Long.MAX_VALUE)) { // takes one, if there is one
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
}
// docs: end
