package org.berth.core.reclaim;

import java.util.List;

/**
 * All memory of a structure that is closed. A thread that is inside may go from one memory to another, and write where
 * it has announced nothing; so all of it is held while any of it is.
 */
final class ReclaimableGroup extends Reclaimable {

    private final List<? extends Reclaimable> members;

    ReclaimableGroup(List<? extends Reclaimable> members) {
        this.members = members;
        setRetired();
    }

    @Override
    public long bytes() {
        long bytes = 0;
        for (Reclaimable member : members) {
            bytes += member.bytes();
        }
        return bytes;
    }

    @Override
    boolean isHeld(long[] announced, int count) {
        for (Reclaimable member : members) {
            if (member.isHeld(announced, count)) {
                return true;
            }
        }
        return false;
    }

    @Override
    protected void reclaim() {
        for (Reclaimable member : members) {
            member.reclaim();
        }
    }
}
