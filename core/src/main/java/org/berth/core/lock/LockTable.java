package org.berth.core.lock;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.berth.core.internal.Hashing;
import org.berth.core.internal.TaggedLink;
import org.berth.core.internal.TaggedList;
import org.berth.core.internal.TaggedStack;
import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;

/**
 * A lock-free hash table from each locked key to its {@link LockNode}, with a fixed number of buckets. A key is in it
 * at most once.
 *
 * <p>A bucket is a {@link TaggedList}. A node that is alone in its bucket is removed by one CAS of the head: no thread
 * can be adding behind it. Any other is marked first, and then unlinked by whichever search meets it.
 *
 * <pre>
 *   link: tag (39) │ id of the next node + 1, or 0 (24) │ mark (1)
 *
 *   heads ── line 0: FREE      a link to the first free node, which leads on by its LINK
 *            line 1: BYPASSES  locks acquired by owners of other locks while a thread waited for the exclusive lock
 *            then a line for each bucket: a link to its first node
 * </pre>
 *
 * 39 bits of tag do not come round while a thread sleeps between a read and its CAS: at 20 ns for each change of the
 * busiest word, that takes three hours.
 */
final class LockTable {

    private static final TaggedLink LINKS = new TaggedLink(24);

    private static final long FREE = 0;
    private static final long BYPASSES = LockNode.BYTES;
    private static final long BUCKETS = 2 * LockNode.BYTES;

    private static final int NODES_PER_CHUNK = 64;
    private static final int MAX_NODES = (1 << LINKS.idBits()) - 2;

    /** {@link #search} has found no node. */
    static final int NONE = TaggedLink.NONE;

    /** {@link #search} has met a link that changed, and must be repeated. */
    static final int CHANGED = -2;

    /**
     * {@link #search} adds this to the id of a node whose owner is acquiring or releasing the lock, and does not hold
     * it now.
     */
    static final int UNSETTLED = 1 << 30;

    private final LongFunction<Words> memory;
    private final Words heads;
    private final FreeNodes free;
    private final int mask;

    /** By id; volatile, so that a thread that has read an id finds the node. */
    private volatile LockNode[] nodes = new LockNode[0];

    private int count;

    /** How many nodes there are when it pays to look for those of terminated threads. */
    private int reclaimAt = NODES_PER_CHUNK;

    private Words chunk;

    /**
     * Makes an empty table.
     *
     * @param memory  allocates so many bytes, zero-filled
     * @param buckets their number, a power of two
     */
    LockTable(LongFunction<Words> memory, int buckets) {
        this.memory = memory;
        this.heads = memory.apply(BUCKETS + buckets * LockNode.BYTES);
        this.free = new FreeNodes();
        this.mask = buckets - 1;
        this.chunk = heads; // until the first node is made
    }

    /** What stands for a name where a key would. */
    static long word(String name) {
        return name.hashCode();
    }

    /** The offset of the bucket of a key, for the methods below. */
    long bucket(long key) {
        return bucketAt((int) ((key * Hashing.FIBONACCI) >>> Integer.SIZE) & mask);
    }

    int buckets() {
        return mask + 1;
    }

    long bucketAt(int index) {
        return BUCKETS + index * LockNode.BYTES;
    }

    /** The head of a bucket, for {@link #search} and {@link #add}. */
    long head(long bucket) {
        return heads.getAcquire(bucket);
    }

    /** The head, in the one order of all volatile accesses: for a thread that has announced itself before. */
    private long headVolatile(long bucket) {
        return heads.getVolatile(bucket);
    }

    static boolean isEmpty(long head) {
        return LINKS.id(head) == NONE;
    }

    /** The node of a key; null if there is none. */
    @Nullable
    LockNode find(long key, @Nullable String name) {
        long bucket = bucket(key);
        int found;
        do {
            found = search(bucket, head(bucket), key, name);
        } while (found == CHANGED);
        return found == NONE ? null : node(found);
    }

    /** The node that a search has found. */
    LockNode node(int found) {
        return nodes[found & ~UNSETTLED];
    }

    /**
     * Adds a node, which has its key already; fails if the bucket has changed.
     *
     * @param head of the bucket when the key was not in it
     */
    boolean add(LockNode node, long bucket, long head) {
        boolean first = isEmpty(head);
        // A link that leads nowhere, and did, needs no new tag: no thread does a CAS on such a link.
        if (!first || !node.linkIsEmpty) {
            long link = node.words.get(node.offset + LockNode.LINK);
            node.words.setOpaque(node.offset + LockNode.LINK, LINKS.toTarget(link, head));
            node.linkIsEmpty = first;
        }
        long added = LINKS.toId(head, node.id);
        // Volatile CAS: releases the node's words and owner, acquires what the last owner to remove a node wrote, and
        // comes before the caller's look at the owner of the exclusive lock.
        if (!heads.compareAndSet(bucket, head, added)) {
            return false;
        }
        node.bucket = bucket;
        node.soleHead = first ? added : 0;
        return true;
    }

    /** Removes a node. When this returns, no search finds it any more. */
    void remove(LockNode node) {
        long soleHead = node.soleHead;
        // Every change of the head changes its tag, so it is what it was only if no node was added.
        // Volatile CAS: releases what the owner of the lock wrote.
        if (soleHead == 0 || !heads.compareAndSet(node.bucket, soleHead, LINKS.toId(soleHead, NONE))) {
            removeFromOthers(node);
        }
    }

    private void removeFromOthers(LockNode node) {
        long bucket = bucket(node.key());
        long at = node.offset + LockNode.LINK;
        long link = node.words.getOpaque(at);
        if (LINKS.id(link) == NONE) {
            long head = heads.getOpaque(bucket);
            // Volatile CAS: releases what the owner of the lock wrote.
            if (LINKS.id(head) == node.id && heads.compareAndSet(bucket, head, LINKS.toId(head, NONE))) {
                return;
            }
        }
        node.linkIsEmpty = false;
        // Other threads may unlink the node behind this one meanwhile.
        while (!node.words.compareAndSet(at, link, LINKS.mark(link))) {
            link = node.words.getOpaque(at);
        }
        // A search that has found the key again, or has come to the end of the bucket, has met no marked node.
        find(node.key(), node.name());
    }

    /** A node of a bucket that another thread owns, one that is alive if {@code alive}; null if there is none. */
    @Nullable
    LockNode findOther(long bucket, Thread thread, boolean alive) {
        while (true) {
            int found = walk(bucket, headVolatile(bucket), thread, alive, 0, null);
            if (found != CHANGED) {
                return found == NONE ? null : node(found);
            }
        }
    }

    /** Counts a lock that a thread that waits for the exclusive lock may have missed. */
    void countBypass() {
        heads.getAndAdd(BYPASSES, 1);
    }

    long bypasses() {
        return heads.getVolatile(BYPASSES);
    }

    /** Calls {@code action} for every node, in use or not. */
    void forEach(Consumer<LockNode> action) {
        for (LockNode node : nodes) {
            if (node != null) {
                action.accept(node);
            }
        }
    }

    /** How many nodes there are, in use or not. */
    synchronized int nodeCount() {
        return count;
    }

    /** Returns a node for a thread, in no bucket. */
    LockNode allocate(Thread owner) {
        LockNode node = pop();
        if (node == null) {
            node = reclaimOrMake();
        }
        // Its link led to the next free node.
        node.linkIsEmpty = false;
        node.owner(owner);
        return node;
    }

    /** Takes back a node that is in no bucket. */
    void free(LockNode node) {
        node.state = null;
        node.owner(null);
        push(node);
    }

    private void push(LockNode node) {
        free.push(FREE, node.id, LINKS.nextTag(node.words.get(node.offset + LockNode.LINK)));
    }

    private @Nullable LockNode pop() {
        int id = free.pop(FREE);
        return id == NONE ? null : nodes[id];
    }

    /**
     * Returns a node where none is free: one of a terminated thread, or a new one. To look for the former means to look
     * at all nodes, so it waits until there are twice as many as were in use the last time. This is the only place with
     * a lock of its own: more nodes than ever before are needed rarely.
     */
    private synchronized LockNode reclaimOrMake() {
        LockNode node = pop();
        if (node == null && count >= reclaimAt) {
            int reclaimed = reclaim();
            reclaimAt = Math.max(NODES_PER_CHUNK, 2 * (count - reclaimed));
            node = pop();
        }
        return node == null ? make() : node;
    }

    private LockNode make() {
        if (count == MAX_NODES) {
            throw new IllegalStateException("too many locks are held: locks=" + count + "; close each lock");
        }
        int place = count % NODES_PER_CHUNK;
        if (place == 0) {
            chunk = memory.apply(NODES_PER_CHUNK * LockNode.BYTES);
        }
        LockNode node = new LockNode(count, chunk, place * LockNode.BYTES);
        LockNode[] now = nodes;
        if (count == now.length) {
            now = Arrays.copyOf(now, Math.max(NODES_PER_CHUNK, 2 * count));
        }
        now[count] = node;
        // Volatile, also where it is the same array: a thread that reads the id of this node has read this write
        // before.
        nodes = now;
        count++;
        return node;
    }

    /** Frees the nodes that terminated threads had cached; locks that they held stay theirs. */
    private int reclaim() {
        int reclaimed = 0;
        for (int i = 0; i < count; i++) {
            LockNode node = nodes[i];
            Thread owner = node.owner();
            // A terminated thread adds nothing, so a node of it that is in no bucket stays in none; and it was in none
            // if no thread has taken it over.
            if (owner != null && !owner.isAlive() && find(node.key(), node.name()) != node && node.disown(owner)) {
                push(node);
                reclaimed++;
            }
        }
        return reclaimed;
    }

    /**
     * Looks for a key: returns the id of its node, {@link #NONE}, or {@link #CHANGED} if a link on the way has changed.
     *
     * @param head of the bucket
     */
    int search(long bucket, long head, long key, @Nullable String name) {
        return walk(bucket, head, null, false, key, name);
    }

    /**
     * As {@link #search}; or, if {@code but} is not null, looks for a node of another thread, which may have to be
     * alive.
     */
    private int walk(long bucket, long head, @Nullable Thread but, boolean alive, long key, @Nullable String name) {
        Words words = heads;
        long before = bucket;
        long link = head;
        while (!isEmpty(link)) {
            LockNode node = nodes[LINKS.id(link)];
            // Acquire: a thread that unlinked a node behind this one had acquired what that node's owner wrote.
            long next = node.words.getAcquire(node.offset + LockNode.LINK);
            boolean found = but == null ? node.hasKey(key, name) : isOther(node.owner(), but, alive);
            boolean held = node.isHeld();
            if (!TaggedList.isCurrent(LINKS, words, before, link, next)) {
                return CHANGED;
            }
            if (found) {
                return held ? node.id : node.id | UNSETTLED;
            }
            words = node.words;
            before = node.offset + LockNode.LINK;
            link = next;
        }
        return NONE;
    }

    private static boolean isOther(@Nullable Thread owner, Thread but, boolean alive) {
        return owner != but && (!alive || owner == null || owner.isAlive());
    }

    /** The nodes that no thread has, linked by their {@link LockNode#LINK}. */
    private final class FreeNodes extends TaggedStack {

        FreeNodes() {
            super(LINKS, heads);
        }

        @Override
        protected Words words(int id) {
            return nodes[id].words;
        }

        @Override
        protected long link(int id) {
            return nodes[id].offset + LockNode.LINK;
        }
    }
}
