package org.berth.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.testing.ConcurrentMapTestSuiteBuilder;
import com.google.common.collect.testing.SampleElements;
import com.google.common.collect.testing.TestMapGenerator;
import com.google.common.collect.testing.TestStringMapGenerator;
import com.google.common.collect.testing.features.CollectionFeature;
import com.google.common.collect.testing.features.CollectionSize;
import com.google.common.collect.testing.features.MapFeature;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import junit.framework.TestCase;
import junit.framework.TestFailure;
import junit.framework.TestResult;
import junit.framework.TestSuite;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** The typed map by Guava's test suite for concurrent maps: of strings, of records, and of keys that have one hash. */
@Timeout(120)
class OffHeapMapSuiteTest {

    record Point(int x, String name) {}

    private static final long BYTES = 1 << 20;

    @TestFactory
    List<DynamicTest> strings() {
        return suite(new TestStringMapGenerator() {
            @Override
            protected Map<String, String> create(Map.Entry<String, String>[] entries) {
                return filled(
                        OffHeapMap.builder(Codecs.ofString(), Codecs.ofString())
                                .maximumBytes(BYTES)
                                .build(),
                        entries);
            }
        });
    }

    @TestFactory
    List<DynamicTest> keysOfOneHash() {
        return suite(new TestStringMapGenerator() {
            @Override
            protected Map<String, String> create(Map.Entry<String, String>[] entries) {
                return filled(
                        new OffHeapMap<>(
                                new BytesMap(TestRecordMaps.create(1 << 10, BYTES, 1, 0)),
                                Codecs.ofString(),
                                Codecs.ofString()),
                        entries);
            }
        });
    }

    @TestFactory
    List<DynamicTest> records() {
        return suite(new TestMapGenerator<Point, UUID>() {
            @Override
            @SuppressWarnings("unchecked") // as the samples are
            public Map<Point, UUID> create(Object... entries) {
                Map.Entry<Point, UUID>[] typed = createArray(entries.length);
                for (int i = 0; i < entries.length; i++) {
                    typed[i] = (Map.Entry<Point, UUID>) entries[i];
                }
                return filled(
                        OffHeapMap.builder(Codecs.ofRecord(Point.class), Codecs.ofUuid())
                                .maximumBytes(BYTES)
                                .expectedSize(10)
                                .build(),
                        typed);
            }

            @Override
            public SampleElements<Map.Entry<Point, UUID>> samples() {
                return new SampleElements<>(
                        Map.entry(new Point(0, "zero"), new UUID(1, 0)),
                        Map.entry(new Point(0, null), new UUID(2, 0)),
                        Map.entry(new Point(-1, ""), new UUID(3, 0)),
                        Map.entry(new Point(-1, "\ud800"), new UUID(4, 0)),
                        Map.entry(new Point(5, "ü"), new UUID(5, 0)));
            }

            @Override
            @SuppressWarnings({"unchecked", "rawtypes"}) // arrays are not generic
            public Map.Entry<Point, UUID>[] createArray(int length) {
                return new Map.Entry[length];
            }

            @Override
            public Point[] createKeyArray(int length) {
                return new Point[length];
            }

            @Override
            public UUID[] createValueArray(int length) {
                return new UUID[length];
            }

            @Override
            public Iterable<Map.Entry<Point, UUID>> order(List<Map.Entry<Point, UUID>> insertionOrder) {
                return insertionOrder;
            }
        });
    }

    private static <K, V> Map<K, V> filled(Map<K, V> map, Map.Entry<K, V>[] entries) {
        for (Map.Entry<K, V> entry : entries) {
            map.put(entry.getKey(), entry.getValue());
        }
        return map;
    }

    private static List<DynamicTest> suite(TestMapGenerator<?, ?> generator) {
        TestSuite suite = ConcurrentMapTestSuiteBuilder.using(generator)
                .named("OffHeapMap")
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
}
