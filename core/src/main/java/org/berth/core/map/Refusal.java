package org.berth.core.map;

import org.jspecify.annotations.Nullable;

/**
 * Memory that a map did not get.
 *
 * @param nanoTime       when
 * @param requestedBytes how much was asked for
 * @param limit          which limit refused it
 * @param cause          what the system said; null for the map's own limit
 */
record Refusal(
        long nanoTime,
        long requestedBytes,
        String limit,
        @Nullable Throwable cause) {

    MapFullException exception(MapMemory memory, TableList list) {
        return new MapFullException(
                "map cannot grow: requestedBytes=" + requestedBytes + " allocatedBytes=" + memory.bytes()
                        + " retiredBytes=" + memory.retiredBytes() + " pinnedBytes=" + memory.pinnedBytes()
                        + " tables=" + list.tables() + ' ' + limit
                        + "; raise the limit, remove mappings, or end what holds retired tables: open iterators"
                        + " (pinnedBytes) and threads that are stopped inside an operation",
                cause);
    }
}
