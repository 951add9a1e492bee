package org.berth.core.map;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when a map has no room for what is to be stored, and its limit ({@link LongLongMap.Builder#maximumBytes(long)}
 * or the like) or that of the process refuses the memory to grow. The message says which limit, and what holds the
 * memory.
 *
 * <p>The call that throws it has changed nothing. The map goes on at its present size: all mappings can be read and
 * removed, and those of a {@link LongLongMap} updated. The next call that needs memory tries again.
 */
public final class MapFullException extends IllegalStateException {

    private static final long serialVersionUID = 1;

    /**
     * Makes an exception.
     *
     * @param message which limit, and what holds the memory
     * @param cause   or null
     */
    public MapFullException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
