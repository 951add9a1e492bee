package org.berth.core.slots;

/** A {@code long} that anyone reads and writes, atomically. */
public sealed interface SharedLong extends LongField permits Fields.SharedLongToken {}
