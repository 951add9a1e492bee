package org.berth.core.slots;

/** A {@code boolean} that only its slot's owner writes, through {@link Slot}, and anyone reads. */
public sealed interface OwnedBoolean extends BooleanField permits Fields.OwnedBooleanToken {}
