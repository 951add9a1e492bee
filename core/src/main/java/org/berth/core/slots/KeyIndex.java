package org.berth.core.slots;

import static org.berth.core.slots.TableDescriptor.FREE;
import static org.berth.core.slots.TableDescriptor.KEY;
import static org.berth.core.slots.TableDescriptor.KEYS;
import static org.berth.core.slots.TableDescriptor.MAX_NAME_BYTES;
import static org.berth.core.slots.TableDescriptor.NAME;
import static org.berth.core.slots.TableDescriptor.NAME_LENGTH;
import static org.berth.core.slots.TableDescriptor.NEXT;

import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;

/**
 * Key to slot number: open addressing with linear probing over a fixed number of index words.
 *
 * <p>Lookups are wait-free and store nothing. A key enters once and stays: its metadata is complete before its index word is
 * set, by the one CAS that decides between threads that bring the same key; the loser gives its slot back and uses the
 * winner's. All threads that bring a key probe the same positions and only the first free one may take it, so a key is never
 * there twice.
 */
final class KeyIndex {

    /** Not a slot. */
    static final int NONE = -1;

    /**
     * How long a claim looks again when every slot is handed out though fewer keys than slots are there: the others are in the
     * hands of claims under way, and one that loses its race for a key gives its slot back. Bounded, because a claim must not
     * depend on a thread that is suspended for good.
     */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long NAMED = 1L << 31;
    private static final long SLOT_MASK = NAMED - 1;
    private static final long LOWER_HALF = 0xFFFF_FFFFL;

    private final Words words;
    private final TableDescriptor descriptor;
    private final int mask;

    KeyIndex(Words words, TableDescriptor descriptor) {
        this.words = words;
        this.descriptor = descriptor;
        this.mask = descriptor.indexLength - 1;
    }

    /** A key on its way into the index. Lookups pass the three parts on their own and allocate nothing. */
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

        static Key of(String name) {
            byte[] bytes = Text.encodeName(name);
            if (bytes.length == 0 || bytes.length > MAX_NAME_BYTES || name.indexOf(0) >= 0) {
                throw new IllegalArgumentException(
                        "name is empty, too long or holds a zero character: name=" + name + " bytes=" + bytes.length
                                + " limit=" + MAX_NAME_BYTES + "; use a shorter name, or a long key");
            }
            long word = nameWord(name);
            return new Key(word | NAMED, word, name, bytes);
        }

        @Override
        public String toString() {
            return name == null ? "key=" + word : "name=" + name;
        }
    }

    /** The slot of {@code key}, or {@link #NONE}. */
    int find(long key) {
        return find(hash(key), key, null);
    }

    /** The slot of {@code name}, or {@link #NONE}. */
    int find(String name) {
        long word = nameWord(name);
        return find(word | NAMED, word, name);
    }

    /** The slot of {@code key}, or {@link #NONE}. */
    int find(Key key) {
        return find(key.hash, key.word, key.name);
    }

    /**
     * A slot for {@code key}, known to this thread alone and described already, or {@link #NONE} if none is left. It must be
     * published or given back.
     */
    int allocate(Key key) {
        int slot = takeSlot(key);
        if (slot != NONE) {
            long metadata = descriptor.metadata(slot);
            // Plain, as nobody else knows this slot: published by the CAS on the index word.
            words.set(metadata + KEY, key.word);
            words.set(metadata + NAME_LENGTH, key.nameBytes.length);
            Text.write(words, metadata + NAME, MAX_NAME_BYTES, key.nameBytes);
        }
        return slot;
    }

    /** Adds {@code key} with a slot allocated for it; returns that slot, or the one that the key has got meanwhile. */
    int publish(Key key, int slot) {
        long mine = tagOf(key.hash) | (slot + 1);
        int position = position(key.hash);
        while (true) {
            // Volatile CAS: releases the metadata, and all that the caller wrote to its slot.
            long word = words.compareAndExchange(TableDescriptor.index(position), 0, mine);
            if (word == 0) {
                words.getAndAdd(KEYS, 1);
                return slot;
            }
            if (sameTag(word, key.hash) && hasKey(slotOf(word), key.word, key.name)) {
                return slotOf(word);
            }
            position = (position + 1) & mask;
        }
    }

    /** Takes back a slot that was allocated and not published. */
    void giveBack(int slot) {
        while (true) {
            long head = words.getAcquire(FREE);
            words.setOpaque(descriptor.metadata(slot) + KEY, head & LOWER_HALF);
            if (words.compareAndSet(FREE, head, changed(head) | (slot + 1))) {
                return;
            }
        }
    }

    int size() {
        // Opaque: a count on its own, nothing is read on the strength of it.
        return (int) words.getOpaque(KEYS);
    }

    /** The first used position at or after {@code position}, or the index's length. */
    int nextUsed(int position) {
        int at = position;
        while (at <= mask && words.getAcquire(TableDescriptor.index(at)) == 0) {
            at++;
        }
        return at;
    }

    int length() {
        return mask + 1;
    }

    /** The slot at a used position. */
    int slotAt(int position) {
        return slotOf(words.getAcquire(TableDescriptor.index(position)));
    }

    boolean isNamed(int slot) {
        return words.get(descriptor.metadata(slot) + NAME_LENGTH) != 0;
    }

    long key(int slot) {
        return words.get(descriptor.metadata(slot) + KEY);
    }

    String name(int slot) {
        return Text.read(words, descriptor.metadata(slot) + NAME, MAX_NAME_BYTES);
    }

    private int find(long hash, long key, @Nullable String name) {
        int position = position(hash);
        for (int probes = 0; probes <= mask; probes++) {
            // Acquire: pairs with the CAS in publish, so that the metadata of the slot is seen complete.
            long word = words.getAcquire(TableDescriptor.index(position));
            if (word == 0) {
                return NONE;
            }
            if (sameTag(word, hash) && hasKey(slotOf(word), key, name)) {
                return slotOf(word);
            }
            position = (position + 1) & mask;
        }
        return NONE;
    }

    private boolean hasKey(int slot, long key, @Nullable String name) {
        long metadata = descriptor.metadata(slot);
        return words.get(metadata + KEY) == key
                && (name == null || Text.matches(words, metadata + NAME, words.get(metadata + NAME_LENGTH), name));
    }

    /** A slot for this thread; {@link #NONE} if the table is full, or if the key has got its slot meanwhile. */
    private int takeSlot(Key key) {
        int slot = takeFreeOrNext();
        if (slot != NONE || size() >= descriptor.capacity) {
            return slot;
        }
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        IdleStrategy idle = new BackoffIdleStrategy();
        do {
            idle.idle();
            slot = takeFreeOrNext();
        } while (slot == NONE && size() < descriptor.capacity && find(key) == NONE && System.nanoTime() - deadline < 0);
        return slot;
    }

    private int takeFreeOrNext() {
        int slot = popFree();
        return slot != NONE ? slot : takeNext();
    }

    private int takeNext() {
        long next = words.getOpaque(NEXT);
        while (next < descriptor.capacity) {
            long seen = words.compareAndExchange(NEXT, next, next + 1);
            if (seen == next) {
                return (int) next;
            }
            next = seen;
        }
        return NONE;
    }

    /** Treiber's stack; the change count in the head keeps a head that left and came back from being taken for the old one. */
    private int popFree() {
        while (true) {
            long head = words.getAcquire(FREE);
            if ((head & LOWER_HALF) == 0) {
                return NONE;
            }
            int slot = (int) (head & LOWER_HALF) - 1;
            // Opaque: the slot may be in use again by now, its key written plainly; then the CAS below fails.
            long next = words.getOpaque(descriptor.metadata(slot) + KEY);
            if (words.compareAndSet(FREE, head, changed(head) | (next & LOWER_HALF))) {
                return slot;
            }
        }
    }

    private static long changed(long head) {
        return (head & ~LOWER_HALF) + (1L << Integer.SIZE);
    }

    /** A name's hash, from the hash code that the string caches; the same number stands for the name where a key would. */
    private static long nameWord(String name) {
        return hash(((long) name.hashCode() << Integer.SIZE) | name.length());
    }

    /**
     * Multiplicative (Fibonacci) hashing, with the upper half folded into the lower, which chooses the position; the upper half
     * is the tag. The bit of {@link #NAMED} is cleared.
     */
    private static long hash(long key) {
        long h = key * 0x9E3779B97F4A7C15L;
        return (h ^ (h >>> Integer.SIZE)) & ~NAMED;
    }

    private int position(long hash) {
        return (int) hash & mask;
    }

    private static long tagOf(long hash) {
        return hash & ~SLOT_MASK;
    }

    private static boolean sameTag(long word, long hash) {
        return ((word ^ hash) & ~SLOT_MASK) == 0;
    }

    private static int slotOf(long word) {
        return (int) (word & SLOT_MASK) - 1;
    }
}
