package org.berth.offheap;

import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A word beside other words, as in the message-passing litmus test: one thread writes it before it updates them,
 * another reads it after it has read them. Each message is for one writer and one reader.
 *
 * <p>x86 never shows the effect of an update that releases nothing, or of a read that acquires nothing, and between the
 * two and the message there is too much code for C2 to move anything. The message therefore simulates what other
 * processors may do.
 */
public class Message {

    private final Words word = Words.ofAuto(Long.BYTES);

    /** Weakens nothing. */
    public Message() {}

    /** Weakened: an update, that is, a CAS of a word that the predicate accepts, releases nothing. */
    public static Message late(LongPredicate updated) {
        return new Late(updated);
    }

    /** Weakened: an acquire read acquires nothing. */
    public static Message early() {
        return new Early();
    }

    /** The words that the message accompanies, with the weakening. */
    public Words beside(Words words) {
        return words;
    }

    /** Resets the message for another use, in the thread that prepares it. */
    public void clear() {
        word.set(0, 0);
    }

    public void write(long value) {
        word.set(0, value);
    }

    public long read() {
        return word.get(0);
    }

    /** The write of the message waits until some time after the update. */
    private static final class Late extends Message {

        private final LongPredicate updated;

        /** The value that waits, or 0. */
        private long waiting;

        Late(LongPredicate updated) {
            this.updated = updated;
        }

        @Override
        public void write(long value) {
            waiting = value;
        }

        @Override
        public Words beside(Words words) {
            return new ForwardingWords(words) {
                @Override
                public long compareAndExchange(long offset, long expected, long value) {
                    long seen = words.compareAndExchange(offset, expected, value);
                    if (waiting != 0 && updated.test(offset)) {
                        Pause.always();
                        Late.super.write(waiting);
                        waiting = 0;
                    }
                    return seen;
                }
            };
        }
    }

    /**
     * The read of the message happened some time before the reads of the words: before the acquire read, and therefore
     * also before the plain reads on the way to it.
     */
    private static final class Early extends Message {

        /** The thread whose own reads of the words do not concern the reader. */
        private @Nullable Thread writer;

        private long found;

        @Override
        public void write(long value) {
            writer = Thread.currentThread();
            super.write(value);
        }

        @Override
        public long read() {
            return found;
        }

        @Override
        public void clear() {
            super.clear();
            writer = null;
            found = 0;
        }

        @Override
        public Words beside(Words words) {
            return new ForwardingWords(words) {
                @Override
                public long get(long offset) {
                    if (writer != Thread.currentThread()) {
                        found = Early.super.read();
                        Pause.always();
                    }
                    return words.get(offset);
                }
            };
        }
    }
}
