package org.berth.offheap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every implementation of {@link Words} does the same: in an instance field, as a constant, and the tests' own. */
class WordsTest {

    private static final long BYTES = 1024;
    private static final long LAST = BYTES - Long.BYTES;
    private static final Region REGION = Region.anonymous(BYTES);

    private static final Words CONSTANT = REGION.constantWords();

    static Stream<Words> implementations() {
        return Stream.of(REGION.words(), CONSTANT, new ArrayWords(BYTES));
    }

    static Stream<Words> offHeap() {
        return Stream.of(REGION.words(), CONSTANT);
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void readsWhatWasWritten(Words words) {
        assertThat(words.size()).isEqualTo(BYTES);
        for (long at = 0; at <= LAST; at += Long.BYTES) {
            words.set(at, at + 1);
            assertThat(words.get(at)).isEqualTo(at + 1);
            words.setOpaque(at, at + 2);
            assertThat(words.getOpaque(at)).isEqualTo(at + 2);
            words.setRelease(at, at + 3);
            assertThat(words.getAcquire(at)).isEqualTo(at + 3);
            words.setVolatile(at, at - 4);
            assertThat(words.getVolatile(at)).isEqualTo(at - 4);
            assertThat(words.compareAndSet(at, at, 1)).isFalse();
            assertThat(words.compareAndSet(at, at - 4, 1)).isTrue();
            assertThat(words.compareAndExchange(at, 2, 3)).isEqualTo(1);
            assertThat(words.compareAndExchange(at, 1, Long.MAX_VALUE)).isEqualTo(1);
            assertThat(words.getAndAdd(at, 1)).isEqualTo(Long.MAX_VALUE);
            assertThat(words.getAndSet(at, at)).isEqualTo(Long.MIN_VALUE);
        }
        for (long at = 0; at <= LAST; at += Long.BYTES) {
            assertThat(words.get(at)).isEqualTo(at);
        }
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void accessesOutOfBoundsOrMisalignedAreRefusedAndChangeNothing(Words words) throws Exception {
        for (long at = 0; at <= LAST; at += Long.BYTES) {
            words.set(at, at);
        }
        for (Method operation : operations()) {
            for (long at : new long[] {-8, BYTES, BYTES + 8, Long.MAX_VALUE - 7, Long.MIN_VALUE, 8L << 32}) {
                assertThatThrownBy(() -> call(operation, words, at)).isInstanceOf(IndexOutOfBoundsException.class);
            }
            for (long at : new long[] {1, 4, 7, BYTES / 2 + 3}) {
                assertThatIllegalArgumentException().isThrownBy(() -> call(operation, words, at));
            }
        }
        for (long at = 0; at <= LAST; at += Long.BYTES) {
            assertThat(words.get(at)).isEqualTo(at);
        }
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void setMemorySetsARangeOfWords(Words words) {
        for (long value : new long[] {0, 1, -1, 0x7F, (byte) 0x80}) {
            for (long at = 0; at <= LAST; at += Long.BYTES) {
                words.set(at, at + 1000);
            }
            words.setMemory(64, 0, (byte) value);
            words.setMemory(BYTES, 0, (byte) value);
            assertThat(words.get(64)).isEqualTo(1064);
            words.setMemory(64, 128, (byte) value);
            for (long at = 0; at <= LAST; at += Long.BYTES) {
                long expected = at >= 64 && at < 192 ? (value & 0xFF) * 0x0101_0101_0101_0101L : at + 1000;
                assertThat(words.get(at)).as("offset=%d", at).isEqualTo(expected);
            }
        }
        words.setMemory(0, BYTES, (byte) 3);
        assertThat(words.get(0)).isEqualTo(0x0303_0303_0303_0303L).isEqualTo(words.get(LAST));
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void setMemoryRefusesWhatIsNoRangeOfWordsAndChangesNothing(Words words) {
        words.set(LAST, 77);
        for (long[] range : new long[][] {
            {LAST, 16}, {0, BYTES + 8}, {0, -8}, {8, Long.MAX_VALUE - 7}, {Long.MIN_VALUE, 8}, {-8, 16}, {BYTES + 8, 0}
        }) {
            assertThatThrownBy(() -> words.setMemory(range[0], range[1], (byte) 1))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
        for (long[] range : new long[][] {{LAST, 4}, {LAST - 4, 8}, {LAST - 3, 3}}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> words.setMemory(range[0], range[1], (byte) 1))
                    .withMessageContaining("offset=" + range[0] + ", length=" + range[1]);
        }
        assertThat(words.get(LAST)).isEqualTo(77);
    }

    /** More than one step of the implementation. */
    @Test
    void setMemorySetsMuchMemory() {
        long bytes = (5L << 20) + 24;
        try (Region region = Region.anonymous(bytes + 16)) {
            Words words = region.words();
            words.setMemory(8, bytes, (byte) -1);
            assertThat(words.get(0)).isZero();
            for (long at = 8; at < bytes + 8; at += Long.BYTES) {
                if (words.get(at) != -1) {
                    assertThat(words.get(at)).as("offset=%d", at).isEqualTo(-1);
                }
            }
            assertThat(words.get(bytes + 8)).isZero();
        }
    }

    @Test
    void afterCloseEveryOperationSaysSo() throws Exception {
        Region region = Region.anonymous(BYTES);
        List<Words> both = List.of(region.words(), region.defineConstantWords());
        region.close();
        for (String description : List.of("memory of size=" + BYTES, "prices of the day")) {
            for (Words words : both) {
                for (Method operation : operations()) {
                    assertThatIllegalStateException()
                            .isThrownBy(() -> call(operation, words, 16))
                            .withMessageContaining("memory is closed: offset=16, region=" + description + "; ");
                }
            }
            assertThat(region.description()).isEqualTo(description);
            assertThat(region.describedAs("prices of the day")).isSameAs(region);
        }
    }

    @Test
    void onlyOneRegionGetsConstantWords() {
        assertThat(CONSTANT).isNotSameAs(REGION.words());
        assertThat(CONSTANT.getClass().isHidden()).isTrue();
        assertThat(REGION.constantWords()).isSameAs(REGION.words());
        try (Region other = Region.anonymous(8)) {
            assertThat(other.constantWords()).isSameAs(other.words());
        }
    }

    @ParameterizedTest
    @MethodSource("offHeap")
    void bothFormsShareTheMemory(Words words) {
        words.set(64, 99);
        assertThat(REGION.words().get(64)).isEqualTo(99);
        assertThat(CONSTANT.get(64)).isEqualTo(99);
        assertThat(REGION.buffer(64, 8).getLong(0)).isEqualTo(99);
    }

    @Test
    void autoMemoryIsZeroAndAligned() {
        Words words = Words.ofAuto(256);
        assertThat(words.size()).isEqualTo(256);
        for (long at = 0; at < 256; at += Long.BYTES) {
            assertThat(words.getVolatile(at)).isZero();
        }
        assertThat(words.compareAndExchange(248, 0, 7)).isZero();
        assertThat(words.get(248)).isEqualTo(7);
        assertThatThrownBy(() -> words.get(256)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Words.ofAuto(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("bytes=0");
    }

    private static List<Method> operations() {
        List<Method> operations = new ArrayList<>();
        for (Method method : Words.class.getDeclaredMethods()) {
            if (Modifier.isAbstract(method.getModifiers()) && method.getParameterCount() > 0) {
                operations.add(method);
            }
        }
        assertThat(operations).hasSize(13);
        return operations;
    }

    private static Object call(Method operation, Words words, long offset) throws Throwable {
        Object[] arguments = new Object[operation.getParameterCount()];
        Arrays.fill(arguments, 5L);
        arguments[0] = offset;
        if (operation.getName().equals("setMemory")) {
            arguments[1] = 8L;
            arguments[2] = (byte) 5;
        }
        try {
            return operation.invoke(words, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
