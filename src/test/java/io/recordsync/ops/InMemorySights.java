package io.recordsync.ops;

import io.recordsync.deletion.SightReport;
import io.recordsync.deletion.SightState;
import io.recordsync.inbox.NotAsShownException;
import io.recordsync.inbox.Sights;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Sights that show what a test puts into them, and remember who accepted them. */
public final class InMemorySights implements Sights, Supplier<List<SightReport>> {

    public volatile List<SightReport> shown = List.of();
    public volatile String acceptedBy;

    @Override
    public List<SightReport> get() {
        return shown;
    }

    @Override
    public List<String> accept(String user, UnaryOperator<List<Lost>> asShown) {
        List<Lost> lost = shown.stream()
                .filter(sight -> sight.state() == SightState.LOST)
                .map(sight -> new Lost(sight.entity(), sight.message()))
                .toList();
        List<Lost> accepted = asShown == null ? lost : asShown.apply(lost);
        if (asShown != null && accepted.isEmpty()) {
            throw new NotAsShownException("What Salesforce shows is by now: " + lost);
        }
        acceptedBy = user;
        List<String> entities = accepted.stream().map(Lost::entity).toList();
        shown = shown.stream()
                .filter(sight -> !entities.contains(sight.entity()))
                .toList();
        return entities;
    }

    @Override
    public List<Known> known() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Known> known(String entity) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Told> told(Collection<String> prefixes, int limit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long toldSince(long deletion, Collection<String> prefixes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long newestDeletion() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void note(Seen seen) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void sign(String entity, String id) {
        throw new UnsupportedOperationException();
    }
}
