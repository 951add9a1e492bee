package org.berth.bench.placement;

import java.io.Serial;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * One check: it requests a placement and verifies the result.
 *
 * @param name what is requested
 * @param body requests and verifies it
 */
record PlacementCheck(String name, Body body) {

    /**
     * Returns what was observed. Throws {@link Skipped} if this machine cannot run the check, and anything else if it
     * fails.
     */
    @FunctionalInterface
    interface Body {
        String run() throws Exception;
    }

    /** The verdict of a check. */
    enum Verdict {
        PASS,
        FAIL,
        SKIPPED
    }

    /**
     * The result of a check.
     *
     * @param what was observed, or why it failed or was skipped
     */
    record Outcome(Verdict verdict, String what) {}

    /** This machine cannot run the check. */
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

    /** Fails the check if the condition is false. */
    static void require(boolean isSo, String otherwise) {
        if (!isSo) {
            throw new AssertionError(otherwise);
        }
    }

    /** Runs a task on a new thread, whose affinity ends with it. */
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

    /** Requires that a request is refused; returns the message. */
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
