package org.berth.bench.workload;

import org.berth.core.slots.OwnedLong;
import org.berth.core.slots.RecordLayout;
import org.berth.core.slots.SharedLong;

/** The record of the measured tables: an owned counter and a shared counter. */
public final class Records {

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();

    public static final OwnedLong COUNT = RECORD.ownedLong("count");
    public static final SharedLong TICKET = RECORD.sharedLong("ticket");

    public static final RecordLayout LAYOUT = RECORD.build();

    private Records() {}
}
