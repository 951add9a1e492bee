package org.berth.core.reclaim;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.berth.core.internal.StackSpace;
import org.berth.offheap.internal.ProcessBarrier;
import org.jspecify.annotations.Nullable;

/**
 * Which reclaimable memory each thread of the process updates at the moment. Each thread has a line of its own, in
 * which it announces the id of the memory by an ordinary store; {@link Reclaimer} looks at all lines after a
 * process-wide barrier. The package description has the protocol.
 *
 * <p>A platform thread keeps its line until it ends. Virtual threads, and platform threads that find no line, take one
 * for each call. A thread announces one memory at a time: announcing another replaces it. So a call that ends without
 * {@link #exit}, which only a lack of stack can bring about, holds memory no longer than until the thread's next call
 * or its end.
 *
 * <p><b>Progress:</b> wait-free for a thread with a line of its own. The others wait while {@value #SHARED_LINES}
 * threads are inside a call on a line that is not their own.
 */
public final class Announcements {

    /** What is announced between calls. */
    public static final long NOTHING = 0;

    /** A line has two cache lines, as the processor may fetch them in pairs. In words. */
    private static final int LINE = 16;

    /** The word of a line that holds its owner's thread id, or {@link #FREE}. */
    private static final int OWNER = 0;

    /** The word of a line that holds the id of the memory. */
    private static final int MEMORY = 1;

    private static final long FREE = 0;

    static final int OWNED_LINES = 512;
    static final int SHARED_LINES = 512;

    /** The first line is padding: the array's header is in front of it. */
    private static final int FIRST_OWNED = LINE;

    private static final int FIRST_SHARED = FIRST_OWNED + OWNED_LINES * LINE;

    /** How many lines a platform thread looks at for one of its own. */
    private static final int PROBES = 8;

    private static final long[] WORDS = new long[FIRST_SHARED + SHARED_LINES * LINE];

    /** Who owns a line, to tell when its owner has ended. */
    private static final AtomicReferenceArray<@Nullable Owner> OWNERS = new AtomicReferenceArray<>(OWNED_LINES);

    /** The same for shared lines, while they are taken. Not weak: the thread clears it in the same call. */
    private static final AtomicReferenceArray<@Nullable Thread> TAKERS = new AtomicReferenceArray<>(SHARED_LINES);

    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

    /** Constant for the JIT compiler: without a barrier, each thread makes a fence between its store and its look. */
    private static final boolean FENCE = ProcessBarrier.needsFence();

    /** The owner of a line, which does not keep an ended thread in memory. */
    private static final class Owner extends WeakReference<Thread> {

        final long threadId;

        Owner(Thread thread) {
            super(thread);
            threadId = thread.threadId();
        }

        boolean hasEnded() {
            Thread thread = get();
            return thread == null || !thread.isAlive();
        }
    }

    static {
        // Links what is called where there may be little stack.
        exit(takeShared(Thread.currentThread()));
    }

    private Announcements() {}

    /** {@return the calling thread's line, to which it alone writes until {@link #exit}} */
    public static int enter() {
        long me = Thread.currentThread().threadId();
        int line = ownedLine(me);
        return WORDS[line + OWNER] == me ? line : findLine(me);
    }

    /**
     * Announces memory, in place of what was announced before. The caller looks afterwards whether the memory is
     * retired, and accesses it only if it is not.
     *
     * @param line of the calling thread
     * @param id   of the memory
     */
    public static void announce(int line, long id) {
        // Opaque: never left out nor split. Release, for what the thread did in the memory that was announced before,
        // whose reclaimer reads this word with acquire.
        WORD.setRelease(WORDS, line + MEMORY, id);
        if (FENCE) {
            VarHandle.fullFence();
        }
    }

    /**
     * Ends the announcement.
     *
     * @param line of the calling thread
     */
    public static void exit(int line) {
        // Release: the accesses of this call come before.
        WORD.setRelease(WORDS, line + MEMORY, NOTHING);
        if (line >= FIRST_SHARED) {
            TAKERS.setRelease(sharedIndex(line), null);
            WORD.setRelease(WORDS, line + OWNER, FREE);
        }
    }

    private static int ownedLine(long threadId) {
        return FIRST_OWNED + ((int) threadId & (OWNED_LINES - 1)) * LINE;
    }

    private static int findLine(long me) {
        for (int probe = 0; probe < PROBES; probe++) {
            int line = ownedLine(me + probe);
            if (WORDS[line + OWNER] == me) {
                return line;
            }
        }
        Thread thread = Thread.currentThread();
        if (!thread.isVirtual()) {
            for (int probe = 0; probe < PROBES; probe++) {
                int line = ownedLine(me + probe);
                if (takeOwned(line, thread)) {
                    return line;
                }
            }
        }
        return takeShared(thread);
    }

    private static boolean takeOwned(int line, Thread me) {
        long before = (long) WORD.getVolatile(WORDS, line + OWNER);
        if (before != FREE && !hasEnded(line, before)) {
            return false;
        }
        Owner owner = new Owner(me);
        // Before the line is this thread's: an error in between would lose it.
        StackSpace.ensure();
        if (!WORD.compareAndSet(WORDS, line + OWNER, before, owner.threadId)) {
            return false;
        }
        OWNERS.set((line - FIRST_OWNED) / LINE, owner);
        // What an ended thread has left.
        WORD.setRelease(WORDS, line + MEMORY, NOTHING);
        return true;
    }

    /** Whether the owner of a line has ended. A thread that has just taken the line is not noted yet. */
    private static boolean hasEnded(int line, long threadId) {
        if (line >= FIRST_SHARED) {
            Thread taker = TAKERS.get(sharedIndex(line));
            return taker != null && taker.threadId() == threadId && !taker.isAlive();
        }
        Owner owner = OWNERS.get((line - FIRST_OWNED) / LINE);
        return owner != null && owner.threadId == threadId && owner.hasEnded();
    }

    private static int sharedIndex(int line) {
        return (line - FIRST_SHARED) / LINE;
    }

    @SuppressWarnings("ThreadPriorityCheck") // a yield, where all lines are taken
    private static int takeShared(Thread thread) {
        long me = thread.threadId();
        for (int i = 0; ; i++) {
            int line = FIRST_SHARED + ((int) (me + i) & (SHARED_LINES - 1)) * LINE;
            long owner = WORDS[line + OWNER];
            // This thread's own is one that a call has left in which an error came before the exit.
            if (owner == me) {
                return line;
            }
            if ((owner == FREE || (i >= SHARED_LINES && hasEnded(line, owner)))
                    && WORD.compareAndSet(WORDS, line + OWNER, owner, me)) {
                TAKERS.setRelease(sharedIndex(line), thread);
                return line;
            }
            if (i >= SHARED_LINES) {
                Thread.yield();
            }
        }
    }

    /**
     * Returns what is announced by threads that have not ended. Says something about a memory only if the caller has
     * retired it, and made a barrier since.
     *
     * @param into gets the ids; at least {@link #MAXIMUM} long
     * @return the number of ids
     */
    static int collect(long[] into) {
        int count = 0;
        for (int line = FIRST_OWNED; line < WORDS.length; line += LINE) {
            // Acquire: what the thread did before it left the memory comes before what the caller does with it.
            long id = (long) WORD.getAcquire(WORDS, line + MEMORY);
            if (id != NOTHING && !hasEnded(line, (long) WORD.getAcquire(WORDS, line + OWNER))) {
                into[count++] = id;
            }
        }
        return count;
    }

    /** The most that can be announced at a time. */
    static final int MAXIMUM = OWNED_LINES + SHARED_LINES;
}
