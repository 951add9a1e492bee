package org.berth.core.snapshot;

import org.jspecify.annotations.Nullable;

/** What the entries of a snapshot are. */
public enum Kind {
    /** From byte strings to byte strings. */
    BYTES(1),

    /** From {@code long} to {@code long}. */
    LONG_LONG(2),

    /** From {@code long} to {@code double}, by its bits. */
    LONG_DOUBLE(3);

    /** What stands for it in a file. */
    final int number;

    Kind(int number) {
        this.number = number;
    }

    static @Nullable Kind of(int number) {
        for (Kind kind : values()) {
            if (kind.number == number) {
                return kind;
            }
        }
        return null;
    }
}
