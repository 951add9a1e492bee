package org.berth.core.lock;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.agrona.concurrent.IdleStrategy;
import org.jspecify.annotations.Nullable;

/**
 * One thread's way in and out of the sections. It keeps no reference to {@link KeyLocks}, whose {@code ThreadLocal} leads here: they
 * would never be collected.
 */
final class ThreadState {

    /** So many holds a thread sets aside for itself, as to take one of those that are free is a CAS. */
    private static final int MOST_SPARE_HOLDS = 8;

    final Thread thread;

    private final LockTable keys;
    private final ExclusiveLock whole;
    private final Waiting waiting;

    /** A virtual thread sets nothing aside: there may be millions, and it would be found only after their end. */
    private final @Nullable LockNode[] spareHolds;

    private int spares;
    private @Nullable MultiLock spareGroup;

    /** KeyLocks of this thread, the whole among them, each counted once. */
    private int inside;

    /** Who was in the way at the last attempt; null if it was who has the whole. */
    private @Nullable LockNode inTheWay;

    /** Whether that one was on its way in, and may find the whole taken, or on its way out. */
    private boolean undecided;

    ThreadState(Thread thread, LockTable keys, ExclusiveLock whole, Supplier<? extends IdleStrategy> strategies) {
        this.thread = thread;
        this.keys = keys;
        this.whole = whole;
        this.waiting = new Waiting(strategies);
        this.spareHolds = new @Nullable LockNode[thread.isVirtual() ? 0 : MOST_SPARE_HOLDS];
    }

    /** Enters a key; null if the time is over, or the thread is interrupted, neither of which can be if it waits for ever. */
    @Nullable
    LockNode lock(long key, @Nullable String name, long nanos) {
        LockNode hold = attempt(key, name);
        return hold != null ? hold : await(key, name, nanos);
    }

    /** Enters a key if nobody else is inside. */
    @Nullable
    LockNode tryLock(long key, @Nullable String name) {
        LockNode hold = attempt(key, name);
        return hold != null || !undecided ? hold : awaitDecision(key, name);
    }

    /**
     * Enters keys or names, in the order of the group's, each once; null as above, and then none is entered.
     *
     * @param names null if they are keys
     */
    @Nullable
    MultiLock lockAll(MultiLock group, long[] keys, String @Nullable [] names, int count, long nanos) {
        group.reserve(count);
        long begun = nanos == Waiting.FOREVER ? 0 : System.nanoTime();
        boolean all = false;
        try {
            for (int i = 0; i < count; i++) {
                boolean again = i > 0 && (names == null ? keys[i] == keys[i - 1] : names[i].equals(names[i - 1]));
                if (!again) {
                    String name = names == null ? null : names[i];
                    long left = nanos == Waiting.FOREVER ? nanos : Math.max(0, nanos - (System.nanoTime() - begun));
                    LockNode hold = lock(name == null ? keys[i] : KeyLocks.word(name), name, left);
                    if (hold == null) {
                        return null;
                    }
                    group.add(hold);
                }
            }
            all = true;
            return group;
        } finally {
            if (!all) {
                group.leave();
                giveBack(group);
            }
        }
    }

    /** Enters the whole; null as above. */
    @Nullable
    ExclusiveLock lockExclusively(long nanos) {
        if (whole.owner() == thread) {
            return whole.again();
        }
        if (inside > 0) {
            throw new IllegalStateException(
                    "already inside: sections=" + inside + " thread=" + thread.getName()
                            + "; two threads that do this wait for each other for ever: leave them first, or lock the whole first");
        }
        waiting.begin(nanos);
        Drain drain = new Drain();
        try {
            return drain.begin() && drain.finish() ? whole.entered(this, drain.left(), drain.takenOver) : null;
        } finally {
            drain.end();
            waiting.end();
        }
    }

    /** Leaves a key. */
    void leave(LockNode hold) {
        inside--;
        keys.remove(hold);
        putAside(hold);
    }

    /** Leaves the whole, and what it has found of the dead. */
    void leave(ExclusiveLock left, List<LockNode> takenOver) {
        takenOver.forEach(LockNode::close);
        inside--;
        left.giveBack(null);
    }

    MultiLock group() {
        MultiLock group = spareGroup;
        if (group == null) {
            return new MultiLock(this);
        }
        spareGroup = group.next;
        return group;
    }

    void giveBack(MultiLock group) {
        group.next = spareGroup;
        spareGroup = group;
    }

    /** Who was in the way when this thread gave up; null if it has just left. */
    @Nullable
    LockInfo blocker() {
        return inTheWay == null ? whole.held() : inTheWay.held();
    }

    /** Enters if it can be done at once; null if somebody is in the way. Lock-free. */
    private @Nullable LockNode attempt(long key, @Nullable String name) {
        long chain = keys.chain(key);
        while (true) {
            long state = keys.state(chain);
            int found = LockTable.isEmpty(state) ? LockTable.NONE : keys.search(chain, state, key, name);
            if (found >= 0) {
                return meet(found, key, name);
            }
            if (found == LockTable.NONE) {
                if (isShut()) {
                    return refusedByWhole();
                }
                LockNode hold = takeHold();
                hold.key(key, name);
                if (keys.add(hold, chain, state)) {
                    return isAdmitted(hold) ? entered(hold) : turnBack(hold);
                }
                putAside(hold);
            }
        }
    }

    /** The key is held. */
    private @Nullable LockNode meet(int found, long key, @Nullable String name) {
        LockNode hold = keys.hold(found);
        Thread owner = hold.owner();
        if (owner == thread) {
            return hold.again();
        }
        if (owner == null || owner.isAlive()) {
            inTheWay = hold;
            undecided = (found & LockTable.UNDECIDED) != 0;
            return null;
        }
        return takeOver(hold, owner, key, name) ? hold : attempt(key, name);
    }

    private LockNode entered(LockNode hold) {
        hold.entered();
        inside++;
        return hold;
    }

    private @Nullable LockNode turnBack(LockNode hold) {
        keys.remove(hold);
        putAside(hold);
        return refusedByWhole();
    }

    private @Nullable LockNode refusedByWhole() {
        inTheWay = null;
        undecided = false;
        return null;
    }

    /** Whether it is of no use to try. */
    private boolean isShut() {
        Thread other = whole.owner();
        return other != null && other != thread && inside == 0 && other.isAlive();
    }

    /** Whether the whole is not in the way of a hold that was just added. */
    private boolean isAdmitted(LockNode hold) {
        Thread other = whole.owner();
        return other == null || other == thread || isAdmittedBeside(hold, other);
    }

    private boolean isAdmittedBeside(LockNode hold, Thread other) {
        if (inside > 0) {
            // It cannot have the whole, as it waits for this thread. It may have looked at this chain already, and then
            // it must
            // look again, because it may find the others empty before it comes to this one.
            keys.countNested();
            return true;
        }
        if (other.isAlive()) {
            return false;
        }
        LockInfo left = whole.held(other);
        if (!whole.take(other, thread)) {
            Thread now = whole.owner();
            return now == null || isAdmittedBeside(hold, now);
        }
        // Who has it next waits for this hold, which is in its chain.
        hold.tell(left);
        whole.giveBack(null);
        return true;
    }

    /** Becomes the owner of a key's hold in place of a dead one. */
    private boolean takeOver(LockNode hold, Thread dead, long key, @Nullable String name) {
        // The dead change nothing: if it is the key's now, it is so until somebody takes it over. That may be done
        // beside one who
        // waits for the whole, as the hold was in its chain all the time.
        if (keys.find(key, name) == hold && hold.takeOver(dead, this)) {
            inside++;
            return true;
        }
        return false;
    }

    private @Nullable LockNode await(long key, @Nullable String name, long nanos) {
        waiting.begin(nanos);
        try {
            LockNode hold;
            do {
                noteTime();
                if (!waiting.again()) {
                    return null;
                }
                hold = attempt(key, name);
            } while (hold == null);
            return hold;
        } finally {
            waiting.end();
        }
    }

    /** Waits until it is known whether somebody is inside. */
    private @Nullable LockNode awaitDecision(long key, @Nullable String name) {
        waiting.begin(Waiting.FOREVER);
        try {
            LockNode hold;
            do {
                waiting.again();
                hold = attempt(key, name);
            } while (hold == null && undecided);
            return hold;
        } finally {
            waiting.end();
        }
    }

    private void noteTime() {
        if (inTheWay == null) {
            whole.seen();
        } else {
            inTheWay.seen();
        }
    }

    private LockNode takeHold() {
        if (spares > 0) {
            LockNode hold = spareHolds[--spares];
            if (hold != null) {
                return hold;
            }
        }
        LockNode taken = keys.take(thread);
        taken.visitor = this;
        return taken;
    }

    private void putAside(LockNode hold) {
        if (spares < spareHolds.length) {
            // It is nearly always the one that was taken from there, and storing references costs the collector's
            // barriers.
            if (spareHolds[spares] != hold) {
                spareHolds[spares] = hold;
            }
            spares++;
        } else {
            keys.giveBack(hold);
        }
    }

    /** Getting everybody else out, or giving up and leaving all as it was. */
    private final class Drain {

        final List<LockNode> takenOver = new ArrayList<>();
        private final List<Thread> dead = new ArrayList<>();

        private boolean begun;
        private boolean done;
        private @Nullable Thread before;
        private @Nullable LockInfo left;

        /** Announces it: nobody new comes in from now on. */
        boolean begin() {
            while (true) {
                before = whole.owner();
                if (before == null || !before.isAlive()) {
                    LockInfo note = before == null ? null : whole.held(before);
                    if (whole.take(before, thread)) {
                        begun = true;
                        left = note;
                        return true;
                    }
                } else {
                    inTheWay = null;
                    whole.seen();
                    if (!waiting.again()) {
                        return false;
                    }
                }
            }
        }

        /** Waits for those inside. */
        boolean finish() {
            while (true) {
                long nested = keys.nested();
                LockNode other = firstOther();
                if (other == null) {
                    // If not: somebody inside may have entered a chain after the look at it, and left another before
                    // the look at that.
                    if (nested == keys.nested()) {
                        done = true;
                        inside++;
                        return true;
                    }
                } else if (isLive(other)) {
                    // Not with anything in hand: that one may want just this.
                    restoreToTheDead();
                    if (other != inTheWay) {
                        waiting.progress();
                    }
                    inTheWay = other;
                    noteTime();
                    if (!waiting.again()) {
                        return false;
                    }
                } else {
                    takeOverFromTheDead();
                }
            }
        }

        /** One hold that is another thread's, of the dead only if none of the living was seen; null if all chains were found empty. */
        private @Nullable LockNode firstOther() {
            LockNode dead = null;
            for (int i = 0; i < keys.chains(); i++) {
                long chain = keys.chainAt(i);
                LockNode live = keys.findOthers(chain, thread, true);
                if (live != null) {
                    return live;
                }
                if (dead == null) {
                    dead = keys.findOthers(chain, thread, false);
                }
            }
            return dead;
        }

        private static boolean isLive(LockNode hold) {
            Thread owner = hold.owner();
            return owner == null || owner.isAlive();
        }

        private void takeOverFromTheDead() {
            for (int i = 0; i < keys.chains(); i++) {
                LockNode other = keys.findOthers(keys.chainAt(i), thread, false);
                while (other != null) {
                    Thread owner = other.owner();
                    if (owner == null || owner.isAlive()) {
                        return;
                    }
                    if (takeOver(other, owner, other.key(), other.name())) {
                        takenOver.add(other);
                        dead.add(owner);
                    }
                    other = keys.findOthers(keys.chainAt(i), thread, false);
                }
            }
        }

        private void restoreToTheDead() {
            for (int i = 0; i < takenOver.size(); i++) {
                inside--;
                takenOver.get(i).restore(dead.get(i));
            }
            takenOver.clear();
            dead.clear();
        }

        /** What the owner is told. */
        List<LockInfo> left() {
            List<LockInfo> all = new ArrayList<>();
            if (left != null) {
                all.add(left);
            }
            takenOver.forEach(hold -> all.addAll(hold.abandoned()));
            return all;
        }

        /** After it has failed: the next one is to be told what this one was. */
        void end() {
            if (begun && !done) {
                restoreToTheDead();
                whole.giveBack(before);
            }
        }
    }
}
