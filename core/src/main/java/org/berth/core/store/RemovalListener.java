package org.berth.core.store;

import org.agrona.DirectBuffer;

/**
 * Gets each mapping that a {@link BytesMap} removes by itself, once, after it is removed and while its bytes are still
 * there.
 *
 * <p>It is called by whichever thread has removed the mapping, in the middle of a call of that thread: it should be
 * short, and may read and update the map. What it throws goes to that thread's
 * {@linkplain Thread.UncaughtExceptionHandler handler of uncaught exceptions}, and the call goes on.
 */
@FunctionalInterface
public interface RemovalListener {

    /**
     * Gets a mapping.
     *
     * @param cause       of the removal
     * @param bytes       has both; read-only, and valid during this call
     * @param keyOffset   of the key
     * @param keyLength   in bytes
     * @param valueOffset of the value
     * @param valueLength in bytes
     */
    void removed(
            RemovalCause cause, DirectBuffer bytes, int keyOffset, int keyLength, int valueOffset, int valueLength);
}
