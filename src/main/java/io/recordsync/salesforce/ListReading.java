package io.recordsync.salesforce;

import io.recordsync.deletion.ListedRecord;
import io.recordsync.deletion.SalesforceId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is read of a record list, pass by pass: which records there are, whether they are ours to judge, and whether a pass saw all
 * of them.
 *
 * <p>A list is read page by page. Records that leave it meanwhile shift the others to earlier pages, so that some are never shown: a
 * pass is whole only if it saw as many records as the list had before it, and after it. Otherwise the list is read again, {@value
 * #MAX_PASSES} times at most; what was read in one pass need not be read in another. Not thread-safe; any thread may read the
 * counts.
 */
final class ListReading {

    static final int MAX_PASSES = 3;

    private static final String FIRST_PAGE = "page=1&per_page=100";
    private static final long UNKNOWN = -1;
    /** Spellings of other providers, and prefixes of other entities, that are counted one by one. */
    private static final int MAX_KINDS = 50;

    private final SyncedRecords records;

    /** Of each record that was read in any pass, and in this one, by a digest. */
    private final Set<Long> everSeen = new HashSet<>();

    private final Set<Long> seenNow = new HashSet<>();
    /** The queries of pages of this pass. */
    private final Set<String> pages = new HashSet<>();

    private String next = FIRST_PAGE;
    private int passes;
    private boolean reading;
    private long before = UNKNOWN;
    private long after = UNKNOWN;
    private boolean filling;
    private volatile Boolean whole;

    private volatile int seen;
    private volatile int judged;
    private volatile int foreignForm;
    private volatile int foreignPrefix;
    private volatile int otherProvider;
    private final Map<String, Integer> providers = new LinkedHashMap<>();
    private final Map<String, Integer> prefixes = new LinkedHashMap<>();

    ListReading(SyncedRecords records) {
        this.records = records;
    }

    /** A record of ours: its id of 18 characters, and the external id as the list holds it. */
    record Ours(String id, String listedAs) {}

    boolean anotherPass() {
        return passes == 0 || !reading && !Boolean.TRUE.equals(whole) && passes < MAX_PASSES;
    }

    /**
     * How many records the list has: to be said before a pass and after it.
     *
     * @param count negative where nobody knows
     * @param filled false: it is being loaded, and its records say nothing of what it will hold
     */
    void counted(long count, boolean filled) {
        if (reading) {
            reading = false;
            after = count;
            filling |= !filled;
            whole = !filling && before >= 0 && after >= 0 && seenNow.size() >= Math.max(before, after);
            return;
        }
        reading = true;
        passes++;
        before = count;
        filling = !filled;
        seenNow.clear();
        pages.clear();
        next = FIRST_PAGE;
    }

    /** The query of the page to be read now: a hundred records, as many as every paged call of Talkdesk's gives. */
    String next() {
        return next;
    }

    boolean unfinished() {
        return !next.isEmpty();
    }

    /**
     * @param nextPage its query, empty after the last page; a page that was read already ends the list
     * @param underway external ids, as the list holds them, that are to be deleted anyway
     * @return what is ours, and was not read before
     */
    List<Ours> page(List<ListedRecord> listed, String nextPage, Set<String> underway) {
        pages.add(next);
        next = pages.contains(nextPage) ? "" : nextPage;
        List<Ours> ours = new ArrayList<>();
        for (int at = 0; at < listed.size(); at++) {
            ListedRecord record = listed.get(at);
            long digest = digest(record, at);
            seenNow.add(digest);
            if (everSeen.add(digest)) {
                seen++;
                classify(record, underway).ifPresent(ours::add);
            }
        }
        return ours;
    }

    /** What is no id of Salesforce's did not come from Salesforce, and what another system owns is not ours to judge. */
    private Optional<Ours> classify(ListedRecord record, Set<String> underway) {
        if (!records.provider().equals(record.provider())) {
            otherProvider++;
            count(providers, record.provider());
            return Optional.empty();
        }
        Optional<String> id = SalesforceId.read(record.externalId());
        if (id.isEmpty()) {
            foreignForm++;
            return Optional.empty();
        }
        if (!records.accepts(id.get())) {
            foreignPrefix++;
            count(prefixes, id.get().substring(0, 3));
            return Optional.empty();
        }
        if (underway.contains(record.externalId())) {
            // Neither judged nor counted: what is to become of it is decided already.
            seen--;
            return Optional.empty();
        }
        judged++;
        return Optional.of(new Ours(id.get(), record.externalId()));
    }

    private static void count(Map<String, Integer> kinds, String kind) {
        if (kinds.containsKey(kind) || kinds.size() < MAX_KINDS) {
            kinds.merge(kind, 1, Integer::sum);
        }
    }

    /** A record without an id is told from the others by its external id, or by its place on the page. */
    private long digest(ListedRecord record, int at) {
        String name = !record.id().isEmpty()
                ? record.id()
                : !record.externalId().isEmpty()
                        ? record.provider() + '\n' + record.externalId()
                        : pages.size() + "\n" + at;
        long digest = 0xcbf29ce484222325L;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            digest = (digest ^ b) * 0x100000001b3L;
        }
        return digest;
    }

    /** Whether the last pass saw all of the list; null before its end. */
    Boolean whole() {
        return whole;
    }

    /** Records, each once, but for those that are to be deleted anyway. */
    int seen() {
        return seen;
    }

    int judged() {
        return judged;
    }

    int foreign() {
        return foreignForm + foreignPrefix;
    }

    int foreignPrefix() {
        return foreignPrefix;
    }

    int otherProvider() {
        return otherProvider;
    }

    /** Why not all of the list was read, for a person. */
    String whyNotWhole(String recordList) {
        if (filling) {
            return "Record list " + recordList
                    + " is still being loaded or validated: check it again once that is done (POST /api/reconcile)";
        }
        if (before < 0 || after < 0) {
            return "Talkdesk does not say how many records list " + recordList
                    + " has (expected records_count), so nobody knows whether all of them were read";
        }
        return ("Record list %s was not read whole in %s passes: Talkdesk counted %s records before the last and %s after it,"
                        + " and showed %s. Records leave or join it meanwhile, or some are not shown; check it again when"
                        + " fewer deletions are on their way (POST /api/reconcile)")
                .formatted(recordList, passes, before, after, seenNow.size());
    }

    /** Why so few of the records are judged, by the likeliest cause, for a person. */
    String whyFewAreJudged() {
        if (otherProvider >= foreignForm && otherProvider >= foreignPrefix) {
            return "records have the external_provider " + kinds(providers) + ", and talkdesk.external-provider is "
                    + SyncedRecords.printable(records.provider()) + " (it is compared letter by letter): set it as the"
                    + " list has it";
        }
        return foreignPrefix >= foreignForm
                ? "external ids are of other entities (prefix " + kinds(prefixes) + "): "
                        + records.otherEntitiesAdvice()
                : "external ids are no ids of Salesforce records (expected " + records.expectedIds()
                        + "): what was the list loaded with?";
    }

    /** The most frequent. */
    private static String kinds(Map<String, Integer> kinds) {
        return kinds.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder()))
                .limit(3)
                .map(kind -> (kind.getKey().isEmpty() ? "none" : SyncedRecords.printable(kind.getKey())) + " ("
                        + kind.getValue() + ")")
                .collect(Collectors.joining(", "));
    }
}
