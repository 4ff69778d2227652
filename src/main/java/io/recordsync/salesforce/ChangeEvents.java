package io.recordsync.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.Intake;
import io.recordsync.deletion.Origin;
import io.recordsync.deletion.Problem;
import io.recordsync.deletion.Restoration;
import io.recordsync.deletion.StreamPosition;
import io.recordsync.deletion.SweepDemand;
import io.recordsync.salesforce.stream.Lag;
import io.recordsync.salesforce.stream.StreamEvent;
import io.recordsync.salesforce.stream.StreamEvent.ChangeEvent;
import io.recordsync.salesforce.stream.StreamEvent.UndecodableEvent;
import io.recordsync.salesforce.stream.StreamResponse;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads from change events what is to be deleted: one deletion for each record id and each configured record list.
 *
 * <p>A DELETE asks for deletions, a GAP_DELETE for deletions that are checked first; an UNDELETE restores, a GAP_UNDELETE
 * is checked first. An id that is not a complete id of an accepted prefix becomes a {@link Problem}, never a deletion, and
 * so does an event that cannot be read. Whatever may hide a deletion demands a sweep in the same intake; whatever may hide
 * an UNDELETE puts in doubt what came before it. Every other event only moves the position. Thread-safe.
 */
public final class ChangeEvents {

    private static final Logger LOG = LoggerFactory.getLogger(ChangeEvents.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_WARNINGS = 10;

    private final SyncedRecords records;
    private final Set<String> entities;
    private final boolean sweepOnGap;
    /** Of camel-salesforce's consumer, which says nothing of its subscription. */
    private final Lag lag;

    /**
     * @param entities whose changes are read
     * @param sweepOnGap false: what may have been missed is only reported
     * @param salesforceClock says how old an event is that comes without a response
     */
    public ChangeEvents(
            SyncedRecords records, List<String> entities, boolean sweepOnGap, InstantSource salesforceClock) {
        this.lag = new Lag("camel-salesforce", salesforceClock);
        this.records = records;
        this.entities = Set.copyOf(entities);
        this.sweepOnGap = sweepOnGap;
    }

    /** What a response of the stream brings. */
    public Intake read(StreamResponse response) {
        return read(response.events(), response.position()).saying(response.catchUp());
    }

    /** What an event of camel-salesforce's own consumer brings, given as the JSON that it makes; it has no position. */
    public Intake readJson(String event) {
        List<StreamEvent> events = List.of(fromJson(event));
        return read(events, null).saying(lag.of(events));
    }

    private Intake read(List<StreamEvent> events, StreamPosition position) {
        Reading reading = new Reading();
        for (StreamEvent event : events) {
            if (event instanceof UndecodableEvent undecodable) {
                reading.hole(
                        "undecodable event " + undecodable.eventId(),
                        "undecodable_event",
                        "Change event " + undecodable.eventId() + " cannot be read (" + undecodable.reason() + ")");
                reading.doubt();
            } else if (event instanceof ChangeEvent change && entities.contains(change.entityName())) {
                reading.read(change);
            }
        }
        // All of them are in the inbox: the log must not drown where one event names thousands of wildcards.
        reading.problems.stream().limit(MAX_WARNINGS).forEach(problem -> LOG.warn(problem.message()));
        if (reading.problems.size() > MAX_WARNINGS) {
            LOG.warn(
                    "… and {} more problems that arrived with these: GET /api/status",
                    reading.problems.size() - MAX_WARNINGS);
        }
        return new Intake(
                reading.doubted(),
                reading.restorations,
                reading.problems,
                reading.demand(),
                reading.doubtedUpTo >= 0,
                position);
    }

    /** What the events of one response have brought so far. */
    private final class Reading {

        private final List<DeletionRequest> deletions = new ArrayList<>();
        private final List<Restoration> restorations = new ArrayList<>();
        private final List<Problem> problems = new ArrayList<>();
        private String hole;
        private int holes;
        /** How many of the deletions came before the last event that may hide an UNDELETE; -1 = there was none. */
        private int doubtedUpTo = -1;

        void read(ChangeEvent change) {
            switch (change.changeType()) {
                case "DELETE" -> readIds(change, id -> delete(change, id, DeletionState.PENDING));
                case "GAP_DELETE" -> readIds(change, id -> delete(change, id, DeletionState.CHECKING));
                case "UNDELETE" -> readIds(change, id -> restore(change, id, true));
                case "GAP_UNDELETE" -> readIds(change, id -> restore(change, id, false));
                case "GAP_OVERFLOW" -> {
                    hole(
                            "GAP_OVERFLOW of transaction " + change.key(),
                            "gap_overflow",
                            "Transaction " + change.key()
                                    + " changed more records than Salesforce reports (GAP_OVERFLOW)");
                    doubt();
                }
                default -> {
                    // Nothing was deleted: only the position moves.
                }
            }
        }

        private void readIds(ChangeEvent change, Consumer<Identifier> reader) {
            if (change.recordIds().isEmpty()) {
                refuse(
                        change,
                        "event " + change.key() + " carries no record ids (expected ChangeEventHeader.recordIds)");
            }
            for (String id : change.recordIds()) {
                Optional<Identifier> identifier = records.identifier(id);
                if (identifier.isPresent()) {
                    reader.accept(identifier.get());
                } else {
                    refuse(
                            change,
                            "event " + change.key() + " names record id " + SyncedRecords.printable(id) + " (expected "
                                    + records.expectedIds() + "); not deleted");
                }
            }
        }

        private void delete(ChangeEvent change, Identifier identifier, DeletionState state) {
            deletions.addAll(records.deletions(
                    change.entityName(),
                    identifier,
                    change.key(),
                    Origin.STREAM,
                    change.committedAt(),
                    state,
                    "",
                    change.commit()));
        }

        private void restore(ChangeEvent change, Identifier identifier, boolean confirmed) {
            restorations.add(
                    new Restoration(identifier, change.key(), change.committedAt(), confirmed, change.commit()));
        }

        private void refuse(ChangeEvent change, String words) {
            String message = change.changeType() + " " + words;
            if (change.changeType().endsWith("UNDELETE")) {
                doubt();
            }
            if (change.changeType().equals("UNDELETE")) {
                // No deletion hides behind it, and a sweep finds nothing that was restored.
                problems.add(new Problem("refused_id", message + "; reported, position moved on"));
            } else {
                hole("unusable record id in " + change.changeType() + " event " + change.key(), "refused_id", message);
            }
        }

        /** A restoration may have been reported here that we cannot read. */
        void doubt() {
            doubtedUpTo = deletions.size();
        }

        /** The deletions; Salesforce is asked about those that came before a restoration that we cannot read. */
        List<DeletionRequest> doubted() {
            List<DeletionRequest> all = new ArrayList<>(deletions);
            for (int i = 0; i < doubtedUpTo; i++) {
                all.set(i, all.get(i).in(DeletionState.CHECKING));
            }
            return all;
        }

        /** A deletion may have been reported here that we cannot read. */
        void hole(String what, String kind, String words) {
            problems.add(new Problem(
                    kind,
                    words
                            + (sweepOnGap
                                    ? "; reported, position moved on, and a sweep is ordered that asks Salesforce what"
                                            + " was deleted"
                                    : "; reported, position moved on: if it reported a deletion, that was missed (sweep.on-gap"
                                            + " is false)")));
            hole = hole == null ? what : hole;
            holes++;
        }

        SweepDemand demand() {
            if (hole == null || !sweepOnGap) {
                return null;
            }
            String others = holes > 1 ? " and " + (holes - 1) + " more" : "";
            return new SweepDemand(hole + others, null, false);
        }
    }

    private static StreamEvent fromJson(String event) {
        try {
            JsonNode header = JSON.readTree(event).path("ChangeEventHeader");
            List<String> ids = new ArrayList<>();
            header.path("recordIds").forEach(id -> ids.add(id.asText()));
            return new ChangeEvent(
                    required(header, "entityName").asText(),
                    required(header, "changeType").asText(),
                    ids,
                    required(header, "transactionKey").asText(),
                    required(header, "sequenceNumber").asInt(),
                    Instant.ofEpochMilli(required(header, "commitTimestamp").asLong()),
                    commitNumber(header.path("commitNumber")));
        } catch (IOException e) {
            return new UndecodableEvent("of camel-salesforce", e.getClass().getSimpleName());
        }
    }

    /** Some clients give it as text, because it is longer than a number of JavaScript. */
    private static Long commitNumber(JsonNode value) {
        try {
            return Long.valueOf(value.asText());
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static JsonNode required(JsonNode header, String field) throws IOException {
        JsonNode value = header.get(field);
        if (value == null || value.isNull()) {
            throw new IOException("ChangeEventHeader." + field + " is missing");
        }
        return value;
    }
}
