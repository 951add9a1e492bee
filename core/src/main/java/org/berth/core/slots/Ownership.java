package org.berth.core.slots;

import static org.berth.core.slots.TableDescriptor.OWNER;
import static org.berth.core.slots.TableDescriptor.OWNER_NAME;
import static org.berth.core.slots.TableDescriptor.OWNER_NAME_BYTES;
import static org.berth.core.slots.TableDescriptor.OWNER_SINCE;
import static org.berth.core.slots.TableDescriptor.OWNER_THREAD;
import static org.berth.core.slots.TableDescriptor.STATE;

import java.lang.invoke.VarHandle;
import java.time.Instant;
import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;

/**
 * The owners of the slots: a state machine in one word per slot, each transition of which is one store or CAS.
 *
 * <pre>
 *            begin            settle           release            remove            free
 *   FREE  ──────────►  NEW  ──────────► OWNED ─────────► VACANT ──────────► REMOVED ──────► FREE
 *     ▲                 │ │               │ ▲              │ ▲                 ▲    (recycling tables)
 *     └─────────────────┘ │               │ └──────────────┘ │                 │
 *            forget       │               │       take       │                 │
 *                         └───────────────┼──────────────────┘ settleVacant    │
 *                                         └────────────────────────────────────┘ removeOwned
 * </pre>
 *
 * <p>The generation goes up with each claim, so that a handle that is closed twice cannot release the next owner's
 * claim, and with each version of the slot. The words that describe the owner are for people: they are written after
 * the claim, under a sequence (the state they describe, 0 while they change), and a reader that catches them changing
 * says that it does not know.
 */
final class Ownership {

    /** Has neither key nor owner. A slot whose whole state word is 0 was never used. */
    static final long FREE = 0;
    /** Owned by a claim that is about to add the key. */
    static final long NEW = 1;
    /** Has a key and an owner. */
    static final long OWNED = 2;
    /** Has a key and no owner. */
    static final long VACANT = 3;
    /** Had a key; other threads may still have the slot retained. */
    static final long REMOVED = 4;

    // State word: generation (32) | 0 (7) | for nobody (1) | index of the owner's process (16) | one of the above (8)
    private static final long CODE = 0xFF;
    private static final int GENERATION_SHIFT = 32;
    private static final long GENERATION = -1L << GENERATION_SHIFT;
    private static final long ONE_GENERATION = 1L << GENERATION_SHIFT;
    private static final int PROCESS_SHIFT = 8;

    /** In the state NEW: the thread that adds the key does not claim it. */
    private static final long FOR_NOBODY = 1L << 24;

    private final Words words;
    private final TableDescriptor descriptor;

    /** This process's index, shifted to its place in a state word. */
    private final long process;

    Ownership(Words words, TableDescriptor descriptor, int process) {
        this.words = words;
        this.descriptor = descriptor;
        this.process = (long) process << PROCESS_SHIFT;
    }

    /** Returns the state word, with acquire order. */
    long state(int slot) {
        return words.getAcquire(descriptor.metadata(slot) + STATE);
    }

    static long code(long state) {
        return state & CODE;
    }

    static int process(long state) {
        return (int) (state >>> PROCESS_SHIFT) & 0xFFFF;
    }

    static boolean isOwned(long state) {
        return code(state) == OWNED || (code(state) == NEW && (state & FOR_NOBODY) == 0);
    }

    static boolean isNew(long state) {
        return code(state) == NEW;
    }

    /** Returns whether the slot has a key for sure; that of a claim under way may not be added yet. */
    static boolean hasKey(long state) {
        return code(state) == OWNED || code(state) == VACANT;
    }

    boolean isOwned(int slot) {
        return isOwned(state(slot));
    }

    boolean isRemoved(int slot) {
        return code(state(slot)) == REMOVED;
    }

    /** Claims a free slot that no other thread knows, for a new key. */
    void begin(int slot) {
        byte[] name = threadName();
        long metadata = descriptor.metadata(slot);
        long mine = next(words.getAcquire(metadata + STATE)) | process | NEW;
        // Release: a total that sees this state counts the record's values, which are set before.
        words.setRelease(metadata + STATE, mine);
        describe(slot, mine, name);
    }

    /** Gives a free slot that no other thread knows to a new key that nobody is to own yet. */
    void beginVacant(int slot) {
        long metadata = descriptor.metadata(slot);
        // Release: as in begin.
        words.setRelease(metadata + STATE, next(words.getAcquire(metadata + STATE)) | process | FOR_NOBODY | NEW);
    }

    /** Completes the claim of a new key, which is in the index now; returns the state word of the claim. */
    long settle(int slot) {
        long metadata = descriptor.metadata(slot);
        // No other thread changes the state of a new slot.
        long mine = (words.getOpaque(metadata + STATE) & ~CODE) | OWNED;
        words.setOpaque(descriptor.owner(slot) + OWNER, mine);
        words.setVolatile(metadata + STATE, mine);
        return mine;
    }

    /**
     * Returns the state word of a slot that is in the index. Of a key that nobody is to own yet, this completes the
     * adding: no thread waits for the one that adds it.
     */
    long settleVacant(int slot) {
        long at = descriptor.metadata(slot) + STATE;
        long state = words.getAcquire(at);
        if (code(state) != NEW || (state & FOR_NOBODY) == 0) {
            return state;
        }
        long vacant = (state & GENERATION) | VACANT;
        // Volatile CAS: the next owner acquires what was set before.
        long seen = words.compareAndExchange(at, state, vacant);
        return seen == state ? vacant : seen;
    }

    /** Cancels the claim of a new slot, as another thread has added the key with another slot. */
    void forget(int slot) {
        long metadata = descriptor.metadata(slot);
        words.setRelease(metadata + STATE, words.getOpaque(metadata + STATE) & GENERATION);
    }

    /** Claims the slot of a key if it is vacant; returns the state word of the claim, or 0. */
    long take(int slot) {
        long metadata = descriptor.metadata(slot);
        long state = settleVacant(slot);
        if (code(state) != VACANT) {
            return 0;
        }
        // Allocated before the claim: an OutOfMemoryError must not leave a claim behind.
        byte[] name = threadName();
        while (code(state) == VACANT) {
            long mine = next(state) | process | OWNED;
            // Volatile CAS: acquires what the previous owner wrote before it released.
            long seen = words.compareAndExchange(metadata + STATE, state, mine);
            if (seen == state) {
                try {
                    describe(slot, mine, name);
                } catch (Throwable failure) {
                    // Nobody has a handle of this claim, to end it by.
                    release(slot, mine);
                    throw failure;
                }
                return mine;
            }
            state = seen;
        }
        return 0;
    }

    /** Releases the slot at the end of a claim; does nothing if that claim has ended before. */
    void release(int slot, long claim) {
        // Volatile CAS: releases what the owner wrote, for the next owner.
        words.compareAndSet(descriptor.metadata(slot) + STATE, claim, (claim & GENERATION) | VACANT);
    }

    /** Marks the slot of a key as removed; false if it is owned, or has no key. */
    boolean remove(int slot) {
        long metadata = descriptor.metadata(slot);
        long state = settleVacant(slot);
        while (code(state) == VACANT) {
            long seen = words.compareAndExchange(metadata + STATE, state, (state & GENERATION) | REMOVED);
            if (seen == state) {
                return true;
            }
            state = seen;
        }
        return false;
    }

    /** Marks the slot of a key as removed if its state is still the vacant one that the caller has seen. */
    boolean remove(int slot, long vacant) {
        return words.compareAndSet(descriptor.metadata(slot) + STATE, vacant, (vacant & GENERATION) | REMOVED);
    }

    /** Marks an owned slot as removed, for its owner; false if the claim has ended. */
    boolean removeOwned(int slot, long claim) {
        return words.compareAndSet(descriptor.metadata(slot) + STATE, claim, (claim & GENERATION) | REMOVED);
    }

    /** Frees a removed slot that is out of the index, and that no thread has retained. */
    void free(int slot) {
        long metadata = descriptor.metadata(slot);
        words.setRelease(metadata + STATE, next(words.getAcquire(metadata + STATE)) | FREE);
    }

    /** Ends the claim of a slot, if it has one, after the process of its owner has ended. */
    void vacate(int slot) {
        long metadata = descriptor.metadata(slot);
        words.setRelease(metadata + STATE, (words.getAcquire(metadata + STATE) & GENERATION) | VACANT);
    }

    /** Returns the owner as name=value pairs, for messages. */
    String describeOwner(int slot) {
        Owner owner = owner(slot);
        return owner != null
                ? "owner=" + owner.name() + " thread=" + owner.thread() + " since=" + owner.since()
                : "owner=another thread, just now";
    }

    /** Returns the owner, or null if there is none, or if the owner is changing just now. */
    @Nullable
    Owner owner(int slot) {
        long owner = descriptor.owner(slot);
        long described = words.getAcquire(owner + OWNER);
        long thread = words.getOpaque(owner + OWNER_THREAD);
        long since = words.getOpaque(owner + OWNER_SINCE);
        String name = Text.read(words, owner + OWNER_NAME, OWNER_NAME_BYTES);
        // Keeps the reads above before the second read of the sequence; an acquire there would only hold
        // back what follows.
        VarHandle.loadLoadFence();
        boolean whole = described != 0 && described == words.getOpaque(owner + OWNER);
        return whole && described == words.getOpaque(descriptor.metadata(slot) + STATE)
                ? new Owner(name, thread, Instant.ofEpochMilli(since))
                : null;
    }

    private void describe(int slot, long claim, byte[] threadName) {
        long owner = descriptor.owner(slot);
        words.setOpaque(owner + OWNER, 0);
        // Keeps the words below after the mark that they are changing.
        VarHandle.storeStoreFence();
        words.setOpaque(owner + OWNER_THREAD, Thread.currentThread().threadId());
        words.setOpaque(owner + OWNER_SINCE, System.currentTimeMillis());
        Text.write(words, owner + OWNER_NAME, OWNER_NAME_BYTES, threadName);
        words.setRelease(owner + OWNER, claim);
    }

    private static byte[] threadName() {
        return Text.truncate(Thread.currentThread().getName(), OWNER_NAME_BYTES);
    }

    /** Returns the next generation, in place. Never 0: a state word of 0 says that the slot was never used. */
    private static long next(long state) {
        long next = (state & GENERATION) + ONE_GENERATION;
        return next == 0 ? ONE_GENERATION : next;
    }
}
