package org.berth.offheap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.berth.offheap.placement.Placement;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Regions are freed when they are closed, and need no collector for it, whatever the JVM's limits are. */
class RegionMemoryTest {

    private static final int REGIONS = 100;

    /** More than the limit of direct memory, and in all many times the maximum heap size. */
    private static final long BYTES = 8L << 20;

    private static final List<String> FLAGS = List.of("-Xmx32m", "-XX:MaxDirectMemorySize=1m", "-Xlog:gc*:stdout");

    @Test
    void regionsTriggerNoCollection() throws Exception {
        assertThat(ChildJvm.run(FLAGS, RegionMemoryTest.class))
                .contains("closed=" + REGIONS + " left=0 refused=true")
                .doesNotContain("System.gc()");
        // The log does tell of a collection that is triggered.
        assertThat(ChildJvm.run(List.of("-Xmx32m", "-Xlog:gc*:stdout", "-Dcollect=true"), RegionMemoryTest.class))
                .contains("System.gc()");
    }

    @Test
    @Tag("native-access")
    void closingFreesPlacedMemory() {
        closingFrees(Placement.local());
        closingFrees(Placement.local().preTouched());
    }

    private static void closingFrees(Placement placement) {
        RegionStatistics before = Region.statistics();
        for (int i = 0; i < REGIONS; i++) {
            try (Region region = Region.anonymous(1 << 20, placement)) {
                assertThat(Region.statistics()).isEqualTo(before.plus(new RegionStatistics(1, 0, 1 << 20, 0)));
                region.words().set(0, i);
            }
        }
        assertThat(Region.statistics()).isEqualTo(before);
    }

    /** The child: allocates and closes regions, or, if asked to, memory that the collector frees. */
    @SuppressWarnings("SystemOut")
    public static void main(String[] args) {
        if (Boolean.getBoolean("collect")) {
            for (int i = 0; i < 5; i++) {
                Words.ofAuto(16 << 20).set(0, i);
            }
            return;
        }
        for (int i = 0; i < REGIONS; i++) {
            try (Region region = Region.anonymous(BYTES)) {
                assertThat(Region.statistics()).isEqualTo(new RegionStatistics(1, BYTES, 0, 0));
                region.words().set(0, i);
            }
        }
        assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> Region.anonymous(1L << 46));
        System.out.println("closed=" + REGIONS + " left=" + Region.statistics().count() + " refused=true");
    }
}
