package org.berth.core.map;

/**
 * Makes sure, before a thread takes on a duty, that it has the stack to lay it down again. A {@link StackOverflowError}
 * comes here, where nothing is lost by it.
 */
final class StackSpace {

    /** More frames than any call has between the duty and the last line that hands it on. */
    private static final int FRAMES = 24;

    private StackSpace() {}

    static void ensure() {
        ensure(FRAMES, 0, 0, 0, 0);
    }

    /** The arguments make the frame large, whatever compiles it. */
    private static long ensure(int frames, long a, long b, long c, long d) {
        return frames == 0 ? a + b + c + d : ensure(frames - 1, b + 1, c + frames, d + a, a + 1) + b;
    }
}
