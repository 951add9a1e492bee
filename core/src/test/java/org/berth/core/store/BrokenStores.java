package org.berth.core.store;

import java.util.concurrent.atomic.AtomicLong;
import org.berth.core.map.LongLongMap;

/** Maps of bytes of which one step is broken on purpose. */
enum BrokenStores {
    /** A reader takes what it finds, though the segment was recycled meanwhile. */
    GENERATION_NOT_COMPARED {
        @Override
        Segment segment(int id, long generation, Segment.Memory memory) {
            return new Segment(id, generation, memory) {
                @Override
                boolean isCurrent(long ofReference) {
                    return true;
                }
            };
        }
    },

    /** A segment is walked before all that was reserved in it is written. */
    WALKED_UNSETTLED {
        @Override
        Segment segment(int id, long generation, Segment.Memory memory) {
            return new Segment(id, generation, memory) {
                @Override
                boolean isSettled() {
                    return true;
                }
            };
        }
    },

    /** A segment is open for late threads while it lies in the pool. */
    OPENED_IN_THE_POOL {
        @Override
        Segment segment(int id, long generation, Segment.Memory memory) {
            return new Segment(id, generation, memory) {
                @Override
                void activate() {
                    super.activate();
                    open(generation());
                }
            };
        }
    },

    /** A segment is recycled while threads may still append to it. */
    RECYCLED_WHILE_INSTALLED {
        @Override
        Segment segment(int id, long generation, Segment.Memory memory) {
            return new Segment(id, generation, memory) {
                @Override
                Dying addDead(long bytes) {
                    Dying dying = super.addDead(bytes);
                    return deadBytes() == capacity && bytes <= capacity ? Dying.ALL_DEAD : dying;
                }
            };
        }
    },

    /** A generation stays the same when a segment is used again. */
    GENERATION_NOT_ADVANCED {
        @Override
        Segment segment(int id, long generation, Segment.Memory memory) {
            return new Segment(id, generation, memory) {
                @Override
                long advanceGeneration() {
                    return generation();
                }
            };
        }
    },

    /** An evacuation sets the index whatever it has by now. */
    MOVED_BY_STORE {
        @Override
        Evacuator evacuator(Log log, LongLongMap index, KeyHash hash) {
            return new Evacuator(log, index, hash, 0) {
                @Override
                boolean move(long keyHash, long reference, long copy) {
                    index.put(keyHash, copy);
                    return true;
                }
            };
        }
    },

    /** An evacuation that was overtaken says that it has moved the record. */
    MOVED_WITHOUT_SUCCESS {
        @Override
        Evacuator evacuator(Log log, LongLongMap index, KeyHash hash) {
            return new Evacuator(log, index, hash, 0) {
                @Override
                boolean move(long keyHash, long reference, long copy) {
                    super.move(keyHash, reference, copy);
                    return true;
                }
            };
        }
    };

    Segment segment(int id, long generation, Segment.Memory memory) {
        return new Segment(id, generation, memory);
    }

    Evacuator evacuator(Log log, LongLongMap index, KeyHash hash) {
        return new Evacuator(log, index, hash, 0);
    }

    RecordMap create(int segmentBytes, long maximumBytes, int points) {
        AtomicLong bytes = new AtomicLong();
        Log log = new Log(
                size -> TestRecordMaps.regions(size, bytes), this::segment, segmentBytes, maximumBytes, points, 1000);
        LongLongMap index = LongLongMap.create();
        KeyHash hash = Xxh3.ofRandomSeed();
        return new RecordMap(index, log, hash, evacuator(log, index, hash));
    }
}
