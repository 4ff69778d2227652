package io.recordsync.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recordsync.deletion.SalesforceId;
import io.recordsync.inbox.Sights.Told;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One look whether the user still sees each entity: what to ask Salesforce next, and what its answers have shown so far.
 *
 * <p>It is made after what it vouches for. Of each entity it asks for any living record; for the newest deletions that the inbox
 * knows, in the Recycle Bin and, where none is there, in the delete log; and how many living records there are. A count that
 * takes Salesforce too long, and a delete log that does not answer, decide nothing. Not thread-safe.
 */
public final class Sighting {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final String apiVersion;
    private final long newestDeletion;
    private final List<EntitySight> entities = new ArrayList<>();
    private final Deque<Question> left = new ArrayDeque<>();

    private enum Kind {
        ANY,
        DELETED,
        LOGGED,
        COUNT
    }

    private record Question(EntitySight entity, Kind kind, List<Told> told) {}

    /** @param newestDeletion the newest row of the inbox, before anything is counted */
    Sighting(String apiVersion, long newestDeletion) {
        this.apiVersion = apiVersion;
        this.newestDeletion = newestDeletion;
    }

    /** @param told the newest deletions of this entity that the inbox knows, newest first */
    void ask(EntitySight entity, List<Told> told) {
        entities.add(entity);
        left.add(new Question(entity, Kind.ANY, told));
        if (!told.isEmpty()) {
            left.add(new Question(entity, Kind.DELETED, told));
        }
        left.add(new Question(entity, Kind.COUNT, told));
    }

    public boolean unfinished() {
        return !left.isEmpty();
    }

    /** What to ask now. */
    public SalesforceQuery question() {
        Question question = left.element();
        String entity = question.entity().entity();
        return switch (question.kind()) {
            case ANY -> SalesforceQuery.living(apiVersion, "SELECT Id FROM " + entity + " LIMIT 1");
            case DELETED -> SalesforceQuery.all(
                    apiVersion, "SELECT Id, IsDeleted FROM " + entity + " WHERE Id IN (" + ids(question) + ")");
            case LOGGED -> {
                Instant newest = question.told().get(0).committedAt().truncatedTo(ChronoUnit.MINUTES);
                yield SalesforceQuery.deleted(
                        apiVersion, entity, newest.minus(Duration.ofMinutes(1)), newest.plus(LogWindows.MIN_WINDOW));
            }
            case COUNT -> SalesforceQuery.living(apiVersion, "SELECT COUNT() FROM " + entity);
        };
    }

    private static String ids(Question question) {
        return question.told().stream()
                .map(told -> "'" + told.externalId() + "'")
                .collect(Collectors.joining(","));
    }

    /** @throws IOException when it is not a whole answer: the question stands */
    void read(InputStream body) throws IOException {
        Question question = left.element();
        EntitySight entity = question.entity();
        if (question.kind() == Kind.LOGGED) {
            log(question, body);
            left.remove();
            return;
        }
        JsonNode answer = JSON.readTree(body);
        if (question.kind() == Kind.COUNT) {
            if (!answer.path("totalSize").canConvertToLong()) {
                throw new IOException("Salesforce's answer to SELECT COUNT() has no totalSize (expected a number)");
            }
            entity.counted(answer.path("totalSize").asLong());
            left.remove();
            return;
        }
        if (!answer.path("records").isArray()) {
            throw new IOException("Salesforce's answer to a query has no records");
        }
        left.remove();
        if (!answer.path("records").isEmpty()) {
            if (question.kind() == Kind.ANY) {
                entity.shows(answer.path("records").path(0).path("Id").asText());
            } else {
                entity.showsDeletion();
            }
        }
        if (question.kind() == Kind.DELETED && !entity.showsADeletion()) {
            left.push(new Question(entity, Kind.LOGGED, question.told()));
        }
    }

    private static void log(Question question, InputStream body) throws IOException {
        Set<String> told = new HashSet<>();
        question.told().forEach(each -> told.add(each.externalId()));
        DeleteLog log = new DeleteLog(body, Instant.EPOCH, (earliest, latest) -> {});
        while (log.hasNext()) {
            boolean named = log.next().stream()
                    .flatMap(deleted -> SalesforceId.complete(deleted.id()).stream())
                    .anyMatch(told::contains);
            if (named) {
                question.entity().showsDeletion();
            }
        }
    }

    /** @return whether it can do without the answer */
    boolean doesWithout() {
        Kind kind = left.element().kind();
        boolean can = kind == Kind.COUNT || kind == Kind.LOGGED;
        if (can) {
            left.remove();
        }
        return can;
    }

    List<EntitySight> entities() {
        return entities;
    }

    long newestDeletion() {
        return newestDeletion;
    }
}
