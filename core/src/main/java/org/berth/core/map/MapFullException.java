package org.berth.core.map;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when a {@link LongLongMap} has no free slot for a new key, and its {@linkplain
 * LongLongMap.Builder#maximumBytes(long) limit} or the JVM refuses the memory to grow.
 *
 * <p>The call that throws it has changed nothing. The map goes on at its present size: all mappings can be read,
 * updated and removed. It asks for memory anew from time to time, so adding keys works again once there is some.
 */
public final class MapFullException extends IllegalStateException {

    private static final long serialVersionUID = 1;

    MapFullException(long requestedBytes, long allocatedBytes, String limit, @Nullable Throwable cause) {
        super(
                "map cannot grow: requestedBytes=" + requestedBytes + " allocatedBytes=" + allocatedBytes + ' ' + limit
                        + "; raise the limit, or set expectedSize when the map is built, so that it need not grow",
                cause);
    }
}
