package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Word;
import io.recordsync.inbox.database.JsonRows;
import io.recordsync.inbox.database.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;

/**
 * The mass-deletion guard: the statements that count contacts and hold deletions, each run in a transaction of the act that
 * brings them.
 *
 * <p>A contact counts from when a deletion of it becomes pending, once however many lists and deletions of it there are,
 * until {@code guard.window} later. Once more than {@code guard.max-deletions} count it is tripped: what became pending in
 * the window, and all that comes, is held until a person has decided about every row. Whoever counts holds the guard's row
 * to the end of the transaction, so that two processes cannot both stay below the limit. What is counted is at least what
 * counts; only when that passes the limit the contacts of the window are looked at.
 */
final class Guard {

    /** Of a deletion that is not held yet: the guard was tripped while it was pending, and nobody let it pass. */
    private static final String TO_BE_HELD =
            """
            approved_by = '' and exists (select 1 from guard where tripped_from < pending_since
                and (relaxed_at is null or pending_since < relaxed_at))""";

    /** A deletion that is given back: pending, held where the guard was tripped meanwhile, or checking where it is in doubt. */
    static final String PENDING_OR_HELD =
            "case when " + TO_BE_HELD + " then 'held' else " + DoubtMarks.unlessDoubted("'pending'") + " end";

    private final int limit;
    private final Duration window;

    /** @param limit 0 = there is no guard */
    Guard(int limit, Duration window) {
        this.limit = limit;
        this.window = window;
    }

    int limit() {
        return limit;
    }

    Duration window() {
        return window;
    }

    /** How the guard stands in this transaction. */
    record Look(boolean tripped, long counted) {}

    /** A deletion that has just come to be pending, unless it is held or is to be checked first. */
    record Arrival(DeletionState state, Contact contact) {

        /** What {@link #of} reads. */
        static final String COLUMNS = "state, coalesce(hmac, identifier) as contact, provider, kind";

        static Arrival of(ResultSet row) throws SQLException {
            return new Arrival(
                    Word.fromUnderscored(DeletionState.class, row.getString("state")),
                    new Contact(row.getString("contact"), row.getString("provider"), row.getString("kind")));
        }
    }

    /** What counts once; of a phone number the HMAC. */
    record Contact(String identifier, String provider, String kind) {

        static final Comparator<Contact> ORDER = Comparator.comparing(Contact::identifier)
                .thenComparing(Contact::provider)
                .thenComparing(Contact::kind);
    }

    private static final String ENTER =
            "update guard set counted = counted + :contacts returning counted, tripped_at is not null as tripped";

    /**
     * To be called before any row is written: whoever holds rows and waits for the guard could be waited for by whoever
     * trips it.
     *
     * @param contacts how many at most are about to count
     */
    Look enter(Transaction transaction, long contacts) throws SQLException {
        return limit == 0 || contacts == 0
                ? new Look(false, 0)
                : transaction
                        .first(
                                ENTER,
                                with("contacts", contacts),
                                row -> new Look(row.getBoolean("tripped"), row.getLong("counted")))
                        .orElseThrow();
    }

    private static final String COUNT =
            """
            insert into guard_contact (identifier, provider, kind, at)
            select value ->> 0, value ->> 1, value ->> 2, {now} from {rows :contacts} where true
            on conflict (identifier, provider, kind) do update set at = excluded.at""";

    private static final String PURGE = "delete from guard_contact where at <= {now} - :window";
    private static final String RECOUNT =
            "update guard set counted = (select count(*) from guard_contact) returning counted";
    private static final String TRIP =
            "update guard set tripped_at = {now}, tripped_from = {now} - :window, relaxed_at = null";
    private static final String HOLD =
            """
            update deletion set state = 'held'
            where state = 'pending' and approved_by = '' and pending_since > {now} - :window""";

    /**
     * Counts the contacts of those that are pending.
     *
     * @return how many deletions are held because that was too many; -1 when it was not
     */
    int count(Transaction transaction, Look look, List<Arrival> arrivals) throws SQLException {
        if (limit == 0 || look.tripped() || arrivals.stream().noneMatch(Guard::pending)) {
            return -1;
        }
        JsonRows rows = new JsonRows();
        // Sorted, because two transactions that insert the same keys in opposite order would deadlock.
        arrivals.stream()
                .filter(Guard::pending)
                .map(Arrival::contact)
                .distinct()
                .sorted(Contact.ORDER)
                .forEach(contact -> rows.add(contact.identifier(), contact.provider(), contact.kind()));
        transaction.change(COUNT, with("contacts", rows));
        if (look.counted() <= limit) {
            return -1;
        }
        transaction.change(PURGE, with("window", window));
        long counted = transaction.first(RECOUNT, row -> row.getLong("counted")).orElseThrow();
        if (counted <= limit) {
            return -1;
        }
        transaction.takeTime();
        transaction.change(TRIP, with("window", window));
        return transaction.change(HOLD, with("window", window));
    }

    private static boolean pending(Arrival arrival) {
        return arrival.state() == DeletionState.PENDING;
    }

    private static final String LOCK = "update guard set one = one";
    private static final String HELD =
            "select 1 as one from deletion where state = 'held' and state <> 'deleted' limit 1";
    /** What was claimed all the while is held when it comes back: nobody has decided about that. */
    private static final String RELAX =
            "update guard set tripped_at = null, relaxed_at = {now}, counted = 0 where tripped_at is not null";

    private static final String FORGET_CONTACTS = "delete from guard_contact";

    /** To be called before rows that are held are changed. */
    void lock(Transaction transaction) throws SQLException {
        transaction.change(LOCK);
    }

    /** It is over once nothing is held any more; what was decided about does not count again. */
    void relax(Transaction transaction) throws SQLException {
        if (transaction.first(HELD, row -> true).isEmpty() && transaction.change(RELAX) > 0) {
            transaction.change(FORGET_CONTACTS);
        }
    }

    private static final String TRIPPED_EVER = "select 1 as one from guard where tripped_from is not null";

    /** Whether it is tripped, or was. */
    boolean trippedEver(Transaction transaction) throws SQLException {
        return transaction.first(TRIPPED_EVER, row -> true).isPresent();
    }

    private static final String STOPPED =
            "select 1 as one from deletion where id {in :ids} and " + TO_BE_HELD + " limit 1";

    /** Whether one of these is to be held. */
    boolean stops(Transaction transaction, List<Long> ids) throws SQLException {
        return transaction.first(STOPPED, with("ids", ids), row -> true).isPresent();
    }

    private static final String DISARM =
            "update guard set tripped_at = null, tripped_from = null where tripped_from is not null";

    /** Switched off, it stops nothing any more; what it held stays held. */
    void start(Transaction transaction) throws SQLException {
        if (limit == 0) {
            transaction.change(DISARM);
        }
    }

    /** What no longer counts. */
    void forget(Transaction transaction) throws SQLException {
        transaction.change(PURGE, with("window", window));
    }

    private static final String FOLLOW_CLOCK =
            "update guard set tripped_from = tripped_from - :by, relaxed_at = relaxed_at - :by";

    void followClock(Transaction transaction, long by) throws SQLException {
        transaction.change(FOLLOW_CLOCK, with("by", by));
    }
}
