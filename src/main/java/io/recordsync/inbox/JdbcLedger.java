package io.recordsync.inbox;

import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.IdentifierKind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The ledger on JDBC. Every look walks an index, so that a long past costs nothing; see the migration for which. */
public final class JdbcLedger implements Ledger {

    private final Store store;

    public JdbcLedger(Store store) {
        this.store = store;
    }

    private static final String COUNT_OPEN =
            "select state, count(*) as total from deletion where state <> 'deleted' group by state";
    private static final String COUNT_SETTLED = "select confirmation, total from settled";

    @Override
    public Map<DeletionState, Long> counts() {
        Map<DeletionState, Long> counts = new EnumMap<>(DeletionState.class);
        for (DeletionState state : DeletionState.values()) {
            counts.put(state, 0L);
        }
        store.read("count", transaction -> {
            transaction.list(COUNT_OPEN, row -> counts.put(state(row), row.getLong("total")));
            return transaction.list(
                    COUNT_SETTLED, row -> counts.merge(DeletionState.DELETED, row.getLong("total"), Long::sum));
        });
        return counts;
    }

    @Override
    public Map<Confirmation, Long> confirmations() {
        Map<Confirmation, Long> totals = new EnumMap<>(Confirmation.class);
        store.read(
                "count",
                transaction -> transaction.list(
                        COUNT_SETTLED,
                        row -> totals.put(
                                Confirmation.valueOf(
                                        row.getString("confirmation").toUpperCase(Locale.ROOT)),
                                row.getLong("total"))));
        return totals;
    }

    /** Ids rise with the time of acceptance. */
    private static final String OLDEST_PENDING =
            "select accepted_at from deletion where state = 'pending' and state <> 'deleted' order by id limit 1";

    @Override
    public Optional<Instant> oldestPending() {
        return store.read(
                "look for the oldest",
                transaction -> transaction.first(OLDEST_PENDING, row -> time(row, "accepted_at")));
    }

    @Override
    public List<Entry> find(Filter filter) {
        StringBuilder sql = new StringBuilder("select * from deletion where true");
        List<Object> parameters = new ArrayList<>();
        if (filter.state() != null) {
            sql.append(" and state = ?");
            parameters.add(filter.state().name().toLowerCase(Locale.ROOT));
        }
        boolean open = filter.state() != null && filter.state() != DeletionState.DELETED;
        if (open) {
            sql.append(" and state <> 'deleted'");
        }
        if (filter.recordList() != null) {
            // Of what is open, the list is looked for among the rows of the state, not the state in the past of the
            // list.
            sql.append(open ? " and record_list || '' = ?" : " and record_list = ?");
            parameters.add(filter.recordList());
        }
        if (filter.externalId() != null) {
            sql.append(" and identifier = ? and kind = 'external'");
            parameters.add(filter.externalId());
        }
        if (filter.before() != null) {
            sql.append(" and id < ?");
            parameters.add(filter.before());
        }
        sql.append(" order by id desc limit ?");
        parameters.add(filter.limit());
        return store.read(
                "find", transaction -> transaction.list(sql.toString(), JdbcLedger::entry, parameters.toArray()));
    }

    @Override
    public Optional<Entry> get(long id) {
        return store.read(
                "get", transaction -> transaction.first("select * from deletion where id = ?", JdbcLedger::entry, id));
    }

    private static final String ATTEMPTS =
            "select at, call_id, status, code, message from attempt where deletion = ? order by id";

    @Override
    public List<Attempt> attempts(long id) {
        return store.read(
                "read attempts",
                transaction -> transaction.list(
                        ATTEMPTS,
                        row -> new Attempt(
                                time(row, "at"),
                                row.getString("call_id"),
                                row.getInt("status"),
                                row.getString("code"),
                                row.getString("message")),
                        id));
    }

    private static final String PROBLEMS = "select at, kind, message from problem order by at desc limit ?";

    @Override
    public List<ProblemEntry> problems(int limit) {
        return store.read(
                "read problems",
                transaction -> transaction.list(
                        PROBLEMS,
                        row -> new ProblemEntry(time(row, "at"), row.getString("kind"), row.getString("message")),
                        limit));
    }

    private static final String RECORD_LISTS =
            """
            select list.id, list.suspended_until, list.message,
                   (select count(*) from deletion
                    where state = 'pending' and record_list = list.id) as pending,
                   coalesce(parked.total, 0) as parked
            from record_list list
            left join (
              select record_list, count(*) as total from deletion
              where state = 'parked' and state <> 'deleted' group by record_list) parked on parked.record_list = list.id
            order by list.id""";

    @Override
    public List<RecordListEntry> recordLists() {
        return store.read("read lists", transaction -> transaction.list(RECORD_LISTS, JdbcLedger::recordList));
    }

    private static RecordListEntry recordList(ResultSet row) throws SQLException {
        boolean suspended = row.getLong("suspended_until") > 0;
        return new RecordListEntry(
                row.getString("id"),
                suspended ? "suspended" : "active",
                row.getLong("pending"),
                row.getLong("parked"),
                suspended ? time(row, "suspended_until") : null,
                row.getString("message"));
    }

    private static final String POSITION =
            """
            select channel, replay_id, saved_at, first_start, (select org_id from pinned_org) as org_id
            from stream_position where channel = ?""";

    @Override
    public Optional<String> trouble() {
        return store.trouble();
    }

    @Override
    public Optional<PositionEntry> position(String channel) {
        return store.read(
                "read position",
                transaction -> transaction.first(
                        POSITION,
                        row -> new PositionEntry(
                                row.getString("channel"),
                                row.getBytes("replay_id"),
                                time(row, "saved_at"),
                                time(row, "first_start"),
                                row.getString("org_id")),
                        channel));
    }

    private static Entry entry(ResultSet row) throws SQLException {
        IdentifierKind kind = IdentifierKind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT));
        Identifier identifier = new Identifier(kind, row.getString("provider"), row.getString("identifier"));
        return new Entry(
                row.getLong("id"),
                row.getString("record_list"),
                kind,
                identifier.provider(),
                identifier.value().startsWith(PhoneSeal.PREFIX) ? identifier.value() : identifier.masked(),
                state(row),
                row.getString("origin"),
                row.getString("event_key"),
                time(row, "committed_at"),
                time(row, "accepted_at"),
                time(row, "due_at"),
                row.getInt("attempts"),
                row.getInt("unconfirmed"),
                row.getBoolean("answer_lost"),
                time(row, "settled_at"),
                row.getString("settled_by"),
                row.getString("confirmation"),
                row.getString("failure_code"),
                row.getString("message"),
                row.getString("note"));
    }

    private static DeletionState state(ResultSet row) throws SQLException {
        return DeletionState.valueOf(row.getString("state").toUpperCase(Locale.ROOT));
    }

    private static Instant time(ResultSet row, String column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? null : Instant.ofEpochMilli(millis);
    }
}
