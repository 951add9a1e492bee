package org.berth.core.slots;

/** A {@code double} that only its slot's owner writes, through {@link Slot}, and anyone reads. */
public sealed interface OwnedDouble extends DoubleField permits Fields.OwnedDoubleToken {}
