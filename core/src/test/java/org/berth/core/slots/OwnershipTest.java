package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThat;

import org.berth.core.slots.Ledger.Kind;
import org.berth.offheap.ArrayWords;
import org.berth.offheap.Words;
import org.junit.jupiter.api.Test;

/** The state word after more claims than a test can make. */
class OwnershipTest {

    @Test
    void theGenerationAfterTheLastIsNotThatOfASlotThatWasNeverUsed() {
        TableDescriptor d = Kind.MERGE_RECYCLING.descriptor(1);
        Words words = new ArrayWords(d.bytes);
        SlotTable table = SlotTable.over(words, d);
        try (Slot slot = table.claim(1)) {
            Ledger.book(slot, 5);
        }
        words.set(d.metadata(0) + TableDescriptor.STATE, 0xFFFF_FFFFL << 32 | Ownership.VACANT);
        assertThat(table.remove(1)).isTrue();
        assertThat(table.sum(Ledger.AMOUNT)).isEqualTo(5);
        table.claim(2).close();
        assertThat(table.sum(Ledger.AMOUNT)).isEqualTo(5);
    }

    /** The end of an earlier claim neither releases nor removes what the next owner has. */
    @Test
    void aClaimThatHasEndedEndsNoOther() {
        TableDescriptor d = Kind.MERGE_RECYCLING.descriptor(1);
        Words words = new ArrayWords(d.bytes);
        Ownership ownership = new Ownership(words, d, 0);
        ownership.begin(0);
        long earlier = ownership.settle(0);
        ownership.release(0, earlier);
        assertThat(ownership.removeOwned(0, earlier)).as("vacant").isFalse();
        long claim = ownership.take(0);
        assertThat(ownership.removeOwned(0, earlier)).as("owned").isFalse();
        ownership.release(0, earlier);
        assertThat(ownership.state(0)).isEqualTo(claim);
        assertThat(ownership.removeOwned(0, claim)).isTrue();
        assertThat(ownership.isRemoved(0)).isTrue();
    }
}
