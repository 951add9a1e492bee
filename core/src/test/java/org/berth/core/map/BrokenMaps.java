package org.berth.core.map;

import java.util.function.LongFunction;
import org.berth.offheap.ArrayWords;
import org.berth.offheap.ForwardingWords;
import org.berth.offheap.SplitWords;
import org.berth.offheap.Words;
import org.berth.offheap.YieldingWords;
import org.berth.offheap.internal.ProcessBarrier;
import org.jspecify.annotations.Nullable;

/** Maps in which one step of a resize is broken, for {@link MapLincheckTest} to catch. */
final class BrokenMaps {

    private BrokenMaps() {}

    /** A CAS is a read and then a write. */
    public static final class LostUpdates extends MapOperations {
        public LostUpdates() {
            super(bytes -> SplitWords.yielding(new ArrayWords(bytes)), new Transfer(), 1, Form.ORDERED);
        }
    }

    public static final class LostUpdatesOffHeap extends MapOperations {
        public LostUpdatesOffHeap() {
            super(
                    bytes -> SplitWords.yielding(Words.ofAuto(bytes)),
                    new Transfer(),
                    1,
                    Form.ORDERED,
                    ProcessBarrier.PROCESS::run);
        }
    }

    /** A transfer marks a slot as moved by a store, without a look whether an update came between. */
    public static final class MovedByAStore extends MapOperations {

        public MovedByAStore() {
            super(Stored::new, new Transfer(), 1, Form.ORDERED);
        }

        private static final class Stored extends ArrayWords {

            Stored(long bytes) {
                super(bytes);
            }

            @Override
            public long compareAndExchange(long offset, long expected, long value) {
                // In a key word, the same number is FROZEN.
                if (value == ValueCodec.MOVED && isValue(offset)) {
                    setVolatile(offset, value);
                    return expected;
                }
                return super.compareAndExchange(offset, expected, value);
            }
        }
    }

    /** A transfer leaves its copy of a mapping as it is when the mapping is removed. */
    public static final class CopyNotRemoved extends MapOperations {

        public CopyNotRemoved() {
            super(new Memory(), new Transfer(), 1, Form.ORDERED);
        }

        private static final class Memory implements LongFunction<Words> {

            @Nullable
            private volatile Copies last;

            @Override
            public Words apply(long bytes) {
                Copies words = new Copies(bytes, last);
                last = words;
                return words;
            }
        }

        private static final class Copies extends ArrayWords {

            /** The words of the table that was made before. */
            @Nullable
            private final Copies earlier;

            Copies(long bytes, @Nullable Copies earlier) {
                super(bytes);
                this.earlier = earlier;
            }

            @Override
            public long compareAndExchange(long offset, long expected, long value) {
                if (value == ValueCodec.ABSENT && isValue(offset) && isCopy(get(offset - Table.VALUE))) {
                    return expected;
                }
                return super.compareAndExchange(offset, expected, value);
            }

            /** Until the slot in an earlier table is moved, only the transferring thread accesses the copy. */
            private boolean isCopy(long key) {
                for (@Nullable Copies words = earlier; words != null; words = words.earlier) {
                    if (words.holds(key)) {
                        return true;
                    }
                }
                return false;
            }

            private boolean holds(long key) {
                long end = size();
                for (long at = 0; at < end; at += Long.BYTES) {
                    if (!isValue(at) && get(at) == key) {
                        return getVolatile(at + Table.VALUE) != ValueCodec.MOVED;
                    }
                }
                return false;
            }
        }
    }

    /**
     * A transfer marks an empty slot by its value word. A thread that claims the slot later may store there, unnoticed.
     */
    public static final class ValueFrozen extends MapOperations {
        public ValueFrozen() {
            super(ArrayWords::new, new FreezesValue(), 2, Form.UNORDERED);
        }

        private static final class FreezesValue extends Transfer {

            @Override
            long freeze(Table from, long keyAt) {
                from.compareAndExchangeAt(keyAt + Table.VALUE, ValueCodec.ABSENT, ValueCodec.MOVED);
                return Table.EMPTY;
            }
        }
    }

    public static final class ValueFrozenOffHeap extends MapOperations {
        public ValueFrozenOffHeap() {
            super(BrokenMaps::yielding, new ValueFrozen.FreezesValue(), 2, Form.UNORDERED, ProcessBarrier.PROCESS::run);
        }
    }

    /** A search ends at a frozen slot anywhere in the bucket: another thread may still claim an earlier slot. */
    public static final class AnyFrozenSlotDecides extends MapOperations {

        public AnyFrozenSlotDecides() {
            super(bytes -> new AnyFrozen(new ArrayWords(bytes)), new Transfer(), 2, Form.UNORDERED);
        }

        private static final class AnyFrozen extends ForwardingWords {

            AnyFrozen(Words words) {
                super(words);
            }

            @Override
            public long get(long offset) {
                long word = super.get(offset);
                long bucket = offset & -Table.BUCKET;
                for (long at = bucket; word == Table.EMPTY && at < bucket + Table.VALUE; at += Long.BYTES) {
                    word = super.get(at) == Table.FROZEN ? Table.FROZEN : word;
                }
                return word;
            }
        }
    }

    /** A removal that another thread comes before gives up, and says that it was done. */
    static final class UnremovedWords extends ForwardingWords {

        UnremovedWords(Words words) {
            super(words);
        }

        @Override
        public long compareAndExchange(long offset, long expected, long value) {
            long witness = super.compareAndExchange(offset, expected, value);
            return isValue(offset) && value == ValueCodec.ABSENT ? expected : witness;
        }
    }

    public static final class RemovalGivesUp extends MapOperations {
        public RemovalGivesUp() {
            super(bytes -> new UnremovedWords(new ArrayWords(bytes)), new Transfer(), 1, Form.ORDERED);
        }
    }

    /** An update that a removal comes before drops its value, and says that it was done. */
    static final class UnputWords extends ForwardingWords {

        UnputWords(Words words) {
            super(words);
        }

        @Override
        public long compareAndExchange(long offset, long expected, long value) {
            long witness = super.compareAndExchange(offset, expected, value);
            return isValue(offset) && witness == ValueCodec.ABSENT ? expected : witness;
        }
    }

    public static final class PutGivesUp extends MapOperations {
        public PutGivesUp() {
            super(bytes -> new UnputWords(new ArrayWords(bytes)), new Transfer(), 1, Form.ORDERED);
        }
    }

    private static Words yielding(long bytes) {
        return new YieldingWords(Words.ofAuto(bytes));
    }

    private static boolean isValue(long offset) {
        return (offset & Table.VALUE) != 0;
    }
}
