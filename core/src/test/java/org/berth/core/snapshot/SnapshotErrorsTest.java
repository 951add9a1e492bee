package org.berth.core.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.agrona.MutableDirectBuffer;
import org.berth.core.map.LongLongMap;
import org.berth.core.store.BytesMap;
import org.berth.offheap.OffHeapBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Errors in the middle of a save: the older file stays, and nothing else. */
@Timeout(120)
class SnapshotErrorsTest {

    @TempDir
    private Path directory;

    private int overflows;

    private interface Save {
        void run() throws IOException;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    @Test
    void theEndOfTheStack() throws Exception {
        Path file = directory.resolve("longs");
        Path other = directory.resolve("bytes");
        try (LongLongMap longs = LongLongMap.create();
                BytesMap bytes = BytesMap.create()) {
            MutableDirectBuffer buffer = OffHeapBuffer.ofAuto(200);
            for (int i = 0; i < 500; i++) {
                longs.put(i, i);
                buffer.putInt(0, i);
                bytes.put(buffer, 0, 4, buffer, 0, 200);
            }
            // A class whose initialization meets the end of the stack cannot be used again.
            longs.save(file);
            bytes.save(other);
            assertThatThrownBy(() -> longs.save(directory.resolve("no").resolve("directory")))
                    .isInstanceOf(IOException.class);
            AtomicReference<Throwable> failure = new AtomicReference<>();
            Thread thread = new Thread(
                    null,
                    () -> {
                        try {
                            for (int round = 0; round < 3; round++) {
                                atEveryDepth(() -> longs.save(file));
                                atEveryDepth(() -> bytes.save(other));
                            }
                        } catch (Throwable e) {
                            failure.set(e);
                        }
                    },
                    "deep",
                    1 << 18);
            thread.start();
            thread.join();
            assertThat(failure.get()).isNull();
            assertThat(overflows).isPositive();
            assertThat(files()).containsExactlyInAnyOrder(file, other);
            assertThat(longs.load(file)).isEqualTo(500);
            assertThat(bytes.load(other)).isEqualTo(500);
        }
    }

    /** Saves ever further from the end of the stack, until that works, and looks each time at what is left. */
    private void atEveryDepth(Save save) throws IOException {
        int depth = deepest(0);
        for (int saved = 0; saved < 5; depth--) {
            try {
                atDepth(depth, save);
                saved++;
            } catch (StackOverflowError e) {
                overflows++;
            }
            assertThat(files()).hasSize(2);
        }
    }

    @SuppressWarnings("InfiniteRecursion") // to the end of the stack
    private static int deepest(int depth) {
        try {
            return deepest(depth + 1);
        } catch (StackOverflowError e) {
            return depth;
        }
    }

    private static void atDepth(int depth, Save save) throws IOException {
        if (depth == 0) {
            save.run();
        } else {
            atDepth(depth - 1, save);
        }
    }
}
