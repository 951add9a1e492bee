package org.berth.stress.model;

import static org.berth.stress.model.Local.BLOCK;
import static org.berth.stress.model.Local.FLAG;
import static org.berth.stress.model.Local.LATER;
import static org.berth.stress.model.Local.TABLE;

/** The allocation of a next table: from the pool or, if that has nothing, after reclaiming a retired table. */
final class ResizeSteps {

    private final ModelThread thread;

    ResizeSteps(ModelThread thread) {
        this.thread = thread;
    }

    Step take(Step step) {
        int table = thread.get(TABLE);
        return switch (step) {
            case LOOK_FOR_LAST -> thread.load(thread.layout.next(table)) == 0 ? Step.ALLOCATE : Step.READ_NEXT;
            case ALLOCATE -> allocate();
            case APPEND -> {
                int block = thread.get(BLOCK);
                if (thread.read(thread.layout.next(table)) == 0) {
                    thread.write(thread.layout.next(table), thread.get(LATER));
                    thread.set(FLAG, 1);
                } else {
                    thread.write(thread.layout.owner(block), 0);
                    thread.write(thread.layout.free(block), 1);
                }
                thread.set(BLOCK, 0);
                yield Step.LOOK_AT_NEXT;
            }
            default -> throw new AssertionError(step);
        };
    }

    private Step allocate() {
        int table = thread.read(Layout.NEXT_ID);
        if (table > thread.layout.tables) {
            return Step.EXIT;
        }
        for (int block = 0; block < thread.layout.blocks; block++) {
            if (thread.read(thread.layout.free(block)) == 1) {
                thread.write(thread.layout.free(block), 0);
                thread.write(thread.layout.owner(block), table);
                thread.write(thread.layout.block(table), block);
                thread.write(Layout.NEXT_ID, table + 1);
                thread.set(BLOCK, block);
                thread.set(LATER, table);
                return Step.APPEND;
            }
        }
        return Step.PICK;
    }
}
