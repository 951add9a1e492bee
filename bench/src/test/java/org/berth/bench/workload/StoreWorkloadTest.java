package org.berth.bench.workload;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openjdk.jmh.infra.ThreadParams;

/** A benchmark of the store that does not do its work fails. */
@Timeout(60)
class StoreWorkloadTest {

    private final MapKeys.Keys keys = new MapKeys.Keys();
    private final SharedStores.Berth shared = new SharedStores.Berth();
    private final SharedStores.BerthThread mine = new SharedStores.BerthThread();

    @BeforeEach
    void fill() {
        keys.size = 1_000;
        keys.distribution = "zipf";
        keys.draw();
        SharedStores.Values values = new SharedStores.Values();
        values.bytes = 32;
        shared.fill(keys, values);
        mine.open(shared);
    }

    private static ThreadParams thread(int index, int count) {
        return new ThreadParams(index, count, 0, 1, 0, 1, 0, 1, 0, 1);
    }

    @Test
    void readsAreChecked() {
        StoreDraws draws = new StoreDraws();
        draws.copy(keys, thread(0, 1));
        StoreRead read = new StoreRead();
        for (int i = 0; i < 10_000; i++) {
            read.berth(mine, draws);
        }
        assertThatCode(draws::verify).doesNotThrowAnyException();
        for (int i = 0; i < 1_000; i++) {
            mine.access.remove(i);
        }
        read.berth(mine, draws);
        assertThatThrownBy(draws::verify)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("a read gave another key's value, or none: wrong=");
        assertThatThrownBy(() -> shared.check(keys, false)).hasMessage("keys are lost or left: size=0 expected=1000");
    }

    @Test
    void theSizeIsAsBeforeAfterChurn() {
        // Of which the number of keys is no multiple.
        int threads = 3;
        for (int i = 0; i < threads; i++) {
            StoreChurn.Window window = new StoreChurn.Window();
            window.begin(keys, thread(i, threads));
            for (int n = 0; n < 2_000; n++) {
                new StoreChurn().berth(mine, window);
            }
        }
        assertThatThrownBy(() -> shared.check(keys, true)).hasMessage("values are missing: percent=100");
        assertThatCode(() -> shared.check(keys, false)).doesNotThrowAnyException();
    }
}
