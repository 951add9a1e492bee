package org.berth.bench.latency;

import java.util.Collections;
import java.util.HashMap;
import java.util.concurrent.ConcurrentHashMap;
import org.berth.bench.store.StoreKind;
import org.jspecify.annotations.Nullable;

/** The implementations under test. */
enum Implementation {
    BERTH("Berth"),
    CONCURRENT("ConcurrentHashMap"),
    SYNCHRONIZED("Collections.synchronizedMap"),
    LOCK("HashMap with a ReentrantLock"),
    NON_BLOCKING("JCTools NonBlockingHashMapLong");

    final String label;

    Implementation(String label) {
        this.label = label;
    }

    /** Returns its name on the command line and in files. */
    String id() {
        return LatencyCommand.id(this);
    }

    /** Returns the store under this name; null if there is none. */
    @Nullable
    StoreKind store() {
        return switch (this) {
            case BERTH -> StoreKind.BERTH;
            case CONCURRENT -> StoreKind.CONCURRENT;
            case SYNCHRONIZED, LOCK, NON_BLOCKING -> null;
        };
    }

    /** Creates a dictionary with all records, and capacity for so many mappings. */
    Dictionary create(int threads, int mappings) {
        int room = Dictionary.RECORDS + mappings;
        return switch (this) {
            case BERTH -> SlotDictionary.create(threads, mappings);
            case CONCURRENT -> new Peer.Concurrent(new ConcurrentHashMap<>(room)).withRecords();
            case SYNCHRONIZED ->
                new Peer.Synchronized(Collections.synchronizedMap(HashMap.newHashMap(room))).withRecords();
            case LOCK -> new Peer.Locked(HashMap.newHashMap(room)).withRecords();
            case NON_BLOCKING -> new Peer.NonBlocking(room).withRecords();
        };
    }
}
