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
 * A map of one bucket that one state uses: the third key begins its resize to two. Each state has a new map,
 * over memory that is reused. So no actor allocates memory off the heap, and one that allocates a table is as
 * fast as others.
 */
final class SmallMap {

    static final long KEY = 7;
    static final long OTHER = 8;
    static final long THIRD = 9;
    private static final long FOURTH = 10;

    /** More than a table of a few keys has. */
    private static final long BUCKETS = 4;

    /** One at first, two for the reserved keys, the rest for resizes: more than a few keys bring about. */
    private static final int TABLES = 6;

    private static final long BYTES = StressMaps.bytes(BUCKETS);

    private final Words[] memory = new Words[TABLES];
    private final Words[] accessed = new Words[TABLES];
    private final AtomicInteger used = new AtomicInteger();
    private final Function<LongFunction<Words>, LongLongMap> maker;
    private final Message message;

    /** The thread that transfers and does nothing else. */
    private @Nullable Thread transferring;

    private boolean isResizing;
    private LongLongMap map;

    private SmallMap(
            Function<LongFunction<Words>, LongLongMap> maker,
            Message message,
            BiFunction<SmallMap, Words, Words> weakening) {
        this.maker = maker;
        this.message = message;
        for (int i = 0; i < TABLES; i++) {
            memory[i] = Words.ofAuto(BYTES);
            accessed[i] = message.beside(weakening.apply(this, memory[i]));
        }
        map = maker.apply(this::next);
    }

    static Pool<SmallMap> shipped() {
        return weakened(words -> words);
    }

    static Pool<SmallMap> weakened(UnaryOperator<Words> weakening) {
        return pool(StressMaps::small, Message::new, (map, words) -> weakening.apply(words));
    }

    /** Writes before an update of the map become visible late. */
    static Pool<SmallMap> late() {
        return pool(StressMaps::small, () -> Message.late(StressMaps::isValue), (map, words) -> words);
    }

    /** Reads after a read of the map happen early. */
    static Pool<SmallMap> early() {
        return pool(StressMaps::small, Message::early, (map, words) -> words);
    }

    /** The transfer freezes no slot, and the words are weakened besides. */
    static Pool<SmallMap> withoutFreeze(UnaryOperator<Words> weakening) {
        return pool(StressMaps::withoutFreeze, Message::new, (map, words) -> weakening.apply(words));
    }

    /** The transfer does not remove a mapping from the copy that it made before. */
    static Pool<SmallMap> withoutCopyRemoval() {
        return pool(
                StressMaps::small,
                Message::new,
                (map, words) -> StepWords.leftOut(
                        words,
                        (offset, expected, value) -> StressMaps.isRemoval(offset, expected, value)
                                && map.transferring == Thread.currentThread()));
    }

    private static Pool<SmallMap> pool(
            Function<LongFunction<Words>, LongLongMap> maker,
            Supplier<Message> messages,
            BiFunction<SmallMap, Words, Words> weakening) {
        return new Pool<>(() -> new SmallMap(maker, messages.get(), weakening));
    }

    /** Borrows a map of two keys, neither of which is {@link #KEY}; one more begins a resize. */
    static SmallMap borrowBeforeResize(Pool<SmallMap> pool) {
        SmallMap taken = pool.borrow();
        taken.renew();
        taken.map.put(OTHER, 3);
        taken.map.put(FOURTH, 4);
        return taken;
    }

    /** Borrows a map without {@link #KEY}: in turn, one that the next key resizes and one whose resize has begun. */
    static SmallMap borrowEitherWay(Pool<SmallMap> pool) {
        SmallMap taken = borrowBeforeResize(pool);
        taken.isResizing ^= true;
        if (taken.isResizing) {
            taken.map.put(THIRD, 5);
        }
        return taken;
    }

    /** Borrows a map whose resize has begun, and nothing is transferred: {@link #KEY} is 1, {@link #OTHER} is 3. */
    static SmallMap borrowResizing(Pool<SmallMap> pool) {
        SmallMap taken = pool.borrow();
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

    /** Transfers what is left to be transferred. For one actor of a state. */
    void transfer() {
        transferring = Thread.currentThread();
        map.finishResize();
        transferring = null;
    }

    /** Returns the value of a key, 0 for none. */
    int value(long key) {
        return orZero(map.get(key));
    }

    /** Returns a result of the map, 0 for none. */
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
            throw new AssertionError("more memory than expected: bytes=" + bytes + " tables=" + index);
        }
        return accessed[index];
    }
}
