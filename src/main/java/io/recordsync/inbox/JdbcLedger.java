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
            "select state, count(*) as total from deletion_row where state <> {deleted} group by state";
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
                select pending_since from deletion_row where state = {pending} and state <> {deleted}
                  and lane not in (%1$s)
                order by id limit 1000) pending
              union all
              select pending_since from (
                select pending_since from deletion_row where state = {claimed} and state <> {deleted}
                order by id limit 1000) claimed
              union all
              select pending_since from (
                select pending_since from deletion_row where state = {checking} and state <> {deleted}
                  and lane not in (%1$s)
                order by id limit 1000) checking) unsent"""
                    .formatted(LaneNumbers.OF_VANISHED);

    @Override
    public Optional<Instant> oldestPending() {
        return Optional.ofNullable(store.read("look for the oldest", transaction -> transaction
                .list(OLDEST_PENDING, row -> time(row, "oldest"))
                .get(0)));
    }

    private static final String DEAD_LETTERS =
            """
            select lane.record_list, failure_code, min(message) as message, sum(total) as total, min(oldest) as oldest
            from (
              select lane, failure_code, min(message) as message, count(*) as total, min(accepted_at) as oldest
              from deletion_row where state = {parked} and state <> {deleted} group by lane, failure_code) parked
            join lane on lane.id = parked.lane group by lane.record_list, failure_code""";

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

    @Override
    public List<Entry> find(Filter filter) {
        return store.read("find", new Search(filter)::run);
    }

    private static final String GET = "select " + EntryRow.COLUMNS + " from deletion_row where id = :id";

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
                   (select count(*) from deletion_row
                    where state = {pending} and lane in (select lane.id from lane where lane.record_list = list.id)) as pending,
                   coalesce(parked.total, 0) as parked
            from record_list list
            left join (
              select lane.record_list, sum(total) as total from (
                select lane, count(*) as total from deletion_row
                where state = {parked} and state <> {deleted} group by lane) counted
              join lane on lane.id = counted.lane group by lane.record_list) parked on parked.record_list = list.id
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
                   (select count(*) from deletion_row where\s"""
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
            select held.reason, count(*) as total from held join deletion_row on deletion_row.id = held.deletion
            where deletion_row.state = {held} and deletion_row.state <> {deleted} group by held.reason""";

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
