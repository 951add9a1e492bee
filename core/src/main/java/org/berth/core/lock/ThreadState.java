package org.berth.core.lock;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.agrona.concurrent.IdleStrategy;
import org.jspecify.annotations.Nullable;

/**
 * The state of one thread in one {@link KeyLocks}, and how it acquires and releases locks. It keeps no reference to
 * {@code KeyLocks}, whose {@code ThreadLocal} leads here: that would keep both from ever being collected.
 */
final class ThreadState {

    /** How many nodes a thread caches, as to take one of the table's free nodes costs a CAS. */
    private static final int MAX_CACHED_NODES = 8;

    final Thread thread;

    private final LockTable table;
    private final ExclusiveLock exclusive;
    private final Waiting waiting;

    /** A virtual thread caches none: there may be millions, and their caches would be found only after their end. */
    private final @Nullable LockNode[] cachedNodes;

    private int cached;
    private @Nullable MultiLock unusedMultiLocks;

    /** The locks that this thread holds, the exclusive lock among them, each counted once. */
    private int locks;

    /** The node of the lock that the last attempt did not get; null if it was the exclusive lock. */
    private @Nullable LockNode conflict;

    /** Whether the owner of that node was acquiring or releasing the lock, so that it may not hold it at all. */
    private boolean unsettled;

    ThreadState(Thread thread, LockTable table, ExclusiveLock exclusive, Supplier<? extends IdleStrategy> strategies) {
        this.thread = thread;
        this.table = table;
        this.exclusive = exclusive;
        this.waiting = new Waiting(strategies);
        this.cachedNodes = new @Nullable LockNode[thread.isVirtual() ? 0 : MAX_CACHED_NODES];
    }

    /**
     * Locks a key; returns null if the timeout is over or the thread is interrupted, neither of which happens if it
     * waits for ever.
     */
    @Nullable
    LockNode lock(long key, @Nullable String name, long nanos) {
        LockNode node = attempt(key, name);
        return node != null ? node : await(key, name, nanos);
    }

    /** Locks a key, or returns null if another thread holds its lock. */
    @Nullable
    LockNode tryLock(long key, @Nullable String name) {
        LockNode node = attempt(key, name);
        return node != null || !unsettled ? node : awaitSettled(key, name);
    }

    /**
     * Locks keys or names, in the order given, each once; returns null as {@link #lock} does, and then holds none of
     * them.
     *
     * @param names null if they are keys
     */
    @Nullable
    MultiLock lockAll(MultiLock multi, long[] keys, String @Nullable [] names, int count, long nanos) {
        multi.reserve(count);
        long begun = nanos == Waiting.FOREVER ? 0 : System.nanoTime();
        boolean all = false;
        try {
            for (int i = 0; i < count; i++) {
                boolean again = i > 0 && (names == null ? keys[i] == keys[i - 1] : names[i].equals(names[i - 1]));
                if (!again) {
                    String name = names == null ? null : names[i];
                    long left = nanos == Waiting.FOREVER ? nanos : Math.max(0, nanos - (System.nanoTime() - begun));
                    LockNode node = lock(name == null ? keys[i] : LockTable.word(name), name, left);
                    if (node == null) {
                        return null;
                    }
                    multi.add(node);
                }
            }
            all = true;
            return multi;
        } finally {
            if (!all) {
                multi.closeAll();
                recycle(multi);
            }
        }
    }

    /** Acquires the exclusive lock; returns null as {@link #lock} does. */
    @Nullable
    ExclusiveLock lockExclusively(long nanos) {
        if (exclusive.owner() == thread) {
            return exclusive.reacquire();
        }
        if (locks > 0) {
            throw new IllegalStateException("this thread holds locks of keys: locks=" + locks + " thread="
                    + thread.getName() + "; two threads that do this wait for each other for ever: close them first,"
                    + " or lock exclusively first");
        }
        waiting.begin(nanos);
        ExclusiveAcquisition acquisition = new ExclusiveAcquisition();
        try {
            return acquisition.announce() && acquisition.awaitOthers()
                    ? exclusive.acquired(this, acquisition.abandoned(), acquisition.takenOver)
                    : null;
        } finally {
            acquisition.end();
            waiting.end();
        }
    }

    /** Releases the lock of a key. */
    void release(LockNode node) {
        locks--;
        table.remove(node);
        cache(node);
    }

    /** Releases the exclusive lock, and the locks that its owner has taken over from terminated threads. */
    void release(ExclusiveLock lock, List<LockNode> takenOver) {
        takenOver.forEach(LockNode::close);
        locks--;
        lock.restoreOwner(null);
    }

    MultiLock multiLock() {
        MultiLock multi = unusedMultiLocks;
        if (multi == null) {
            return new MultiLock(this);
        }
        unusedMultiLocks = multi.next;
        return multi;
    }

    void recycle(MultiLock multi) {
        multi.next = unusedMultiLocks;
        unusedMultiLocks = multi;
    }

    /** Locks a key if that can be done at once; returns null if a lock is in the way. Lock-free. */
    private @Nullable LockNode attempt(long key, @Nullable String name) {
        long bucket = table.bucket(key);
        while (true) {
            long head = table.head(bucket);
            int found = LockTable.isEmpty(head) ? LockTable.NONE : table.search(bucket, head, key, name);
            if (found >= 0) {
                return attemptHeld(found, key, name);
            }
            if (found == LockTable.NONE) {
                if (isExcluded()) {
                    return refusedByExclusive();
                }
                LockNode node = allocate();
                node.key(key, name);
                if (table.add(node, bucket, head)) {
                    return isAdmitted(node) ? acquired(node) : backOut(node);
                }
                cache(node);
            }
        }
    }

    /** Locks a key that has a node, if this thread or a terminated one owns it. */
    private @Nullable LockNode attemptHeld(int found, long key, @Nullable String name) {
        LockNode node = table.node(found);
        Thread owner = node.owner();
        if (owner == thread) {
            return node.reacquire();
        }
        if (owner == null || owner.isAlive()) {
            conflict = node;
            unsettled = (found & LockTable.UNSETTLED) != 0;
            return null;
        }
        return takeOver(node, owner, key, name) ? node : attempt(key, name);
    }

    private LockNode acquired(LockNode node) {
        node.acquired();
        locks++;
        return node;
    }

    private @Nullable LockNode backOut(LockNode node) {
        table.remove(node);
        cache(node);
        return refusedByExclusive();
    }

    private @Nullable LockNode refusedByExclusive() {
        conflict = null;
        unsettled = false;
        return null;
    }

    /** Whether the exclusive lock is in the way, so that it is no use to add a node. */
    private boolean isExcluded() {
        Thread other = exclusive.owner();
        return other != null && other != thread && locks == 0 && other.isAlive();
    }

    /** Whether the exclusive lock lets this thread keep a node that it has just added. */
    private boolean isAdmitted(LockNode node) {
        Thread other = exclusive.owner();
        return other == null || other == thread || isAdmittedBeside(node, other);
    }

    private boolean isAdmittedBeside(LockNode node, Thread other) {
        if (locks > 0) {
            // The other thread does not hold the exclusive lock yet, as it waits for this one. It may have looked at
            // this bucket already, and may come to the buckets of this thread's other nodes when those are removed: so
            // it must look again.
            table.countBypass();
            return true;
        }
        if (other.isAlive()) {
            return false;
        }
        LockInfo left = exclusive.info(other);
        if (!exclusive.compareAndSetOwner(other, thread)) {
            Thread now = exclusive.owner();
            return now == null || isAdmittedBeside(node, now);
        }
        // The next owner of the exclusive lock waits for this node, which is in its bucket.
        node.report(left);
        exclusive.restoreOwner(null);
        return true;
    }

    /** Becomes the owner of a key's node in place of a terminated thread. */
    private boolean takeOver(LockNode node, Thread terminated, long key, @Nullable String name) {
        // A terminated thread changes nothing: if the node is the key's now, it stays so until a thread takes it over.
        // That is allowed while another thread waits for the exclusive lock, as the node was in its bucket all the
        // time.
        if (table.find(key, name) == node && node.takeOver(terminated, this)) {
            locks++;
            return true;
        }
        return false;
    }

    private @Nullable LockNode await(long key, @Nullable String name, long nanos) {
        waiting.begin(nanos);
        try {
            LockNode node;
            do {
                noteSince();
                if (!waiting.idle()) {
                    return null;
                }
                node = attempt(key, name);
            } while (node == null);
            return node;
        } finally {
            waiting.end();
        }
    }

    /** Waits until it is known whether another thread holds the lock. */
    private @Nullable LockNode awaitSettled(long key, @Nullable String name) {
        waiting.begin(Waiting.FOREVER);
        try {
            LockNode node;
            do {
                waiting.idle();
                node = attempt(key, name);
            } while (node == null && unsettled);
            return node;
        } finally {
            waiting.end();
        }
    }

    private void noteSince() {
        if (conflict == null) {
            exclusive.noteSince();
        } else {
            conflict.noteSince();
        }
    }

    private LockNode allocate() {
        if (cached > 0) {
            LockNode node = cachedNodes[--cached];
            if (node != null) {
                return node;
            }
        }
        LockNode allocated = table.allocate(thread);
        allocated.state = this;
        return allocated;
    }

    private void cache(LockNode node) {
        if (cached < cachedNodes.length) {
            // It is nearly always the node that was taken from there, and stores of references cost the collector's
            // barriers.
            if (cachedNodes[cached] != node) {
                cachedNodes[cached] = node;
            }
            cached++;
        } else {
            table.free(node);
        }
    }

    /** One attempt to acquire the exclusive lock: it succeeds, or leaves everything as it was. */
    private final class ExclusiveAcquisition {

        final List<LockNode> takenOver = new ArrayList<>();
        private final List<Thread> terminated = new ArrayList<>();

        private boolean announced;
        private boolean acquired;
        private @Nullable Thread previous;
        private @Nullable LockInfo left;

        /** Becomes the owner: from now on no thread acquires its first lock. */
        boolean announce() {
            while (true) {
                previous = exclusive.owner();
                if (previous == null || !previous.isAlive()) {
                    LockInfo info = previous == null ? null : exclusive.info(previous);
                    if (exclusive.compareAndSetOwner(previous, thread)) {
                        announced = true;
                        left = info;
                        return true;
                    }
                } else {
                    conflict = null;
                    exclusive.noteSince();
                    if (!waiting.idle()) {
                        return false;
                    }
                }
            }
        }

        /** Waits until no other thread holds a lock. */
        boolean awaitOthers() {
            while (true) {
                long bypasses = table.bypasses();
                LockNode other = findOther();
                if (other == null) {
                    // If not equal: an owner may have added a node to a bucket after the look at it, and removed
                    // another node from a later bucket before the look at that.
                    if (bypasses == table.bypasses()) {
                        acquired = true;
                        locks++;
                        return true;
                    }
                } else if (isAlive(other)) {
                    // Not while this thread keeps nodes that it has taken over: the other may want just these.
                    restoreAll();
                    if (other != conflict) {
                        waiting.progress();
                    }
                    conflict = other;
                    noteSince();
                    if (!waiting.idle()) {
                        return false;
                    }
                } else {
                    takeOverAll();
                }
            }
        }

        /**
         * A node of another thread, of a terminated one only if all that were seen are; null if all buckets were found
         * empty.
         */
        private @Nullable LockNode findOther() {
            LockNode ofTerminated = null;
            for (int i = 0; i < table.buckets(); i++) {
                long bucket = table.bucketAt(i);
                LockNode ofAlive = table.findOther(bucket, thread, true);
                if (ofAlive != null) {
                    return ofAlive;
                }
                if (ofTerminated == null) {
                    ofTerminated = table.findOther(bucket, thread, false);
                }
            }
            return ofTerminated;
        }

        private static boolean isAlive(LockNode node) {
            Thread owner = node.owner();
            return owner == null || owner.isAlive();
        }

        /** Takes the nodes of terminated threads over, until it meets one that is not. */
        private void takeOverAll() {
            for (int i = 0; i < table.buckets(); i++) {
                LockNode other = table.findOther(table.bucketAt(i), thread, false);
                while (other != null) {
                    Thread owner = other.owner();
                    if (owner == null || owner.isAlive()) {
                        return;
                    }
                    if (takeOver(other, owner, other.key(), other.name())) {
                        takenOver.add(other);
                        terminated.add(owner);
                    }
                    other = table.findOther(table.bucketAt(i), thread, false);
                }
            }
        }

        private void restoreAll() {
            for (int i = 0; i < takenOver.size(); i++) {
                locks--;
                takenOver.get(i).restore(terminated.get(i));
            }
            takenOver.clear();
            terminated.clear();
        }

        /** What the new owner is told. */
        List<LockInfo> abandoned() {
            List<LockInfo> all = new ArrayList<>();
            if (left != null) {
                all.add(left);
            }
            takenOver.forEach(node -> all.addAll(node.abandoned()));
            return all;
        }

        /** After a failure, makes the previous owner the owner again, so that the next thread is told of it. */
        void end() {
            if (announced && !acquired) {
                restoreAll();
                exclusive.restoreOwner(previous);
            }
        }
    }
}
