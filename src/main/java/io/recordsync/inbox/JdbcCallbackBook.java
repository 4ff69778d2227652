package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.deletion.CallbackRow;
import io.recordsync.deletion.CallbackState;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.IdentifierKind;
import io.recordsync.deletion.SalesforceId;
import io.recordsync.deletion.Word;
import io.recordsync.inbox.Order.Restored;
import io.recordsync.inbox.database.JsonRows;
import io.recordsync.inbox.database.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The callbacks on JDBC: a table of their own, and looks into the deletions by an index. */
public final class JdbcCallbackBook implements CallbackBook {

    /** More than anybody has that are still to be made. */
    private static final int MAX_OPEN = 100_000;

    private final Store store;
    private final JdbcSession session;

    JdbcCallbackBook(Store store, JdbcSession session) {
        this.store = store;
        this.session = session;
    }

    /** Of a process that only reads. */
    public JdbcCallbackBook(Store store) {
        this(store, null);
    }

    private static final String NOW = "select {now} as at from callback_run";

    @Override
    public Instant now() {
        return store.read("read the time", transaction -> transaction.first(NOW, row -> time(row, "at")))
                .orElseThrow();
    }

    private static final String ACCEPTED = "select max(accepted_at) as at from deletion_row where id {in :ids}";

    @Override
    public Instant acceptedAt(Collection<Long> deletions) {
        return store.read(
                        "look when they came",
                        transaction -> transaction.first(
                                ACCEPTED,
                                with("ids", List.copyOf(deletions)),
                                row -> Instant.ofEpochMilli(row.getLong("at"))))
                .orElseThrow();
    }

    /** Pages move while they are read: what was passed over in one run, and ended by that, is listed again in the next. */
    private static final Duration REMEMBERED = Duration.ofDays(1);

    private static final String OPEN =
            """
            select * from callback
            where ended_at is null or state = 'ended' and ended_at > {now} - :remembered order by id limit :limit""";

    @Override
    public List<CallbackRow> open() {
        return store.read(
                "read callbacks",
                transaction -> transaction.list(
                        OPEN, with("limit", MAX_OPEN).and("remembered", REMEMBERED), JdbcCallbackBook::read));
    }

    private static CallbackRow read(ResultSet row) throws SQLException {
        return new CallbackRow(
                row.getString("id"),
                row.getString("record_list"),
                row.getString("record_id"),
                row.getString("provider"),
                row.getString("external_id"),
                Word.fromUnderscored(CallbackState.class, row.getString("state")),
                row.getBoolean("ours"),
                time(row, "found_at"),
                time(row, "asked_at"),
                time(row, "gone_at"),
                time(row, "ended_at"));
    }

    private static Instant time(ResultSet row, String column) throws SQLException {
        return EntryRow.time(row, column);
    }

    /** What was cancelled stays so; what had ended and is listed again goes on. */
    private static final String REMEMBER =
            """
            insert into callback (id, record_list, record_id, provider, external_id, state, ours, found_at, asked_at, gone_at, ended_at)
            select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6 = 'yes', {now},
                   case when value ->> 7 = 'yes' then {now} else 0 end,
                   case when value ->> 5 in ('gone', 'unseen') then {now} end,
                   case when value ->> 5 in ('cancelled', 'ended') then {now} end
            from {rows :callbacks} where true
            on conflict (id) do update set
              provider = case when excluded.external_id = '' then callback.provider else excluded.provider end,
              external_id = case when excluded.external_id = '' then callback.external_id else excluded.external_id end,
              state = excluded.state, ours = excluded.ours,
              asked_at = case when excluded.asked_at = 0 then callback.asked_at else excluded.asked_at end,
              gone_at = case when excluded.state = 'living' then null else coalesce(callback.gone_at, excluded.gone_at) end,
              ended_at = excluded.ended_at
            where callback.state <> 'cancelled'""";

    @Override
    public void remember(List<Seen> seen) {
        if (seen.isEmpty()) {
            return;
        }
        JsonRows rows = new JsonRows();
        seen.stream()
                .sorted((one, other) ->
                        one.callback().id().compareTo(other.callback().id()))
                .forEach(each -> rows.add(
                        each.callback().id(),
                        each.callback().recordList(),
                        each.callback().recordId(),
                        each.provider(),
                        SalesforceId.read(each.externalId()).orElse(each.externalId()),
                        Word.underscored(each.state()),
                        each.ours() ? "yes" : "no",
                        each.asked() ? "yes" : "no"));
        store.write("remember callbacks", transaction -> transaction.change(REMEMBER, with("callbacks", rows)));
    }

    /** Of those of a contact, one that was carried out has the lowest number. */
    private static final String DELETED =
            """
            select value ->> 4 as id, (
              select min(deletion_row.state) from deletion_row
              where deletion_row.identifier = value ->> 3 and deletion_row.lane + 0 =\s"""
                    + LaneNumbers.of("value")
                    + """

                and deletion_row.state in ({deleted}, {rehearsed}) and deletion_row.restored = ''
                and (select 1 from restoration
                     where restoration.identifier = value ->> 3 and restoration.provider = value ->> 2
                       and restoration.state in ('checking', 'confirmed') and\s"""
                    + Order.perhapsBefore(Restored.ROW)
                    + """

                     limit 1) is null) as state
            from {rows :callbacks}""";

    @Override
    public Map<String, Deleted> deleted(List<CallbackRow> callbacks) {
        JsonRows rows = new JsonRows();
        callbacks.stream()
                .filter(callback -> !callback.externalId().isEmpty())
                .forEach(callback -> rows.add(
                        callback.recordList(),
                        Word.underscored(IdentifierKind.EXTERNAL),
                        callback.provider(),
                        callback.externalId(),
                        callback.id()));
        Map<String, Deleted> deleted = new HashMap<>();
        if (!rows.isEmpty()) {
            store.read("look for deletions of callbacks", transaction -> {
                transaction.list(DELETED, with("callbacks", rows), row -> {
                    if (row.getObject("state") != null) {
                        deleted.put(
                                row.getString("id"),
                                EntryRow.state(row) == DeletionState.DELETED ? Deleted.CARRIED_OUT : Deleted.REHEARSED);
                    }
                    return null;
                });
                return null;
            });
        }
        return deleted;
    }

    private static final String SETTLED = "(select coalesce(sum(total), 0) from settled)";

    /** What failed may fail again. */
    private static final Duration AFTER_FAILURE = Duration.ofMinutes(1);

    private static final String DUE =
            """
            select 1 as one from callback_run
            where last_at is null or last_at <= {now} - :period or last_at > {now}
              or failures > 0 and last_at <= {now} - :failed
              or failures = 0 and settled <> %s and last_at <= {now} - :after"""
                    .formatted(SETTLED);

    private static final String BEGIN =
            """
            update callback_run set session = :session, settled = %s
            where session in ('', :session) or not exists (select 1 from session where session.id = callback_run.session)"""
                    .formatted(SETTLED);

    @Override
    public boolean begin(Duration period, Duration afterDeletions) {
        boolean due = store.read("look for callbacks", transaction -> transaction
                .first(
                        DUE,
                        with("period", period).and("after", afterDeletions).and("failed", AFTER_FAILURE),
                        row -> true)
                .isPresent());
        String mine = session.id();
        return due
                && store.write("begin with callbacks", transaction -> transaction.change(BEGIN, with("session", mine)))
                        > 0;
    }

    private static final String END =
            """
            update callback_run set session = '', last_at = {now}, error = :error,
                   too_many = case when :too_many < 0 then too_many else :too_many end,
                   failures = case when :error = '' then 0 when :serious = 'yes' then %1$s else failures + 1 end
            where session = :session"""
                    .formatted(TROUBLE);

    @Override
    public void ended(String error, boolean serious, int tooMany) {
        String mine = session.id();
        store.write(
                "end with callbacks",
                transaction -> transaction.change(
                        END,
                        with("error", JsonRows.shortened(error))
                                .and("serious", serious ? "yes" : "no")
                                .and("too_many", tooMany)
                                .and("session", mine)));
    }

    @Override
    public void failed(String error, boolean serious) {
        ended(error, serious, -1);
    }

    private static final String POSTPONE =
            "update callback_run set session = '', settled = -1 where session = :session";

    @Override
    public void postponed() {
        String mine = session.id();
        store.write("put callbacks off", transaction -> transaction.change(POSTPONE, with("session", mine)));
    }

    private static final String RUN = "select last_at, error, failures, too_many from callback_run";

    @Override
    public Run lastRun() {
        return store.read(
                        "look at the last run",
                        transaction -> transaction.first(
                                RUN,
                                row -> new Run(
                                        time(row, "last_at"),
                                        row.getString("error"),
                                        row.getInt("failures"),
                                        row.getInt("too_many"))))
                .orElseThrow();
    }

    private static final String COUNTS = "select state, count(*) as total from callback group by state";

    private record Count(CallbackState state, long total) {}

    @Override
    public Map<CallbackState, Long> counts() {
        Map<CallbackState, Long> counts = new EnumMap<>(CallbackState.class);
        for (CallbackState state : CallbackState.values()) {
            counts.put(state, 0L);
        }
        store.read(
                        "count callbacks",
                        transaction -> transaction.list(
                                COUNTS,
                                row -> new Count(
                                        Word.fromUnderscored(CallbackState.class, row.getString("state")),
                                        row.getLong("total"))))
                .forEach(count -> counts.put(count.state(), count.total()));
        return counts;
    }

    /** The living, which are most, come last. */
    private static final String LATEST =
            """
            select * from callback
            order by case when state = 'living' then 1 else 0 end, coalesce(ended_at, gone_at, found_at) desc, id limit :limit""";

    @Override
    public List<CallbackRow> latest(int limit) {
        return store.read(
                "read callbacks",
                transaction -> transaction.list(LATEST, with("limit", limit), JdbcCallbackBook::read));
    }

    private static final String OF_RECORD =
            """
            select * from callback
            where external_id = :external_id and external_id <> '' and record_list = :list and provider = :provider
            order by found_at, id limit 100""";

    @Override
    public List<CallbackRow> of(String recordList, String provider, String externalId) {
        return store.read(
                "read callbacks of a contact",
                transaction -> transaction.list(
                        OF_RECORD,
                        with("external_id", externalId).and("list", recordList).and("provider", provider),
                        JdbcCallbackBook::read));
    }

    private static final String ANY = "select 1 as one from callback where external_id <> '' limit 1";

    /** Whether none is known by its external id, as where callbacks were never looked at. */
    public boolean isEmpty() {
        return store.read("look for callbacks", transaction -> transaction.first(ANY, row -> true))
                .isEmpty();
    }

    private static final String FORGET =
            "delete from callback where ended_at is not null and ended_at <= case when {now} < :latest then {now} else :latest end - :retention";

    /** Those that ended long ago. */
    static void forget(Transaction transaction, Duration retention, long latest) throws SQLException {
        transaction.change(FORGET, with("retention", retention).and("latest", latest));
    }
}
