package org.berth.core.slots;

/** A text in UTF-8, one to four bytes a character, that only its slot's owner writes. */
public sealed interface OwnedUtf8 extends OwnedText permits Fields.OwnedUtf8Token {}
