package org.berth.core.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.berth.core.map.LongLongMap.MISSING;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.berth.offheap.Words;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever slot an insert claims, a search finds: also the last one that a probe comes to. */
class FullTableTest {

    private static final long SEED = 12345;

    /** The same home bucket for all keys, in a table that may not grow: they fill all that one probe may look at. */
    @ParameterizedTest
    @CsvSource({"1, true", "1, false", "2, true", "2, false", "64, true", "64, false", "256, true", "256, false"})
    void everyKeyOfAFullProbeIsFound(long buckets, boolean ordered) {
        MapOptions options = new MapOptions(
                () -> SEED,
                buckets,
                buckets,
                ordered ? MapOptions.ORDERED_BYTES : 0,
                new ValueCodec(LongLongMap.MISSING));
        LongLongMap map =
                TestMaps.create(Words::ofAuto, new Transfer(), options, ChunkSource.EAGER_CHUNK, Table.bytes(buckets));
        // The last bucket: a probe goes on with the first.
        List<Long> keys = colliding(buckets, buckets - 1);
        int slots = (int) Math.min(buckets, Table.MAX_PROBE_BUCKETS) * Table.SLOTS_PER_BUCKET;
        for (int i = 0; i < slots; i++) {
            assertThat(map.put(keys.get(i), i)).isEqualTo(MISSING);
        }
        assertThatThrownBy(() -> map.put(keys.get(slots), 1)).isInstanceOf(MapFullException.class);
        assertThat(map.get(keys.get(slots))).isEqualTo(MISSING);
        assertThat(map.remove(keys.get(slots))).isEqualTo(MISSING);
        for (int i = 0; i < slots; i++) {
            assertThat(map.get(keys.get(i))).isEqualTo(i);
            assertThat(map.getAndAdd(keys.get(i), 1)).isEqualTo(i);
            assertThat(map.compareAndSet(keys.get(i), i + 1, i + 2)).isTrue();
            assertThat(map.putIfAbsent(keys.get(i), 5)).isEqualTo(i + 2);
        }
        assertThat(map.size()).isEqualTo(slots);
        for (int i = 0; i < slots; i++) {
            assertThat(map.remove(keys.get(i))).isEqualTo(i + 2);
        }
        assertThat(map.size()).isZero();
    }

    private static List<Long> colliding(long buckets, long bucket) {
        SplittableRandom random = new SplittableRandom(7);
        List<Long> keys = new ArrayList<>();
        while (keys.size() <= Math.min(buckets, Table.MAX_PROBE_BUCKETS) * Table.SLOTS_PER_BUCKET) {
            long key = random.nextLong();
            if ((Table.hash(key, SEED) & (buckets - 1) * Table.BUCKET) == bucket * Table.BUCKET) {
                keys.add(key);
            }
        }
        return keys;
    }
}
