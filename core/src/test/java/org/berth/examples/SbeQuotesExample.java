package org.berth.examples;

// docs: begin
import org.agrona.MutableDirectBuffer;
import org.berth.core.slots.Field.OwnedBytes;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.RecordLayout;
import org.berth.core.slots.Slot;
import org.berth.core.slots.SlotTable;
import org.berth.core.slots.SlotView;
import org.berth.core.slots.SlotWrite;
import org.berth.core.slots.Snapshot;
import org.berth.examples.sbe.QuoteDecoder;
import org.berth.examples.sbe.QuoteEncoder;

public final class SbeQuotesExample {

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    private static final OwnedBytes QUOTE = RECORD.ownedBytes("quote", QuoteEncoder.BLOCK_LENGTH);
    private static final OwnedLong UPDATES = RECORD.ownedLong("updates");
    private static final RecordLayout LAYOUT = RECORD.build();

    public static void main(String[] args) {
        QuoteEncoder encoder = new QuoteEncoder();
        try (SlotTable quotes = SlotTable.create(LAYOUT, 1_024);
                Slot acme = quotes.claim("ACME", first -> encode(encoder, first.buffer(QUOTE), 100))) {
            Thread feed = Thread.ofPlatform().start(() -> publish(acme, encoder));

            Snapshot snapshot = LAYOUT.newSnapshot();
            QuoteDecoder quote = new QuoteDecoder();
            long torn = 0;
            try (SlotView view = quotes.view("ACME")) {
                do {
                    view.read(snapshot); // never makes the feed wait
                    quote.wrap(snapshot.buffer(QUOTE), 0, QuoteDecoder.BLOCK_LENGTH, QuoteDecoder.SCHEMA_VERSION);
                    if (quote.ask() - quote.bid() != 2 || quote.bid() != 99 + snapshot.get(UPDATES)) {
                        torn++;
                    }
                } while (feed.isAlive());
                view.read(snapshot);
                quote.wrap(snapshot.buffer(QUOTE), 0, QuoteDecoder.BLOCK_LENGTH, QuoteDecoder.SCHEMA_VERSION);
            }
            System.out.println("torn: " + torn);
            System.out.println("last: " + quote.bid() + " / " + quote.ask() + " at " + quote.venue());
        }
    }

    private static void publish(Slot slot, QuoteEncoder encoder) {
        for (int price = 101; price <= 100_000; price++) {
            try (SlotWrite write = slot.begin()) {
                encode(encoder, write.buffer(QUOTE), price);
                write.add(UPDATES, 1).commit(); // readers see the whole message, and the count that goes with it
            }
        }
    }

    private static void encode(QuoteEncoder encoder, MutableDirectBuffer buffer, long price) {
        encoder.wrap(buffer, 0)
                .bid(price - 1)
                .ask(price + 1)
                .bidSize(10)
                .askSize(20)
                .venue("XETR");
    }
}
// docs: end
