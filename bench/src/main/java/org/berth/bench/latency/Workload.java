package org.berth.bench.latency;

import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import org.berth.bench.workload.MapKeys;

/** The workloads of latency measurements. */
enum Workload {
    OWN_KEY(
            "Each thread adds to the value under its own key: in Berth through the slot that it holds, in the "
                    + "maps by key.",
            0) {
        @Override
        Operations create(Implementation implementation, int threads) {
            return onDictionary(implementation, threads, (dictionary, thread) -> dictionary::addToOwn);
        }
    },
    OWN_KEY_WITH_READER(
            "The same, while another thread adds up the values of a thousand records, up to a thousand times a second.",
            0) {
        @Override
        Operations create(Implementation implementation, int threads) {
            return onDictionary(implementation, threads, (dictionary, thread) -> dictionary::addToOwn);
        }
    },
    TEST_AND_SET(
            "All threads read one value and set its successor by compare-and-set: in Berth through a view, in the "
                    + "maps by key.",
            0) {
        @Override
        Operations create(Implementation implementation, int threads) {
            return onDictionary(implementation, threads, (dictionary, thread) -> dictionary::testAndSet);
        }
    },
    MAP_5(
            "5 % of the operations update a map with capacity for 200 K keys, half of which are present; the "
                    + "others read.",
            5) {
        @Override
        Operations create(Implementation implementation, int threads) {
            return onDictionary(implementation, threads, (dictionary, thread) -> new Mix(dictionary, 5, thread));
        }
    },
    MAP_50("50 % of the operations update such a map, half of them insert or replace, half remove.", 50) {
        @Override
        Operations create(Implementation implementation, int threads) {
            return onDictionary(implementation, threads, (dictionary, thread) -> new Mix(dictionary, 50, thread));
        }
    },
    INSERT("Each thread inserts new keys into a map that starts small and grows.", 0) {
        @Override
        Operations create(Implementation implementation, int threads) {
            return onDictionary(
                    implementation, threads, (dictionary, thread) -> new Insert(dictionary, thread, threads));
        }
    },
    STORE_GET(
            "Each operation reads the value of a random string of a million, of 256 bytes, while another thread sets "
                    + "up to a hundred thousand of them a second.",
            0) {
        @Override
        Operations create(Implementation implementation, int threads) {
            return StoreOperations.reads(implementation);
        }
    },
    STORE_PUT("Each operation sets the value of a random string of a million, of 256 bytes.", 0) {
        @Override
        Operations create(Implementation implementation, int threads) {
            return StoreOperations.updates(implementation);
        }
    };

    private static final int KEYS = 200_000;

    final String about;
    private final int percent;

    Workload(String about, int percent) {
        this.about = about;
        this.percent = percent;
    }

    /** Returns its name on the command line and in files. */
    String id() {
        return LatencyCommand.id(this);
    }

    /** Creates and fills what the threads work on. */
    abstract Operations create(Implementation implementation, int threads);

    /** Returns whether another thread works beside those whose operations are measured. */
    boolean hasBackground() {
        return this == OWN_KEY_WITH_READER || this == STORE_GET;
    }

    /** Returns whether an implementation can do it. */
    boolean suits(Implementation implementation) {
        return (this != STORE_GET && this != STORE_PUT) || implementation.store() != null;
    }

    final Operations onDictionary(
            Implementation implementation, int threads, BiFunction<Dictionary, Integer, LongSupplier> operation) {
        Dictionary dictionary = implementation.create(threads, percent == 0 ? 0 : KEYS);
        for (int i = 0; percent > 0 && i < KEYS; i += 2) {
            dictionary.put(MapKeys.key(i), i);
        }
        return new DictionaryOperations(dictionary, operation);
    }

    private record DictionaryOperations(Dictionary dictionary, BiFunction<Dictionary, Integer, LongSupplier> operation)
            implements Operations {

        @Override
        public LongSupplier forThread(int thread) {
            return operation.apply(dictionary.forThread(thread), thread);
        }

        @Override
        public long background() {
            return dictionary.sum();
        }
    }

    private static final class Mix implements LongSupplier {

        private final Dictionary dictionary;
        private final int percent;
        private final SplittableRandom random;

        Mix(Dictionary dictionary, int percent, int thread) {
            this.dictionary = dictionary;
            this.percent = percent;
            random = new SplittableRandom(thread);
        }

        @Override
        public long getAsLong() {
            long key = MapKeys.key(random.nextInt(KEYS));
            int dice = random.nextInt(200);
            if (dice < percent) {
                return dictionary.put(key, dice);
            }
            return dice < 2 * percent ? dictionary.remove(key) : dictionary.get(key);
        }
    }

    private static final class Insert implements LongSupplier {

        private final Dictionary dictionary;
        private final int threads;
        private long next;

        Insert(Dictionary dictionary, int thread, int threads) {
            this.dictionary = dictionary;
            this.threads = threads;
            next = thread;
        }

        @Override
        public long getAsLong() {
            long number = next;
            next += threads;
            return dictionary.put(MapKeys.key(number), number);
        }
    }
}
