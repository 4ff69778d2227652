package io.recordsync.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A run of the presence check over one record list: which of the external ids that the list holds Salesforce does not know as
 * living.
 *
 * <p>Goes from page to page: {@link #page}, then {@link #question} and {@link #read} for each entity while {@link #asking}.
 * Nothing is concluded before the last page. Holds at most {@value #MAX_MISSING} ids. Not thread-safe.
 */
public final class PresenceCheck {

    static final int MAX_MISSING = 100_000;

    private static final ObjectMapper JSON = new ObjectMapper();
    /** Ids in one question: a URL of 6 kB; Salesforce takes 16. */
    private static final int CHUNK = 200;

    private final String recordList;
    private final Instant began;
    private final SyncedRecords records;
    private final List<String> entities;
    private final String apiVersion;
    private final long holes;
    private final Set<String> underway;

    private final Deque<Question> questions = new ArrayDeque<>();
    private final Set<String> missing = new LinkedHashSet<>();
    private final Set<String> pages = new HashSet<>();
    private String next = "page=1&per_page=100";
    private Instant asOf;
    private volatile int checked;
    private volatile int foreign;

    private record Question(String entity, List<String> ids) {}

    /**
     * @param holes how many the stream has had: a later one puts in doubt what is missing
     * @param underway external ids that are to be deleted anyway: of them nothing is asked, and they are not counted
     */
    PresenceCheck(
            String recordList,
            Instant began,
            SyncedRecords records,
            Collection<String> entities,
            String apiVersion,
            long holes,
            Set<String> underway) {
        this.holes = holes;
        this.underway = underway;
        this.recordList = recordList;
        this.began = began;
        this.asOf = began;
        this.records = records;
        this.entities = List.copyOf(entities);
        this.apiVersion = apiVersion;
    }

    public String recordList() {
        return recordList;
    }

    long holes() {
        return holes;
    }

    /** The query of the page to be read now: a hundred records, as many as every paged call of Talkdesk's gives. */
    public String next() {
        return next;
    }

    public boolean unfinished() {
        return !next.isEmpty();
    }

    /**
     * @param externalIds of our provider
     * @param nextPage its query, empty after the last page; a page that was read already ends the list
     */
    public void page(List<String> externalIds, String nextPage) {
        pages.add(next);
        next = pages.contains(nextPage) ? "" : nextPage;
        Set<String> ids = new LinkedHashSet<>();
        for (String externalId : externalIds) {
            if (underway.contains(externalId)) {
                continue;
            }
            // What is no id of Salesforce's did not come from Salesforce: not ours to judge. Neither is one of 15
            // characters: it has no checksum to show that it is mangled, and a restoration would not meet its row.
            if (records.identifier(externalId)
                    .filter(id -> id.value().equals(externalId))
                    .isPresent()) {
                ids.add(externalId);
            } else {
                foreign++;
            }
        }
        checked += ids.size();
        missing.addAll(ids);
        List<String> all = List.copyOf(ids);
        for (int from = 0; from < all.size(); from += CHUNK) {
            List<String> chunk = all.subList(from, Math.min(from + CHUNK, all.size()));
            entities.forEach(entity -> questions.add(new Question(entity, chunk)));
        }
    }

    public boolean asking() {
        return !questions.isEmpty();
    }

    /** What to ask Salesforce now. */
    public SalesforceQuery question() {
        Question question = questions.element();
        String ids = question.ids().stream().map(id -> "'" + id + "'").collect(Collectors.joining(","));
        return SalesforceQuery.living(apiVersion, "SELECT Id FROM " + question.entity() + " WHERE Id IN (" + ids + ")");
    }

    /**
     * @param date its Date header
     * @throws IOException when it is not a whole answer: the question stands
     */
    public void read(InputStream answer, String date) throws IOException {
        JsonNode result = JSON.readTree(answer);
        boolean whole = result.path("done").asBoolean();
        if (!result.path("records").isArray()
                || !whole && result.path("records").isEmpty()) {
            throw new IOException("Salesforce's answer is not whole (expected records, and done = true)");
        }
        Instant answered = SalesforceTime.ofDateHeader(date);
        asOf = answered.isBefore(asOf) ? answered : asOf;
        Set<String> living = new LinkedHashSet<>();
        result.path("records")
                .forEach(record ->
                        SalesforceId.complete(record.path("Id").asText()).ifPresent(living::add));
        Question question = questions.remove();
        for (String id : question.ids()) {
            if (living.contains(id)) {
                missing.remove(id);
            }
        }
        if (!whole) {
            // A page of the answer: about the ids that it does not name it is asked again.
            List<String> rest =
                    question.ids().stream().filter(id -> !living.contains(id)).toList();
            questions.push(new Question(question.entity(), rest));
        }
        if (missing.size() > MAX_MISSING) {
            throw new IllegalStateException("More than " + MAX_MISSING + " of the records of list " + recordList
                    + " are not in Salesforce: nothing is deleted; is it the right list, provider and org?");
        }
    }

    Instant began() {
        return began;
    }

    /**
     * Since when the missing are missing, at the earliest of our clock and Salesforce's: a clock of ours that is fast must not
     * make a restoration look older than the find that it contradicts.
     */
    Instant asOf() {
        return asOf;
    }

    int checked() {
        return checked;
    }

    /** Records of our provider whose external id is no whole id of an accepted prefix. */
    int foreign() {
        return foreign;
    }

    /** The external ids, as Talkdesk holds them, that no answer named. Final once nothing is unfinished. */
    List<String> missing() {
        return new ArrayList<>(missing);
    }
}
