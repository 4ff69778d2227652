package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.deletion.CatchUp;
import io.recordsync.deletion.DeletionState;
import io.recordsync.inbox.Lanes.Lane;
import io.recordsync.inbox.database.JsonRows;
import io.recordsync.inbox.database.Transaction;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Streams that catch up, as all processes of the database see them, and the looks at Salesforce that this asks for: the
 * statements, each run in a transaction of the act that needs them.
 *
 * <p>While a stream catches up, what is due goes to {@code checking} instead of being claimed, unless Salesforce has
 * answered about it within {@link #LOOK_LASTS_MILLIS}. An answer leaves it as it was before: its time, and what the guard
 * knows of it. A flag that does not change costs no statement: what this process knows of it is remembered.
 */
final class CatchUps {

    /** What Salesforce said of a contact holds for so long while its deletion is not claimed. */
    private static final long LOOK_LASTS_MILLIS = 60_000;
    /** Rows of a lane that are looked at together at least: as many as Salesforce is asked about in one query. */
    private static final int MIN_ROWS = 200;

    /** What this process knows of the flag of the stream that it follows. */
    private enum Known {
        CATCHING_UP,
        CAUGHT_UP,
        NOTHING
    }

    private volatile Known known = Known.NOTHING;

    /** Whether a stream catches up: a scalar, for lists of columns. */
    static final String ANY = "(select 1 from catching_up limit 1) is not null";

    /** What a person ordered is sent whatever Salesforce says. */
    private static final String OF_SALESFORCE = LaneNumbers.EXTERNAL + " and deletion_row.origin <> {api}";

    /** Scalars, because PostgreSQL would read a whole table for an {@code exists}. */
    private static final String UNLOOKED = OF_SALESFORCE
            + """
             and (select 1 from look where look.deletion = deletion_row.id and look.at > {now} - %s and look.at <= {now}) is null"""
                    .formatted(LOOK_LASTS_MILLIS);

    /** Of a row that is due: nothing stands against a claim. */
    static final String LOOKED = "not (" + UNLOOKED + ")";

    /** Of a row that is claimed: that was before its stream began to catch up. */
    static final String CLAIMED_BEFORE = "(" + OF_SALESFORCE + " and " + ANY
            + " and (select 1 from look where look.deletion = deletion_row.id and look.at is not null) is null)";

    // ---- the flag

    private static final String BEGIN =
            "insert into catching_up (channel, since) values (:channel, {now}) on conflict (channel) do nothing";

    /** Of channels that nobody follows any more. */
    private static final String FORGET_OTHERS =
            """
            delete from catching_up where channel <> :channel and not exists (
              select 1 from stream_position followed join session on session.id = followed.session
              where followed.channel = catching_up.channel)""";

    /** @param resumes false: it is subscribed to for the first time, and there is nothing before */
    static void subscribed(Transaction transaction, String channel, boolean resumes) throws SQLException {
        transaction.change(FORGET_OTHERS, with("channel", channel));
        if (resumes) {
            transaction.change(BEGIN, with("channel", channel));
        }
    }

    private static final String END = "delete from catching_up where channel = :channel";

    /** Those that are still asked about stay, and what was not answered in time goes on; see {@link #letGo}. */
    private static final String FORGET_LOOKS =
            """
            delete from look where at is not null
              or (select 1 from deletion_row where deletion_row.id = look.deletion and deletion_row.state = {checking}) is null""";

    /** Whether what a response says is new. */
    boolean isNews(CatchUp said) {
        return said != null && known != (said.over() ? Known.CAUGHT_UP : Known.CATCHING_UP);
    }

    /** A response has said it. */
    static void note(Transaction transaction, CatchUp said) throws SQLException {
        if (!said.over()) {
            transaction.change(BEGIN, with("channel", said.channel()));
        } else if (transaction.change(END, with("channel", said.channel())) > 0) {
            transaction.change(FORGET_LOOKS);
        }
    }

    /** It is committed. */
    void noted(CatchUp said) {
        known = said.over() ? Known.CAUGHT_UP : Known.CATCHING_UP;
    }

    /** A stream is about to resume, or what was said may be committed or not. */
    void forget() {
        known = Known.NOTHING;
    }

    /** False only where this process follows the stream, and it has caught up. */
    boolean perhaps() {
        return known != Known.CAUGHT_UP;
    }

    // ---- what is due meanwhile

    private static final String DIVERT =
            "update deletion_row set state = {checking} where id {due :lanes :limit} and " + UNLOOKED + " returning id";

    private static final String ASK =
            """
            insert into look (deletion) select id from deletion_row where id {in :ids}
            on conflict (deletion) do update set at = null""";

    /**
     * What is due in these lanes is to be looked at first.
     *
     * @param limit rows of each lane
     * @return whether anything was
     */
    static boolean divert(Transaction transaction, List<Lane> lanes, long limit) throws SQLException {
        List<Long> diverted = new ArrayList<>();
        for (Map.Entry<Long, JsonRows> share :
                Lanes.shares(lanes, Math.max(limit, MIN_ROWS)).entrySet()) {
            diverted.addAll(transaction.list(
                    DIVERT, with("lanes", share.getValue()).and("limit", share.getKey()), row -> row.getLong("id")));
        }
        if (!diverted.isEmpty()) {
            transaction.change(ASK, with("ids", diverted));
        }
        return !diverted.isEmpty();
    }

    private static final String BACK = "update deletion_row set state = " + Guard.PENDING_OR_HELD
            + """

            where id {in :ids} and state = {checking} and (select 1 from look where look.deletion = deletion_row.id) is not null
            returning state""";

    private static final String REMEMBER =
            "insert into look (deletion, at) select id, {now} from deletion_row where id {in :ids} and " + ANY
                    + " on conflict (deletion) do update set at = excluded.at";

    private static final String ANSWERED =
            "delete from look where deletion {in :ids} and at is null and not (" + ANY + ")";

    /**
     * Salesforce has said that these are gone, and no doubt is left: those that were diverted go on as if they had not been.
     *
     * @return how many did, and how many of them the guard holds
     */
    static Returned goOn(Transaction transaction, List<Long> ids) throws SQLException {
        List<DeletionState> states = transaction.list(BACK, with("ids", ids), EntryRow::state);
        return new Returned(
                states.size(),
                states.stream().filter(DeletionState.HELD::equals).count());
    }

    /** How many rows were given back, and how many of them the guard holds now. */
    record Returned(int rows, long held) {}

    /** What Salesforce has said of these holds for a while. */
    static void remember(Transaction transaction, List<Long> ids) throws SQLException {
        if (transaction.change(REMEMBER, with("ids", ids)) == 0) {
            transaction.change(ANSWERED, with("ids", ids));
        }
    }

    private static final String LET_GO = "update deletion_row set state = " + Guard.PENDING_OR_HELD
            + """

            where state = {checking} and state <> {deleted}
              and (select 1 from look where look.deletion = deletion_row.id and look.at is null) is not null
              and (select 1 from catching_up where since > {now} - :patience limit 1) is null
              and\s"""
            + "not (" + DoubtMarks.DOUBTED + ") returning id, state";

    private static final String UNASKED =
            """
            insert into problem (kind, message, at)
            select 'unasked', 'The stream of ' || channel || ' catches up for longer than stream.catch-up, and Salesforce has not'
                   || ' said which contacts live: deletions that were due are sent without its word (a contact that was'
                   || ' restored meanwhile loses its records)', {now}
            from catching_up where true
            on conflict (kind, message) do update set at = excluded.at""";

    /**
     * What was diverted and has no answer goes unasked where no stream catches up any more, or one for longer than so long.
     * What is in doubt stays.
     */
    static Returned letGo(Transaction transaction, Duration patience) throws SQLException {
        record Row(long id, DeletionState state) {}
        List<Row> rows = transaction.list(
                LET_GO, with("patience", patience), row -> new Row(row.getLong("id"), EntryRow.state(row)));
        if (!rows.isEmpty()) {
            remember(transaction, rows.stream().map(Row::id).toList());
            transaction.change(UNASKED);
        }
        return new Returned(
                rows.size(),
                rows.stream().filter(row -> row.state() == DeletionState.HELD).count());
    }

    private static final String FOLLOW_CLOCK = "update catching_up set since = since - :by";

    static void followClock(Transaction transaction, long by) throws SQLException {
        transaction.change(FOLLOW_CLOCK, with("by", by));
    }
}
