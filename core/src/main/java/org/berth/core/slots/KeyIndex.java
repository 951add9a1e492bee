package org.berth.core.slots;

import static org.berth.core.slots.TableDescriptor.KEY;
import static org.berth.core.slots.TableDescriptor.KEYS;
import static org.berth.core.slots.TableDescriptor.LINK;
import static org.berth.core.slots.TableDescriptor.NAME;
import static org.berth.core.slots.TableDescriptor.NAME_LENGTH;
import static org.berth.core.slots.TableDescriptor.NEXT;
import static org.berth.core.slots.TableDescriptor.REFERENCES;
import static org.berth.core.slots.TableDescriptor.REMOVED;
import static org.berth.core.slots.TableDescriptor.STATE;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.berth.core.internal.Hashing;
import org.berth.core.internal.TaggedLink;
import org.berth.core.internal.TaggedList;
import org.berth.core.internal.TaggedStack;
import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;

/**
 * A lock-free hash index from key to slot number, with a fixed number of collision chains that are linked through the
 * slots' metadata; and an allocator of slots, with lists of the free ones.
 *
 * <p>A chain is a {@link TaggedList}, a list of free slots a {@link TaggedStack}. In a table that is not recycling, no
 * slot is ever reused for another key: there a lookup checks no link twice, and stores nothing.
 */
final class KeyIndex {

    /** The number of no slot. */
    static final int NONE = TaggedLink.NONE;

    /** The result of a search whose chain changed meanwhile. */
    private static final int CHANGED = -2;

    /** No link of a published slot, as its tag has counted. */
    private static final long FROM_FIRST = 0;

    /**
     * The time that a claim waits for a free slot when not every slot has a key. Other claims may have allocated the
     * rest, and a claim that loses the race for its key frees its slot again; or other threads still use removed
     * records. Bounded, because a claim must not depend on a thread that is suspended for good.
     */
    private static final long MAX_WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** The bits of a link between its tag, which has 32, and its mark. */
    private static final int SLOT_BITS = 31;

    private static final TaggedLink LINKS = new TaggedLink(SLOT_BITS);

    private final Words words;
    private final FreeSlots free;
    private final TableDescriptor descriptor;
    private final int mask;
    private final boolean recycling;

    KeyIndex(Words words, TableDescriptor descriptor) {
        this.words = words;
        this.free = new FreeSlots(words, descriptor);
        this.descriptor = descriptor;
        this.mask = descriptor.indexLength - 1;
        this.recycling = descriptor.recycling;
    }

    /** A key with its hash and, of a name, its encoding. Lookups pass the parts one by one, and allocate nothing. */
    static final class Key {

        private static final byte[] NO_NAME = {};

        private final long hash;
        private final long word;
        private final @Nullable String name;
        private final byte[] nameBytes;

        private Key(long hash, long word, @Nullable String name, byte[] nameBytes) {
            this.hash = hash;
            this.word = word;
            this.name = name;
            this.nameBytes = nameBytes;
        }

        static Key of(long key) {
            return new Key(KeyIndex.hash(key), key, null, NO_NAME);
        }

        /**
         * Returns a name as a key.
         *
         * @param maxBytes the longest name in the table
         * @throws IllegalArgumentException if the name cannot be a key of the table
         */
        static Key of(String name, int maxBytes) {
            byte[] bytes = Text.encodeName(name);
            if (bytes.length == 0 || bytes.length > maxBytes || name.indexOf(0) >= 0) {
                throw new IllegalArgumentException(
                        "name is empty, too long or holds a zero character: name=" + name + " bytes=" + bytes.length
                                + " limit=" + maxBytes + "; use a shorter name or a long key, or create the table with"
                                + " a larger maxNameBytes");
            }
            long word = nameWord(name);
            return new Key(word, word, name, bytes);
        }

        /** Returns the key, or the number that stands for the name. */
        long word() {
            return word;
        }

        @Nullable
        String name() {
            return name;
        }

        @Override
        public String toString() {
            return name == null ? "key=" + word : "name=" + name;
        }
    }

    /**
     * Returns a name as a key of this table.
     *
     * @throws IllegalArgumentException if it cannot be one
     */
    Key keyOf(String name) {
        return Key.of(name, descriptor.nameBytes);
    }

    /** Returns the slot of {@code key}, or {@link #NONE}. */
    int find(long key) {
        return recycling ? search(key, null, null, FROM_FIRST) : findInPlain(key);
    }

    /** Returns the slot of {@code name}, or {@link #NONE}. */
    int find(String name) {
        // Null would stand for a long key.
        return search(0, Objects.requireNonNull(name, "name"), null, FROM_FIRST);
    }

    /** Returns the slot of {@code key}, or {@link #NONE}. */
    int find(Key key) {
        return search(key.word, key.name, null, FROM_FIRST);
    }

    /** Retains the slots of a recycling table that are found. */
    interface Retention {

        /**
         * Retains a slot if it is still the key's.
         *
         * @param key  the {@code long}, or the word that represents the name
         * @param name null if the key is a {@code long}
         */
        boolean tryRetain(int slot, long key, @Nullable String name);
    }

    /**
     * Returns the slot of a key, in a recycling table retained, or {@link #NONE}.
     *
     * @param key  not used if there is a name
     * @param name null if the key is a {@code long}
     */
    int retain(long key, @Nullable String name, Retention retention) {
        return search(key, name, retention, FROM_FIRST);
    }

    /** Returns the slot of {@code key}, in a recycling table retained, or {@link #NONE}. */
    int retain(Key key, Retention retention) {
        return search(key.word, key.name, retention, FROM_FIRST);
    }

    /** Returns whether the slot's metadata has {@code name}; in a recycling table, for retained slots only. */
    boolean hasKey(int slot, String name) {
        return hasKey(slot, nameWord(name), name);
    }

    /**
     * Allocates a slot for {@code key} and writes the key to its metadata; {@link #NONE} if no slot is left.
     * No other thread knows the slot until {@link #publish}; a slot that is not published must be
     * {@linkplain #deallocate deallocated}.
     */
    int allocate(Key key) {
        int slot = allocateSlot(key);
        if (slot != NONE) {
            try {
                writeKey(slot, key);
            } catch (Throwable failure) {
                deallocate(slot);
                throw failure;
            }
        }
        return slot;
    }

    private void writeKey(int slot, Key key) {
        long metadata = descriptor.metadata(slot);
        // Opaque: a search that found this slot under an earlier key may still read it, and
        // starts again afterwards.
        words.setOpaque(metadata + KEY, key.word);
        words.setOpaque(metadata + NAME_LENGTH, key.nameBytes.length);
        // The length says how much of the room counts: a long key writes nothing here.
        Text.write(words, metadata + NAME, key.nameBytes.length, key.nameBytes);
    }

    /**
     * Adds {@code key} with the slot allocated for it; returns that slot, or the one with which another thread added
     * the key. If an error cuts this short when the key is in the index, it is not {@linkplain #count counted}.
     */
    int publish(Key key, int slot) {
        long first = descriptor.index(position(key.hash));
        long link = descriptor.metadata(slot) + LINK;
        while (true) {
            long head = words.getAcquire(first);
            int found = searchChain(first, head, key.word, key.name);
            if (found >= 0) {
                return found;
            }
            if (found == NONE) {
                // The tag counts on from the slot's time in another chain, as a search there may still
                // remember the link.
                words.setOpaque(link, LINKS.toTarget(words.get(link), head));
                // Volatile CAS: releases the metadata, and all that the caller wrote to its slot.
                if (words.compareAndSet(first, head, LINKS.toId(head, slot))) {
                    count();
                    return slot;
                }
            }
        }
    }

    /** Counts a key that is in the index now. */
    void count() {
        words.getAndAdd(KEYS, 1);
    }

    /**
     * Returns whether the chain of {@code key} leads to {@code slot}. Ends in a damaged table, too, whose links may
     * form a cycle.
     */
    boolean leadsTo(Key key, int slot, int used) {
        long link = words.get(descriptor.index(position(key.hash)));
        for (int step = 0; step < used && LINKS.id(link) != NONE && LINKS.id(link) < used; step++) {
            if (LINKS.id(link) == slot) {
                return true;
            }
            link = words.get(descriptor.metadata(LINKS.id(link)) + LINK);
        }
        return false;
    }

    /**
     * Unlinks a slot from its chain, if {@code isStill} says that the slot still has its key. Does nothing if the slot
     * is unlinked already. When this method has returned, no search finds the slot any more.
     */
    void unlink(int slot, IntPredicate isStill) {
        long metadata = descriptor.metadata(slot);
        while (true) {
            long link = words.getAcquire(metadata + LINK);
            long word = words.getOpaque(metadata + KEY);
            boolean named = words.getOpaque(metadata + NAME_LENGTH) != 0;
            // After the link: if the slot is another key's by now, its link has changed, and the CAS below fails.
            if (!isStill.test(slot)) {
                return;
            }
            if (LINKS.isMarked(link) || words.compareAndSet(metadata + LINK, link, LINKS.mark(link))) {
                unlinkMarked(descriptor.index(position(named ? word : hash(word))));
                return;
            }
        }
    }

    /** Takes back a slot that was allocated and not published, or is in no chain any more. */
    void deallocate(int slot) {
        // Without a tag: the word is the slot's key as long as the slot is not free.
        free.push(descriptor.free(descriptor.partition(slot)), slot, 0);
    }

    int size() {
        // Opaque: a count on its own, nothing is read on the strength of it.
        return (int) words.getOpaque(KEYS);
    }

    /** Slots from this number on were never used. */
    int used() {
        return descriptor.partitions.count() == 1
                ? (int) Math.min(words.getAcquire(NEXT), descriptor.capacity)
                : descriptor.capacity;
    }

    boolean isNamed(int slot) {
        return words.get(descriptor.metadata(slot) + NAME_LENGTH) != 0;
    }

    long key(int slot) {
        return words.get(descriptor.metadata(slot) + KEY);
    }

    String name(int slot) {
        long metadata = descriptor.metadata(slot);
        // Kept in bounds: the slot may be getting another key just now, or its metadata be damaged.
        long length = Math.clamp(words.getOpaque(metadata + NAME_LENGTH), 0, descriptor.nameBytes);
        return Text.read(words, metadata + NAME, (int) length);
    }

    /**
     * Returns the slot of a {@code long} in a table whose slots are never reused. Mostly it is the first of its chain:
     * that is inlined where the key is used.
     */
    private int findInPlain(long key) {
        // Acquire: pairs with the CAS in publish, so that the metadata of the slot is seen complete.
        long link = words.getAcquire(descriptor.index(position(hash(key))));
        int slot = LINKS.id(link);
        if (slot == NONE) {
            return NONE;
        }
        long metadata = descriptor.metadata(slot);
        link = words.getAcquire(metadata + LINK);
        return words.get(metadata + KEY) == key && words.get(metadata + NAME_LENGTH) == 0 && !LINKS.isMarked(link)
                ? slot
                : search(key, null, null, link);
    }

    /**
     * Searches the chain of a key. All other kinds of search are in this one method, as it is to be longer than what
     * the JIT compiler inlines ({@code FreqInlineSize}, 325 bytes): so the operations that look a key up stay small,
     * are inlined where they are used, and escape analysis can spare them their accessor.
     *
     * @param from the link to go on from, in a plain table; {@link #FROM_FIRST} to begin
     */
    private int search(long longKey, @Nullable String name, @Nullable Retention retention, long from) {
        long key = name == null ? longKey : nameWord(name);
        long first = descriptor.index(position(name == null ? hash(key) : key));
        long link = from == FROM_FIRST ? words.getAcquire(first) : from;
        if (recycling) {
            while (true) {
                int found = searchChain(first, link, key, name);
                if (found == NONE) {
                    return NONE;
                }
                if (found != CHANGED && (retention == null || retention.tryRetain(found, key, name))) {
                    return found;
                }
                link = words.getAcquire(first);
            }
        }
        // Slots are never reused, and an unlinked slot still leads on to all slots behind it.
        if (name == null) {
            while (true) {
                int slot = LINKS.id(link);
                if (slot == NONE) {
                    return NONE;
                }
                long metadata = descriptor.metadata(slot);
                link = words.getAcquire(metadata + LINK);
                if (words.get(metadata + KEY) == key
                        && words.get(metadata + NAME_LENGTH) == 0
                        && !LINKS.isMarked(link)) {
                    return slot;
                }
            }
        }
        while (true) {
            int slot = LINKS.id(link);
            if (slot == NONE) {
                return NONE;
            }
            long metadata = descriptor.metadata(slot);
            link = words.getAcquire(metadata + LINK);
            long length = words.get(metadata + NAME_LENGTH);
            if (length != 0
                    && words.get(metadata + KEY) == key
                    && Text.matches(words, metadata + NAME, length, name)
                    && !LINKS.isMarked(link)) {
                return slot;
            }
        }
    }

    /**
     * Searches a chain whose slots may be reused for another key; {@link #CHANGED} if a link on the way changed
     * meanwhile. Unlinks a marked slot.
     *
     * @param head the link that was read at {@code first}
     */
    private int searchChain(long first, long head, long key, @Nullable String name) {
        long before = first;
        long link = head;
        while (true) {
            int slot = LINKS.id(link);
            if (slot == NONE) {
                return NONE;
            }
            long behind = descriptor.metadata(slot) + LINK;
            long next = words.getAcquire(behind);
            boolean found = hasKey(slot, key, name);
            if (!TaggedList.isCurrent(LINKS, words, before, link, next)) {
                return CHANGED;
            }
            if (found) {
                return slot;
            }
            before = behind;
            link = next;
        }
    }

    /** Unlinks all marked slots of a chain. */
    private void unlinkMarked(long first) {
        long before = first;
        long link = words.getAcquire(first);
        while (LINKS.id(link) != NONE) {
            long behind = descriptor.metadata(LINKS.id(link)) + LINK;
            long next = words.getAcquire(behind);
            if (TaggedList.isCurrent(LINKS, words, before, link, next)) {
                before = behind;
                link = next;
            } else {
                before = first;
                link = words.getAcquire(first);
            }
        }
    }

    /**
     * Returns whether the slot's metadata has a key; in a recycling table, for retained slots only.
     *
     * @param key  the {@code long}, or the word that represents the name
     * @param name null if the key is a {@code long}
     */
    boolean hasKey(int slot, long key, @Nullable String name) {
        long metadata = descriptor.metadata(slot);
        long length = words.get(metadata + NAME_LENGTH);
        return words.get(metadata + KEY) == key
                && (name == null ? length == 0 : length != 0 && Text.matches(words, metadata + NAME, length, name));
    }

    /**
     * Allocates a slot, or waits for one; {@link #NONE} if the table is full, or if another thread has added
     * the key meanwhile.
     */
    private int allocateSlot(Key key) {
        int slot = tryAllocate();
        if (slot != NONE || isFull()) {
            return slot;
        }
        long deadline = System.nanoTime() + MAX_WAIT_NANOS;
        IdleStrategy idle = new BackoffIdleStrategy();
        do {
            idle.idle();
            slot = tryAllocate();
        } while (slot == NONE && !isFull() && find(key) == NONE && System.nanoTime() - deadline < 0);
        return slot;
    }

    /** Returns whether every slot has a key, or had one and cannot have another. */
    private boolean isFull() {
        // In this order, and a removal subtracts from KEYS before it adds to REMOVED: so no key is counted twice. Else
        // a
        // claim could say that the table is full while another one is about to give a slot back.
        long removed = recycling ? 0 : words.getAcquire(REMOVED);
        return removed + words.getOpaque(KEYS) >= descriptor.capacity;
    }

    /**
     * Allocates a slot of the partition on the node of this thread, or of the nearest that has one; {@link #NONE} if
     * there is none.
     */
    private int tryAllocate() {
        for (int partition : descriptor.partitions.nearest()) {
            int slot = free.pop(descriptor.free(partition));
            if (slot == NONE) {
                slot = allocateUnused(partition);
            }
            if (slot != NONE) {
                return slot;
            }
        }
        return NONE;
    }

    private int allocateUnused(int partition) {
        long at = descriptor.next(partition);
        long next = words.getOpaque(at);
        while (next < descriptor.partitionSlots) {
            long seen = words.compareAndExchange(at, next, next + 1);
            if (seen == next) {
                int slot = partition * descriptor.partitionSlots + (int) next;
                try {
                    // They are 0 already, unless the table is in a file with damage that nothing has read yet.
                    words.set(descriptor.metadata(slot) + STATE, 0);
                    words.set(descriptor.metadata(slot) + REFERENCES, 0);
                } catch (Throwable failure) {
                    deallocate(slot);
                    throw failure;
                }
                return slot;
            }
            next = seen;
        }
        return NONE;
    }

    /**
     * Returns a name's hash, made from the hash code that the string caches. The same number stands for the name where
     * a {@code long} key has its place.
     */
    private static long nameWord(String name) {
        return hash(((long) name.hashCode() << Integer.SIZE) | name.length());
    }

    /**
     * Returns a key's hash: Fibonacci hashing, with the upper half folded into the lower, which chooses the position.
     */
    private static long hash(long key) {
        long h = key * Hashing.FIBONACCI;
        return h ^ (h >>> Integer.SIZE);
    }

    private int position(long hash) {
        return (int) hash & mask;
    }

    /** The free slots of each partition: the word for the key links to the next one. */
    private static final class FreeSlots extends TaggedStack {

        private final Words words;
        private final TableDescriptor descriptor;

        FreeSlots(Words words, TableDescriptor descriptor) {
            super(LINKS, words);
            this.words = words;
            this.descriptor = descriptor;
        }

        @Override
        protected Words words(int slot) {
            return words;
        }

        @Override
        protected long link(int slot) {
            return descriptor.metadata(slot) + KEY;
        }
    }
}
