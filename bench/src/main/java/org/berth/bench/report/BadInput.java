package org.berth.bench.report;

/** What was given cannot be reported. The message is one line for the user. */
final class BadInput extends Exception {

    private static final long serialVersionUID = 1;

    BadInput(String message) {
        super(message);
    }

    BadInput(String message, Throwable cause) {
        super(message, cause);
    }
}
