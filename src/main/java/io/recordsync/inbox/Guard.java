package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.deletion.DeletionState;
import io.recordsync.inbox.database.JsonRows;
import io.recordsync.inbox.database.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The mass-deletion guard: the statements that count contacts and hold deletions, each run in a transaction of the act that
 * brings them.
 *
 * <p>A contact counts from when a deletion of it becomes pending or is held by the guard, once however many lists and
 * deletions of it there are, until {@code guard.window} later; what a person decides changes nothing about that. Once more
 * than {@code guard.max-deletions} count it is tripped: what became pending in the window, and all that comes, is held. It
 * stays so until a person has decided about every row that it holds and no more than the limit count, or until a person
 * opens it for a while: what comes then passes by their word, and is not counted. The counting transaction locks the guard's
 * row to its end, so that two processes cannot both stay below the limit. What is counted is at least what counts; only when
 * that passes the limit the contacts of the window are looked at.
 */
final class Guard {

    /** Of a deletion that is not held yet: the guard was tripped while it was pending, and nobody let it pass. */
    private static final String TO_BE_HELD =
            """
            approved_by = '' and exists (select 1 from guard where tripped_from < pending_since
                and (relaxed_at is null or pending_since < relaxed_at))""";

    /** A deletion that is given back: pending, held where the guard was tripped meanwhile, or checking where it is in doubt. */
    static final String PENDING_OR_HELD =
            "case when " + TO_BE_HELD + " then {held} else " + DoubtMarks.unlessDoubted("{pending}") + " end";

    /** Of a row: the guard holds it, and nothing else does. */
    static final String HOLDS =
            "state = {held} and state <> {deleted} and not exists (select 1 from held where held.deletion = deletion_row.id)";

    private static final Logger LOG = LoggerFactory.getLogger(Guard.class);

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

    /**
     * How the guard stands in this transaction.
     *
     * @param openedBy the person on whose word everything passes now; empty: nobody
     */
    record Look(boolean tripped, long counted, String openedBy) {

        /** Where nothing is counted. */
        static final Look AWAY = new Look(false, 0, "");
    }

    /** A deletion that has just come to be pending, unless it is held or is to be checked first. */
    record Arrival(DeletionState state, Contact contact) {

        /** What {@link #of} reads. */
        static final String COLUMNS = "state, coalesce(hmac, identifier) as contact, " + LaneNumbers.PROVIDER
                + " as provider, " + LaneNumbers.KIND + " as kind";

        static Arrival of(ResultSet row) throws SQLException {
            return new Arrival(
                    EntryRow.state(row),
                    new Contact(row.getString("contact"), row.getString("provider"), row.getString("kind")));
        }
    }

    /** What counts once; of a phone number the HMAC. */
    record Contact(String identifier, String provider, String kind) {}

    private static final String ENTER =
            """
            update guard set counted = counted + case when open_until > {now} then 0 else :contacts end
            returning counted, tripped_at is not null as tripped,
                      case when open_until > {now} then opened_by else '' end as opened_by""";

    /**
     * To be called before any row is written: a transaction that holds rows and waits for the guard could be waited for by
     * the one that trips it.
     *
     * @param contacts how many at most are about to count
     */
    Look enter(Transaction transaction, long contacts) throws SQLException {
        if (limit == 0 || contacts == 0) {
            return Look.AWAY;
        }
        Look look = transaction
                .first(
                        ENTER,
                        with("contacts", contacts),
                        row -> new Look(row.getBoolean("tripped"), row.getLong("counted"), row.getString("opened_by")))
                .orElseThrow();
        return look.tripped() && reopen(transaction) ? new Look(false, look.counted(), look.openedBy()) : look;
    }

    private static final String COUNT =
            """
            insert into guard_arrival (at, identifier, provider, kind)
            select {now}, value ->> 0, value ->> 1, value ->> 2 from {rows :contacts}""";

    private static final String PURGE = "delete from guard_arrival where at <= {now} - :window";
    /** Each contact once, however often it arrived. */
    private static final String OF_THE_WINDOW =
            """
            (select count(*) from (
              select distinct identifier, provider, kind from guard_arrival where at > {now} - :window) contact)""";

    private static final String RECOUNT = "update guard set counted = " + OF_THE_WINDOW + " returning counted";
    private static final String TRIP =
            "update guard set tripped_at = {now}, tripped_from = {now} - :window, relaxed_at = null";
    private static final String HOLD =
            """
            update deletion_row set state = {held}
            where state = {pending} and approved_by = '' and pending_since > {now} - :window""";

    /**
     * Counts the contacts of those that are pending, or held by the guard.
     *
     * @return how many deletions are held because that was too many; -1 when it was not
     */
    int count(Transaction transaction, Look look, List<Arrival> arrivals) throws SQLException {
        if (limit == 0 || !look.openedBy().isEmpty()) {
            return -1;
        }
        JsonRows rows = new JsonRows();
        arrivals.stream()
                .filter(Guard::counts)
                .map(Arrival::contact)
                .distinct()
                .forEach(contact -> rows.add(contact.identifier(), contact.provider(), contact.kind()));
        if (rows.isEmpty()) {
            return -1;
        }
        transaction.change(COUNT, with("contacts", rows));
        if (look.tripped() || look.counted() <= limit) {
            return -1;
        }
        transaction.change(PURGE, with("window", window));
        long counted = transaction
                .first(RECOUNT, with("window", window), row -> row.getLong("counted"))
                .orElseThrow();
        if (counted <= limit) {
            return -1;
        }
        transaction.takeTime();
        transaction.change(TRIP, with("window", window));
        return transaction.change(HOLD, with("window", window));
    }

    private static boolean counts(Arrival arrival) {
        return arrival.state() == DeletionState.PENDING || arrival.state() == DeletionState.HELD;
    }

    private static final String LOCK = "update guard set one = one";

    /** To be called before rows that are held are changed. */
    void lock(Transaction transaction) throws SQLException {
        transaction.change(LOCK);
    }

    private static final String REOPEN =
            "update guard set tripped_at = null, relaxed_at = {now} where tripped_at is not null"
                    + " and not exists (select 1 from deletion_row where " + HOLDS + ")"
                    + " and " + OF_THE_WINDOW + " <= :limit";

    /** @return whether it was tripped and is over: the guard holds nothing, and no more than the limit count */
    boolean reopen(Transaction transaction) throws SQLException {
        boolean over =
                limit > 0 && transaction.change(REOPEN, with("window", window).and("limit", limit)) > 0;
        if (over) {
            LOG.info("The guard is no longer tripped: it holds nothing, and at most {} contacts count", limit);
        }
        return over;
    }

    private static final String OPEN =
            """
            update guard set tripped_at = null,
                   relaxed_at = case when tripped_at is null then relaxed_at else {now} end,
                   open_until = {now} + :length, opened_by = :user
            returning open_until""";

    /** What comes from now on passes by the user's word; what is held waits for a decision all the same. */
    Instant open(Transaction transaction, Duration length, String user) throws SQLException {
        return transaction
                .first(
                        OPEN,
                        with("length", length).and("user", user),
                        row -> Instant.ofEpochMilli(row.getLong("open_until")))
                .orElseThrow();
    }

    /** What was claimed all the while is held when it comes back, because nobody has decided about it: never in silence. */
    static void heldOnReturn(long deletions) {
        if (deletions > 0) {
            LOG.warn(
                    "{} deletions were claimed when the guard was tripped, and are not done; they are held now, until a person"
                            + " approves or rejects them",
                    deletions);
        }
    }

    private static final String TRIPPED_EVER = "select 1 as one from guard where tripped_from is not null";

    /** Whether it is tripped, or was. */
    boolean trippedEver(Transaction transaction) throws SQLException {
        return transaction.first(TRIPPED_EVER, row -> true).isPresent();
    }

    private static final String STOPPED =
            "select 1 as one from deletion_row where id {in :ids} and " + TO_BE_HELD + " limit 1";

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
            """
            update guard set tripped_from = tripped_from - :by, relaxed_at = relaxed_at - :by, open_until = open_until - :by""";

    private static final String FOLLOW_CLOCK_ARRIVALS = "update guard_arrival set at = at - :by";

    void followClock(Transaction transaction, long by) throws SQLException {
        transaction.change(FOLLOW_CLOCK, with("by", by));
        transaction.change(FOLLOW_CLOCK_ARRIVALS, with("by", by));
    }
}
