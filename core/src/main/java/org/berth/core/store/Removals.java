package org.berth.core.store;

import java.util.concurrent.atomic.AtomicLong;
import org.berth.core.internal.StackSpace;
import org.berth.core.map.LongLongMap;
import org.berth.offheap.OffHeapBuffer;
import org.jspecify.annotations.Nullable;

/** Takes whole records out of the index: those that have expired, that are evicted, or that a clearing removes. */
final class Removals {

    final Expiry expiry;
    private final Log log;
    private final LongLongMap index;
    private final @Nullable RemovalListener listener;

    /** Entries of shared records beyond the first of each. */
    private final AtomicLong sharing = new AtomicLong();

    private final AtomicLong expired = new AtomicLong();
    private final AtomicLong evicted = new AtomicLong();

    Removals(Log log, LongLongMap index, Expiry expiry, @Nullable RemovalListener listener) {
        this.log = log;
        this.index = index;
        this.expiry = expiry;
        this.listener = listener;
    }

    long expired() {
        return expired.get();
    }

    long evicted() {
        return evicted.get();
    }

    /** Returns how many mappings there are beyond one for each record. */
    long sharing() {
        return sharing.get();
    }

    /** Says that a shared record has been replaced by one of so many entries more. */
    void shared(int more) {
        sharing.addAndGet(more);
    }

    /**
     * Removes a record of so many entries, if the index still has it.
     *
     * @param cause null if a caller removes it
     */
    boolean remove(long keyHash, long reference, int entries, @Nullable RemovalCause cause) {
        StackSpace.ensure();
        if (!index.remove(keyHash, reference)) {
            return false;
        }
        if (entries != 1) {
            sharing.addAndGet(1 - entries);
        }
        try {
            if (cause != null) {
                tell(cause, reference);
            }
        } finally {
            declareDead(reference);
        }
        return true;
    }

    /** Tells that an entry has expired that its key's new value replaces. */
    void replacedExpired(long reference, long entry) {
        expired.incrementAndGet();
        if (listener != null) {
            tell(listener, RemovalCause.EXPIRED, log.segment(reference), entry);
        }
    }

    private void tell(RemovalCause cause, long reference) {
        Segment segment = log.segment(reference);
        long at = Reference.offset(reference);
        AtomicLong counter = cause == RemovalCause.EXPIRED ? expired : evicted;
        try {
            long header = segment.words.get(at);
            long entry = (header & Records.SHARED) == 0 ? at : at + Records.HEADER;
            long end = at + Records.size(header);
            while (entry < end) {
                counter.incrementAndGet();
                if (listener != null) {
                    tell(listener, cause, segment, entry);
                }
                entry += Records.size(segment.words.get(entry));
            }
        } catch (IllegalStateException e) {
            // The map was closed meanwhile, and with it the record.
        }
    }

    private void tell(RemovalListener to, RemovalCause cause, Segment segment, long entry) {
        OffHeapBuffer bytes = segment.readOnly;
        if (bytes == null) {
            return;
        }
        try {
            long header = segment.words.get(entry);
            int keyLength = Records.keyLength(header);
            int valueAt = (int) Records.valueAt(entry, keyLength) + expiry.deadlineBytes;
            int valueLength = Records.valueLength(header) - expiry.deadlineBytes;
            to.removed(cause, bytes, (int) entry + Records.HEADER, keyLength, valueAt, valueLength);
        } catch (RuntimeException | Error e) {
            // The mapping is removed, and the caller's own work has nothing to do with it.
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
        }
    }

    /** The record is this thread's, as it has taken the reference out of the index. */
    void declareDead(long reference) {
        Segment segment = log.segment(reference);
        long at = Reference.offset(reference);
        long header = segment.words.get(at);
        // So that who walks by need not look into the index; the cache line is at hand.
        segment.words.set(at, header | Records.DEAD);
        log.declareDead(segment, Records.size(header));
    }
}
