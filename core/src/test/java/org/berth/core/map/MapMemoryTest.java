package org.berth.core.map;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.berth.offheap.TestDepth;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The memory of the map off the heap, as the JDK counts it, after it has grown, was churned and has shrunk. The system
 * property {@code berth.map.memory.size} sets the number of mappings.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MapMemoryTest {

    private static final int SIZE = TestDepth.of("berth.map.memory.size", 100_000, 500_000);
    private static final int CHURNED = SIZE / 10;
    private static final int CHURNS = 100;

    private static final long ALLOWED_PER_MAPPING = 80;
    private static final long ALLOWED_OVERHEAD = 1 << 20;

    @Test
    void memoryIsInProportionToTheMappings() throws InterruptedException {
        // Free what other tests have left first.
        System.gc();
        Thread.sleep(500);
        long before = used();
        LongLongMap map = LongLongMap.builder().maximumBytes(Long.MAX_VALUE).build();
        for (long key = 0; key < SIZE; key++) {
            map.put(key, key);
        }
        long peak = used() - before;
        map.finishResize();
        assertProportionate("grown, before the collection: " + peak, map, before);

        long next = SIZE;
        for (int churn = 0; churn < CHURNS; churn++) {
            for (int i = 0; i < CHURNED; i++, next++) {
                map.put(next, next);
                map.remove(next - SIZE);
            }
        }
        map.finishResize();
        assertThat(map.size()).isEqualTo(SIZE);
        assertProportionate("after churn", map, before);

        for (long key = next - SIZE; key < next - SIZE / 100; key++) {
            map.remove(key);
        }
        map.finishResize();
        assertThat(map.size()).isEqualTo(SIZE / 100);
        assertProportionate("after shrinking", map, before);
        assertThat(map.get(next - 1)).isEqualTo(next - 1);
        assertThat(map.memory.retiredBytes()).isZero();
    }

    private static void assertProportionate(String when, LongLongMap map, long before) throws InterruptedException {
        long allowed = ALLOWED_PER_MAPPING * map.size() + ALLOWED_OVERHEAD;
        long used = Long.MAX_VALUE;
        // One collection; another thread frees what it has found, a moment later.
        System.gc();
        for (int i = 0; i < 100 && (used > allowed || map.memory.retiredBytes() > 0); i++) {
            Thread.sleep(20);
            used = used() - before;
        }
        assertThat(used).as(when + ", " + map.statistics()).isLessThanOrEqualTo(allowed);
        assertThat(used).as(when).isGreaterThanOrEqualTo(map.memoryBytes());
    }

    /** Returns the direct memory of the JVM, that of the map included, as the JDK's limit counts it. */
    private static long used() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .findFirst()
                .orElseThrow()
                .getMemoryUsed();
    }

    @Test
    void atTheLimitOfTheJvmTheMapGoesOnAtItsSize() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:MaxDirectMemorySize=8m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Limited.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output).contains("full at ");
    }

    /** Fills a map until there is no memory, in a JVM that has little. */
    static final class Limited {

        private Limited() {}

        public static void main(String[] args) {
            LongLongMap map = LongLongMap.create();
            long key = 0;
            try {
                while (true) {
                    map.put(key, key);
                    key++;
                }
            } catch (MapFullException e) {
                check(e.getCause() instanceof OutOfMemoryError, "cause");
                check(String.valueOf(e.getMessage()).contains("-XX:MaxDirectMemorySize"), "message");
            }
            check(map.size() == key, "size");
            for (long present = 0; present < key; present++) {
                check(map.getAndAdd(present, 1) == present, "value");
            }
            check(map.memoryBytes() <= 8 << 20, "bytes");
            System.out.println("full at " + key);
        }

        private static void check(boolean condition, String what) {
            if (!condition) {
                throw new AssertionError(what);
            }
        }
    }
}
