package org.berth.core.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.testing.ConcurrentMapTestSuiteBuilder;
import com.google.common.collect.testing.SampleElements;
import com.google.common.collect.testing.TestMapGenerator;
import com.google.common.collect.testing.features.CollectionFeature;
import com.google.common.collect.testing.features.CollectionSize;
import com.google.common.collect.testing.features.MapFeature;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import junit.framework.TestCase;
import junit.framework.TestFailure;
import junit.framework.TestResult;
import junit.framework.TestSuite;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The {@code ConcurrentMap} view, by Guava's test suite for concurrent maps, and what that does not test. */
class ConcurrentMapViewTest {

    /** Uses the reserved keys, which have a table each, and others. */
    private static final class Generator implements TestMapGenerator<Long, Long> {

        @Override
        public Map<Long, Long> create(Object... entries) {
            ConcurrentMap<Long, Long> map = LongLongMap.create().asConcurrentMap();
            for (Object object : entries) {
                Map.Entry<?, ?> entry = (Map.Entry<?, ?>) object;
                map.put((Long) entry.getKey(), (Long) entry.getValue());
            }
            return map;
        }

        @Override
        public SampleElements<Map.Entry<Long, Long>> samples() {
            return new SampleElements<>(
                    Map.entry(0L, 10L),
                    Map.entry(1L, -1L),
                    Map.entry(Long.MIN_VALUE, 0L),
                    Map.entry(3L, Long.MAX_VALUE),
                    Map.entry(-4L, 5L));
        }

        @Override
        @SuppressWarnings({"unchecked", "rawtypes"}) // arrays are not generic
        public Map.Entry<Long, Long>[] createArray(int length) {
            return new Map.Entry[length];
        }

        @Override
        public Long[] createKeyArray(int length) {
            return new Long[length];
        }

        @Override
        public Long[] createValueArray(int length) {
            return new Long[length];
        }

        @Override
        public Iterable<Map.Entry<Long, Long>> order(List<Map.Entry<Long, Long>> insertionOrder) {
            return insertionOrder;
        }
    }

    @TestFactory
    Iterable<DynamicTest> guavaTestlib() {
        TestSuite suite = ConcurrentMapTestSuiteBuilder.using(new Generator())
                .named("LongLongMap.asConcurrentMap")
                .withFeatures(
                        MapFeature.GENERAL_PURPOSE, CollectionSize.ANY, CollectionFeature.SUPPORTS_ITERATOR_REMOVE)
                .createTestSuite();
        List<DynamicTest> tests = new ArrayList<>();
        collect(suite, tests);
        assertThat(tests).hasSizeGreaterThan(500);
        return tests;
    }

    private static void collect(junit.framework.Test test, List<DynamicTest> tests) {
        switch (test) {
            case TestSuite suite -> Collections.list(suite.tests()).forEach(inner -> collect(inner, tests));
            case TestCase one -> tests.add(DynamicTest.dynamicTest(one.toString(), () -> run(one)));
            default -> throw new IllegalArgumentException("unknown kind of test: " + test);
        }
    }

    private static void run(TestCase test) throws Throwable {
        TestResult result = new TestResult();
        test.run(result);
        for (TestFailure failure : Collections.list(result.failures())) {
            throw failure.thrownException();
        }
        for (TestFailure error : Collections.list(result.errors())) {
            throw error.thrownException();
        }
    }

    @Test
    void reservedValuesCannotBeStoredAndAreNeverThere() {
        ConcurrentMap<Long, Long> view = LongLongMap.create().asConcurrentMap();
        view.put(5L, 6L);
        for (long reserved : new long[] {Long.MIN_VALUE, Long.MIN_VALUE + 1}) {
            assertThatThrownBy(() -> view.put(5L, reserved)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> view.replace(5L, 6L, reserved)).isInstanceOf(IllegalArgumentException.class);
            assertThat(view.replace(5L, reserved, 7L)).isFalse();
            assertThat(view.remove(5L, reserved)).isFalse();
            assertThat(view.containsValue(reserved)).isFalse();
            assertThat(view.entrySet().contains(Map.entry(4L, reserved))).isFalse();
            assertThat(view.entrySet().remove(Map.entry(5L, reserved))).isFalse();
        }
        assertThat(view).containsExactly(Map.entry(5L, 6L));
    }

    @Test
    void nextReturnsWhatHasNextHasPromised() {
        LongLongMap map = LongLongMap.create();
        map.put(2, 20);
        Iterator<Map.Entry<Long, Long>> entries =
                map.asConcurrentMap().entrySet().iterator();
        assertThat(entries.hasNext()).isTrue();
        map.remove(2);
        Map.Entry<Long, Long> entry = entries.next();
        assertThat(entry).isEqualTo(Map.entry(2L, 20L));
        assertThat(entries.hasNext()).isFalse();

        entry.setValue(21L);
        assertThat(map.get(2)).isEqualTo(21);
        entries.remove();
        assertThat(map.isEmpty()).isTrue();
        assertThatThrownBy(entries::remove).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void anEntryThatWasReadFromAStreamIsOneByItself() throws Exception {
        LongLongMap map = LongLongMap.create();
        map.put(2, 20);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(map.asConcurrentMap().entrySet().iterator().next());
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            @SuppressWarnings("unchecked") // as it was written
            Map.Entry<Long, Long> entry = (Map.Entry<Long, Long>) in.readObject();
            assertThat(entry).isEqualTo(Map.entry(2L, 20L));
            assertThat(entry.setValue(21L)).isEqualTo(20);
            assertThat(entry).isEqualTo(Map.entry(2L, 21L));
        }
        assertThat(map.get(2)).isEqualTo(20);
    }

    @Test
    void theViewWritesThrough() {
        LongLongMap map = LongLongMap.create();
        ConcurrentMap<Long, Long> view = map.asConcurrentMap();
        view.merge(3L, 4L, Long::sum);
        view.merge(3L, 4L, Long::sum);
        assertThat(map.get(3)).isEqualTo(8);
        map.put(1, 2);
        assertThat(view).containsOnly(Map.entry(1L, 2L), Map.entry(3L, 8L));
        view.clear();
        assertThat(map.isEmpty()).isTrue();
        map.close();
        assertThatThrownBy(() -> view.get(3L)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aKeyIsRemovedOnce() throws Exception {
        LongLongMap map = LongLongMap.create();
        for (int round = 0; round < 5_000; round++) {
            map.put(7, round);
            AtomicInteger removed = new AtomicInteger();
            Thread other = Thread.ofPlatform().start(() -> remove(map, removed));
            remove(map, removed);
            other.join();
            assertThat(removed).hasValue(1);
        }
    }

    private static void remove(LongLongMap map, AtomicInteger removed) {
        if (map.asConcurrentMap().keySet().remove(7L)) {
            removed.incrementAndGet();
        }
    }

    @Test
    void streamsAreWeaklyConsistent() throws Exception {
        LongLongMap map = LongLongMap.create();
        ConcurrentMap<Long, Long> view = map.asConcurrentMap();
        AtomicBoolean done = new AtomicBoolean();
        Thread writer = Thread.ofPlatform().start(() -> {
            for (long i = 0; !done.get(); i++) {
                map.put(i % 100, i);
                map.remove((i + 50) % 100);
            }
        });
        try {
            for (int i = 0; i < 2_000; i++) {
                assertThat(view.keySet().stream().toList()).doesNotHaveDuplicates();
                assertThat(view.values().stream().toList()).doesNotContainNull();
                assertThat(view.entrySet().toArray()).doesNotContainNull();
            }
        } finally {
            done.set(true);
            writer.join();
        }
    }

    @Test
    void removeIfRemovesWhatMatches() {
        ConcurrentMap<Long, Long> view = LongLongMap.create().asConcurrentMap();
        for (long key = 0; key < 10; key++) {
            view.put(key, key * key);
        }
        assertThat(view.values().removeIf(value -> value > 50)).isTrue();
        assertThat(view.entrySet().removeIf(entry -> entry.getKey() < 6)).isTrue();
        assertThat(view.keySet().removeIf(key -> key == 6)).isTrue();
        assertThat(view.values().removeIf(value -> value > 50)).isFalse();
        assertThat(view).containsExactly(Map.entry(7L, 49L));
    }
}
