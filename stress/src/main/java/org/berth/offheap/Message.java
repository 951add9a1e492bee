package org.berth.offheap;

import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A word beside other words: one thread writes it before it updates them, another reads it after it has read them. Each message
 * is for one writer and one reader.
 *
 * <p>x86 never shows what comes of an update that releases nothing, or of a read that acquires nothing, and between the two
 * and the message there is too much code for C2 to move anything. What other processors may do is therefore acted out on the
 * message.
 */
public class Message {

    private final Words word = Words.ofAuto(Long.BYTES);

    /** Memory as it is. */
    public Message() {}

    /** Weakened: an update, which is a CAS of a word that the predicate accepts, releases nothing. */
    public static Message late(LongPredicate updated) {
        return new Late(updated);
    }

    /** Weakened: a read by acquire acquires nothing. */
    public static Message early() {
        return new Early();
    }

    /** The words beside which this is. */
    public Words beside(Words words) {
        return words;
    }

    /** For another use, by the thread that prepares it. */
    public void clear() {
        word.set(0, 0);
    }

    public void write(long value) {
        word.set(0, value);
    }

    public long read() {
        return word.get(0);
    }

    /** What was written waits until some time after the update. */
    private static final class Late extends Message {

        private final LongPredicate updated;

        /** 0 if nothing waits. */
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
     * What is read was read some time before the words beside: before the one that is read by acquire, and so as well before those
     * that are read plainly on the way to it.
     */
    private static final class Early extends Message {

        /** Its own reads of the words beside are nothing to the reader. */
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
