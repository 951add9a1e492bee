package org.berth.offheap.placement;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where memory was when the kernel was asked. The kernel may move pages later, by itself ({@code numa_balancing}) or told to.
 *
 * <p>Bytes are those of whole pages, so they can be a little more than the memory that was asked about.
 *
 * @param asked          for; {@link Placement#local()} for memory that was not placed
 * @param bytesOnNode    by number of the node; empty where the kernel does not tell
 * @param untouchedBytes that are nowhere yet, because nobody has written them; 0 where the kernel does not tell
 * @param hugeBytes      in transparent huge pages; empty where the kernel does not tell, as for a part of what is one mapping
 *                       to it
 * @param unmet          what was asked for and is not so, or cannot be known, a sentence each
 */
public record PlacementReport(
        Placement asked,
        SortedMap<Integer, Long> bytesOnNode,
        long untouchedBytes,
        OptionalLong hugeBytes,
        List<String> unmet) {

    /**
     * Takes copies.
     *
     * @param asked          for
     * @param bytesOnNode    by number of the node
     * @param untouchedBytes that are nowhere yet
     * @param hugeBytes      in transparent huge pages
     * @param unmet          what is not as it was asked for
     */
    public PlacementReport {
        bytesOnNode = Collections.unmodifiableSortedMap(new TreeMap<>(bytesOnNode));
        unmet = List.copyOf(unmet);
    }

    /**
     * Whether everything is as it was asked for, as far as it was touched.
     *
     * @return whether it is
     */
    public boolean isMet() {
        return unmet.isEmpty();
    }

    /** One line. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("asked=").append(asked);
        for (Map.Entry<Integer, Long> node : bytesOnNode.entrySet()) {
            text.append(" node").append(node.getKey()).append('=').append(node.getValue());
        }
        text.append(" untouched=").append(untouchedBytes);
        text.append(" huge=").append(hugeBytes.isPresent() ? hugeBytes.getAsLong() : "unknown");
        return text.append(unmet.isEmpty() ? "" : " unmet=" + unmet).toString();
    }
}
