package io.recordsync.salesforce;

import io.recordsync.deletion.SightReport;
import io.recordsync.deletion.SightState;
import io.recordsync.inbox.Sights;
import io.recordsync.inbox.Sights.Known;
import io.recordsync.inbox.Sights.Seen;
import io.recordsync.inbox.Sights.Told;
import io.recordsync.salesforce.SalesforceAccess.RefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The looks whether the user still sees what must be there. Whatever concludes something from what Salesforce does not say asks
 * for one afterwards, and concludes nothing where an entity is lost; looks at single records have a {@link Sight} instead.
 *
 * <p>What was found is kept in the database, for all its processes. Thread-safe.
 */
public final class Sightings implements Sight, Supplier<List<SightReport>> {

    private static final Logger LOG = LoggerFactory.getLogger(Sightings.class);
    private static final int MAX_TOLD = 20;

    private final Sights sights;
    private final List<String> entities;
    private final List<String> idPrefixes;
    private final String apiVersion;

    public Sightings(Sights sights, List<String> entities, List<String> idPrefixes, String apiVersion) {
        this.sights = sights;
        this.entities = List.copyOf(entities);
        this.idPrefixes = List.copyOf(idPrefixes);
        this.apiVersion = apiVersion;
    }

    /**
     * A look at every entity.
     *
     * @param sweep that it vouches for, if any: of one that only goes on with the delete log the Recycle Bin is not asked again
     */
    public Sighting begin(Sweeping sweep) {
        boolean whole = sweep == null || !sweep.goesOn();
        Sighting sighting = new Sighting(apiVersion, sights.newestDeletion());
        for (String entity : entities) {
            List<Told> told = whole ? sights.told(KeyPrefixes.of(entity, idPrefixes), MAX_TOLD) : List.of();
            sighting.ask(new EntitySight(entity, sights.known(entity).orElse(null), told.size()), told);
        }
        return sighting;
    }

    public void read(Sighting sighting, InputStream answer) throws IOException {
        sighting.read(answer);
    }

    /** Thrown again where nothing can be said without the answer. */
    public void refused(Sighting sighting, RefusedException refusal) throws RefusedException {
        if (!sighting.doesWithout()) {
            throw refusal;
        }
    }

    /** Likewise. */
    public void timedOut(Sighting sighting, SocketTimeoutException timeout) throws SocketTimeoutException {
        if (timeout instanceof ConnectTimeoutException || !sighting.doesWithout()) {
            throw timeout;
        }
    }

    /**
     * All was answered.
     *
     * @throws SightLostException when the user no longer sees an entity: nothing is to be concluded from silence
     */
    public void conclude(Sighting sighting) throws SightLostException {
        for (EntitySight entity : sighting.entities()) {
            if (entity.fell()) {
                Known before = sights.known(entity.entity()).orElseThrow();
                entity.toldSince(sights.toldSince(before.deletion(), KeyPrefixes.of(entity.entity(), idPrefixes)));
            }
            note(entity, sighting.newestDeletion());
        }
        String lost = sighting.entities().stream()
                .filter(entity -> entity.state() == SightState.LOST)
                .map(EntitySight::message)
                .collect(Collectors.joining("; "));
        if (!lost.isEmpty()) {
            throw new SightLostException(lost);
        }
    }

    private void note(EntitySight entity, long newestDeletion) {
        boolean wasLost = lost(entity.entity());
        sights.note(new Seen(
                entity.entity(),
                entity.state(),
                entity.message(),
                entity.living(),
                newestDeletion,
                entity.livingRecord()));
        if (wasLost && entity.state() != SightState.LOST) {
            LOG.info("Salesforce shows the user records of {} again", entity.entity());
        }
    }

    /** Whether there is an entity of which nothing is known, so that nobody could say later that less is seen than before. */
    public boolean neverLooked() {
        Set<String> looked = sights.known().stream().map(Known::entity).collect(Collectors.toSet());
        return !looked.containsAll(entities);
    }

    /** The look that nobody waits for came to nothing; it is made again. */
    public void fail(Exception e) {
        LOG.warn("Salesforce could not be asked what the user sees: {}", Sweeps.words(e));
    }

    /** Whether an entity of the configuration is lost, as the last look found it. */
    boolean anyLost() {
        return sights.known().stream()
                .anyMatch(known -> known.state() == SightState.LOST && entities.contains(known.entity()));
    }

    // ---- for looks at single records

    @Override
    public Optional<String> sign(String entity) {
        return sights.known(entity).map(Known::sign).filter(sign -> !sign.isEmpty());
    }

    @Override
    public boolean lost(String entity) {
        return sights.known(entity)
                .filter(known -> known.state() == SightState.LOST)
                .isPresent();
    }

    @Override
    public void seen(String entity, String id) {
        if (!sign(entity).equals(Optional.of(id))) {
            sights.sign(entity, id);
        }
    }

    // ---- for people

    @Override
    public List<SightReport> get() {
        return sights.known().stream()
                .filter(known -> entities.contains(known.entity()))
                .map(known -> new SightReport(
                        known.entity(),
                        known.state(),
                        known.living(),
                        known.message().isEmpty() ? null : known.message()))
                .toList();
    }
}
