package io.recordsync.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recordsync.deletion.Merge;
import io.recordsync.deletion.SalesforceId;
import io.recordsync.inbox.Doubts.GapCheck;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which of some contacts live: what to ask Salesforce next, and what its answers have brought so far.
 *
 * <p>Each entity is asked for them, the Recycle Bin included, and for the masters of those that were merged. An id that no answer names says nothing by itself, since a
 * user without permission sees nothing: the {@link Sight} of the entity has to come back with them. Where none is known, or it
 * does not come back, which may be because that record was purged, the entity is asked for any record at all. Not thread-safe.
 */
public final class GapInquiry {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<GapCheck> checks;
    private final Deque<Question> left = new ArrayDeque<>();
    private final List<String> entities;
    private final String apiVersion;
    private final Sight sight;
    private final Map<String, Boolean> deletedById = new HashMap<>();
    private final Masters masters = new Masters();
    private final Set<String> invisible = new HashSet<>();
    /** By entity. */
    private final Map<String, String> signs = new HashMap<>();

    /** Those whose sign did not come back once. */
    private final Set<String> renewed = new HashSet<>();

    private boolean askedForAny;

    private enum Kind {
        /** The contacts, and the sign. */
        IDS,
        /** Any record, because no sign is known. */
        ANY,
        /** Any record, to be the sign of the same question once more. */
        OTHER_SIGN,
        /** What became of those that others were merged into. */
        MASTERS
    }

    private record Question(String entity, Kind kind) {}

    GapInquiry(List<GapCheck> checks, Collection<String> entities, String apiVersion, Sight sight) {
        this.checks = checks;
        this.sight = sight;
        entities.forEach(entity -> sight.sign(entity).ifPresent(sign -> signs.put(entity, sign)));
        entities.stream().filter(sight::lost).forEach(invisible::add);
        this.entities = List.copyOf(entities);
        this.apiVersion = apiVersion;
        entities.forEach(entity -> left.add(new Question(entity, Kind.IDS)));
    }

    public boolean unfinished() {
        return !left.isEmpty();
    }

    /** What to ask now. */
    public SalesforceQuery question() {
        Question question = left.element();
        if (question.kind() == Kind.MASTERS) {
            return ids(question.entity(), masters.unknown(question.entity()).stream());
        }
        if (question.kind() != Kind.IDS) {
            return SalesforceQuery.living(apiVersion, "SELECT Id FROM " + question.entity() + " LIMIT 1");
        }
        return ids(
                question.entity(),
                Stream.concat(
                        checks.stream().map(GapCheck::contactId), Stream.ofNullable(signs.get(question.entity()))));
    }

    private SalesforceQuery ids(String entity, Stream<String> ids) {
        String fields =
                KeyPrefixes.canBeMerged(entity) ? "Id, IsDeleted, SystemModstamp, MasterRecordId" : "Id, IsDeleted";
        return SalesforceQuery.all(
                apiVersion,
                "SELECT " + fields + " FROM " + entity + " WHERE Id IN ("
                        + ids.distinct().map(id -> "'" + id + "'").collect(Collectors.joining(",")) + ")");
    }

    void read(InputStream body) throws IOException {
        JsonNode answer = JSON.readTree(body);
        if (!answer.path("records").isArray() || !answer.path("done").asBoolean()) {
            throw new IOException("Salesforce's answer to a query of " + checks.size()
                    + " ids is not whole (expected records, and done = true)");
        }
        Question question = left.remove();
        switch (question.kind()) {
            case IDS -> ids(question, answer.path("records"));
            case MASTERS -> masters.answered(
                    question.entity(), answer.path("records"), masters.unknown(question.entity()));
            default -> any(question, answer.path("records"));
        }
        if (!masters.unknown(question.entity()).isEmpty()
                && left.stream().noneMatch(new Question(question.entity(), Kind.MASTERS)::equals)) {
            left.add(new Question(question.entity(), Kind.MASTERS));
        }
    }

    private void ids(Question question, JsonNode records) throws IOException {
        String sign = signs.get(question.entity());
        boolean seen = sign == null;
        masters.answered(question.entity(), records, List.of());
        for (JsonNode row : records) {
            SalesforceId.complete(row.path("Id").asText())
                    .ifPresent(id -> deletedById.merge(id, row.path("IsDeleted").booleanValue(), Boolean::logicalAnd));
            seen |= row.path("Id").asText().equals(sign);
        }
        if (!seen && renewed.add(question.entity())) {
            left.push(new Question(question.entity(), Kind.OTHER_SIGN));
        } else if (!seen) {
            invisible.add(question.entity());
        }
        if (left.stream().allMatch(each -> each.kind() == Kind.MASTERS)
                && !askedForAny
                && checks.stream().anyMatch(this::absent)) {
            askedForAny = true;
            entities.stream()
                    .filter(entity -> !signs.containsKey(entity))
                    .forEach(entity -> left.add(new Question(entity, Kind.ANY)));
        }
    }

    private void any(Question question, JsonNode records) {
        Optional<String> sign = SalesforceId.complete(records.path(0).path("Id").asText());
        sign.ifPresent(id -> sight.seen(question.entity(), id));
        if (records.isEmpty() || question.kind() == Kind.OTHER_SIGN && sign.isEmpty()) {
            invisible.add(question.entity());
        } else if (question.kind() == Kind.OTHER_SIGN) {
            signs.put(question.entity(), sign.get());
            left.push(new Question(question.entity(), Kind.IDS));
        }
    }

    List<GapCheck> living() {
        return checks.stream()
                .filter(check -> Boolean.FALSE.equals(deletedById.get(check.contactId())))
                .toList();
    }

    /** In the Recycle Bin, and merged into no other. */
    List<GapCheck> gone() {
        return binned().filter(check -> masters.merge(check.contactId()).isEmpty())
                .toList();
    }

    /** In the Recycle Bin, because they were merged into others. */
    List<GapCheck> merged() {
        return binned().filter(check -> masters.merge(check.contactId()).isPresent())
                .toList();
    }

    /** Into whom, by the contact. */
    Map<String, Merge> merges() {
        return merged().stream().collect(Collectors.toMap(GapCheck::contactId, check -> masters.merge(check.contactId())
                .orElseThrow()));
    }

    private Stream<GapCheck> binned() {
        return checks.stream().filter(check -> Boolean.TRUE.equals(deletedById.get(check.contactId())));
    }

    /** Not there at all, while the user sees others: purged, or one that this user does not see. */
    List<GapCheck> notShown() {
        return invisible.isEmpty() ? checks.stream().filter(this::absent).toList() : List.of();
    }

    /** Entities of which the user sees nothing, so that an absent id says nothing. */
    Set<String> invisible() {
        return invisible;
    }

    private boolean absent(GapCheck check) {
        return !deletedById.containsKey(check.contactId());
    }
}
