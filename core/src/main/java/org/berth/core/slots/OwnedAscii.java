package org.berth.core.slots;

/** A text of ASCII characters, one byte each, that only its slot's owner writes. */
public sealed interface OwnedAscii extends OwnedText permits Fields.OwnedAsciiToken {}
