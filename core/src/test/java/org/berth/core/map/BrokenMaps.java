package org.berth.core.map;

import java.util.function.LongFunction;
import org.berth.offheap.ArrayWords;
import org.berth.offheap.ForwardingWords;
import org.berth.offheap.SplitWords;
import org.berth.offheap.Words;
import org.berth.offheap.YieldingWords;
import org.jspecify.annotations.Nullable;

/** Maps of which one step of a growth is broken, for {@link MapLincheckTest} to catch. */
final class BrokenMaps {

    private BrokenMaps() {}

    /** Exchanges are a read and then a write. */
    public static final class LostUpdates extends MapOperations {
        public LostUpdates() {
            super(bytes -> SplitWords.yielding(new ArrayWords(bytes)), new Transfer(), 1);
        }
    }

    public static final class LostUpdatesOffHeap extends MapOperations {
        public LostUpdatesOffHeap() {
            super(bytes -> SplitWords.yielding(Words.ofAuto(bytes)), new Transfer(), 1);
        }
    }

    /** A mover does not look whether an update came between. */
    public static final class SealedByAStore extends MapOperations {

        public SealedByAStore() {
            super(Sealed::new, new Transfer(), 1);
        }

        private static final class Sealed extends ArrayWords {

            Sealed(long bytes) {
                super(bytes);
            }

            @Override
            public long compareAndExchange(long offset, long expected, long value) {
                // As a key word, this is one that is closed.
                if (value == Table.MOVED && isValue(offset)) {
                    setVolatile(offset, value);
                    return expected;
                }
                return super.compareAndExchange(offset, expected, value);
            }
        }
    }

    /** A mover that has copied a mapping leaves the copy as it is when the mapping has gone. */
    public static final class CopyNotTakenBack extends MapOperations {

        public CopyNotTakenBack() {
            super(new Memory(), new Transfer(), 1);
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

            /** Of the table that was made before. */
            @Nullable
            private final Copies earlier;

            Copies(long bytes, @Nullable Copies earlier) {
                super(bytes);
                this.earlier = earlier;
            }

            @Override
            public long compareAndExchange(long offset, long expected, long value) {
                if (value == Table.ABSENT && isValue(offset) && isCopy(get(offset - Table.VALUE))) {
                    return expected;
                }
                return super.compareAndExchange(offset, expected, value);
            }

            /** Until the place in an earlier table is sealed, nobody but the mover comes here. */
            private boolean isCopy(long key) {
                for (@Nullable Copies words = earlier; words != null; words = words.earlier) {
                    if (words.holds(key)) {
                        return true;
                    }
                }
                return false;
            }

            private boolean holds(long key) {
                long end = size() - Table.bytes(0);
                for (long at = 0; at < end; at += Long.BYTES) {
                    // A key that is a state of key words has a table of its own, and no copies.
                    if (!isValue(at) && key != Table.CLOSED && get(at) == key) {
                        return getVolatile(at + Table.VALUE) != Table.MOVED;
                    }
                }
                return false;
            }
        }
    }

    /** A mover closes the value of a place that nobody has claimed. Whoever claims it later may store there, and is left behind. */
    public static final class ValueClosed extends MapOperations {
        public ValueClosed() {
            super(ArrayWords::new, new ClosesValue(), 2);
        }

        private static final class ClosesValue extends Transfer {

            @Override
            long close(Words words, long at) {
                words.compareAndExchange(at + Table.VALUE, Table.ABSENT, Table.MOVED);
                return Table.EMPTY;
            }
        }
    }

    public static final class ValueClosedOffHeap extends MapOperations {
        public ValueClosedOffHeap() {
            super(BrokenMaps::yielding, new ValueClosed.ClosesValue(), 2);
        }
    }

    /** A search ends at a closed word anywhere in the line: another thread may still claim a place for the key before it. */
    public static final class AnyClosedDecides extends MapOperations {

        public AnyClosedDecides() {
            super(bytes -> new AnyClosed(new ArrayWords(bytes)), new Transfer(), 2);
        }

        private static final class AnyClosed extends ForwardingWords {

            AnyClosed(Words words) {
                super(words);
            }

            @Override
            public long get(long offset) {
                long word = super.get(offset);
                long line = offset & -Table.LINE;
                for (long at = line; word == Table.EMPTY && at < line + Table.VALUE; at += Long.BYTES) {
                    word = super.get(at) == Table.CLOSED ? Table.CLOSED : word;
                }
                return word;
            }
        }
    }

    public static final class AnyClosedDecidesOffHeap extends MapOperations {
        public AnyClosedDecidesOffHeap() {
            super(bytes -> new AnyClosedDecides.AnyClosed(yielding(bytes)), new Transfer(), 2);
        }
    }

    private static Words yielding(long bytes) {
        return new YieldingWords(Words.ofAuto(bytes));
    }

    private static boolean isValue(long offset) {
        return (offset & Table.VALUE) != 0;
    }
}
