package org.berth.core.store;

import java.util.concurrent.atomic.AtomicLong;
import org.berth.core.map.LongLongMap;
import org.berth.offheap.ForwardingWords;

/** Maps of bytes of which one step is broken on purpose. Each takes the steps of a test, see {@link SteppedSegment}. */
enum BrokenStores {
    /** Nothing is broken. */
    NONE,

    /** A reader takes what it finds, though the segment was recycled meanwhile. */
    GENERATION_NOT_COMPARED {
        @Override
        Segment segment(int id, long generation, Segment.Memory memory, Runnable step) {
            return new SteppedSegment(id, generation, memory, step) {
                @Override
                boolean isCurrent(long ofReference) {
                    return true;
                }
            };
        }
    },

    /** A reader compares with the generation that it finds when it begins to read, not with that of the reference. */
    GENERATION_READ_LATE {
        @Override
        Segment segment(int id, long generation, Segment.Memory memory, Runnable step) {
            return new ReadLate(id, generation, memory, step);
        }
    },

    /** A walk looks whether a segment can be walked, and reads the generation afterwards. */
    WALKED_GENERATION_READ_LATE {
        @Override
        Segment segment(int id, long generation, Segment.Memory memory, Runnable step) {
            return new SteppedSegment(id, generation, memory, step) {

                private final ThreadLocal<Boolean> looked = ThreadLocal.withInitial(() -> false);

                @Override
                long cursor() {
                    looked.set(super.canBeWalked());
                    return super.cursor();
                }

                @Override
                boolean canBeWalked() {
                    boolean could = looked.get();
                    looked.remove();
                    return could || super.canBeWalked();
                }
            };
        }
    },

    /** A segment is walked before all that was reserved in it is written. */
    WALKED_UNSETTLED {
        @Override
        Segment segment(int id, long generation, Segment.Memory memory, Runnable step) {
            return new SteppedSegment(id, generation, memory, step) {
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
        Segment segment(int id, long generation, Segment.Memory memory, Runnable step) {
            return new SteppedSegment(id, generation, memory, step) {
                @Override
                void activate() {
                    super.activate();
                    open(generation());
                }
            };
        }
    },

    /** A segment of a single record looks retired before it looks unsettled. */
    RETIRED_BEFORE_UNSETTLED {
        @Override
        Segment segment(int id, long generation, Segment.Memory memory, Runnable step) {
            return new SteppedSegment(id, generation, memory, step) {
                @Override
                void activateForOne() {
                    addDead(-capacity);
                    super.activateForOne();
                }
            };
        }
    },

    /** A segment is recycled while threads may still append to it. */
    RECYCLED_WHILE_INSTALLED {
        @Override
        Segment segment(int id, long generation, Segment.Memory memory, Runnable step) {
            return new SteppedSegment(id, generation, memory, step) {
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
        Segment segment(int id, long generation, Segment.Memory memory, Runnable step) {
            return new SteppedSegment(id, generation, memory, step) {
                @Override
                long advanceGeneration() {
                    return generation();
                }
            };
        }
    },

    /** A writer leads the index to a record before it is written. */
    PUBLISHED_EARLY {
        @Override
        int put(SteppedStore store, int key, int value) {
            return store.publishEarly(key, value) ? 0 : super.put(store, key, value);
        }
    },

    /** An evacuation sets the index whatever it has by now. */
    MOVED_BY_STORE {
        @Override
        Evacuator evacuator(Log log, LongLongMap index, KeyHash hash, Runnable step) {
            return new SteppedEvacuator(log, index, hash, step) {
                @Override
                boolean move(long keyHash, long reference, long copy) {
                    step.run();
                    index.put(keyHash, copy);
                    return true;
                }
            };
        }
    },

    /** An evacuation that was overtaken says that it has moved the record. */
    MOVED_WITHOUT_SUCCESS {
        @Override
        Evacuator evacuator(Log log, LongLongMap index, KeyHash hash, Runnable step) {
            return new SteppedEvacuator(log, index, hash, step) {
                @Override
                boolean move(long keyHash, long reference, long copy) {
                    super.move(keyHash, reference, copy);
                    return true;
                }
            };
        }
    },

    /** An evacuation that was overtaken does not give the bytes of its copy back. */
    COPY_NOT_TAKEN_BACK {
        @Override
        Segment segment(int id, long generation, Segment.Memory memory, Runnable step) {
            return new SteppedSegment(id, generation, memory, step) {
                @Override
                Dying addDead(long bytes) {
                    boolean lost = OVERTAKEN.get();
                    OVERTAKEN.remove();
                    return lost ? Dying.LIVE : super.addDead(bytes);
                }
            };
        }

        @Override
        Evacuator evacuator(Log log, LongLongMap index, KeyHash hash, Runnable step) {
            return new SteppedEvacuator(log, index, hash, step) {
                @Override
                boolean move(long keyHash, long reference, long copy) {
                    boolean moved = super.move(keyHash, reference, copy);
                    OVERTAKEN.set(!moved);
                    return moved;
                }
            };
        }
    };

    /** Whether the evacuation of this thread was. */
    private static final ThreadLocal<Boolean> OVERTAKEN = ThreadLocal.withInitial(() -> false);

    Segment segment(int id, long generation, Segment.Memory memory, Runnable step) {
        return new SteppedSegment(id, generation, memory, step);
    }

    Evacuator evacuator(Log log, LongLongMap index, KeyHash hash, Runnable step) {
        return new SteppedEvacuator(log, index, hash, step);
    }

    int put(SteppedStore store, int key, int value) {
        return store.update(RecordMap.Change.PUT, key, SteppedStore.MISSING, value);
    }

    RecordMap create(int segmentBytes, long maximumBytes, int points) {
        AtomicLong bytes = new AtomicLong();
        Runnable none = () -> {};
        Log log = new Log(
                size -> TestRecordMaps.regions(size, bytes),
                (id, generation, memory) -> segment(id, generation, memory, none),
                segmentBytes,
                maximumBytes,
                points,
                1000);
        LongLongMap index = LongLongMap.create();
        KeyHash hash = Xxh3.ofRandomSeed();
        return new RecordMap(index, log, hash, evacuator(log, index, hash, none));
    }

    private static class SteppedEvacuator extends Evacuator {

        private final Runnable step;

        SteppedEvacuator(Log log, LongLongMap index, KeyHash hash, Runnable step) {
            super(log, index, hash, 0);
            this.step = step;
        }

        @Override
        boolean move(long keyHash, long reference, long copy) {
            step.run();
            boolean moved = super.move(keyHash, reference, copy);
            step.run();
            return moved;
        }
    }

    private static final class ReadLate extends SteppedSegment {

        private final ThreadLocal<Long> begun;

        ReadLate(int id, long generation, Memory memory, Runnable step) {
            this(id, generation, memory, step, new ThreadLocal<>(), new Segment[1]);
        }

        private ReadLate(
                int id, long generation, Memory memory, Runnable step, ThreadLocal<Long> begun, Segment[] self) {
            super(id, generation, noting(memory, begun, self), step);
            this.begun = begun;
            self[0] = this;
        }

        private static Memory noting(Memory memory, ThreadLocal<Long> begun, Segment[] self) {
            ForwardingWords words = new ForwardingWords(memory.words()) {
                @Override
                public long get(long offset) {
                    long found = super.get(offset);
                    if (begun.get() == null) {
                        begun.set(self[0].generation());
                    }
                    return found;
                }
            };
            return new Memory(words, memory.buffer(), memory.freeing());
        }

        @Override
        boolean isCurrent(long ofReference) {
            Long compared = begun.get();
            begun.remove();
            return super.isCurrent(compared == null ? ofReference : compared);
        }
    }
}
