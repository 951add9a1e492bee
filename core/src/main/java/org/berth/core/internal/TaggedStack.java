package org.berth.core.internal;

import org.berth.offheap.Words;

/**
 * Treiber's lock-free stack of free nodes, with {@linkplain TaggedLink tagged links}: the tag of the head keeps a node
 * that was popped and pushed again from being taken for the one that a slow thread has seen. Several stacks may share
 * the nodes, each with a head of its own; a node is in one at the most.
 *
 * <p>The subclass says where a node's link is. Those virtual calls do not matter beside the CAS of a shared word.
 */
public abstract class TaggedStack {

    private final TaggedLink links;
    private final Words heads;

    /**
     * Makes stacks whose nodes are elsewhere.
     *
     * @param links the layout of the links
     * @param heads where the heads are
     */
    protected TaggedStack(TaggedLink links, Words heads) {
        this.links = links;
        this.heads = heads;
    }

    /**
     * Returns the memory in which the link of a node is.
     *
     * @param id of the node
     * @return the memory
     */
    protected abstract Words words(int id);

    /**
     * Returns the offset of the link of a node in that memory.
     *
     * @param id of the node
     * @return the offset, in bytes
     */
    protected abstract long link(int id);

    /**
     * Pushes a node that is in no stack.
     *
     * @param head the offset of the stack's head
     * @param id   of the node
     * @param tag  what the node's link has beside its target
     */
    public final void push(long head, int id, long tag) {
        Words words = words(id);
        long link = link(id);
        while (true) {
            long first = heads.getAcquire(head);
            // Opaque: a search that met this node in a list may still be reading.
            words.setOpaque(link, tag | links.target(first));
            // Volatile CAS: releases the link, and what the caller wrote to its node.
            if (heads.compareAndSet(head, first, links.toId(first, id))) {
                return;
            }
        }
    }

    /**
     * Pops a node.
     *
     * @param head the offset of the stack's head
     * @return its id, or {@link TaggedLink#NONE} if the stack is empty
     */
    public final int pop(long head) {
        while (true) {
            // Acquire: pairs with the CAS in push, so that the link of the node is seen.
            long first = heads.getAcquire(head);
            int id = links.id(first);
            if (id == TaggedLink.NONE) {
                return TaggedLink.NONE;
            }
            // Opaque: the node may be in use again by now, and another word in place of its link; then the CAS fails.
            long next = words(id).getOpaque(link(id));
            if (heads.compareAndSet(head, first, links.toTarget(first, next))) {
                return id;
            }
        }
    }
}
