package org.berth.core.internal;

/**
 * Makes sure, before a thread takes on a duty, that it has the stack to lay it down again. A {@link StackOverflowError}
 * comes here, where nothing is lost by it.
 */
public final class StackSpace {

    /**
     * Some four kilobytes of compiled frames, more of interpreted ones: what the last calls of a duty take while they
     * are not compiled yet.
     */
    private static final int FRAMES = 128;

    private StackSpace() {}

    /** Throws a {@link StackOverflowError} if there is not enough stack. */
    public static void ensure() {
        ensure(FRAMES, 0, 0, 0, 0);
    }

    /** The arguments make the frame large, whatever compiles it. */
    private static long ensure(int frames, long a, long b, long c, long d) {
        return frames == 0 ? a + b + c + d : ensure(frames - 1, b + 1, c + frames, d + a, a + 1) + b;
    }
}
