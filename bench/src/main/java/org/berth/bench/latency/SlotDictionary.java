package org.berth.bench.latency;

import org.berth.bench.workload.Records;
import org.berth.core.map.LongLongMap;
import org.berth.core.slots.Slot;
import org.berth.core.slots.SlotTable;
import org.berth.core.slots.SlotView;

/** Berth: records are slots, one owned by each thread; all other mappings are in a {@link LongLongMap}. */
final class SlotDictionary implements Dictionary {

    private final SlotTable slots;
    private final LongLongMap map;
    private final Slot own;
    private final SlotView wanted;

    private SlotDictionary(SlotTable slots, LongLongMap map, long ownKey) {
        this.slots = slots;
        this.map = map;
        own = slots.claim(ownKey);
        wanted = slots.view(WANTED);
    }

    static Dictionary create(int threads, int mappings) {
        SlotTable slots = SlotTable.create(Records.LAYOUT, RECORDS);
        for (long key = OWN + threads; key < RECORDS; key++) {
            slots.claim(key).set(Records.COUNT, 1);
        }
        LongLongMap map = LongLongMap.builder().expectedSize(mappings).build();
        return new SlotDictionary(slots, map, WANTED);
    }

    @Override
    public Dictionary forThread(int thread) {
        return new SlotDictionary(slots, map, OWN + thread);
    }

    @Override
    public long addToOwn() {
        own.add(Records.COUNT, 1);
        return 0;
    }

    @Override
    public long sum() {
        return slots.sum(Records.COUNT);
    }

    @Override
    public long testAndSet() {
        long seen = wanted.get(Records.TICKET);
        return wanted.compareAndSet(Records.TICKET, seen, seen + 1) ? seen : -1;
    }

    @Override
    public long get(long key) {
        return map.get(key);
    }

    @Override
    public long put(long key, long value) {
        return map.put(key, value);
    }

    @Override
    public long remove(long key) {
        return map.remove(key);
    }
}
