package org.berth.examples;

// docs: begin
import org.berth.core.slots.Field.OwnedDouble;
import org.berth.core.slots.RecordLayout;
import org.berth.core.slots.Slot;
import org.berth.core.slots.SlotTable;
import org.berth.core.slots.SlotView;
import org.berth.core.slots.SlotWrite;
import org.berth.core.slots.Snapshot;

public final class QuotesExample {

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    private static final OwnedDouble BID = RECORD.ownedDouble("bid");
    private static final OwnedDouble ASK = RECORD.ownedDouble("ask");
    private static final RecordLayout LAYOUT = RECORD.build();

    public static void main(String[] args) {
        try (SlotTable quotes = SlotTable.create(LAYOUT, 1_024);
                Slot acme = quotes.claim("ACME", first -> first.set(BID, 99).set(ASK, 101))) {
            Thread feed = Thread.ofPlatform().start(() -> publish(acme));

            Snapshot quote = LAYOUT.newSnapshot(); // a copy of all fields; made once, filled again and again
            long torn = 0;
            try (SlotView view = quotes.view("ACME")) {
                do {
                    view.read(quote); // never makes the feed wait
                    if (quote.get(ASK) - quote.get(BID) != 2) {
                        torn++;
                    }
                } while (feed.isAlive());
                view.read(quote);
            }
            System.out.println("torn: " + torn);
            System.out.println("last: " + quote.get(BID) + " / " + quote.get(ASK));
        }
    }

    private static void publish(Slot slot) {
        for (int price = 101; price <= 100_000; price++) {
            try (SlotWrite write = slot.begin()) {
                write.set(BID, price - 1).set(ASK, price + 1).commit(); // readers see both or neither
            }
        }
    }
}
// docs: end
