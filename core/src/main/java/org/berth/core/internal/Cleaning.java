package org.berth.core.internal;

import java.lang.ref.Cleaner;

/** One thread that frees what was lost without being closed. */
public final class Cleaning {

    /** For actions that do not fail, and that refer to nothing which keeps the object. */
    public static final Cleaner CLEANER = Cleaner.create();

    private Cleaning() {}
}
