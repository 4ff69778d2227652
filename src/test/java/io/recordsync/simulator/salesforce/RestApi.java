package io.recordsync.simulator.salesforce;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The REST calls that tell which contacts were deleted: {@code query}, {@code queryAll} and sObject Get Deleted.
 *
 * <p>Rules and error codes by the REST API Developer Guide. Thread-safe.
 */
final class RestApi {

    private static final Pattern PATH = Pattern.compile("/services/data/v\\d{2}\\.0/(query|queryAll)(?:/(.*))?");
    private static final Pattern DELETED = Pattern.compile("/services/data/v\\d{2}\\.0/sobjects/(\\w+)/deleted/?");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSZ").withZone(ZoneOffset.UTC);

    private final Clock clock;
    private final Contacts contacts;
    private final Map<String, Page> pages = new ConcurrentHashMap<>();
    private final AtomicInteger answers = new AtomicInteger();
    private final Set<String> hidden = ConcurrentHashMap.newKeySet();
    private volatile int pageSize = 2_000;
    private volatile int mostDeletedIds = 600_000;
    private volatile Duration deleteLogLag = Duration.ZERO;
    private volatile boolean refuseTrimmed;
    private volatile Duration queryTimeoutAbove;
    private volatile Duration logReaches = Contacts.KEPT;
    private volatile Duration logKnowsUntil = Duration.ZERO;
    private volatile Predicate<String> visible = id -> true;
    private volatile boolean countTimesOut;
    private volatile String nextRecordsUrlPrefix = "";
    private final Setup setup = new Setup();

    /** That are served, and how their ids begin. */
    private final Map<String, String> entities = new ConcurrentSkipListMap<>(String.CASE_INSENSITIVE_ORDER);

    RestApi(Clock clock, Contacts contacts) {
        entities.put("Contact", "003");
        this.clock = clock;
        this.contacts = contacts;
    }

    /** Status and body; the error code is null for 200. */
    record Answer(int status, String errorCode, Object body) {

        static Answer of(Object body) {
            return new Answer(200, null, body);
        }

        static Answer refusal(int status, String errorCode, String message) {
            return new Answer(status, errorCode, List.of(Map.of("message", message, "errorCode", errorCode)));
        }
    }

    private record Page(List<Map<String, Object>> records) {}

    void pageSize(int records) {
        pageSize = records;
    }

    /** What a nextRecordsUrl begins with, before its path; empty: nothing. */
    void nextRecordsUrlPrefix(String prefix) {
        nextRecordsUrlPrefix = prefix;
    }

    void mostDeletedIds(int ids) {
        mostDeletedIds = ids;
    }

    void refuseTrimmed() {
        refuseTrimmed = true;
    }

    /** Queries over a longer range of SystemModstamp time out; null: none does. */
    void queryTimeoutAbove(Duration range) {
        queryTimeoutAbove = range;
    }

    /** The delete log refuses a start longer ago than {@code reaches}, and an end later than {@code knowsUntil} ago. */
    void deleteLogKnows(Duration reaches, Duration knowsUntil) {
        logReaches = reaches;
        logKnowsUntil = knowsUntil;
    }

    void deleteLogLag(Duration lag) {
        deleteLogLag = lag;
    }

    /** Of which contacts queries and the delete log say anything: without View All they leave out the others, and no error says so. */
    void visible(Predicate<String> ids) {
        visible = ids;
    }

    /** In a large org it takes Salesforce too long to count. */
    void countTimesOut(boolean on) {
        countTimesOut = on;
    }

    /** The user does not see these, in whatever call. */
    void hide(Collection<String> ids) {
        hidden.addAll(ids);
    }

    void show(Collection<String> ids) {
        hidden.removeAll(ids);
    }

    private boolean shows(String id) {
        return visible.test(id) && !hidden.contains(id);
    }

    /** It serves records of this entity from now on. */
    void serve(String entity, String prefix) {
        entities.put(entity, prefix);
    }

    Setup setup() {
        return setup;
    }

    /** Which versions there are; needs no token. */
    static Answer versions() {
        return Answer.of(Stream.of("62.0", "63.0", "64.0", "65.0", "66.0", "67.0")
                .map(version -> Map.of("label", "Release", "url", "/services/data/v" + version, "version", version))
                .toList());
    }

    Answer get(String path, Map<String, String> parameters) {
        Optional<Answer> told = setup.get(path, parameters.getOrDefault("q", ""));
        if (told.isPresent()) {
            return told.get();
        }
        Matcher query = PATH.matcher(path);
        if (query.matches()) {
            return query.group(2) == null
                    ? query(
                            path,
                            parameters.getOrDefault("q", ""),
                            query.group(1).equals("queryAll"))
                    : nextPage(path, query.group(2));
        }
        Matcher deleted = DELETED.matcher(path);
        if (deleted.matches() && entities.containsKey(deleted.group(1))) {
            return deleted(entities.get(deleted.group(1)), parameters.get("start"), parameters.get("end"));
        }
        return Answer.refusal(404, "NOT_FOUND", "The requested resource does not exist");
    }

    private Answer query(String path, String soql, boolean all) {
        Soql query;
        try {
            query = Soql.parse(soql, entities);
        } catch (Soql.Refused e) {
            return Answer.refusal(400, e.errorCode(), e.getMessage());
        }
        if (queryTimeoutAbove != null
                && query.asksForTimes()
                && query.range(clock.instant()).compareTo(queryTimeoutAbove) > 0) {
            return Answer.refusal(400, "QUERY_TIMEOUT", "Your query request was running for too long.");
        }
        if (countTimesOut && query.fields().equals(Soql.COUNT)) {
            return Answer.refusal(400, "QUERY_TIMEOUT", "Your query request was running for too long.");
        }
        String version = path.substring(0, path.indexOf("/query"));
        List<Map<String, Object>> records = contacts.all().stream()
                .filter(contact -> shows(contact.id()) && (all || !contact.deleted()))
                .filter(query::matches)
                .limit(query.limit())
                .map(contact -> row(contact, query.fields(), version))
                .toList();
        if (query.fields().equals(Soql.COUNT)) {
            return Answer.of(Map.of("totalSize", records.size(), "done", true, "records", List.of()));
        }
        String locator = "01g" + UUID.randomUUID().toString().replace("-", "").substring(0, 15);
        pages.put(locator, new Page(records));
        return page(version, locator, 0);
    }

    private Answer nextPage(String path, String locatorAndOffset) {
        int dash = locatorAndOffset.lastIndexOf('-');
        String locator = dash < 0 ? locatorAndOffset : locatorAndOffset.substring(0, dash);
        if (dash < 0 || !pages.containsKey(locator)) {
            return Answer.refusal(400, "INVALID_QUERY_LOCATOR", "invalid query locator");
        }
        String version = path.substring(0, path.indexOf("/query"));
        return page(version, locator, Integer.parseInt(locatorAndOffset.substring(dash + 1)));
    }

    private Answer page(String version, String locator, int offset) {
        List<Map<String, Object>> records = pages.get(locator).records();
        int end = Math.min(records.size(), offset + pageSize);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("totalSize", records.size());
        body.put("done", end == records.size());
        if (end < records.size()) {
            body.put("nextRecordsUrl", nextRecordsUrlPrefix + version + "/query/" + locator + '-' + end);
        }
        body.put("records", records.subList(offset, end));
        return Answer.of(body);
    }

    private static Map<String, Object> row(Contacts.Contact contact, List<String> fields, String version) {
        if (fields.equals(Soql.COUNT)) {
            return Map.of();
        }
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("attributes", Map.of("type", "Contact", "url", version + "/sobjects/Contact/" + contact.id()));
        for (String field : fields) {
            Object value = Soql.value(contact, field);
            row.put(field, value instanceof Instant at ? TIME.format(at) : value);
        }
        return row;
    }

    private Answer deleted(String prefix, String startText, String endText) {
        Instant start;
        Instant end;
        try {
            start = minute(startText);
            end = minute(endText);
        } catch (DateTimeException | NullPointerException e) {
            return Answer.refusal(400, "INVALID_REPLICATION_DATE", "start and end must be ISO 8601 with a time zone");
        }
        Instant now = clock.instant();
        if (Duration.between(start, end).compareTo(Duration.ofMinutes(1)) <= 0) {
            return invalidDate("startDate must be before endDate by more than a minute");
        }
        if (start.isBefore(now.minus(Contacts.KEPT).truncatedTo(ChronoUnit.MINUTES))) {
            return invalidDate("startDate cannot be more than 15 days ago");
        }
        if (refuseTrimmed && start.isBefore(contacts.logBegins().truncatedTo(ChronoUnit.MINUTES))) {
            return invalidDate("startDate is before what the delete log holds");
        }
        if (start.isBefore(now.minus(logReaches).truncatedTo(ChronoUnit.MINUTES))) {
            return invalidDate("startDate before org replication enabled date");
        }
        if (end.isAfter(now.minus(logKnowsUntil).truncatedTo(ChronoUnit.MINUTES)) && !logKnowsUntil.isZero()) {
            return invalidDate("endDate is not covered yet");
        }
        Instant written = now.minus(deleteLogLag).truncatedTo(ChronoUnit.MINUTES);
        Instant covered = end.isBefore(written) ? end : written;
        List<Contacts.Deleted> found = contacts.deletedBetween(start, covered).stream()
                .filter(record -> record.id().startsWith(prefix))
                .filter(deleted -> shows(deleted.id()))
                .toList();
        if (found.size() > mostDeletedIds) {
            return Answer.refusal(400, "EXCEEDED_ID_LIMIT", "Too many ids; choose start and end closer together");
        }
        List<Map<String, String>> records = new ArrayList<>();
        found.forEach(d -> records.add(Map.of("deletedDate", TIME.format(d.at()), "id", d.id())));
        Map<String, Object> body = new LinkedHashMap<>();
        // In recorded answers they come in either order.
        boolean first = answers.getAndIncrement() % 2 == 0;
        if (first) {
            body.put("deletedRecords", records);
        }
        body.put("earliestDateAvailable", TIME.format(contacts.logBegins().truncatedTo(ChronoUnit.MINUTES)));
        body.put("latestDateCovered", TIME.format(covered));
        if (!first) {
            body.put("deletedRecords", records);
        }
        return Answer.of(body);
    }

    private static Answer invalidDate(String message) {
        return Answer.refusal(400, "INVALID_REPLICATION_DATE", message);
    }

    /** The API ignores seconds. */
    private static Instant minute(String text) {
        return OffsetDateTime.parse(text).toInstant().truncatedTo(ChronoUnit.MINUTES);
    }
}
