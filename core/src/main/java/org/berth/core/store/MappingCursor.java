package org.berth.core.store;

import static java.lang.ref.Reference.reachabilityFence;

import java.util.Iterator;
import java.util.Map;
import org.agrona.DirectBuffer;

/**
 * A weakly consistent traversal of a {@link BytesMap} by one thread, as {@link BytesMap#forEach} is, but one mapping at
 * a time. It shows a copy of the mapping that was met last.
 */
final class MappingCursor {

    private final BytesMap map;
    private final Iterator<Map.Entry<Long, Long>> references;
    private final RecordCopy copy;

    MappingCursor(BytesMap map) {
        this.map = map;
        copy = new RecordCopy(map.records.expiry);
        try {
            references = map.records.index.asConcurrentMap().entrySet().iterator();
        } finally {
            reachabilityFence(map);
        }
    }

    /** Advances to the next mapping; returns false if there is none. */
    boolean advance() {
        try {
            while (!copy.next()) {
                if (!references.hasNext()) {
                    return false;
                }
                Map.Entry<Long, Long> reference = references.next();
                map.records.traversal.copyTo(copy, reference.getKey(), reference.getValue());
            }
            return true;
        } finally {
            reachabilityFence(map);
        }
    }

    <K> K key(Codec<K> codec) {
        return codec.read(copy.bytes(), copy.keyOffset(), copy.keyLength());
    }

    <V> V value(Codec<V> codec) {
        return codec.read(copy.bytes(), copy.valueOffset(), copy.valueLength());
    }

    /** Removes the mapping, unless its value is another one by now. */
    boolean removeIfUnchanged() {
        DirectBuffer bytes = copy.bytes();
        return map.remove(bytes, copy.keyOffset(), copy.keyLength(), bytes, copy.valueOffset(), copy.valueLength());
    }
}
