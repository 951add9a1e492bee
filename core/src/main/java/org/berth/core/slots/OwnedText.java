package org.berth.core.slots;

/**
 * A text of limited length that only its slot's owner writes. It takes several words, so it is written in a
 * {@link SlotWrite} and read in a {@link Snapshot} only: nobody ever sees half a text.
 */
public sealed interface OwnedText extends Field permits OwnedAscii, OwnedUtf8 {

    /**
     * The largest length.
     *
     * @return the length in bytes
     */
    int maxBytes();
}
