package org.berth.stress;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.berth.core.map.LongLongMap;
import org.berth.core.map.StressMaps;
import org.berth.offheap.Message;
import org.berth.offheap.StepWords;
import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;

/**
 * A map of one line, for the time of one state: the third key begins a growth to two. It is a new map each time, over memory
 * that is used again. So there is no allocation off the heap in an actor, and who makes the next table is as fast as others.
 */
final class SmallMap {

    static final long KEY = 7;
    static final long OTHER = 8;
    static final long THIRD = 9;
    private static final long FOURTH = 10;

    /** More than a table of a few keys has. */
    private static final long LINES = 4;

    /** Two for the reserved keys, one at first, the rest for growth: more than a few keys bring about. */
    private static final int TABLES = 6;

    private static final long BYTES = StressMaps.bytes(LINES);

    private final Words[] memory = new Words[TABLES];
    private final Words[] seen = new Words[TABLES];
    private final AtomicInteger used = new AtomicInteger();
    private final Function<LongFunction<Words>, LongLongMap> maker;
    private final Message message;

    /** Who moves and does nothing else. */
    private @Nullable Thread mover;

    private boolean isGrowing;
    private LongLongMap map;

    private SmallMap(
            Function<LongFunction<Words>, LongLongMap> maker,
            Message message,
            BiFunction<SmallMap, Words, Words> weakening) {
        this.maker = maker;
        this.message = message;
        for (int i = 0; i < TABLES; i++) {
            memory[i] = Words.ofAuto(BYTES);
            seen[i] = message.beside(weakening.apply(this, memory[i]));
        }
        map = maker.apply(this::next);
    }

    static Pool<SmallMap> shipped() {
        return weakened(words -> words);
    }

    static Pool<SmallMap> weakened(UnaryOperator<Words> weakening) {
        return pool(StressMaps::small, Message::new, (map, words) -> weakening.apply(words));
    }

    /** What was written before an update of the map is late. */
    static Pool<SmallMap> late() {
        return pool(StressMaps::small, () -> Message.late(StressMaps::isValue), (map, words) -> words);
    }

    /** What is read after a read of the map is early. */
    static Pool<SmallMap> early() {
        return pool(StressMaps::small, Message::early, (map, words) -> words);
    }

    /** The mover closes nothing, and {@code weakening} does as it likes. */
    static Pool<SmallMap> open(UnaryOperator<Words> weakening) {
        return pool(StressMaps::open, Message::new, (map, words) -> weakening.apply(words));
    }

    /** The mover does not take a mapping away from the copy that it made before. */
    static Pool<SmallMap> forgetful() {
        return pool(
                StressMaps::small,
                Message::new,
                (map, words) -> StepWords.leftOut(
                        words,
                        (offset, expected, value) ->
                                StressMaps.isRemoval(offset, expected, value) && map.mover == Thread.currentThread()));
    }

    private static Pool<SmallMap> pool(
            Function<LongFunction<Words>, LongLongMap> maker,
            Supplier<Message> messages,
            BiFunction<SmallMap, Words, Words> weakening) {
        return new Pool<>(() -> new SmallMap(maker, messages.get(), weakening));
    }

    /** Borrows a map of two keys, neither of which is {@link #KEY}; one more begins a growth. */
    static SmallMap borrowBeforeGrowth(Pool<SmallMap> pool) {
        SmallMap taken = pool.take();
        taken.renew();
        taken.map.put(OTHER, 3);
        taken.map.put(FOURTH, 4);
        return taken;
    }

    /** Borrows a map without {@link #KEY}, in turn one that one more key makes grow and one that has begun to. */
    static SmallMap borrowEitherWay(Pool<SmallMap> pool) {
        SmallMap taken = borrowBeforeGrowth(pool);
        taken.isGrowing ^= true;
        if (taken.isGrowing) {
            taken.map.put(THIRD, 5);
        }
        return taken;
    }

    /** Borrows a map that has begun to grow, and whose keys all are still to be moved: {@link #KEY} is 1, {@link #OTHER} is 3. */
    static SmallMap borrowGrowing(Pool<SmallMap> pool) {
        SmallMap taken = pool.take();
        taken.renew();
        taken.map.put(KEY, 1);
        taken.map.put(OTHER, 3);
        taken.map.put(THIRD, 5);
        return taken;
    }

    LongLongMap map() {
        return map;
    }

    Message message() {
        return message;
    }

    /** Moves what is left to be moved. For one actor of a state. */
    void move() {
        mover = Thread.currentThread();
        map.finishResize();
        mover = null;
    }

    /** The value of a key, 0 for none. */
    int value(long key) {
        return orZero(map.get(key));
    }

    /** A result of the map, 0 for none. */
    static int orZero(long value) {
        return value == LongLongMap.MISSING ? 0 : (int) value;
    }

    private void renew() {
        message.clear();
        int tables = used.getAndSet(0);
        for (int i = 0; i < tables; i++) {
            for (long offset = 0; offset < BYTES; offset += Long.BYTES) {
                memory[i].set(offset, 0);
            }
        }
        map = maker.apply(this::next);
    }

    private Words next(long bytes) {
        int index = used.getAndIncrement();
        if (bytes > BYTES || index >= TABLES) {
            throw new AssertionError("more memory than thought of: bytes=" + bytes + " tables=" + index);
        }
        return seen[index];
    }
}
