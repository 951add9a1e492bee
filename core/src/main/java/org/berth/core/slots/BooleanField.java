package org.berth.core.slots;

/** A field that holds a {@code boolean}; anyone may read it. */
public sealed interface BooleanField extends Field permits OwnedBoolean, SharedBoolean {}
