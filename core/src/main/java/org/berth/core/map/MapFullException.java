package org.berth.core.map;

import org.jspecify.annotations.Nullable;

/**
 * A {@link LongLongMap} has no place for another key, and may not have or does not get the memory to grow. The call that throws it has
 * changed nothing, and the map goes on at its present size: all that is in it can be read, updated and removed. Adding keys
 * works again when there is memory: the map asks for it anew.
 */
public final class MapFullException extends IllegalStateException {

    private static final long serialVersionUID = 1;

    MapFullException(long bytes, long present, String limit, @Nullable Throwable cause) {
        super(
                "map cannot grow: bytes=" + bytes + " present=" + present + ' ' + limit
                        + "; raise the limit, or size the map by expectedSize when it is created, so that it need not grow",
                cause);
    }
}
