package org.berth.core.section;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.berth.offheap.Words;

/** {@link Sections} for the time of one state: all keys share a chain, or two, and the memory is the tests'. */
public final class StressSections {

    private final List<Words> memory = new ArrayList<>();
    private final Sections sections;

    private StressSections(int chains, UnaryOperator<Words> weakening) {
        sections = new Sections(bytes -> allocate(bytes, weakening), chains, BackoffIdleStrategy::new);
    }

    /** Over off-heap memory whose operations are weakened, or not. */
    public static StressSections create(int chains, UnaryOperator<Words> weakening) {
        return new StressSections(chains, weakening);
    }

    public Sections sections() {
        return sections;
    }

    /** Nobody is inside any more, whatever weakened memory has made of it. Nobody else may use it meanwhile. */
    public void clear() {
        for (Words words : memory) {
            for (long line = 0; line < words.size(); line += Hold.BYTES) {
                words.set(line, 0);
            }
        }
    }

    private Words allocate(long bytes, UnaryOperator<Words> weakening) {
        Words words = Words.collected(bytes);
        memory.add(words);
        return weakening.apply(words);
    }
}
