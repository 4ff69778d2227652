package io.recordsync.inbox;

import static io.recordsync.inbox.EntryRow.state;
import static io.recordsync.inbox.EntryRow.time;
import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.HeldReason;
import io.recordsync.deletion.IdentifierKind;
import io.recordsync.deletion.SalesforceId;
import io.recordsync.deletion.Word;
import io.recordsync.inbox.database.Parameters;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The ledger on JDBC. Every look walks an index, so that a long past costs nothing; see the migration for which. What counts
 * rows is a {@link Census}.
 */
public final class JdbcLedger implements Ledger {

    private final Store store;
    private final Receipts receipts;
    private final Census<Marked<Map<DeletionState, Long>>> counts;
    private final Census<Marked<List<DeadLetters>>> deadLetters;
    private final Census<List<RecordListEntry>> recordLists;
    private final Census<Marked<GuardEntry>> guard;

    public JdbcLedger(Store store) {
        this(store, Census.LONG_NANOS);
    }

    /** @param longNanos what takes longer to look at is shown again for a while */
    JdbcLedger(Store store, long longNanos) {
        this.store = store;
        this.counts = new Census<>(() -> marked(this::countStates), longNanos);
        this.deadLetters = new Census<>(() -> marked(this::groupDeadLetters), longNanos);
        this.recordLists = new Census<>(this::readLists, longNanos);
        this.guard = new Census<>(() -> marked(this::lookAtGuard), longNanos);
        this.receipts = new Receipts(store);
        for (Census<?> census : List.of(counts, deadLetters, recordLists, guard)) {
            store.onNewSession(census::forget);
        }
    }

    private static final String MARK = "select number from entering";

    @Override
    public long mark() {
        return store.read(
                        "look for the last entry", transaction -> transaction.first(MARK, row -> row.getLong("number")))
                .orElseThrow();
    }

    /** The number first: what enters in between is shown and not meant, never the other way round. */
    private <T> Marked<T> marked(Supplier<T> look) {
        long mark = mark();
        return new Marked<>(look.get(), mark);
    }

    private static final String COUNT_OPEN =
            "select state, count(*) as total from deletion where state <> 'deleted' group by state";
    private static final String COUNT_SETTLED = "select confirmation, total from settled";

    @Override
    public Map<DeletionState, Long> counts() {
        return counts.get().shown();
    }

    @Override
    public Marked<Map<DeletionState, Long>> markedCounts() {
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
                                Word.fromUnderscored(Confirmation.class, row.getString("confirmation")),
                                row.getLong("total"))));
        return totals;
    }

    /**
     * Ids rise with the time of acceptance, which is when most became pending; of those that did later, by a redrive for
     * one, a thousand are looked through, however many there are. What is being tried again is still to be sent; what waits
     * for a list that has vanished is not late.
     */
    private static final String OLDEST_PENDING =
            """
            select min(pending_since) as oldest from (
              select pending_since from (
                select pending_since from deletion where state = 'pending' and state <> 'deleted'
                  and record_list || '' not in (select id from record_list where vanished_at is not null)
                order by id limit 1000) pending
              union all
              select pending_since from (
                select pending_since from deletion where state = 'claimed' and state <> 'deleted'
                order by id limit 1000) claimed
              union all
              select pending_since from (
                select pending_since from deletion where state = 'checking' and state <> 'deleted'
                  and record_list || '' not in (select id from record_list where vanished_at is not null)
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
        return deadLetters.get().shown();
    }

    @Override
    public Marked<List<DeadLetters>> markedDeadLetters() {
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

    private static final String HELD_FOR =
            """
             and state = 'held'
             and exists (select 1 from held where held.deletion = deletion.id and held.reason = :reason)""";

    @Override
    public List<Entry> find(Filter filter) {
        StringBuilder sql = new StringBuilder("select " + EntryRow.COLUMNS + " from deletion where true");
        Parameters parameters = with("limit", filter.limit());
        if (filter.state() != null) {
            sql.append(" and state = :state");
            parameters = parameters.and("state", Word.underscored(filter.state()));
        }
        boolean open = filter.heldReason() != null || filter.state() != null && filter.state() != DeletionState.DELETED;
        if (open) {
            sql.append(" and state <> 'deleted'");
        }
        if (filter.heldReason() == HeldReason.GUARD) {
            sql.append(" and ").append(Guard.HOLDS);
        } else if (filter.heldReason() != null) {
            sql.append(HELD_FOR);
            parameters = parameters.and("reason", Word.underscored(filter.heldReason()));
        }
        if (filter.recordList() != null) {
            // Of what is open, the list is looked for among the rows of the state, not the state in the past of the
            // list.
            sql.append(open ? " and record_list || '' = :list" : " and record_list = :list");
            parameters = parameters.and("list", filter.recordList());
        }
        if (filter.externalId() != null) {
            sql.append(" and identifier in (:identifier, :other_form) and kind = 'external'");
            List<String> forms = SalesforceId.forms(filter.externalId());
            parameters = parameters.and("identifier", forms.get(0)).and("other_form", forms.get(forms.size() - 1));
        }
        if (filter.before() != null) {
            sql.append(" and id < :before");
            parameters = parameters.and("before", filter.before());
        }
        // Added to, the id is not looked for along the primary key, through the whole past: one contact has few rows.
        sql.append(
                filter.externalId() == null ? " order by id desc limit :limit" : " order by id + 0 desc limit :limit");
        Parameters all = parameters;
        return store.read("find", transaction -> transaction.list(sql.toString(), all, EntryRow::read));
    }

    private static final String GET = "select " + EntryRow.COLUMNS + " from deletion where id = :id";

    @Override
    public Optional<Entry> get(long id) {
        return store.read("get", transaction -> transaction.first(GET, with("id", id), EntryRow::read));
    }

    @Override
    public Stream<Entry> ofContact(String externalId) {
        return receipts.of(SalesforceId.forms(externalId), IdentifierKind.EXTERNAL);
    }

    /**
     * Every deletion ordered for a phone number.
     *
     * @param phoneKey {@code ledger.phone-key}; what is done with is found only if it was so then
     */
    public Stream<Entry> ofPhone(String number, String phoneKey) {
        return Stream.of(number, new PhoneSeal(phoneKey).of(number))
                .flatMap(identifier -> receipts.of(List.of(identifier), IdentifierKind.PHONE));
    }

    @Override
    public Stream<Entry> accepted(Instant from, Instant until) {
        return receipts.accepted(from, until);
    }

    private static final String ATTEMPTS =
            "select at, call_id, status, code, message from attempt where deletion = :id order by id";

    @Override
    public List<Attempt> attempts(long id) {
        return store.read(
                "read attempts",
                transaction -> transaction.list(
                        ATTEMPTS,
                        with("id", id),
                        row -> new Attempt(
                                time(row, "at"),
                                row.getString("call_id"),
                                row.getInt("status"),
                                row.getString("code"),
                                row.getString("message"))));
    }

    private static final String PROBLEMS = "select at, kind, message from problem order by at desc limit :limit";

    @Override
    public List<ProblemEntry> problems(int limit) {
        return store.read(
                "read problems",
                transaction -> transaction.list(
                        PROBLEMS,
                        with("limit", limit),
                        row -> new ProblemEntry(time(row, "at"), row.getString("kind"), row.getString("message"))));
    }

    private static final String RECORD_LISTS =
            """
            select list.id, case when list.vanished_at is null then list.state else 'vanished' end as state,
                   list.suspended_until, list.message,
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
        boolean suspended = row.getString("state").equals("suspended");
        return new RecordListEntry(
                row.getString("id"),
                row.getString("state"),
                row.getLong("pending"),
                row.getLong("parked"),
                suspended ? time(row, "suspended_until") : null,
                row.getString("message"));
    }

    private static final String GUARD =
            """
            select tripped_at, case when open_until > {now} then open_until end as open_until, opened_by,
                   (select count(*) from deletion where\s"""
                    + Guard.HOLDS
                    + ") as held from guard";

    @Override
    public GuardEntry guard() {
        return guard.get().shown();
    }

    @Override
    public Marked<GuardEntry> markedGuard() {
        return guard.get();
    }

    private GuardEntry lookAtGuard() {
        return store.read("look at the guard", transaction -> transaction.first(GUARD, JdbcLedger::guardOf))
                .orElseThrow();
    }

    private static GuardEntry guardOf(ResultSet row) throws SQLException {
        Instant openUntil = time(row, "open_until");
        return new GuardEntry(
                time(row, "tripped_at"),
                row.getLong("held"),
                openUntil,
                openUntil == null ? null : row.getString("opened_by"));
    }

    private static final String HELD =
            """
            select held.reason, count(*) as total from held join deletion on deletion.id = held.deletion
            where deletion.state = 'held' group by held.reason""";

    private record Held(HeldReason reason, long total) {}

    @Override
    public Map<HeldReason, Long> held() {
        Map<HeldReason, Long> held = new EnumMap<>(HeldReason.class);
        held.put(HeldReason.GUARD, guard().held());
        store.read(
                        "count what is held",
                        transaction -> transaction.list(
                                HELD,
                                row -> new Held(
                                        Word.fromUnderscored(HeldReason.class, row.getString("reason")),
                                        row.getLong("total"))))
                .forEach(each -> held.put(each.reason(), each.total()));
        return held;
    }

    private static final String POSITION =
            """
            select channel, replay_id, saved_at, case when first_start = 0 then {now} else first_start end as first_start, (select org_id from pinned_org) as org_id
            from stream_position where channel = :channel""";

    @Override
    public Optional<String> trouble() {
        return store.trouble();
    }

    private static final String CATCHING_UP = "select " + CatchUps.ANY + " as catching_up";

    @Override
    public boolean catchingUp() {
        return store.read(
                        "look whether a stream catches up",
                        transaction -> transaction.first(CATCHING_UP, row -> row.getBoolean("catching_up")))
                .orElseThrow();
    }

    @Override
    public Optional<PositionEntry> position(String channel) {
        return store.read(
                "read position",
                transaction -> transaction.first(
                        POSITION,
                        with("channel", channel),
                        row -> new PositionEntry(
                                row.getString("channel"),
                                row.getBytes("replay_id"),
                                time(row, "saved_at"),
                                time(row, "first_start"),
                                row.getString("org_id"))));
    }
}
