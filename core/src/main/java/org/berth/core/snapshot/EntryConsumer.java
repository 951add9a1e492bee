package org.berth.core.snapshot;

import org.agrona.DirectBuffer;

/** Gets the entries of a snapshot of bytes. */
@FunctionalInterface
public interface EntryConsumer {

    /**
     * Gets an entry, whose bytes are overwritten afterwards.
     *
     * @param bytes       has both
     * @param keyOffset   of the key
     * @param keyLength   in bytes
     * @param valueOffset of the value
     * @param valueLength in bytes
     */
    void accept(DirectBuffer bytes, int keyOffset, int keyLength, int valueOffset, int valueLength);
}
