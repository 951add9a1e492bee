package org.berth.stress.model;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An interleaving that leads to a violation. {@link #toString} tells it step by step. */
record Counterexample(Scenario scenario, List<Move> moves, Violation violation) {

    /**
     * Leaves out moves as long as the rest, as far as it is still possible, leads to a violation: the search goes deep,
     * and most of what it did on its way does not matter.
     */
    static Counterexample shortened(Scenario scenario, List<Move> moves, Violation violation) {
        Counterexample shortest = new Counterexample(scenario, List.copyOf(moves), violation);
        for (int length = moves.size() / 2; length > 0; length = length == 1 ? 0 : (length + 1) / 2) {
            for (int from = 0; from < shortest.moves.size(); ) {
                List<Move> fewer = new ArrayList<>(shortest.moves);
                fewer.subList(from, Math.min(from + length, fewer.size())).clear();
                Counterexample shorter = replay(scenario, fewer);
                if (shorter != null && shorter.moves.size() < shortest.moves.size()) {
                    shortest = shorter;
                    length = Math.min(length, Math.max(1, shortest.moves.size() / 2));
                } else {
                    from += length;
                }
            }
        }
        return shortest;
    }

    /** Makes those of the moves that are possible; null if they lead to no violation. */
    private static @Nullable Counterexample replay(Scenario scenario, List<Move> moves) {
        Protocol protocol = new Protocol(scenario);
        byte[] state = protocol.layout().initialState();
        List<Move> made = new ArrayList<>();
        for (Move move : moves) {
            byte[] next = state.clone();
            try {
                if (move.make(protocol, next)) {
                    made.add(move);
                    state = next;
                }
            } catch (Violation violation) {
                made.add(move);
                return new Counterexample(scenario, made, violation);
            }
        }
        return null;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append(scenario.broken()).append(": ").append(scenario.broken().sentence());
        text.append('\n').append(violation.getMessage()).append('\n');
        for (int thread = 0; thread < scenario.threads(); thread++) {
            text.append("thread ").append(thread).append(": ");
            text.append(scenario.programs().get(thread)).append('\n');
        }
        Protocol protocol = new Protocol(scenario);
        Layout layout = protocol.layout();
        byte[] state = layout.initialState();
        for (Move move : moves) {
            byte[] next = state.clone();
            String what = move.arrival()
                    ? "(a store reaches memory)"
                    : protocol.next(state, move.thread()).sentence();
            try {
                move.make(protocol, next);
                text.append("  %d  %-75s%s%n".formatted(move.thread(), what, changes(layout, move, state, next)));
            } catch (Violation last) {
                text.append("  %d  %-75s !! %s%n".formatted(move.thread(), what, last.getMessage()));
            }
            state = next;
        }
        return text.toString();
    }

    /** Returns the shared words and the local variables of the thread that a move has changed. */
    private static String changes(Layout layout, Move move, byte[] before, byte[] after) {
        StringBuilder text = new StringBuilder();
        for (int address = 0; layout.isShared(address); address++) {
            if (before[address] != after[address]) {
                text.append(' ').append(layout.name(address)).append('=').append(after[address]);
            }
        }
        int buffered = after[layout.buffered(move.thread())];
        if (buffered > before[layout.buffered(move.thread())]) {
            int address = after[layout.bufferedAddress(move.thread(), buffered - 1)];
            text.append(" buffered ").append(layout.name(address));
            text.append('=').append(after[layout.bufferedValue(move.thread(), buffered - 1)]);
        }
        List<String> locals = new ArrayList<>();
        for (Local local : Local.values()) {
            int address = layout.local(move.thread(), local);
            if (local.isShown() && before[address] != after[address]) {
                locals.add(local + "=" + after[address]);
            }
        }
        return text + (locals.isEmpty() ? "" : " " + locals);
    }
}
