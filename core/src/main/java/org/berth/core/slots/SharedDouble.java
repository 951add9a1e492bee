package org.berth.core.slots;

/** A {@code double} that anyone reads and writes, atomically. */
public sealed interface SharedDouble extends DoubleField permits Fields.SharedDoubleToken {}
