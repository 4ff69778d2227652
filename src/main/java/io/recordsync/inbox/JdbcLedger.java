package io.recordsync.inbox;

import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.IdentifierKind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.stream.Stream;

/**
 * The ledger on JDBC. Every look walks an index, so that a long past costs nothing; see the migration for which. What counts
 * rows is a {@link Census}.
 */
public final class JdbcLedger implements Ledger {

    private final Store store;
    private final Census<Map<DeletionState, Long>> counts = new Census<>(this::countStates);
    private final Census<List<DeadLetters>> deadLetters = new Census<>(this::groupDeadLetters);
    private final Census<List<RecordListEntry>> recordLists = new Census<>(this::readLists);
    private final Census<GuardEntry> guard = new Census<>(this::lookAtGuard);

    public JdbcLedger(Store store) {
        this.store = store;
    }

    private static final String COUNT_OPEN =
            "select state, count(*) as total from deletion where state <> 'deleted' group by state";
    private static final String COUNT_SETTLED = "select confirmation, total from settled";

    @Override
    public Map<DeletionState, Long> counts() {
        return counts.get();
    }

    private Map<DeletionState, Long> countStates() {
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

    /**
     * Ids rise with the time of acceptance, which is when most became pending; of those that did later, by a redrive for
     * one, a thousand are looked through, however many there are. What is being tried again is still to be sent.
     */
    private static final String OLDEST_PENDING =
            """
            select min(pending_since) as oldest from (
              select pending_since from (
                select pending_since from deletion where state = 'pending' and state <> 'deleted'
                order by id limit 1000) pending
              union all
              select pending_since from (
                select pending_since from deletion where state = 'claimed' and state <> 'deleted'
                order by id limit 1000) claimed
              union all
              select pending_since from (
                select pending_since from deletion where state = 'checking' and state <> 'deleted'
                order by id limit 1000) checking) unsent""";

    @Override
    public Optional<Instant> oldestPending() {
        return Optional.ofNullable(store.read("look for the oldest", transaction -> transaction
                .list(OLDEST_PENDING, row -> time(row, "oldest"))
                .get(0)));
    }

    private static final String DEAD_LETTERS =
            """
            select record_list, failure_code, min(message) as message, count(*) as total, min(accepted_at) as oldest
            from deletion where state = 'parked' and state <> 'deleted' group by record_list, failure_code""";

    @Override
    public List<DeadLetters> deadLetters() {
        return deadLetters.get();
    }

    private List<DeadLetters> groupDeadLetters() {
        List<DeadLetters> groups = store.read(
                "group dead letters",
                transaction -> transaction.list(
                        DEAD_LETTERS,
                        row -> new DeadLetters(
                                row.getString("record_list"),
                                row.getString("failure_code"),
                                row.getString("message"),
                                row.getLong("total"),
                                time(row, "oldest"))));
        // Here, because PostgreSQL is told not to sort.
        return groups.stream()
                .sorted(Comparator.comparingLong(DeadLetters::count)
                        .reversed()
                        .thenComparing(DeadLetters::recordList)
                        .thenComparing(DeadLetters::failureCode))
                .toList();
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
        // Added to, the id is not looked for along the primary key, through the whole past: one contact has few rows.
        sql.append(filter.externalId() == null ? " order by id desc limit ?" : " order by id + 0 desc limit ?");
        parameters.add(filter.limit());
        return store.read(
                "find", transaction -> transaction.list(sql.toString(), JdbcLedger::entry, parameters.toArray()));
    }

    @Override
    public Optional<Entry> get(long id) {
        return store.read(
                "get", transaction -> transaction.first("select * from deletion where id = ?", JdbcLedger::entry, id));
    }

    // ---- receipts

    /** Rows that are read at once for a receipt. */
    static final int PAGE = 1_000;

    private static final String OF_IDENTIFIER =
            "select * from deletion where identifier = ? and kind = ? and id > ? order by id + 0 limit ?";

    @Override
    public Stream<Entry> ofContact(String externalId) {
        return pages(after -> page(OF_IDENTIFIER, externalId, "external", after, PAGE));
    }

    /**
     * Every deletion ordered for a phone number.
     *
     * @param phoneKey {@code ledger.phone-key}; what is done with is found only if it was so then
     */
    public Stream<Entry> ofPhone(String number, String phoneKey) {
        return Stream.of(number, new PhoneSeal(phoneKey).of(number))
                .flatMap(identifier -> pages(after -> page(OF_IDENTIFIER, identifier, "phone", after, PAGE)));
    }

    private static final String ACCEPTED =
            """
            select * from deletion where id > ? and id <= ? and accepted_at >= ? and accepted_at < ?
            order by id limit ?""";

    /**
     * Ids rise with the time of acceptance, but for transactions that run side by side and a clock that is set back a little:
     * so far before and behind are rows looked at as well.
     */
    private static final Duration DISORDER = Duration.ofHours(1);

    @Override
    public Stream<Entry> accepted(Instant from, Instant until) {
        long before = lastBefore(from.minus(DISORDER));
        long last = lastBefore(until.plus(DISORDER));
        return pages(after ->
                page(ACCEPTED, Math.max(after, before), last, from.toEpochMilli(), until.toEpochMilli(), PAGE));
    }

    private static final String LAST_ID = "select max(id) as id from deletion";
    private static final String NEXT = "select id, accepted_at from deletion where id > ? order by id limit 1";

    private record Accepted(long id, Instant at) {}

    /** The last id accepted before an instant, 0 if there is none: bisected, for no index is kept for it. */
    private long lastBefore(Instant instant) {
        return store.read("look for a time", transaction -> {
            long before = 0;
            long notBefore =
                    transaction.first(LAST_ID, row -> row.getLong("id")).orElse(0L) + 1;
            while (notBefore - before > 1) {
                long middle = before + (notBefore - before) / 2;
                // Ids have gaps: the row that is looked at is the one there, or the next.
                Optional<Accepted> next = transaction.first(
                        NEXT, row -> new Accepted(row.getLong("id"), time(row, "accepted_at")), middle - 1);
                if (next.isPresent() && next.get().at().isBefore(instant)) {
                    before = next.get().id();
                } else {
                    notBefore = middle;
                }
            }
            return before;
        });
    }

    private List<Entry> page(String sql, Object... parameters) {
        return store.read("read receipts", transaction -> transaction.list(sql, JdbcLedger::entry, parameters));
    }

    /** Page after page, each read when it is needed, by the id that the one before ended with. */
    private static Stream<Entry> pages(LongFunction<List<Entry>> pageAfter) {
        return Stream.iterate(
                        pageAfter.apply(0),
                        page -> !page.isEmpty(),
                        page -> page.size() < PAGE
                                ? List.of()
                                : pageAfter.apply(page.get(page.size() - 1).id()))
                .flatMap(List::stream);
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
        return recordLists.get();
    }

    private List<RecordListEntry> readLists() {
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

    private static final String GUARD =
            """
            select tripped_at,
                   (select count(*) from deletion where state = 'held' and state <> 'deleted') as held
            from guard""";

    @Override
    public GuardEntry guard() {
        return guard.get();
    }

    private GuardEntry lookAtGuard() {
        return store.read(
                        "look at the guard",
                        transaction -> transaction.first(
                                GUARD, row -> new GuardEntry(time(row, "tripped_at"), row.getLong("held"))))
                .orElseThrow();
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
                row.getString("note"),
                row.getString("approved_by"),
                time(row, "called_at"));
    }

    private static DeletionState state(ResultSet row) throws SQLException {
        return DeletionState.valueOf(row.getString("state").toUpperCase(Locale.ROOT));
    }

    private static Instant time(ResultSet row, String column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? null : Instant.ofEpochMilli(millis);
    }
}
