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

/**
 * Who owns a slot: one state word per slot, changed by one CAS.
 *
 * <p>The generation goes up with each claim, so that a handle that is closed twice cannot release the next owner's claim. The
 * words that describe the owner are for people: they are written after the claim, under a sequence (the generation they
 * describe, 0 while they change), and a reader that catches them changing says that it does not know.
 */
final class Ownership {

    private static final long OWNED = 1;
    private static final long STATE_MASK = 0xFF;
    private static final int GENERATION_SHIFT = 32;

    private final Words words;
    private final TableDescriptor descriptor;

    Ownership(Words words, TableDescriptor descriptor) {
        this.words = words;
        this.descriptor = descriptor;
    }

    /** Takes the slot if nobody owns it; returns the state word of this claim, or 0 if somebody does. */
    long take(int slot) {
        Thread thread = Thread.currentThread();
        // Made before the claim: what may fail for want of memory must not leave a claim behind.
        byte[] name = Text.truncate(thread.getName(), OWNER_NAME_BYTES);
        long metadata = descriptor.metadata(slot);
        long state = words.getAcquire(metadata + STATE);
        while ((state & STATE_MASK) != OWNED) {
            long mine = (((state >>> GENERATION_SHIFT) + 1) << GENERATION_SHIFT) | OWNED;
            // Volatile CAS: acquires what the previous owner wrote before it released.
            long seen = words.compareAndExchange(metadata + STATE, state, mine);
            if (seen == state) {
                describe(metadata, mine, thread.threadId(), name);
                return mine;
            }
            state = seen;
        }
        return 0;
    }

    /** Ends the claim; does nothing if it has ended before. */
    void release(int slot, long claim) {
        // The CAS releases what the owner wrote, for the next owner.
        words.compareAndSet(descriptor.metadata(slot) + STATE, claim, claim & ~STATE_MASK);
    }

    boolean isOwned(int slot) {
        return (words.getAcquire(descriptor.metadata(slot) + STATE) & STATE_MASK) == OWNED;
    }

    /** The owner as name=value pairs, for messages. */
    String owner(int slot) {
        long metadata = descriptor.metadata(slot);
        long described = words.getAcquire(metadata + OWNER);
        long thread = words.getOpaque(metadata + OWNER_THREAD);
        long since = words.getOpaque(metadata + OWNER_SINCE);
        String name = Text.read(words, metadata + OWNER_NAME, OWNER_NAME_BYTES);
        // Keeps the reads above before the second look at the sequence; an acquire there would only hold back what
        // follows.
        VarHandle.loadLoadFence();
        boolean whole = described != 0 && described == words.getOpaque(metadata + OWNER);
        return whole && described == words.getOpaque(metadata + STATE)
                ? "owner=" + name + " thread=" + thread + " since=" + Instant.ofEpochMilli(since)
                : "owner=another thread, just now";
    }

    private void describe(long metadata, long claim, long threadId, byte[] name) {
        words.setOpaque(metadata + OWNER, 0);
        // Keeps the words below after the mark that they are changing.
        VarHandle.storeStoreFence();
        words.setOpaque(metadata + OWNER_THREAD, threadId);
        words.setOpaque(metadata + OWNER_SINCE, System.currentTimeMillis());
        Text.write(words, metadata + OWNER_NAME, OWNER_NAME_BYTES, name);
        words.setRelease(metadata + OWNER, claim);
    }
}
