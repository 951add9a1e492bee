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
 * Which keys are held, and by which {@link LockNode}: a hash table of chains, each key in it once at the most.
 *
 * <p>A chain is a linked list after Harris and Michael, with new holds in front: one CAS on the head adds a key, and fails if anything
 * was added since the search that did not find it. A hold that is alone leaves by one CAS on the head; nobody can be adding behind it.
 * Any other is marked in its own link first, which stops others from changing that link, and taken out by whoever comes by. The holds
 * are used again, so each word counts its changes: what was read of a hold counts only if the link that led to it has not changed.
 *
 * <pre>
 *   link: changes (39) │ number of the next hold + 1, or 0 (24) │ marked (1)
 *
 *   heads ── line 0: FREE    the first of the holds that are nobody's, linked by their LINK
 *            line 1: NESTED  entries made by those inside while somebody waited for the whole
 *            then for each chain a line: a link to its first hold
 * </pre>
 *
 * In 39 bits the changes of the busiest word do not come round while a thread sleeps between a read and its CAS: at 20 ns each, that
 * takes three hours.
 */
final class LockTable {

    private static final TaggedLink LINKS = new TaggedLink(24);

    private static final long FREE = 0;
    private static final long NESTED = LockNode.BYTES;
    private static final long CHAINS = 2 * LockNode.BYTES;

    private static final int HOLDS_PER_CHUNK = 64;
    private static final int MOST_HOLDS = (1 << LINKS.idBits()) - 2;

    /** What {@link #search} returns where there is no hold, or where it must be repeated. */
    static final int NONE = TaggedLink.NONE;

    static final int CHANGED = -2;

    /** What it adds to the number of a hold that is on its way in or out, when it is not known whether anybody is inside. */
    static final int UNDECIDED = 1 << 30;

    private final LongFunction<Words> memory;
    private final Words heads;
    private final FreeNodes free;
    private final int mask;

    /** By number; volatile, so that who has read a number finds the hold. */
    private volatile LockNode[] holds = new LockNode[0];

    private int made;

    /** How many holds there are when it pays to look for those of dead threads. */
    private int reclaimAt = HOLDS_PER_CHUNK;

    private Words chunk;

    /**
     * Makes an empty one.
     *
     * @param memory allocates so many bytes, zero-filled
     * @param chains their number, a power of two
     */
    LockTable(LongFunction<Words> memory, int chains) {
        this.memory = memory;
        this.heads = memory.apply(CHAINS + chains * LockNode.BYTES);
        this.free = new FreeNodes();
        this.mask = chains - 1;
        this.chunk = heads; // until the first hold is made
    }

    /** The chain of a key, for the methods below. */
    long chain(long key) {
        return CHAINS + (((key * Hashing.FIBONACCI) >>> Integer.SIZE) & mask) * LockNode.BYTES;
    }

    int chains() {
        return mask + 1;
    }

    long chainAt(int index) {
        return CHAINS + index * LockNode.BYTES;
    }

    /** The state of a chain, for {@link #search} and {@link #add}. */
    long state(long chain) {
        return heads.getAcquire(chain);
    }

    /** The same, in the one order of all volatile accesses: for who has announced something before. */
    long stateNow(long chain) {
        return heads.getVolatile(chain);
    }

    static boolean isEmpty(long state) {
        return LINKS.id(state) == NONE;
    }

    /** The hold of a key; null if there is none. */
    @Nullable
    LockNode find(long key, @Nullable String name) {
        long chain = chain(key);
        int found;
        do {
            found = search(chain, state(chain), key, name);
        } while (found == CHANGED);
        return found == NONE ? null : hold(found);
    }

    /** The hold that a search has found. */
    LockNode hold(int found) {
        return holds[found & ~UNDECIDED];
    }

    /**
     * Adds a hold that has its key, unless the chain has changed.
     *
     * @param state of the chain when the key was not in it
     */
    boolean add(LockNode hold, long chain, long state) {
        boolean first = isEmpty(state);
        // A link that leads nowhere, and did, needs no new count: nobody does a CAS on such a one.
        if (!first || !hold.unlinked) {
            long link = hold.words.get(hold.offset + LockNode.LINK);
            hold.words.setOpaque(hold.offset + LockNode.LINK, LINKS.toTarget(link, state));
            hold.unlinked = first;
        }
        long added = LINKS.toId(state, hold.id);
        // Volatile CAS: releases the hold's words and owner, acquires what the last to leave wrote, and comes before a
        // look at who has the whole.
        if (!heads.compareAndSet(chain, state, added)) {
            return false;
        }
        hold.chain = chain;
        hold.alone = first ? added : 0;
        return true;
    }

    /** Takes a hold out of its chain. When this returns, nobody finds it any more. */
    void remove(LockNode hold) {
        long alone = hold.alone;
        // Every change of the head counts, so it is as it was only if nothing was added.
        // Volatile CAS: releases what was written inside.
        if (alone == 0 || !heads.compareAndSet(hold.chain, alone, LINKS.toId(alone, NONE))) {
            removeFromOthers(hold);
        }
    }

    private void removeFromOthers(LockNode hold) {
        long chain = chain(hold.key());
        long at = hold.offset + LockNode.LINK;
        long link = hold.words.getOpaque(at);
        if (LINKS.id(link) == NONE) {
            long state = heads.getOpaque(chain);
            // Volatile CAS: releases what was written inside.
            if (LINKS.id(state) == hold.id && heads.compareAndSet(chain, state, LINKS.toId(state, NONE))) {
                return;
            }
        }
        hold.unlinked = false;
        // Others may take out what comes behind it.
        while (!hold.words.compareAndSet(at, link, LINKS.mark(link))) {
            link = hold.words.getOpaque(at);
        }
        // Whoever finds the key again, or finds nothing to the end of the chain, has met no marked hold.
        find(hold.key(), hold.name());
    }

    /** A hold of a chain that is not of {@code thread}, and, if asked for, whose owner is alive; null if there is none. */
    @Nullable
    LockNode findOthers(long chain, Thread thread, boolean alive) {
        while (true) {
            int found = walk(chain, stateNow(chain), thread, alive, 0, null);
            if (found != CHANGED) {
                return found == NONE ? null : hold(found);
            }
        }
    }

    /** Counts an entry that who waits for the whole may have missed. */
    void countNested() {
        heads.getAndAdd(NESTED, 1);
    }

    long nested() {
        return heads.getVolatile(NESTED);
    }

    /** Calls {@code action} for every hold there is, whoever has it. */
    void forEach(Consumer<LockNode> action) {
        for (LockNode hold : holds) {
            if (hold != null) {
                action.accept(hold);
            }
        }
    }

    /** How many holds there are, in use or not. */
    synchronized int places() {
        return made;
    }

    /** A hold for a thread, in no chain. */
    LockNode take(Thread owner) {
        LockNode hold = pop();
        if (hold == null) {
            hold = more();
        }
        // It was in the list of free ones.
        hold.unlinked = false;
        hold.owner(owner);
        return hold;
    }

    /** Takes back a hold that is in no chain. */
    void giveBack(LockNode hold) {
        hold.visitor = null;
        hold.owner(null);
        push(hold);
    }

    private void push(LockNode hold) {
        free.push(FREE, hold.id, LINKS.nextTag(hold.words.get(hold.offset + LockNode.LINK)));
    }

    private @Nullable LockNode pop() {
        int id = free.pop(FREE);
        return id == NONE ? null : holds[id];
    }

    /**
     * A hold where none is free: one of a thread that has ended, or a new one. Looking for the former takes a look at all of them, so it
     * waits until there are twice as many as were in use the last time. Only here is a lock: more holds than ever is rare.
     */
    private synchronized LockNode more() {
        LockNode hold = pop();
        if (hold == null && made >= reclaimAt) {
            int reclaimed = reclaim();
            reclaimAt = Math.max(HOLDS_PER_CHUNK, 2 * (made - reclaimed));
            hold = pop();
        }
        return hold == null ? make() : hold;
    }

    private LockNode make() {
        if (made == MOST_HOLDS) {
            throw new IllegalStateException("too many sections are held: held=" + made + "; close each section");
        }
        int place = made % HOLDS_PER_CHUNK;
        if (place == 0) {
            chunk = memory.apply(HOLDS_PER_CHUNK * LockNode.BYTES);
        }
        LockNode hold = new LockNode(made, chunk, place * LockNode.BYTES);
        LockNode[] now = holds;
        if (made == now.length) {
            now = Arrays.copyOf(now, Math.max(HOLDS_PER_CHUNK, 2 * made));
        }
        now[made] = hold;
        // Volatile, also where it is the same array: who reads the number of this hold has read this before.
        holds = now;
        made++;
        return hold;
    }

    /** Takes back what threads had set aside that have ended; what they died in stays theirs. */
    private int reclaim() {
        int reclaimed = 0;
        for (int i = 0; i < made; i++) {
            LockNode hold = holds[i];
            Thread owner = hold.owner();
            // The dead add nothing, so what is in no chain stays out; and it was in none if nobody has taken it over.
            if (owner != null && !owner.isAlive() && find(hold.key(), hold.name()) != hold && hold.disown(owner)) {
                push(hold);
                reclaimed++;
            }
        }
        return reclaimed;
    }

    /**
     * Looks for a key: the number of its hold, {@link #NONE}, or {@link #CHANGED} if a link on the way did not stay what it was.
     *
     * @param state of the chain
     */
    int search(long chain, long state, long key, @Nullable String name) {
        return walk(chain, state, null, false, key, name);
    }

    /** As above; or, if {@code but} is not null, for a hold of another thread, which may have to be alive. */
    private int walk(long chain, long state, @Nullable Thread but, boolean alive, long key, @Nullable String name) {
        Words words = heads;
        long before = chain;
        long link = state;
        while (!isEmpty(link)) {
            LockNode hold = holds[LINKS.id(link)];
            // Acquire: whoever took out what was behind it had acquired what was written inside.
            long next = hold.words.getAcquire(hold.offset + LockNode.LINK);
            boolean found = but == null ? hold.hasKey(key, name) : isAnothers(hold.owner(), but, alive);
            boolean entered = hold.isEntered();
            if (!TaggedList.isCurrent(LINKS, words, before, link, next)) {
                return CHANGED;
            }
            if (found) {
                return entered ? hold.id : hold.id | UNDECIDED;
            }
            words = hold.words;
            before = hold.offset + LockNode.LINK;
            link = next;
        }
        return NONE;
    }

    private static boolean isAnothers(@Nullable Thread owner, Thread but, boolean alive) {
        return owner != but && (!alive || owner == null || owner.isAlive());
    }

    /** The nodes that no thread has, linked by their {@link LockNode#LINK}. */
    private final class FreeNodes extends TaggedStack {

        FreeNodes() {
            super(LINKS, heads);
        }

        @Override
        protected Words words(int id) {
            return holds[id].words;
        }

        @Override
        protected long link(int id) {
            return holds[id].offset + LockNode.LINK;
        }
    }
}
