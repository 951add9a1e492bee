package org.berth.core.slots;

import java.util.HashMap;
import java.util.Map;
import org.berth.offheap.ForwardingWords;
import org.berth.offheap.Words;

/**
 * Words on which a table lacks one step of its protocol, for the tests that must detect that. Each recognises the step
 * by the words that it touches, as {@code package-info} lists them. For threads that take turns.
 */
abstract class BrokenSlotWords extends ForwardingWords {

    private static final long CLOSED = Long.MIN_VALUE;
    private static final long COUNT = 0xFFFF_FFFFL;
    private static final long TAG = -1L << 32;
    private static final long FIRST_TAG = 1L << 32;
    private static final long MARK = 1;

    final TableDescriptor descriptor;

    private BrokenSlotWords(Words words, TableDescriptor descriptor) {
        super(words);
        this.descriptor = descriptor;
    }

    /** An operation that has retained a slot takes its key for what it was before that. */
    static Words keyBeforeState(Words words, TableDescriptor descriptor) {
        return new BrokenSlotWords(words, descriptor) {

            private final Map<String, Long> early = new HashMap<>();

            @Override
            public long getAndAdd(long offset, long delta) {
                long before = super.getAndAdd(offset, delta);
                if (delta == 1 && is(offset, TableDescriptor.REFERENCES)) {
                    for (long word : new long[] {TableDescriptor.KEY, TableDescriptor.NAME_LENGTH}) {
                        long at = offset - TableDescriptor.REFERENCES + word;
                        early.put(mine(at), words.get(at));
                    }
                }
                return before;
            }

            @Override
            public long get(long offset) {
                Long key = early.remove(mine(offset));
                return key != null ? key : super.get(offset);
            }
        };
    }

    /** A search takes the link that led to a slot for what it was when it read it first. */
    static Words oneLook(Words words, TableDescriptor descriptor) {
        return new BrokenSlotWords(words, descriptor) {

            private final Map<String, Long> first = new HashMap<>();

            @Override
            public long getAcquire(long offset) {
                long link = super.getAcquire(offset);
                if (isIndex(offset) || is(offset, TableDescriptor.LINK)) {
                    first.put(mine(offset), link);
                }
                return link;
            }

            @Override
            public long getOpaque(long offset) {
                Long link = first.get(mine(offset));
                return link != null ? link : super.getOpaque(offset);
            }
        };
    }

    /** A search does not see that a slot is marked. */
    static Words markIgnored(Words words, TableDescriptor descriptor) {
        return new BrokenSlotWords(words, descriptor) {
            @Override
            public long getAcquire(long offset) {
                long word = super.getAcquire(offset);
                return is(offset, TableDescriptor.LINK) ? word & ~MARK : word;
            }

            @Override
            public long getOpaque(long offset) {
                long word = super.getOpaque(offset);
                return is(offset, TableDescriptor.LINK) ? word & ~MARK : word;
            }
        };
    }

    /** A thread that has retained a slot while it was freed does not look whether it is the last to release it. */
    static Words lateRetainOnlyCounts(Words words, TableDescriptor descriptor) {
        return new BrokenSlotWords(words, descriptor) {

            private final Map<String, Boolean> late = new HashMap<>();

            @Override
            public long getAndAdd(long offset, long delta) {
                long before = super.getAndAdd(offset, delta);
                if (is(offset, TableDescriptor.REFERENCES)) {
                    if (delta > 0 && before < 0) {
                        late.put(mine(offset), true);
                    } else if (delta < 0 && late.remove(mine(offset)) != null) {
                        return CLOSED;
                    }
                }
                return before;
            }
        };
    }

    /** A thread that has retained a slot while it was freed does not release it. */
    static Words lateRetainLeaks(Words words, TableDescriptor descriptor) {
        return new BrokenSlotWords(words, descriptor) {

            private final Map<String, Boolean> late = new HashMap<>();

            @Override
            public long getAndAdd(long offset, long delta) {
                if (!is(offset, TableDescriptor.REFERENCES)) {
                    return super.getAndAdd(offset, delta);
                }
                if (delta < 0 && late.remove(mine(offset)) != null) {
                    return super.getAcquire(offset);
                }
                long before = super.getAndAdd(offset, delta);
                if (delta > 0 && before < 0) {
                    late.put(mine(offset), true);
                }
                return before;
            }
        };
    }

    /** A slot begins its next version with a count of 0. */
    static Words lateRetainForgotten(Words words, TableDescriptor descriptor) {
        return new BrokenSlotWords(words, descriptor) {
            @Override
            public long compareAndExchange(long offset, long expected, long value) {
                return super.compareAndExchange(
                        offset, expected, is(offset, TableDescriptor.REFERENCES) ? value & ~COUNT : value);
            }
        };
    }

    /** A slot does not get a next version. */
    static Words sameVersion(Words words, TableDescriptor descriptor) {
        return new BrokenSlotWords(words, descriptor) {
            @Override
            public long compareAndExchange(long offset, long expected, long value) {
                boolean reopens = is(offset, TableDescriptor.REFERENCES) && expected < 0;
                return super.compareAndExchange(
                        offset, expected, reopens ? (expected & Long.MAX_VALUE & ~COUNT) | (value & COUNT) : value);
            }
        };
    }

    /** A thread that has lost a CAS of a state goes on as if it had won it. */
    static Words lostStateWon(Words words, TableDescriptor descriptor) {
        return new BrokenSlotWords(words, descriptor) {
            @Override
            public long compareAndExchange(long offset, long expected, long value) {
                long seen = super.compareAndExchange(offset, expected, value);
                return is(offset, TableDescriptor.STATE) ? expected : seen;
            }
        };
    }

    /** A thread that has lost a CAS of an index link goes on as if it had won it. */
    static Words lostIndexWon(Words words, TableDescriptor descriptor) {
        return new BrokenSlotWords(words, descriptor) {
            @Override
            public boolean compareAndSet(long offset, long expected, long value) {
                return super.compareAndSet(offset, expected, value) || isIndex(offset);
            }
        };
    }

    /** A thread that could not close a reference count goes on as if it had. */
    static Words lostReferencesWon(Words words, TableDescriptor descriptor) {
        return new BrokenSlotWords(words, descriptor) {
            @Override
            public boolean compareAndSet(long offset, long expected, long value) {
                return super.compareAndSet(offset, expected, value) || is(offset, TableDescriptor.REFERENCES);
            }
        };
    }

    /** The head of the free slots has no tag. */
    static Words freeNotCounted(Words words, TableDescriptor descriptor) {
        return new BrokenSlotWords(words, descriptor) {
            @Override
            public boolean compareAndSet(long offset, long expected, long value) {
                return super.compareAndSet(offset, expected, offset == descriptor.free(0) ? value & ~TAG : value);
            }
        };
    }

    /** The index links have one tag all the time. */
    static Words indexNotCounted(Words words, TableDescriptor descriptor) {
        return new BrokenSlotWords(words, descriptor) {
            @Override
            public boolean compareAndSet(long offset, long expected, long value) {
                return super.compareAndSet(offset, expected, isIndex(offset) ? (value & ~TAG) | FIRST_TAG : value);
            }
        };
    }

    /** The tag of a link begins anew when its slot gets another key. */
    static Words linkCountedAnew(Words words, TableDescriptor descriptor) {
        return new BrokenSlotWords(words, descriptor) {
            @Override
            public void setOpaque(long offset, long value) {
                super.setOpaque(offset, is(offset, TableDescriptor.LINK) ? (value & ~TAG) | FIRST_TAG : value);
            }
        };
    }

    /** Whether an offset is that of such a word of the metadata of a slot. */
    final boolean is(long offset, long word) {
        return offset >= descriptor.metadata
                && offset < descriptor.metadata(descriptor.capacity)
                && (offset - descriptor.metadata) % descriptor.metadataBytes == word;
    }

    final boolean isIndex(long offset) {
        return offset >= descriptor.index && offset < descriptor.index(descriptor.indexLength);
    }

    /** What the current thread remembers of a word has this key. */
    private static String mine(long offset) {
        return Thread.currentThread().threadId() + " " + offset;
    }
}
