package io.recordsync.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.Intake;
import io.recordsync.deletion.Origin;
import io.recordsync.deletion.Problem;
import io.recordsync.deletion.StreamPosition;
import io.recordsync.salesforce.stream.StreamEvent;
import io.recordsync.salesforce.stream.StreamEvent.ChangeEvent;
import io.recordsync.salesforce.stream.StreamEvent.UndecodableEvent;
import io.recordsync.salesforce.stream.StreamResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads out of change events what is to be deleted: one deletion for each record id and each configured record list.
 *
 * <p>A DELETE asks for deletions, a GAP_DELETE for deletions that are checked first. An id that is not a complete id of an
 * accepted prefix becomes a {@link Problem}, never a deletion, and so does an event that cannot be read. Every other
 * event only moves the position. Thread-safe.
 */
public final class ChangeEvents {

    private static final Logger LOG = LoggerFactory.getLogger(ChangeEvents.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_WARNINGS = 10;

    private final List<String> recordLists;
    private final String externalProvider;
    private final Set<String> entities;
    private final Set<String> idPrefixes;

    /** All but the provider are comma-separated. */
    public ChangeEvents(String recordLists, String externalProvider, String entities, String idPrefixes) {
        this.recordLists = List.copyOf(words(recordLists));
        this.externalProvider = externalProvider;
        this.entities = words(entities);
        this.idPrefixes = words(idPrefixes);
    }

    /** What a response of the stream brings. */
    public Intake read(StreamResponse response) {
        return read(response.events(), response.position());
    }

    /** What an event of camel-salesforce's own consumer brings, given as the JSON that it makes; it has no position. */
    public Intake readJson(String event) {
        return read(List.of(fromJson(event)), null);
    }

    private Intake read(List<StreamEvent> events, StreamPosition position) {
        List<DeletionRequest> deletions = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        for (StreamEvent event : events) {
            if (event instanceof UndecodableEvent undecodable) {
                problems.add(new Problem(
                        "undecodable_event",
                        "Change event " + undecodable.eventId() + " cannot be read (" + undecodable.reason()
                                + "); reported, position moved on: if it was a deletion, it was missed"));
            } else if (event instanceof ChangeEvent change && entities.contains(change.entityName())) {
                read(change, deletions, problems);
            }
        }
        // All of them are in the inbox: the log must not drown where one event names thousands of wildcards.
        problems.stream().limit(MOST_WARNINGS).forEach(problem -> LOG.warn(problem.message()));
        if (problems.size() > MOST_WARNINGS) {
            LOG.warn("… and {} more problems in the same response: GET /api/status", problems.size() - MOST_WARNINGS);
        }
        return new Intake(deletions, problems, position);
    }

    private void read(ChangeEvent change, List<DeletionRequest> deletions, List<Problem> problems) {
        switch (change.changeType()) {
            case "DELETE" -> read(change, DeletionState.PENDING, deletions, problems);
            case "GAP_DELETE" -> read(change, DeletionState.CHECKING, deletions, problems);
            case "GAP_OVERFLOW" -> problems.add(new Problem(
                    "gap_overflow",
                    "Transaction " + change.key() + " changed more records than Salesforce tells of (GAP_OVERFLOW);"
                            + " reported, position moved on: deletions in it were missed"));
            default -> {
                // Nothing was deleted: only the position moves.
            }
        }
    }

    private void read(
            ChangeEvent change, DeletionState state, List<DeletionRequest> deletions, List<Problem> problems) {
        if (change.recordIds().isEmpty()) {
            problems.add(new Problem(
                    "refused_id",
                    change.changeType() + " event " + change.key()
                            + " carries no record ids (expected ChangeEventHeader.recordIds); reported, position moved"
                            + " on"));
        }
        for (String id : change.recordIds()) {
            Optional<String> complete =
                    SalesforceId.complete(id).filter(known -> idPrefixes.contains(known.substring(0, 3)));
            if (complete.isEmpty()) {
                problems.add(new Problem(
                        "refused_id",
                        change.changeType() + " event " + change.key() + " names record id " + printable(id)
                                + " (expected 15 or 18 characters with prefix " + String.join(" or ", idPrefixes)
                                + "); not deleted, reported, position moved on"));
                continue;
            }
            Identifier identifier = Identifier.external(externalProvider, complete.get());
            for (String recordList : recordLists) {
                deletions.add(new DeletionRequest(
                        recordList, identifier, change.key(), Origin.STREAM, change.committedAt(), state));
            }
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
                    Instant.ofEpochMilli(required(header, "commitTimestamp").asLong()));
        } catch (IOException e) {
            return new UndecodableEvent("of camel-salesforce", e.getClass().getSimpleName());
        }
    }

    private static JsonNode required(JsonNode header, String field) throws IOException {
        JsonNode value = header.get(field);
        if (value == null || value.isNull()) {
            throw new IOException("ChangeEventHeader." + field + " is missing");
        }
        return value;
    }

    /** An id that is none may be anything: shown short, and without what could break a log line. */
    private static String printable(String id) {
        String shown = id.length() > 40 ? id.substring(0, 40) + "…" : id;
        return "'" + shown.replaceAll("[^ -~]", "?") + "'";
    }

    private static Set<String> words(String commaSeparated) {
        return new LinkedHashSet<>(Arrays.stream(commaSeparated.split(","))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .toList());
    }
}
