package org.berth.core.internal;

/**
 * The layout of a tagged link: a word that leads to a node of a lock-free list or stack, or to none.
 *
 * <pre>
 *   63            idBits + 1        1      0
 *   │ tag         │ id + 1, or 0    │ mark │
 * </pre>
 *
 * The tag counts the changes of the word, so that a CAS fails if the link has changed and changed back (the ABA
 * problem). The mark says that the node whose link this is has been removed from its list.
 *
 * <p>A record because the JIT compiler takes the fields of a record that a {@code static final} field holds for
 * constants.
 *
 * @param idBits how many bits an id has; the tag has the 63 - {@code idBits} bits above
 */
public record TaggedLink(int idBits) {

    /** The id of no node. */
    public static final int NONE = -1;

    private static final long MARK = 1;

    /**
     * Returns the id of the node that a link leads to.
     *
     * @param link a link
     * @return the id, or {@link #NONE}
     */
    public int id(long link) {
        return (int) ((link & ids()) >>> 1) - 1;
    }

    /**
     * Returns whether a link is that of a removed node.
     *
     * @param link a link
     * @return whether it is marked
     */
    public boolean isMarked(long link) {
        return (link & MARK) != 0;
    }

    /**
     * Returns the part of a link that leads to a node, without tag and mark.
     *
     * @param link a link
     * @return the target
     */
    public long target(long link) {
        return link & ids();
    }

    /**
     * Returns the tag that comes after that of a link, without a target.
     *
     * @param link a link
     * @return the tag, in its place in the word
     */
    public long nextTag(long link) {
        long one = 2L << idBits;
        return (link & -one) + one;
    }

    /**
     * Returns what a link becomes when it is changed to lead to a node, or to none.
     *
     * @param link the link before
     * @param id   of the node, or {@link #NONE}
     * @return the link afterwards, unmarked
     */
    public long toId(long link, int id) {
        return nextTag(link) | ((id + 1L) << 1);
    }

    /**
     * Returns what a link becomes when it is changed to lead where another leads.
     *
     * @param link  the link before
     * @param other the other
     * @return the link afterwards, unmarked
     */
    public long toTarget(long link, long other) {
        return nextTag(link) | target(other);
    }

    /**
     * Returns what a link becomes when its node is removed.
     *
     * @param link the link before
     * @return the link afterwards, marked
     */
    public long mark(long link) {
        return nextTag(link) | target(link) | MARK;
    }

    private long ids() {
        return (2L << idBits) - 2;
    }
}
