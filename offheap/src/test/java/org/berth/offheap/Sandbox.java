package org.berth.offheap;

import org.berth.offheap.placement.Placement;
import org.junit.jupiter.api.Assumptions;

/** Containers that forbid system calls: there is nothing to test in them. */
public final class Sandbox {

    private Sandbox() {}

    /** Skips the tests if the calls of NUMA are forbidden. */
    public static void assumeNone() {
        try {
            Region.anonymous(1, Placement.interleaved().preTouched()).close();
        } catch (UnsupportedOperationException e) {
            String reason = String.valueOf(e.getMessage());
            Assumptions.assumeFalse(reason.contains("error=EPERM") || reason.contains("error=ENOSYS"), reason);
        }
    }
}
