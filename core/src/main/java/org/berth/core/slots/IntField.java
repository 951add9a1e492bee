package org.berth.core.slots;

/** A field that holds a {@code int}; anyone may read it. */
public sealed interface IntField extends Field permits OwnedInt, SharedInt {}
