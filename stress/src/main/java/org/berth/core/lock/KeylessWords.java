package org.berth.core.lock;

import org.berth.offheap.ForwardingWords;
import org.berth.offheap.Words;

/**
 * Weakened: a hold is seen in its chain, but its key is not there yet. So nobody ever finds a key, whoever holds it: what may happen
 * where the read of the chain does not acquire what was written before. x86 does not reorder these, so it is acted out.
 *
 * <p>Nothing else is weakened. Memory whose updates are not atomic would tie the chains into rings, in which a search never ends.
 */
public final class KeylessWords extends ForwardingWords {

    public KeylessWords(Words words) {
        super(words);
    }

    @Override
    public long getOpaque(long offset) {
        return offset % LockNode.BYTES == LockNode.KEY ? 0 : super.getOpaque(offset);
    }
}
