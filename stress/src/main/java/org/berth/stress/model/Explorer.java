package org.berth.stress.model;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tries every interleaving of a scenario, depth first, and meets each state once. */
final class Explorer {

    private final Scenario scenario;
    private final Protocol protocol;
    private final StateSet seen = new StateSet();
    private final Deque<Node> pending = new ArrayDeque<>();
    private final Set<Step> steps = EnumSet.noneOf(Step.class);
    private final List<Move> moves = new ArrayList<>();
    private long ends;

    private Explorer(Scenario scenario) {
        this.scenario = scenario;
        protocol = new Protocol(scenario);
        for (int thread = 0; thread < scenario.threads(); thread++) {
            for (int choice = 0; choice < Math.max(GetSteps.WORDS, scenario.tables()); choice++) {
                moves.add(new Move(thread, false, choice));
            }
            for (int index = 0; index < Layout.BUFFER; index++) {
                moves.add(new Move(thread, true, index));
            }
        }
    }

    static Result explore(Scenario scenario) {
        return new Explorer(scenario).run();
    }

    private Result run() {
        byte[] initial = protocol.layout().initialState();
        seen.add(initial);
        pending.push(new Node(null, null, initial));
        Counterexample found = null;
        while (found == null && !pending.isEmpty()) {
            found = expand(pending.pop());
        }
        return new Result(scenario, seen.size(), ends, steps, Optional.ofNullable(found));
    }

    /** Makes each move that is possible in a state. */
    private @Nullable Counterexample expand(Node node) {
        byte[] next = node.state.clone();
        boolean end = true;
        for (Move move : moves) {
            if (isHopeless(node.state, move)) {
                continue;
            }
            try {
                if (move.make(protocol, next)) {
                    end = false;
                    steps.add(protocol.next(node.state, move.thread()));
                    if (seen.add(next)) {
                        pending.push(new Node(node, move, next));
                        next = node.state.clone();
                        continue;
                    }
                }
            } catch (Violation violation) {
                return Counterexample.shortened(scenario, node.movesThen(move), violation);
            }
            System.arraycopy(node.state, 0, next, 0, next.length);
        }
        if (end) {
            ends++;
            try {
                protocol.end(node.state);
            } catch (Violation violation) {
                return new Counterexample(scenario, node.moves(), violation);
            }
        }
        return null;
    }

    private boolean isHopeless(byte[] state, Move move) {
        return !move.arrival() && move.choice() >= protocol.alternatives(state, move.thread());
    }

    /** A state and the way to it. */
    private static final class Node {

        final @Nullable Node previous;
        final @Nullable Move move;
        final byte[] state;

        Node(@Nullable Node previous, @Nullable Move move, byte[] state) {
            this.previous = previous;
            this.move = move;
            this.state = state;
        }

        List<Move> moves() {
            Deque<Move> moves = new ArrayDeque<>();
            for (Node node = this; node.move != null && node.previous != null; node = node.previous) {
                moves.push(node.move);
            }
            return List.copyOf(moves);
        }

        List<Move> movesThen(Move last) {
            List<Move> moves = new ArrayList<>(moves());
            moves.add(last);
            return moves;
        }
    }

    /**
     * What a search has found.
     *
     * @param states how many states there are, if no counterexample ended the search
     * @param ends in how many of them all threads are done
     * @param steps the steps that were taken
     */
    record Result(Scenario scenario, int states, long ends, Set<Step> steps, Optional<Counterexample> counterexample) {}
}
