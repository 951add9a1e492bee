package org.berth.core.store;

import org.agrona.DirectBuffer;

/** Looks at a value where it is, see {@link BytesMap#read}. */
@FunctionalInterface
public interface ValueVisitor {

    /**
     * Looks at a value. It does not change during the call, whatever other threads do with its key.
     *
     * @param bytes  has the value, among others; read-only, and valid during this call
     * @param offset of the value
     * @param length in bytes
     */
    void visit(DirectBuffer bytes, int offset, int length);
}
