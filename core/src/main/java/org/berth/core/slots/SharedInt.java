package org.berth.core.slots;

/** A {@code int} that anyone reads and writes, atomically. */
public sealed interface SharedInt extends IntField permits Fields.SharedIntToken {}
