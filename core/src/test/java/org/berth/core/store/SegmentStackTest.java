package org.berth.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.berth.offheap.ArrayWords;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The stack of segments, with threads that are late: what others do in between is called where they would stop. */
@Timeout(60)
class SegmentStackTest {

    private static final int SEGMENTS = 3;

    private final AtomicReferenceArray<Segment> segments = new AtomicReferenceArray<>(SEGMENTS);
    private final SegmentStack stack = new SegmentStack(segments);
    private final List<Runnable> afterLink = new ArrayList<>();

    SegmentStackTest() {
        for (int id = 0; id < SEGMENTS; id++) {
            Segment.Memory memory = new Segment.Memory(new ArrayWords(Long.BYTES), null, () -> {});
            segments.set(id, new Segment(id, 0, memory) {
                @Override
                int next() {
                    int next = super.next();
                    act();
                    return next;
                }

                @Override
                void setNext(int id) {
                    super.setNext(id);
                    act();
                }

                private void act() {
                    if (!afterLink.isEmpty()) {
                        afterLink.removeFirst().run();
                    }
                }
            });
        }
    }

    private void push(int id) {
        stack.push(segments.get(id));
    }

    private int pop() {
        Segment segment = stack.pop();
        return segment == null ? -1 : segment.id;
    }

    /** The first segment is the same again, and the next one is another. */
    @Test
    void aLatePopDoesNotTakeWhatIsInUse() {
        push(0);
        push(1);
        push(2);
        List<Integer> taken = new ArrayList<>();
        afterLink.add(() -> {
            taken.add(pop());
            taken.add(pop());
            push(2);
        });
        taken.add(pop());
        taken.add(pop());
        taken.add(pop());
        assertThat(taken).containsExactly(2, 1, 2, 0, -1);
    }

    @Test
    void aLatePushLosesNothing() {
        push(0);
        afterLink.add(() -> {
            assertThat(pop()).isZero();
            push(1);
            push(0);
        });
        push(2);
        assertThat(List.of(pop(), pop(), pop(), pop())).containsExactly(2, 0, 1, -1);
    }
}
