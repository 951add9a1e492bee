package org.berth.core.internal;

import java.lang.invoke.VarHandle;
import org.berth.offheap.Words;

/**
 * The step of a search in a lock-free linked list whose nodes are used again: M. Michael's list ("High performance
 * dynamic lock-free hash tables and list-based sets", SPAA 2002) with {@linkplain TaggedLink tagged links}, new nodes
 * at the front.
 *
 * <ul>
 *   <li>A thread <em>adds</em> a node by a CAS of the head, from the very head from which its search for the key began.
 *       Every change of a link counts, so that CAS fails if any node was added meanwhile, and no key is in the list
 *       twice.
 *   <li>A thread <em>removes</em> a node in two steps: it marks the node's own link, which no thread undoes and after
 *       which no CAS of that link succeeds; then a CAS of the link before it unlinks the node. Any search that meets a
 *       marked node does this.
 *   <li>A <em>search</em> reads a node and then calls {@link #isCurrent}: what it has read counts only if the link that
 *       led to the node has not changed. Otherwise it starts again at the head. A search that has gone through to the
 *       end, or to its key, has met no marked node: so a thread that has marked a node and then searched the list knows
 *       that the node is unlinked.
 * </ul>
 */
public final class TaggedList {

    private TaggedList() {}

    /**
     * Returns whether the node that {@code link} leads to was in the list, and not removed, while the caller read it.
     * Unlinks it if it is marked.
     *
     * @param links  the layout of the links
     * @param words  where the link that led to the node is
     * @param before the offset of that link
     * @param link   that link, as it was read before the node
     * @param next   the node's own link, read by acquire
     * @return whether what the caller has read counts; if not, it starts again at the head
     */
    public static boolean isCurrent(TaggedLink links, Words words, long before, long link, long next) {
        // What was read of the node was its own only if it was linked all the time: the second look comes after those
        // reads.
        VarHandle.loadLoadFence();
        if (words.getOpaque(before) != link) {
            return false;
        }
        if (links.isMarked(next)) {
            words.compareAndSet(before, link, links.toTarget(link, next));
            return false;
        }
        return true;
    }
}
