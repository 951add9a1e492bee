package org.berth.examples;

// docs: begin
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.RecordLayout;
import org.berth.core.slots.Slot;
import org.berth.core.slots.SlotTable;

public final class RestartExample {

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    private static final OwnedLong SENT = RECORD.ownedLong("sent");
    private static final OwnedLong EXPOSURE = RECORD.ownedLong("exposure");
    private static final RecordLayout LAYOUT = RECORD.build();

    public static void main(String[] args) throws IOException {
        Path file = Files.createTempDirectory("berth").resolve("gateways");

        SlotTable table = SlotTable.builder(LAYOUT, 1_024).build(file);
        Slot slot = table.claim("gateway-1");
        slot.write(fields -> fields.set(SENT, 42).set(EXPOSURE, 4_200));
        slot.begin().set(SENT, 43).set(EXPOSURE, 4_300); // begun, and never committed
        table.close(); // in place of a crash: the slot is not closed

        try (SlotTable reopened = SlotTable.open(file, LAYOUT);
                Slot again = reopened.claim("gateway-1")) { // its owner is gone, so the key is free
            System.out.println("sent:     " + again.get(SENT));
            System.out.println("exposure: " + again.get(EXPOSURE));
            again.add(SENT, 1); // goes on from there
        }
        Files.delete(file);
    }
}
// docs: end
