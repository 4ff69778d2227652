package io.recordsync.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recordsync.deletion.ListedRecord;
import io.recordsync.deletion.PresenceReport.Counts;
import io.recordsync.deletion.SalesforceId;
import io.recordsync.salesforce.SalesforceAccess.RefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A run of the presence check over one record list: which of the external ids that the list holds Salesforce does not know as
 * living, and which of these it knows as deleted.
 *
 * <p>Goes through the list until no {@link #anotherPass} is due: {@link #counted}, then from page to page {@link #page}, then
 * {@link #question} and {@link #read} for each entity while {@link #asking}, and {@link #counted} again. Then the delete log is looked
 * into while {@link #tracing}. Nothing is concluded before that. Holds at most {@value #MAX_MISSING} ids. Not thread-safe.
 */
public final class PresenceCheck {

    static final int MAX_MISSING = 100_000;

    private static final ObjectMapper JSON = new ObjectMapper();
    /** Ids in one question: a URL of 6 kB; Salesforce takes 16. */
    private static final int CHUNK = 200;

    private final String recordList;
    private final Instant began;
    private final List<String> entities;
    private final String apiVersion;
    private final long holes;
    private final Set<String> underway;
    private final Set<String> awaited;
    private final ListReading list;

    private final Deque<Question> questions = new ArrayDeque<>();
    /** By the id of 18 characters, the external ids as the list holds them. */
    private final Map<String, Set<String>> missing = new LinkedHashMap<>();
    /** Those that were asked about, by a number of each: a list is long. */
    private final Set<Long> asked = new HashSet<>();
    /** When those of the missing were deleted that are in the Recycle Bin; null where it does not say. */
    private final Map<String, Instant> binned = new HashMap<>();

    private final Set<String> awaitedListed = new HashSet<>();
    private final Set<String> awaitedLiving = new HashSet<>();
    private LogSigns log;
    private Instant asOf;
    private volatile Integer notVisible;

    private record Question(String entity, List<String> ids) {}

    /**
     * @param holes how many the stream has had: a later one puts in doubt what is missing
     * @param underway external ids, as the list holds them, that are to be deleted anyway: of them nothing is asked, and they
     *     are not counted
     * @param awaited contacts that are held already because Salesforce does not show them, by their ids of 18 characters
     */
    PresenceCheck(
            String recordList,
            Instant began,
            SyncedRecords records,
            Collection<String> entities,
            String apiVersion,
            long holes,
            Set<String> underway,
            Set<String> awaited) {
        this.holes = holes;
        this.underway = underway;
        this.awaited = awaited;
        this.recordList = recordList;
        this.began = began;
        this.asOf = began;
        this.list = new ListReading(records.of(recordList));
        this.entities = List.copyOf(entities);
        this.apiVersion = apiVersion;
    }

    public String recordList() {
        return recordList;
    }

    long holes() {
        return holes;
    }

    // ---- the list

    /** Whether the list is to be read, for the first time or again. */
    public boolean anotherPass() {
        return list.anotherPass();
    }

    /** @see ListReading#counted */
    void counted(long count, boolean filled) {
        list.counted(count, filled);
    }

    /** The query of the page to be read now. */
    public String next() {
        return list.next();
    }

    public boolean unfinished() {
        return list.unfinished();
    }

    /** @see ListReading#page */
    void page(List<ListedRecord> listed, String nextPage) {
        List<String> all = new ArrayList<>();
        for (ListReading.Ours record : list.page(listed, nextPage, underway)) {
            String id = record.id();
            if (awaited.contains(id)) {
                awaitedListed.add(id);
            }
            if (asked.add(number(id))) {
                missing.put(id, new LinkedHashSet<>());
                all.add(id);
            }
            // Absent: it was asked about, and lives.
            missing.computeIfPresent(id, (key, forms) -> {
                forms.add(record.listedAs());
                return forms;
            });
        }
        for (int from = 0; from < all.size(); from += CHUNK) {
            List<String> chunk = all.subList(from, Math.min(from + CHUNK, all.size()));
            entities.forEach(entity -> questions.add(new Question(entity, chunk)));
        }
    }

    /** A digest of it. */
    private static long number(String id) {
        long number = id.charAt(0) * 31L + id.charAt(2);
        for (int i = 3; i < 15; i++) {
            number = number * 1_000_003L + id.charAt(i);
        }
        return number;
    }

    // ---- who lives

    public boolean asking() {
        return !questions.isEmpty();
    }

    /** What to ask Salesforce now: the Recycle Bin is looked into as well, for the sign of a deletion. */
    public SalesforceQuery question() {
        Question question = questions.element();
        String ids = question.ids().stream().map(id -> "'" + id + "'").collect(Collectors.joining(","));
        return SalesforceQuery.all(
                apiVersion,
                "SELECT Id, IsDeleted, SystemModstamp FROM " + question.entity() + " WHERE Id IN (" + ids + ")");
    }

    /**
     * @param date its Date header
     * @throws IOException when it is not a whole answer: the question stands
     */
    void read(InputStream answer, String date) throws IOException {
        JsonNode result = JSON.readTree(answer);
        boolean whole = result.path("done").asBoolean();
        if (!result.path("records").isArray()
                || !whole && result.path("records").isEmpty()) {
            throw new IOException("Salesforce's answer is not whole (expected records, and done = true)");
        }
        for (JsonNode record : result.path("records")) {
            if (!record.path("IsDeleted").isBoolean()) {
                throw new IOException("Salesforce's answer has a record without IsDeleted");
            }
        }
        Instant answered = SalesforceTime.ofDateHeader(date);
        asOf = answered.isBefore(asOf) ? answered : asOf;
        Set<String> named = new LinkedHashSet<>();
        result.path("records")
                .forEach(record -> SalesforceId.complete(record.path("Id").asText())
                        .ifPresent(id -> {
                            named.add(id);
                            shown(id, record);
                        }));
        Question question = questions.remove();
        if (!whole) {
            // A page of the answer: about the ids that it does not name it is asked again.
            List<String> rest =
                    question.ids().stream().filter(id -> !named.contains(id)).toList();
            questions.push(new Question(question.entity(), rest));
        }
        if (missing.size() > MAX_MISSING) {
            throw new IllegalStateException("More than " + MAX_MISSING + " of the records of list " + recordList
                    + " are not in Salesforce: nothing is deleted; is it the right list, provider and org?");
        }
    }

    /** Living in one entity, it lives. */
    private void shown(String id, JsonNode record) {
        if (!record.path("IsDeleted").booleanValue()) {
            missing.remove(id);
            binned.remove(id);
            if (awaited.contains(id)) {
                awaitedLiving.add(id);
            }
        } else if (missing.containsKey(id)) {
            binned.put(id, time(record.path("SystemModstamp").asText(null)));
        }
    }

    private static Instant time(String text) {
        try {
            return SalesforceTime.read("SystemModstamp", text);
        } catch (IOException e) {
            return null;
        }
    }

    // ---- what the delete log names

    /** Whether the delete log is to be asked about those that the Recycle Bin does not hold. */
    public boolean tracing() {
        if (log == null) {
            Set<String> unsigned = new HashSet<>(missing.keySet());
            unsigned.removeAll(binned.keySet());
            log = new LogSigns(unsigned, entities, apiVersion, asOf);
        }
        return log.unfinished();
    }

    /** What to ask the delete log now. */
    public SalesforceQuery logQuestion() {
        return log.question();
    }

    void readLog(InputStream answer) throws IOException {
        log.read(answer);
    }

    void logRefused(RefusedException refused) throws IOException {
        log.refused(refused);
    }

    void logTimedOut() {
        log.timedOut();
    }

    // ---- what came of it

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

    ListReading list() {
        return list;
    }

    /** By the id of 18 characters that no answer named as living, the external ids as the list holds them. */
    Map<String, Set<String>> missing() {
        return missing;
    }

    /** When those of the missing were deleted that the Recycle Bin holds; null where it does not say. */
    Map<String, Instant> binned() {
        return binned;
    }

    /** When those of the missing were deleted that the delete log names. */
    Map<String, Instant> logged() {
        return log == null ? Map.of() : log.deletedAt();
    }

    /** Of those that were held already, those that live. */
    Set<String> awaitedLiving() {
        return awaitedLiving;
    }

    /** Of those that were held already, those that the list does not hold any more. */
    Set<String> awaitedGone() {
        Set<String> gone = new HashSet<>(awaited);
        gone.removeAll(awaitedListed);
        return Boolean.TRUE.equals(list.whole()) ? gone : Set.of();
    }

    void notVisible(int contacts) {
        notVisible = contacts;
    }

    Counts counts() {
        return new Counts(
                list.seen(),
                list.judged(),
                list.foreign(),
                list.foreignPrefix(),
                list.otherProvider(),
                notVisible,
                list.whole());
    }
}
