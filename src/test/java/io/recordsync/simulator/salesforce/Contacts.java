package io.recordsync.simulator.salesforce;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The org's contacts, its Recycle Bin and its delete log.
 *
 * <p>Thread-safe. A deleted contact stays in the bin for 15 days unless it is purged; the delete log may be trimmed
 * apart from that.
 */
final class Contacts {

    static final Duration KEPT = Duration.ofDays(15);
    private static final Duration LOGGED = Duration.ofDays(21);

    private final Clock clock;
    private final Map<String, Contact> contacts = new LinkedHashMap<>();
    private final List<Deleted> deleteLog = new ArrayList<>();
    private Instant logBegins = Instant.EPOCH;

    Contacts(Clock clock) {
        this.clock = clock;
    }

    /** A row as SOQL sees it; the master is null but for one that lost a merge, and of it as long as it is known. */
    record Contact(String id, boolean deleted, String master, Instant createdAt, Instant modifiedAt) {}

    record Deleted(String id, Instant at) {}

    synchronized List<String> create(int n) {
        return create(n, "003");
    }

    /** Records of another entity live here as well; their ids begin otherwise. */
    synchronized List<String> create(int n, String prefix) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            String id = ContactIds.next(prefix);
            contacts.put(id, new Contact(id, false, null, now(), now()));
            ids.add(id);
        }
        return ids;
    }

    synchronized void restore(Collection<String> ids) {
        ids.forEach(id -> contacts.put(id, new Contact(id, false, null, now(), now())));
    }

    synchronized void touch(String id) {
        Contact contact = living(id);
        contacts.put(id, new Contact(id, false, null, contact.createdAt(), now()));
    }

    /** @param master the winner of a merge, else null */
    synchronized void delete(String id, String master) {
        Contact contact = living(id);
        contacts.put(id, new Contact(id, true, master, contact.createdAt(), now()));
        deleteLog.add(new Deleted(id, now()));
    }

    synchronized void undelete(String id) {
        Contact contact = contacts.get(id);
        if (contact == null || !contact.deleted()) {
            throw new IllegalArgumentException("Contact " + id + " is not in the Recycle Bin");
        }
        // Whether MasterRecordId is emptied is documented nowhere: it stays, so that nobody relies on it.
        contacts.put(id, new Contact(id, false, contact.master(), contact.createdAt(), now()));
        deleteLog.removeIf(d -> d.id().equals(id));
    }

    /** An event told this of a contact, who may be new here; ids that are no contact's are passed over. */
    synchronized void told(String id, boolean deleted, Instant at) {
        if (id.length() != 18 || !ContactIds.isWellFormed(id)) {
            return;
        }
        Contact known = contacts.get(id);
        if (known != null && known.deleted() == deleted) {
            return;
        }
        Instant second = at.truncatedTo(ChronoUnit.SECONDS);
        contacts.put(id, new Contact(id, deleted, null, known == null ? second : known.createdAt(), second));
        if (deleted) {
            deleteLog.add(new Deleted(id, second));
        } else {
            deleteLog.removeIf(d -> d.id().equals(id));
        }
    }

    /** Removes these from the Recycle Bin for good; the delete log keeps them. */
    synchronized void purge(List<String> ids) {
        ids.forEach(id -> contacts.computeIfPresent(id, (key, contact) -> contact.deleted() ? null : contact));
    }

    synchronized void trimDeleteLog(Instant begin) {
        logBegins = begin;
        deleteLog.removeIf(d -> d.at().isBefore(begin));
    }

    /** Every contact, those in the Recycle Bin included. */
    synchronized List<Contact> all() {
        Instant limit = now().minus(KEPT);
        contacts.values().removeIf(c -> c.deleted() && c.modifiedAt().isBefore(limit));
        return List.copyOf(contacts.values());
    }

    synchronized List<Deleted> deletedBetween(Instant start, Instant end) {
        return deleteLog.stream()
                .filter(d -> !d.at().isBefore(start) && d.at().isBefore(end))
                .sorted(Comparator.comparing(Deleted::at))
                .toList();
    }

    /** Since when the delete log is complete; of recorded ones it was 5 to 37 days, and never just those of the bin. */
    synchronized Instant logBegins() {
        Instant limit = now().minus(LOGGED);
        return logBegins.isAfter(limit) ? logBegins : limit;
    }

    private Contact living(String id) {
        Contact contact = contacts.get(id);
        if (contact == null || contact.deleted()) {
            throw new IllegalArgumentException("There is no contact " + id);
        }
        return contact;
    }

    /** Salesforce keeps whole seconds. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }
}
