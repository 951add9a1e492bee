package org.berth.core.slots;

/** A field that holds a {@code long}; anyone may read it. */
public sealed interface LongField extends Field permits OwnedLong, SharedLong {}
