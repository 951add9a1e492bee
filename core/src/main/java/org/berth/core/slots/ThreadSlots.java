package org.berth.core.slots;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A hash table from threads to their slots: open addressing by the thread's id, linear probing, on the heap,
 * of fixed length.
 *
 * <p>A thread looks for its own slot only, which it has itself added and itself removes, so what it looks for does not
 * change meanwhile: it reads plainly and stores nothing. Other threads remove a slot only after its thread has ended.
 * Ids are consecutive, so threads that were started together have neighbouring home positions, and the first probe
 * nearly always hits.
 */
class ThreadSlots {

    private static final int MAX_LENGTH = 1 << 30;

    private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(Slot[].class);

    final @Nullable Slot[] slots;

    /** The longest probe; only goes up, as there may be empty positions on the way. */
    private final AtomicInteger maxProbe = new AtomicInteger();

    /**
     * Makes a table for {@code capacity} slots at the same time: at most a quarter of its positions is in use, of a
     * very large one half.
     */
    ThreadSlots(int capacity) {
        long length = 4 * Long.highestOneBit(Math.max(2L * capacity - 1, 1));
        slots = new @Nullable Slot[(int) Math.min(length, MAX_LENGTH)];
    }

    /** Returns the slot of {@code me}, which must be the current thread, or null. */
    @Nullable
    Slot find(Thread me) {
        @Nullable Slot[] all = slots;
        int home = (int) me.threadId() & (all.length - 1);
        Slot slot = all[home];
        return slot != null && slot.thread == me ? slot : probe(me, home);
    }

    private @Nullable Slot probe(Thread me, int home) {
        // Plain, here and above: this thread itself wrote what it looks for, and the longest probe only grows.
        for (int distance = 1; distance <= maxProbe.getPlain(); distance++) {
            Slot slot = slots[(home + distance) & (slots.length - 1)];
            if (slot != null && slot.thread == me) {
                return slot;
            }
        }
        return null;
    }

    /** Adds the current thread's slot. */
    void add(Slot slot) {
        int home = home(slot);
        for (int distance = 0; distance < slots.length; distance++) {
            if (tryAdd((home + distance) & (slots.length - 1), slot)) {
                maxProbe.accumulateAndGet(distance, Math::max);
                return;
            }
        }
        throw new IllegalStateException("no position for a slot: length=" + slots.length);
    }

    /** Puts a slot at a position if that is empty; false if not. */
    boolean tryAdd(int position, Slot slot) {
        // Volatile CAS: releases the slot to threads that reclaim.
        return ELEMENT.compareAndSet(slots, position, null, slot);
    }

    void remove(Slot slot) {
        int home = home(slot);
        for (int distance = 0; distance < slots.length; distance++) {
            int position = (home + distance) & (slots.length - 1);
            if (ELEMENT.getAcquire(slots, position) == slot) {
                // Release: a thread that finds the position empty may take it.
                ELEMENT.setRelease(slots, position, null);
                return;
            }
        }
    }

    /**
     * Calls {@code action} with each slot that is in the table throughout, and perhaps with those added
     * or removed meanwhile.
     */
    void forEach(Consumer<Slot> action) {
        for (int position = 0; position < slots.length; position++) {
            // Acquire: pairs with the CAS in tryAdd.
            Slot slot = (Slot) ELEMENT.getAcquire(slots, position);
            if (slot != null) {
                action.accept(slot);
            }
        }
    }

    private int home(Slot slot) {
        return (int) slot.threadId & (slots.length - 1);
    }
}
