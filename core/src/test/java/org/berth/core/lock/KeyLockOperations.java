package org.berth.core.lock;

import java.util.function.LongFunction;
import org.berth.offheap.Words;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jspecify.annotations.Nullable;

/** What Lincheck runs: threads lock and close two keys and a name that share a bucket, without waiting. */
@Param(name = "key", gen = IntGen.class, conf = "0:2")
@Param(name = "thread", gen = ThreadIdGen.class)
public abstract class KeyLockOperations {

    /** More threads than Lincheck uses here, as it counts some of its own. */
    private static final int THREADS = 8;

    static final int KEYS = 3;

    private final KeyLocks locks;
    private final @Nullable KeyLock[][] held = new KeyLock[THREADS][KEYS];

    KeyLockOperations(LongFunction<Words> memory) {
        locks = new KeyLocks(memory, 1, Spin::new);
    }

    @Operation
    public boolean tryLock(@Param(name = "thread") int thread, @Param(name = "key") int key) {
        if (held[thread][key] != null) {
            return true;
        }
        held[thread][key] = key == 0 ? locks.tryLock("n") : locks.tryLock(key);
        return held[thread][key] != null;
    }

    @Operation
    public void close(@Param(name = "thread") int thread, @Param(name = "key") int key) {
        KeyLock lock = held[thread][key];
        held[thread][key] = null;
        if (lock != null) {
            lock.close();
        }
    }

    @Operation
    public boolean lockTwice(@Param(name = "thread") int thread, @Param(name = "key") int key) {
        if (!tryLock(thread, key)) {
            return false;
        }
        KeyLock again = key == 0 ? locks.tryLock("n") : locks.tryLock(key);
        boolean same = again == held[thread][key];
        if (again != null) {
            again.close();
        }
        return same;
    }

    /** The same, for one thread at a time: what the operations mean. */
    public static final class Specification {

        private final int[] owners = new int[KEYS];

        public boolean tryLock(int thread, int key) {
            if (owners[key] == 0) {
                owners[key] = thread + 1;
            }
            return owners[key] == thread + 1;
        }

        public void close(int thread, int key) {
            if (owners[key] == thread + 1) {
                owners[key] = 0;
            }
        }

        public boolean lockTwice(int thread, int key) {
            return tryLock(thread, key);
        }
    }
}
