package org.berth.bench.workload;

import org.berth.core.slots.OwnedLong;
import org.berth.core.slots.RecordLayout;
import org.berth.core.slots.SharedLong;

/** The record of every table that is measured: one field that its owner counts in, and one that anyone does. */
final class Records {

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();

    static final OwnedLong COUNT = RECORD.ownedLong("count");
    static final SharedLong TICKET = RECORD.sharedLong("ticket");

    static final RecordLayout LAYOUT = RECORD.build();

    private Records() {}
}
