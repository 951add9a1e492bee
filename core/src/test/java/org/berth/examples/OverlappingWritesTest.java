package org.berth.examples;

// docs: begin
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.RecordLayout;
import org.berth.core.slots.Slot;
import org.berth.core.slots.SlotTable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OverlappingWritesTest {

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    private static final OwnedLong ORDERS = RECORD.ownedLong("orders");
    private static final RecordLayout LAYOUT = RECORD.build();

    @Test
    void aSecondWriterIsCaught() {
        try (SlotTable table = SlotTable.create(LAYOUT, 16);
                Slot slot = table.claim("t1");
                ExecutorService other = Executors.newSingleThreadExecutor()) {
            slot.begin().set(ORDERS, 1); // a write is under way …
            Future<?> overlapping = other.submit(() -> slot.add(ORDERS, 1)); // … and another thread writes, too

            assertThatThrownBy(() -> overlapping.get(10, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("overlapping writes through one handle");
        }
    }
}
// docs: end
