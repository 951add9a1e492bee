package org.berth.core.slots;

import org.berth.core.slots.Field.OwnedAscii;
import org.berth.core.slots.Field.OwnedBoolean;
import org.berth.core.slots.Field.OwnedDouble;
import org.berth.core.slots.Field.OwnedInt;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Field.OwnedUtf8;
import org.berth.core.slots.Field.SharedBoolean;
import org.berth.core.slots.Field.SharedDouble;
import org.berth.core.slots.Field.SharedInt;
import org.berth.core.slots.Field.SharedLong;

/** One field of each type, for the tests of this package. */
final class TestLayout {

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();

    static final OwnedLong ORDERS = RECORD.ownedLong("orders");
    static final SharedLong CREDIT = RECORD.sharedLong("credit");
    static final OwnedInt LEVEL = RECORD.ownedInt("level");
    static final SharedInt FLAGS = RECORD.sharedInt("flags");
    static final OwnedDouble PRICE = RECORD.ownedDouble("price");
    static final SharedDouble LIMIT = RECORD.sharedDouble("limit");
    static final OwnedBoolean ACTIVE = RECORD.ownedBoolean("active");
    static final SharedBoolean HALTED = RECORD.sharedBoolean("halted");
    static final OwnedAscii SYMBOL = RECORD.ownedAscii("symbol", 12);
    static final OwnedUtf8 NOTE = RECORD.ownedUtf8("note", 20);
    static final RecordLayout LAYOUT = RECORD.build();

    private TestLayout() {}
}
