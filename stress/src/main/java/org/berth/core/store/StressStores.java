package org.berth.core.store;

import java.util.function.UnaryOperator;
import org.berth.core.map.LongLongMap;
import org.berth.offheap.SlowWords;
import org.berth.offheap.UnpublishedWords;
import org.berth.offheap.Words;

/** Makes maps of bytes for the stress tests, of segments that few records fill, with access beyond their API. */
public final class StressStores {

    /** Three records of a key of 8 bytes and a value of 24, and the filler behind them. */
    private static final int SEGMENT = 128;

    private static final int SEGMENTS = 64;

    /** So many sparse segments that no update evacuates, but only {@link Store#evacuate}. */
    private static final int SLACK = 1 << 20;

    private StressStores() {}

    /** A map, and what its API does not give. */
    public static final class Store {

        private final BytesMap map;
        private final RecordMap records;
        private final Evacuator evacuator;

        private Store(RecordMap records, Evacuator evacuator) {
            this.map = new BytesMap(records);
            this.records = records;
            this.evacuator = evacuator;
        }

        public BytesMap map() {
            return map;
        }

        /** Evacuates the sparsest segment. */
        public void evacuate() {
            evacuator.makeRoom();
        }

        /** Whether the segments count as live what the index leads to. While no thread uses the map. */
        public boolean isBalanced() {
            long[] live = new long[1];
            records.index.forEach((hash, reference) -> {
                Segment segment = records.log.segment(reference);
                live[0] += Records.size(segment.words.get(Reference.offset(reference)));
            });
            for (int id = 0; id < records.log.created(); id++) {
                Segment segment = records.log.segmentOrNull(id);
                live[0] -= segment == null ? 0 : segment.liveBytes();
            }
            return live[0] == 0;
        }
    }

    /** Makes a map of the shipped classes. */
    public static Store shipped() {
        return create(words -> words, Segment::new, Evacuator::new);
    }

    /** Weakened: the update of the index releases nothing, until {@link UnpublishedWords#publish}. */
    public static Store unpublished() {
        return create(UnpublishedWords::new, Segment::new, Evacuator::new);
    }

    /** Weakens nothing: threads that read are slow now and then. */
    public static Store slow() {
        return create(SlowWords::new, Segment::new, Evacuator::new);
    }

    /** Weakened: a reader that is slow now and then does not compare the generation. */
    public static Store withoutGeneration() {
        return create(
                SlowWords::new,
                (id, generation, memory) -> new Segment(id, generation, memory) {
                    @Override
                    boolean isCurrent(long ofReference) {
                        return true;
                    }
                },
                Evacuator::new);
    }

    /** Weakens nothing: an evacuation is slow before it sets the index. */
    public static Store movedSlowly() {
        return create(words -> words, Segment::new, (log, index, hash, slack) -> {
            return new Evacuator(log, index, hash, slack) {
                @Override
                boolean move(long keyHash, long reference, long copy) {
                    SlowWords.pause();
                    return super.move(keyHash, reference, copy);
                }
            };
        });
    }

    /** Weakened: an evacuation sets the index by a store, even if an update came between. */
    public static Store movedByStore() {
        return create(words -> words, Segment::new, (log, index, hash, slack) -> {
            return new Evacuator(log, index, hash, slack) {
                @Override
                boolean move(long keyHash, long reference, long copy) {
                    SlowWords.pause();
                    index.put(keyHash, copy);
                    return true;
                }
            };
        });
    }

    /** Weakened: an evacuation that was overtaken takes its copy for the one that the index leads to. */
    public static Store movedWithoutSuccess() {
        return create(words -> words, Segment::new, (log, index, hash, slack) -> {
            return new Evacuator(log, index, hash, slack) {
                @Override
                boolean move(long keyHash, long reference, long copy) {
                    SlowWords.pause();
                    boolean moved = super.move(keyHash, reference, copy);
                    return moved || copy != Log.NONE;
                }
            };
        });
    }

    @FunctionalInterface
    private interface EvacuatorMaker {
        Evacuator make(Log log, LongLongMap index, KeyHash hash, int slack);
    }

    private static Store create(UnaryOperator<Words> weakening, Log.SegmentMaker segments, EvacuatorMaker evacuators) {
        Log log = new Log(
                bytes -> new Segment.Memory(weakening.apply(Words.ofAuto(bytes)), null, () -> {}),
                segments,
                SEGMENT,
                SEGMENTS * SEGMENT,
                1,
                Reference.LAST_GENERATION);
        LongLongMap index = LongLongMap.create();
        KeyHash hash = Xxh3.ofRandomSeed();
        Evacuator evacuator = evacuators.make(log, index, hash, SLACK);
        return new Store(new RecordMap(index, log, hash, evacuator), evacuator);
    }
}
