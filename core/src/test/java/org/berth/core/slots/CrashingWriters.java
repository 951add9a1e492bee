package org.berth.core.slots;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.berth.core.slots.Ledger.Kind;
import org.berth.offheap.Region;
import org.berth.offheap.Words;

/** The process that {@link CrashTest} kills: it changes tables in files until then, and keeps account in another file. */
final class CrashingWriters implements Runnable {

    static final String RUNNING = "running";
    static final String PROGRESS = "progress";
    static final int THREADS = 2;

    /** Where no slot is used again, a process removes so many keys for each thread. */
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

    /** The one key of a thread that stays. */
    static String key(int thread) {
        return "stays " + thread;
    }

    /** Takes the directory. */
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
    @SuppressWarnings("CatchAndPrintStackTrace") // which is how the parent learns of it
    public void run() {
        try {
            while (true) {
                stay();
                if (kind.recycling || removed++ < REMOVALS) {
                    comeAndGo("goes " + thread + " " + random.nextInt(3));
                }
            }
        } catch (Throwable e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    private void stay() {
        try (Slot slot = table.claim(key(thread))) {
            for (int left = random.nextInt(8); left > 0; left--) {
                book(slot);
            }
            progress.begin(thread, Progress.GIVEN, 1);
            table.at(key(thread)).getAndAdd(Ledger.GIVEN, 1);
            progress.end(thread, Progress.GIVEN);
        }
    }

    private void comeAndGo(String key) {
        try (Slot slot = table.claim(key)) {
            if (kind.merges()) {
                book(slot);
            } else {
                // It goes with its key.
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

    /** What the threads of a table have done, and what they were about to have done, in memory that outlives them. */
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
