package org.berth.examples;

// docs: begin
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.berth.core.slots.Field;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.RecordLayout;
import org.berth.core.slots.Slot;
import org.berth.core.slots.SlotTable;
import org.berth.core.slots.SlotView;
import org.berth.core.slots.Snapshot;

public final class WatcherExample {

    public static void main(String[] args) throws IOException {
        Path copy = Files.createTempDirectory("berth").resolve("gateways");
        writeAndCopy(copy);

        try (SlotTable table = SlotTable.open(copy)) { // without a layout: that of the file
            table.forEach(record -> print(table.layout(), record));
            OwnedLong sent = table.layout().field("sent", OwnedLong.class); // one that it knows by name and type
            System.out.println("sent by all: " + table.sum(sent));
        }
        Files.delete(copy);
    }

    private static void print(RecordLayout layout, SlotView record) {
        System.out.println(record.isNamed() ? record.name() : String.valueOf(record.key()));
        Snapshot owned = layout.newSnapshot();
        record.read(owned); // the owned fields, of one moment
        for (Field field : layout.fields()) {
            System.out.println("  " + field.name() + " = " + value(field, owned, record));
        }
    }

    /** The compiler knows all kinds of fields: one that is missing here is an error. */
    private static Object value(Field field, Snapshot owned, SlotView record) {
        return switch (field) {
            case Field.OwnedLong f -> owned.get(f);
            case Field.OwnedInt f -> owned.get(f);
            case Field.OwnedDouble f -> owned.get(f);
            case Field.OwnedBoolean f -> owned.get(f);
            case Field.OwnedText f -> owned.get(f);
            case Field.OwnedLongs f -> f.length() + " longs from " + owned.get(f, 0);
            case Field.OwnedBytes f ->
                f.length() + " bytes from " + owned.buffer(f).getByte(0);
            case Field.OfLong f -> record.get(f);
            case Field.OfInt f -> record.get(f);
            case Field.OfDouble f -> record.get(f);
            case Field.OfBoolean f -> record.get(f);
        };
    }

    /** The program that is watched: another one, which has the layout. */
    private static void writeAndCopy(Path copy) throws IOException {
        RecordLayout.Builder builder = RecordLayout.builder();
        OwnedLong sent = builder.ownedLong("sent");
        Field.OwnedAscii peer = builder.ownedAscii("peer", 16);
        Field.SharedBoolean enabled = builder.sharedBoolean("enabled");
        RecordLayout layout = builder.build();
        try (SlotTable table = SlotTable.create(layout, 1_024);
                Slot one = table.claim(
                        "gateway-1", first -> first.set(peer, "10.0.0.7").set(enabled, true));
                Slot two = table.claim(2, first -> first.set(peer, "10.0.0.8"))) {
            one.add(sent, 42);
            two.add(sent, 1);
            table.copyTo(copy); // while the owners go on
        }
    }
}
// docs: end
