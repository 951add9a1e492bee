package org.berth.core.store;

import org.agrona.DirectBuffer;
import org.berth.offheap.Words;

/** The hash of keys, of the same bytes the same in a buffer and in a segment. */
interface KeyHash {

    long hash(DirectBuffer key, int offset, int length);

    long hash(Words words, long at, int length);
}
