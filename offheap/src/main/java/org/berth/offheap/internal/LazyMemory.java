package org.berth.offheap.internal;

import org.berth.offheap.linux.NativeAccess;

/** Whether memory with a placement comes from the kernel, which zeroes each page when it is first touched. */
public final class LazyMemory {

    private LazyMemory() {}

    /** {@return whether native access is granted, so that a placement takes effect} */
    public static boolean isAvailable() {
        return NativeAccess.unavailabilityCause() == null;
    }
}
