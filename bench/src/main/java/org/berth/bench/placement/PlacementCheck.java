package org.berth.bench.placement;

import java.io.Serial;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Something that should be so.
 *
 * @param name what is asked for
 * @param body asks for it and looks
 */
record PlacementCheck(String name, Body body) {

    /** Returns what it has seen; throws {@link Skipped} where there is nothing to look at, and anything else if it is not so. */
    @FunctionalInterface
    interface Body {
        String run() throws Exception;
    }

    /** How it went. */
    enum Verdict {
        PASS,
        FAIL,
        SKIPPED
    }

    /**
     * Of a check.
     *
     * @param what was seen, or why not
     */
    record Outcome(Verdict verdict, String what) {}

    /** This machine has nothing to check it on. */
    static final class Skipped extends Exception {

        @Serial
        private static final long serialVersionUID = 1;

        Skipped(String reason) {
            super(reason);
        }
    }

    Outcome run() {
        try {
            return new Outcome(Verdict.PASS, body.run());
        } catch (Skipped e) {
            return new Outcome(Verdict.SKIPPED, String.valueOf(e.getMessage()));
        } catch (Exception | AssertionError | OutOfMemoryError e) {
            return new Outcome(
                    Verdict.FAIL, e instanceof AssertionError ? String.valueOf(e.getMessage()) : e.toString());
        }
    }

    /** Throws if it is not so. */
    static void require(boolean isSo, String otherwise) {
        if (!isSo) {
            throw new AssertionError(otherwise);
        }
    }

    /** Of a thread that ends with it, so that what it did to itself stays with it. */
    static <T> T onNewThread(Callable<T> body) throws Exception {
        FutureTask<T> task = new FutureTask<>(body);
        Thread.ofPlatform().start(task).join();
        try {
            return task.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case Error error -> throw error;
                case Exception exception -> throw exception;
                case null, default -> throw e;
            }
        }
    }

    /** The message of the refusal that must come. */
    static String refusal(Class<? extends RuntimeException> type, Runnable request, String word) {
        try {
            request.run();
        } catch (RuntimeException e) {
            require(type.isInstance(e) && String.valueOf(e.getMessage()).contains(word), "refused otherwise: " + e);
            return String.valueOf(e.getMessage());
        }
        throw new AssertionError("not refused");
    }
}
