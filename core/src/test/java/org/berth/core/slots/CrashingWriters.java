package org.berth.core.slots;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.berth.core.slots.Ledger.Kind;
import org.berth.offheap.Region;
import org.berth.offheap.Words;

/**
 * The process that {@link CrashTest} kills: it changes tables in files until then, and records its progress
 * in another file.
 */
final class CrashingWriters implements Runnable {

    static final String RUNNING = "running";
    static final String PROGRESS = "progress";
    static final int THREADS = 2;

    /** The number of keys that each thread of a process removes in a table that reuses no slot. */
    private static final int REMOVALS = 2;

    private final Kind kind;
    private final SlotTable table;
    private final int thread;
    private final Progress progress;
    private final Random random = new Random();
    private int removed;

    private CrashingWriters(Kind kind, SlotTable table, int thread, Progress progress) {
        this.kind = kind;
        this.table = table;
        this.thread = thread;
        this.progress = progress;
    }

    static int capacity(Kind kind) {
        return kind.recycling ? 8 : 4096;
    }

    /** Returns the one key of a thread that is never removed. */
    static String key(int thread) {
        return "stays " + thread;
    }

    /** Runs until it is killed; the argument is the directory of the files. */
    @SuppressWarnings("SystemOut")
    public static void main(String[] args) throws IOException {
        Path directory = Path.of(args[0]);
        Words progress = Region.open(directory.resolve(PROGRESS)).words();
        for (Kind kind : Kind.values()) {
            SlotTable table = SlotTable.open(directory.resolve(kind.name()), Ledger.LAYOUT);
            for (int thread = 0; thread < THREADS; thread++) {
                new Thread(new CrashingWriters(kind, table, thread, new Progress(progress, kind))).start();
            }
        }
        System.out.println(RUNNING);
    }

    @Override
    @SuppressWarnings("CatchAndPrintStackTrace") // the parent process reads it
    public void run() {
        try {
            while (true) {
                claimStayingKey();
                if (kind.recycling || removed++ < REMOVALS) {
                    claimAndRemove("goes " + thread + " " + random.nextInt(3));
                }
            }
        } catch (Throwable e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    private void claimStayingKey() {
        try (Slot slot = table.claim(key(thread))) {
            for (int left = random.nextInt(8); left > 0; left--) {
                book(slot);
            }
            progress.begin(thread, Progress.GIVEN, 1);
            table.at(key(thread)).getAndAdd(Ledger.GIVEN, 1);
            progress.end(thread, Progress.GIVEN);
        }
    }

    private void claimAndRemove(String key) {
        try (Slot slot = table.claim(key)) {
            if (kind.merges()) {
                book(slot);
            } else {
                // The removal discards it.
                Ledger.book(slot, 1);
            }
        }
        table.remove(key);
    }

    private void book(Slot slot) {
        int amount = 1 + random.nextInt(9);
        progress.begin(thread, Progress.BOOKED, amount);
        Ledger.book(slot, amount);
        progress.end(thread, Progress.BOOKED);
    }

    /**
     * The amounts that the threads of a table have added, and those that they had begun to add, in memory
     * that outlives them.
     */
    static final class Progress {

        static final int BOOKED = 0;
        static final int GIVEN = 1;
        static final long BYTES = 4L * Long.BYTES * THREADS * Kind.values().length;

        private static final List<Kind> KINDS = List.of(Kind.values());

        private final Words words;
        private final Kind kind;

        Progress(Words words, Kind kind) {
            this.words = words;
            this.kind = kind;
        }

        private long at(int thread, int what) {
            return (((long) KINDS.indexOf(kind) * THREADS + thread) * 2 + what) * 2 * Long.BYTES;
        }

        void begin(int thread, int what, long more) {
            words.setVolatile(at(thread, what), done(thread, what) + more);
        }

        void end(int thread, int what) {
            words.setVolatile(at(thread, what) + Long.BYTES, begun(thread, what));
        }

        void set(int thread, int what, long now) {
            begin(thread, what, now - done(thread, what));
            end(thread, what);
        }

        long begun(int thread, int what) {
            return words.getVolatile(at(thread, what));
        }

        long done(int thread, int what) {
            return words.getVolatile(at(thread, what) + Long.BYTES);
        }
    }
}
