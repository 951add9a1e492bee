package org.berth.core.slots;

/** A {@code boolean} that anyone reads and writes, atomically. */
public sealed interface SharedBoolean extends BooleanField permits Fields.SharedBooleanToken {}
