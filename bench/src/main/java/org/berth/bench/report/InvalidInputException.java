package org.berth.bench.report;

/** Thrown if a folder cannot be read. The message is one line for the user. */
final class InvalidInputException extends Exception {

    private static final long serialVersionUID = 1;

    InvalidInputException(String message) {
        super(message);
    }

    InvalidInputException(String message, Throwable cause) {
        super(message, cause);
    }
}
