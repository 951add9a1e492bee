package org.berth.bench.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class ByteStoreTest {

    private static final int SIZE = 1_000;
    private static final int VALUE_BYTES = 40;

    /** Chronicle Map and OHC need flags, which the JVM of the tests does not have. */
    @ParameterizedTest
    @EnumSource(
            value = StoreKind.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"CHRONICLE", "OHC"})
    void allImplementationsBehaveTheSame(StoreKind kind) {
        try (ByteStore store = kind.create(SIZE, VALUE_BYTES)) {
            assertThat(store.size()).isZero();
            store.prepare();
            assertThat(store.missing()).isEqualTo(100);
            store.fill();
            assertThat(store.size()).isEqualTo(SIZE);
            assertThat(store.missing()).isZero();

            ByteStore.Access access = store.access();
            for (int number : List.of(0, 7, SIZE - 1)) {
                assertThat(access.get(number)).isEqualTo(number);
                access.put(number);
                assertThat(access.get(number)).isEqualTo(number);
                access.remove(number);
                assertThat(access.get(number)).isEqualTo(ByteStore.MISSING);
                assertThat(access.check(number)).isEqualTo(ByteStore.MISSING);
            }
            assertThat(store.missing()).isEqualTo(1);
            assertThat(store.size()).isEqualTo(SIZE - 3);

            access.putNew(7);
            access.putNew(1L << 40);
            assertThat(access.get(7)).isEqualTo(7);
            assertThat(store.size()).isEqualTo(SIZE - 1);
            access.remove(1L << 40);
            assertThat(store.size()).isEqualTo(SIZE - 2);
        }
    }

    @Test
    void stringsThatAreHeldAreOthersThanTheKeysOfTheMap() {
        HeapStore store = new HeapStore(SIZE, VALUE_BYTES, true);
        store.prepare();
        store.fill();

        ByteStore.Access access = store.access();
        assertThat(access).isInstanceOf(HeapStore.Prebuilt.class);
        assertThat(access.get(7)).isEqualTo(7);
        access.put(7);
        assertThat(access.check(7)).isEqualTo(7);
        assertThat(new HeapStore(SIZE, VALUE_BYTES, false).access()).isInstanceOf(HeapStore.PerCall.class);
    }

    @Test
    void keysAreDistinctAndOfAllLengths() {
        Set<String> keys = new HashSet<>();
        Set<Integer> lengths = new HashSet<>();
        byte[] first = Keys.first(10_000);
        byte[][] arrays = Keys.firstArrays(10_000);
        String[] strings = Keys.firstStrings(10_000);
        for (int i = 0; i < 10_000; i++) {
            String key = Keys.string(i);
            keys.add(key.substring(0, 16));
            lengths.add(key.length());
            assertThat(key).matches("[A-P]{16,32}").hasSize(Keys.length(i)).isEqualTo(strings[i]);
            assertThat(Keys.bytes(i))
                    .isEqualTo(arrays[i])
                    .isEqualTo(Arrays.copyOfRange(first, i * Keys.STRIDE, i * Keys.STRIDE + key.length()));
            assertThat(new StringKeys().string(i)).isEqualTo(key);
        }
        assertThat(keys).hasSize(10_000);
        assertThat(lengths).hasSize(17).contains(16, Keys.STRIDE);
        assertThat(lengths.stream().mapToInt(length -> length).average()).hasValue(Keys.MEAN_LENGTH);
    }

    @Test
    void neighboursAreFarFromEachOther() {
        for (int size : new int[] {1_000, 100_000, 1_000_000, 5_000_000}) {
            assertThat(IntStream.range(0, size)
                            .map(i -> ByteStore.scattered(i, size))
                            .distinct()
                            .count())
                    .isEqualTo(size);
        }
    }

    @Test
    void valuesThatAreNotWholeAreNoticed() {
        byte[] value = Values.number(new byte[VALUE_BYTES], 7);
        assertThat(Values.checked(value, VALUE_BYTES)).isEqualTo(7);
        assertThat(Values.checked(null, VALUE_BYTES)).isEqualTo(ByteStore.MISSING);
        value[VALUE_BYTES - 1]++;
        assertThatThrownBy(() -> Values.checked(value, VALUE_BYTES))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("not a whole value: number=7 length=40 expected=40");
        assertThatThrownBy(() -> Values.checked(Values.number(new byte[48], 7), VALUE_BYTES))
                .hasMessageContaining("length=48");
    }

    /** So that a benchmark which reads the wrong value fails. */
    @Test
    void anotherKeysValueIsNoticed() {
        ByteStore confused = new ByteStore(SIZE, VALUE_BYTES) {
            @Override
            public void prepare() {}

            @Override
            public Access access() {
                return new Access() {
                    @Override
                    public long get(int number) {
                        return number + 1L;
                    }

                    @Override
                    public void put(int number) {}

                    @Override
                    public void putNew(long number) {}

                    @Override
                    public void remove(long number) {}

                    @Override
                    long check(int number) {
                        return get(number);
                    }
                };
            }

            @Override
            public long size() {
                return 0;
            }
        };
        assertThatThrownBy(confused::missing)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("another key's value: number=0 found=1");
        assertThatThrownBy(confused::fill).hasMessage("keys are lost: size=0 expected=" + SIZE);
    }
}
