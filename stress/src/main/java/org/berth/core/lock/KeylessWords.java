package org.berth.core.lock;

import org.berth.offheap.ForwardingWords;
import org.berth.offheap.Words;

/**
 * Weakened: a search sees a node in its bucket, but not yet its key, and so never finds a key that another thread has
 * locked. This may happen where the read of the link does not acquire what was written before. x86 does not reorder
 * these, so it is acted out.
 *
 * <p>Nothing else is weakened. Memory whose updates are not atomic would tie the nodes into rings, in which a search
 * never ends.
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
