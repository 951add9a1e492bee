package org.berth.bench.memory;

import java.util.concurrent.atomic.AtomicLong;
import org.berth.bench.fork.MeasuredMap;
import org.berth.bench.workload.MapKeys;

/** One thread's churn: puts a new key and removes its oldest one, until it is stopped. */
final class Churn implements Runnable {

    /** Operations between two looks at the clock's verdict, and between two counts. */
    private static final int BATCH = 1_024;

    private final MeasuredMap map;
    private final int thread;
    private final int threads;
    private final long length;
    private final AtomicLong done = new AtomicLong();
    private volatile boolean stopped;

    /** A thread's keys are every n-th number, for n threads, so that threads share none. */
    Churn(MeasuredMap map, int keys, int thread, int threads) {
        this.map = map;
        this.thread = thread;
        this.threads = threads;
        this.length = keys / threads * (long) threads;
    }

    @Override
    public void run() {
        long newest = length + thread;
        while (!stopped) {
            for (int i = 0; i < BATCH; i++) {
                map.put(MapKeys.key(newest), newest);
                map.remove(MapKeys.key(newest - length));
                newest += threads;
            }
            done.setRelease(done.getPlain() + BATCH);
        }
    }

    void stop() {
        stopped = true;
    }

    long done() {
        return done.getAcquire();
    }
}
