package org.berth.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.agrona.MutableDirectBuffer;
import org.berth.offheap.ArrayWords;
import org.berth.offheap.OffHeapBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** References at their limits, and hashes of keys of all lengths, in buffers and in words. */
@Timeout(60)
class ReferenceTest {

    private static final int LONGEST = 600;

    @Test
    void keepsTheLargestOfEachPart() {
        int id = Reference.MAX_SEGMENTS - 1;
        long generation = Reference.LAST_GENERATION;
        long offset = Reference.MAX_SEGMENT - Records.HEADER;
        for (int present = 0; present < 8; present++) {
            int someId = (present & 1) * id;
            long someGeneration = (present >> 1 & 1) * generation;
            long someOffset = (present >> 2) * offset;
            long reference = Reference.of(someId, someGeneration, someOffset);
            assertThat(reference).isNotNegative();
            assertThat(Reference.id(reference)).isEqualTo(someId);
            assertThat(Reference.generation(reference)).isEqualTo(someGeneration);
            assertThat(Reference.offset(reference)).isEqualTo(someOffset);
        }
    }

    /** The key ends where the memory ends: nothing is read behind it. */
    @Test
    void aKeyHasOneHashWhereverItIs() {
        KeyHash hash = Xxh3.ofRandomSeed();
        MutableDirectBuffer buffer = OffHeapBuffer.ofAuto(1 + LONGEST);
        for (int i = 0; i <= LONGEST; i++) {
            buffer.putByte(i, (byte) (i * 31 + 7));
        }
        for (int length = 0; length <= LONGEST; length++) {
            ArrayWords words = new ArrayWords(Records.HEADER + Records.padded(length));
            Records.copyIn(words, null, Records.HEADER, buffer, 1, length);
            assertThat(hash.hash(words, Records.HEADER, length))
                    .as("length=%d", length)
                    .isEqualTo(hash.hash(buffer, 1, length));
        }
    }
}
