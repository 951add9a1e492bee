package org.berth.bench.workload;

import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Field.SharedLong;
import org.berth.core.slots.RecordLayout;

/** The record of the measured tables: an owned counter and a shared counter. */
public final class Records {

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();

    public static final OwnedLong COUNT = RECORD.ownedLong("count");
    public static final SharedLong TICKET = RECORD.sharedLong("ticket");

    public static final RecordLayout LAYOUT = RECORD.build();

    private Records() {}
}
