package org.berth.core.slots;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The slots of threads, found by their thread: a table with open addressing by the thread's id, on the heap, of fixed length.
 *
 * <p>A thread looks for its own slot only, which itself has put there and itself takes away, so what it looks for does not change
 * meanwhile: it reads plainly and stores nothing. Others take the slot of a thread away only after that has ended. Ids are given
 * out in sequence, so threads that were started together have places side by side, and nearly always the first place is the
 * right one.
 */
class ThreadSlots {

    private static final int MOST = 1 << 30;

    private static final VarHandle PLACE = MethodHandles.arrayElementVarHandle(Slot[].class);

    final @Nullable Slot[] places;

    /** No slot is further from its thread's first place; only goes up, as a place may be empty in between. */
    private final AtomicInteger reach = new AtomicInteger();

    /** For so many slots at the same time: a quarter of the places is in use at the most, or half of very many. */
    ThreadSlots(int slots) {
        long length = 4 * Long.highestOneBit(Math.max(2L * slots - 1, 1));
        places = new @Nullable Slot[(int) Math.min(length, MOST)];
    }

    /** The slot of {@code me}, which must be the current thread, or null. */
    @Nullable
    Slot find(Thread me) {
        @Nullable Slot[] all = places;
        int first = (int) me.threadId() & (all.length - 1);
        Slot slot = all[first];
        return slot != null && slot.thread == me ? slot : findFurther(me, first);
    }

    private @Nullable Slot findFurther(Thread me, int first) {
        // Plain, here and above: this thread itself wrote what it looks for, and reach is not less than it was then.
        for (int distance = 1; distance <= reach.getPlain(); distance++) {
            Slot slot = places[(first + distance) & (places.length - 1)];
            if (slot != null && slot.thread == me) {
                return slot;
            }
        }
        return null;
    }

    /** Adds the current thread's slot. */
    void add(Slot slot) {
        int first = first(slot);
        for (int distance = 0; distance < places.length; distance++) {
            if (take((first + distance) & (places.length - 1), slot)) {
                reach.accumulateAndGet(distance, Math::max);
                return;
            }
        }
        throw new IllegalStateException("no place for a slot: places=" + places.length);
    }

    /** Puts a slot there unless another is. */
    boolean take(int place, Slot slot) {
        // Volatile CAS: releases the slot to who looks after the dead.
        return PLACE.compareAndSet(places, place, null, slot);
    }

    /** Takes a slot away. */
    void remove(Slot slot) {
        int first = first(slot);
        for (int distance = 0; distance < places.length; distance++) {
            int at = (first + distance) & (places.length - 1);
            if (PLACE.getAcquire(places, at) == slot) {
                // Release: who finds the place empty may take it.
                PLACE.setRelease(places, at, null);
                return;
            }
        }
    }

    /** Calls {@code action} with each slot that is there all the time, and with those that come and go perhaps. */
    void forEach(Consumer<Slot> action) {
        for (int at = 0; at < places.length; at++) {
            // Acquire: pairs with the CAS in add.
            Slot slot = (Slot) PLACE.getAcquire(places, at);
            if (slot != null) {
                action.accept(slot);
            }
        }
    }

    private int first(Slot slot) {
        return (int) slot.threadId & (places.length - 1);
    }
}
