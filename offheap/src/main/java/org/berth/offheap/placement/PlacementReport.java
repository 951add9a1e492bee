package org.berth.offheap.placement;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The kernel's answer to where memory lies: bytes on each NUMA node, bytes not touched yet, and bytes in huge pages. It
 * holds for the moment of the question: the kernel may migrate pages later, by itself ({@code numa_balancing}) or on
 * request.
 *
 * <p>Use this when a benchmark or a start-up check must know that memory lies where it was requested. Prefer
 * {@link Placement#preTouched()} without {@link Placement#bestEffort()} when memory in the wrong place must be an
 * exception.
 *
 * <p>Bytes are those of whole pages, so they can be a little more than the range that was asked about. Immutable.
 *
 * @param requested      the request; {@link Placement#local()} for memory that was not placed
 * @param bytesOnNode    bytes by the number of the node; empty where the kernel does not tell
 * @param untouchedBytes bytes that are on no node yet, because no thread has written them; 0 where the kernel does not
 *                       tell
 * @param hugeBytes      bytes in transparent huge pages; empty where the kernel does not tell, for instance for a part
 *                       of what is one mapping to the kernel
 * @param unmet          what was requested and is not so, or cannot be verified, one sentence each
 */
public record PlacementReport(
        Placement requested,
        SortedMap<Integer, Long> bytesOnNode,
        long untouchedBytes,
        OptionalLong hugeBytes,
        List<String> unmet) {

    /**
     * Creates a report with copies of the collections.
     *
     * @param requested      the request
     * @param bytesOnNode    bytes by the number of the node
     * @param untouchedBytes bytes that are on no node yet
     * @param hugeBytes      bytes in transparent huge pages
     * @param unmet          what is not as requested
     */
    public PlacementReport {
        bytesOnNode = Collections.unmodifiableSortedMap(new TreeMap<>(bytesOnNode));
        unmet = List.copyOf(unmet);
    }

    /**
     * Returns whether all touched memory is as requested.
     *
     * @return {@code true} if {@link #unmet()} is empty
     */
    public boolean isMet() {
        return unmet.isEmpty();
    }

    /** Returns the report in one line. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("requested=").append(requested);
        for (Map.Entry<Integer, Long> node : bytesOnNode.entrySet()) {
            text.append(" node").append(node.getKey()).append('=').append(node.getValue());
        }
        text.append(" untouched=").append(untouchedBytes);
        text.append(" huge=").append(hugeBytes.isPresent() ? hugeBytes.getAsLong() : "unknown");
        return text.append(unmet.isEmpty() ? "" : " unmet=" + unmet).toString();
    }
}
