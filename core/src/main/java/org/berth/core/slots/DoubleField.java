package org.berth.core.slots;

/** A field that holds a {@code double}; anyone may read it. */
public sealed interface DoubleField extends Field permits OwnedDouble, SharedDouble {}
