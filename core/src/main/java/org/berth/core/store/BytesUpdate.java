package org.berth.core.store;

import org.agrona.MutableDirectBuffer;

/** Computes the new value of a key from the one that it has, see {@link BytesMap#update}. */
@FunctionalInterface
public interface BytesUpdate {

    /**
     * Changes a copy of the value to what the value is to be. It is called again if another thread has changed the
     * value meanwhile, so it should have no other effect.
     *
     * @param value  has the value from index 0 on, and gets the new one there
     * @param length of the value, or {@link BytesMap#MISSING}
     * @return the length of the new value, or {@link BytesMap#MISSING} for none
     */
    int apply(MutableDirectBuffer value, int length);
}
