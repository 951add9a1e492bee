package org.berth.stress.model;

/** Something that must never happen, and has happened. */
final class Violation extends RuntimeException {

    private static final long serialVersionUID = 1;

    Violation(String message) {
        // Without a stack trace: the interleaving that led here is what matters.
        super(message, null, false, false);
    }
}
