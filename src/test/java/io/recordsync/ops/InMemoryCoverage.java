package io.recordsync.ops;

import io.recordsync.deletion.SweepDemand;
import io.recordsync.inbox.Coverage;
import io.recordsync.inbox.NotAsShownException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A coverage that remembers what was demanded, and shows what a test puts into it. */
public final class InMemoryCoverage implements Coverage {

    public final List<SweepDemand> demands = new CopyOnWriteArrayList<>();
    private volatile boolean ordered;
    public volatile State state = new State(null, null, null, null, false, false, null);

    @Override
    public void demand(SweepDemand demand) {
        demands.add(demand);
    }

    @Override
    public void order(String user, Instant since) {
        demands.add(new SweepDemand(ORDERED_BY + user, since, false));
        ordered = true;
    }

    @Override
    public boolean withdraw() {
        boolean was = ordered;
        ordered = false;
        return was;
    }

    @Override
    public Optional<Stretch> acceptUnproven() {
        Optional<Stretch> unproven = Optional.ofNullable(state.unproven());
        state = new State(
                state.coveredUntil(),
                state.lastAt(),
                state.lastError(),
                state.owed(),
                state.running(),
                state.positionLost(),
                null);
        return unproven;
    }

    @Override
    public Stretch acceptUnproven(Stretch shown) {
        if (state.unproven() == null || !state.unproven().equals(shown)) {
            throw new NotAsShownException("It is another stretch by now");
        }
        return acceptUnproven().orElseThrow();
    }

    @Override
    public State state() {
        return state;
    }

    @Override
    public Optional<Sweep> begin(Duration period) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void finish(Sweep sweep, Instant coveredUntil, boolean answered, Stretch unproven) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void fail(Sweep sweep, String error) {
        throw new UnsupportedOperationException();
    }
}
