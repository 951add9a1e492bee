package org.berth.core.slots;

import static org.berth.core.slots.Fields.doubleOf;
import static org.berth.core.slots.Fields.intOf;
import static org.berth.core.slots.Fields.word;

import java.util.function.DoubleUnaryOperator;
import java.util.function.IntUnaryOperator;
import java.util.function.LongUnaryOperator;
import org.berth.offheap.Words;

/** The updates that take a CAS loop. Lock-free: a CAS fails only because another thread's update has succeeded. */
final class CasLoops {

    private CasLoops() {}

    static long updateAndGetLong(Words words, long at, LongUnaryOperator function) {
        long seen = words.getAcquire(at);
        while (true) {
            long value = function.applyAsLong(seen);
            long witness = words.compareAndExchange(at, seen, value);
            if (witness == seen) {
                return value;
            }
            seen = witness;
        }
    }

    static int updateAndGetInt(Words words, long at, IntUnaryOperator function) {
        long seen = words.getAcquire(at);
        while (true) {
            int value = function.applyAsInt(intOf(seen));
            long witness = words.compareAndExchange(at, seen, word(value));
            if (witness == seen) {
                return value;
            }
            seen = witness;
        }
    }

    static double updateAndGetDouble(Words words, long at, DoubleUnaryOperator function) {
        long seen = words.getAcquire(at);
        while (true) {
            double value = function.applyAsDouble(doubleOf(seen));
            long witness = words.compareAndExchange(at, seen, word(value));
            if (witness == seen) {
                return value;
            }
            seen = witness;
        }
    }

    static double getAndAddDouble(Words words, long at, double delta) {
        long seen = words.getAcquire(at);
        while (true) {
            long witness = words.compareAndExchange(at, seen, word(doubleOf(seen) + delta));
            if (witness == seen) {
                return doubleOf(seen);
            }
            seen = witness;
        }
    }
}
