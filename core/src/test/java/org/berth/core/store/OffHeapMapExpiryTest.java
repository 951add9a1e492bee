package org.berth.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Maps of objects that remove mappings by themselves, and their files. */
@Timeout(60)
class OffHeapMapExpiryTest {

    private static final Duration LIFETIME = Duration.ofMinutes(30);

    private final AtomicLong clock = new AtomicLong();
    private final List<String> removed = new ArrayList<>();

    private OffHeapMap.Builder<String, Long> builder() {
        return OffHeapMap.builder(Codecs.ofString(), Codecs.ofLong())
                .maximumBytes(1 << 20)
                .nanoTime(clock::get)
                .removalListener((cause, key, value) -> removed.add(cause + " " + key + "=" + value));
    }

    @Test
    void aMappingThatHasExpiredIsMissingInEachView() {
        try (OffHeapMap<String, Long> map =
                builder().expireAfterWrite(LIFETIME).recordReads().build()) {
            map.put("a", 1L);
            map.set("b", 2L, Duration.ofHours(1));
            clock.addAndGet(LIFETIME.toNanos());
            assertThat(map.get("a")).isNull();
            // Not the views themselves: their size counts what has expired until it is removed.
            assertThat(map.entrySet().stream()).containsExactly(Map.entry("b", 2L));
            assertThat(map.keySet().stream()).containsExactly("b");
            assertThat(map.values().stream()).containsExactly(2L);
            assertThat(map.statistics().misses()).isEqualTo(1);
            assertThat(map.putIfAbsent("a", 3L)).isNull();
            assertThat(removed).containsExactly("EXPIRED a=1");
            assertThat(map.merge("b", 1L, Long::sum)).isEqualTo(3);
            assertThat(map).hasSize(2);
        }
    }

    @Test
    void whatHasExpiredIsRemovedOnDemand() {
        try (OffHeapMap<String, Long> map = builder().expireAfterWrite(LIFETIME).build()) {
            for (long i = 0; i < 10_000; i++) {
                map.set("key-" + i, i);
            }
            clock.addAndGet(LIFETIME.toNanos());
            map.removeExpired();
            // What is left lies in segments that are appended to.
            assertThat(map.mappingCount()).isLessThan(3_000);
            assertThat(removed).hasSize((int) (10_000 - map.mappingCount())).contains("EXPIRED key-0=0");
        }
    }

    @Test
    void theOldestGoWhereMemoryIsShort() {
        try (OffHeapMap<String, Long> map = builder().evictOldest().build()) {
            for (long i = 0; i < 50_000; i++) {
                map.set("key-" + i, i);
            }
            assertThat(map.get("key-49999")).isEqualTo(49_999L);
            assertThat(map.get("key-0")).isNull();
            assertThat(removed).hasSize((int) (50_000 - map.mappingCount())).contains("EVICTED key-0=0");
        }
    }

    @Test
    void aFileKeepsWhatHasNotExpired(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("sessions");
        try (OffHeapMap<String, Long> map = builder().expireAfterWrite(LIFETIME).build()) {
            map.set("a", 1L);
            clock.addAndGet(LIFETIME.toNanos() - 1);
            map.set("b", 2L);
            clock.incrementAndGet();
            map.save(file);
        }
        try (OffHeapMap<String, Long> map = builder().expireAfterWrite(LIFETIME).build()) {
            assertThat(map.load(file)).isEqualTo(1);
            clock.addAndGet(LIFETIME.toNanos() - 1);
            assertThat(map.get("b")).isEqualTo(2);
            clock.incrementAndGet();
            assertThat(map.get("b")).isNull();
        }
    }
}
