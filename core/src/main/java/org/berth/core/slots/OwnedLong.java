package org.berth.core.slots;

/** A {@code long} that only its slot's owner writes, through {@link Slot}, and anyone reads. */
public sealed interface OwnedLong extends LongField permits Fields.OwnedLongToken {}
