package org.berth.offheap.linux;

/**
 * A memory barrier in every running thread of this process ({@code membarrier}). It waits for the processors that run
 * such threads, and for no thread.
 */
public final class Membarrier {

    private static final int QUERY = 0;
    private static final int PRIVATE_EXPEDITED = 1 << 3;
    private static final int REGISTER_PRIVATE_EXPEDITED = 1 << 4;

    private Membarrier() {}

    /**
     * Registers this process, without which {@link #run()} fails. To register again does nothing.
     *
     * @return 0 or the negated error number; {@code EINVAL} where the kernel lacks this barrier
     */
    public static long register() {
        long commands = call(QUERY);
        int needed = PRIVATE_EXPEDITED | REGISTER_PRIVATE_EXPEDITED;
        if (commands >= 0 && (commands & needed) != needed) {
            return -Errno.EINVAL;
        }
        return commands < 0 ? commands : call(REGISTER_PRIVATE_EXPEDITED);
    }

    /**
     * Runs the barrier: every thread of this process makes a full fence between the call and the return.
     *
     * @return 0 or the negated error number
     */
    public static long run() {
        return call(PRIVATE_EXPEDITED);
    }

    private static long call(int command) {
        return SystemCalls.call(SystemCalls.NUMBERS.membarrier(), command, 0, 0, 0, 0, 0);
    }
}
