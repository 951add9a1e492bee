package org.berth.offheap;

/** Weakens one step of an algorithm, which is a CAS. */
public abstract class StepWords extends ForwardingWords {

    /** Recognises the step by the arguments of its CAS. */
    @FunctionalInterface
    public interface Step {
        boolean is(long offset, long expected, long value);
    }

    private final Step step;

    private StepWords(Words words, Step step) {
        super(words);
        this.step = step;
    }

    /** Weakens nothing: threads are slow before the step. */
    public static Words slow(Words words, Step step) {
        return new StepWords(words, step) {
            @Override
            long take(long offset, long expected, long value) {
                Pause.always();
                return words.compareAndExchange(offset, expected, value);
            }
        };
    }

    /** Weakened: the step is a store, whatever the word has become. */
    public static Words stored(Words words, Step step) {
        return new StepWords(words, step) {
            @Override
            long take(long offset, long expected, long value) {
                words.setVolatile(offset, value);
                return expected;
            }
        };
    }

    /** Weakened: the step is left out. */
    public static Words leftOut(Words words, Step step) {
        return new StepWords(words, step) {
            @Override
            long take(long offset, long expected, long value) {
                return expected;
            }
        };
    }

    abstract long take(long offset, long expected, long value);

    @Override
    public final long compareAndExchange(long offset, long expected, long value) {
        return step.is(offset, expected, value)
                ? take(offset, expected, value)
                : super.compareAndExchange(offset, expected, value);
    }
}
