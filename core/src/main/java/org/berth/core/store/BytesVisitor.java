package org.berth.core.store;

import org.agrona.DirectBuffer;

/** Gets the mappings of a {@link BytesMap}, one after the other. */
@FunctionalInterface
public interface BytesVisitor {

    /**
     * Gets a mapping. The bytes are a copy, which the next mapping overwrites.
     *
     * @param bytes       has both
     * @param keyOffset   of the key
     * @param keyLength   in bytes
     * @param valueOffset of the value
     * @param valueLength in bytes
     */
    void visit(DirectBuffer bytes, int keyOffset, int keyLength, int valueOffset, int valueLength);
}
