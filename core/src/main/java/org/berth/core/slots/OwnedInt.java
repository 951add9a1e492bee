package org.berth.core.slots;

/** A {@code int} that only its slot's owner writes, through {@link Slot}, and anyone reads. */
public sealed interface OwnedInt extends IntField permits Fields.OwnedIntToken {}
