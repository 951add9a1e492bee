package org.berth.core.lock;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.berth.offheap.Words;

/** {@link KeyLocks} for the time of one state: all keys share a chain, or two, and the memory is the tests'. */
public final class StressKeyLocks {

    private final List<Words> memory = new ArrayList<>();
    private final KeyLocks sections;

    private StressKeyLocks(int chains, UnaryOperator<Words> weakening) {
        sections = new KeyLocks(bytes -> allocate(bytes, weakening), chains, BackoffIdleStrategy::new);
    }

    /** Over off-heap memory whose operations are weakened, or not. */
    public static StressKeyLocks create(int chains, UnaryOperator<Words> weakening) {
        return new StressKeyLocks(chains, weakening);
    }

    public KeyLocks sections() {
        return sections;
    }

    /** Nobody is inside any more, whatever weakened memory has made of it. Nobody else may use it meanwhile. */
    public void clear() {
        for (Words words : memory) {
            for (long line = 0; line < words.size(); line += LockNode.BYTES) {
                words.set(line, 0);
            }
        }
    }

    private Words allocate(long bytes, UnaryOperator<Words> weakening) {
        Words words = Words.ofAuto(bytes);
        memory.add(words);
        return weakening.apply(words);
    }
}
