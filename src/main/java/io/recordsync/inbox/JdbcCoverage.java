package io.recordsync.inbox;

import static io.recordsync.inbox.EntryRow.time;
import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.deletion.SweepDemand;
import io.recordsync.inbox.Joins.Lagging;
import io.recordsync.inbox.database.JsonRows;
import io.recordsync.inbox.database.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The coverage on JDBC: one row of the inbox's database. */
public final class JdbcCoverage implements Coverage {

    /** In the place of a time that is not given: later than any. */
    private static final long NEVER = Long.MAX_VALUE;

    private final Store store;
    private final JdbcSession session;
    private final InboxSettings settings;
    private final JdbcRecordLists recordLists;
    private final JdbcNodes nodes;

    /** @param session the one that sweeps */
    JdbcCoverage(
            Store store, JdbcSession session, JdbcRecordLists recordLists, JdbcNodes nodes, InboxSettings settings) {
        this.store = store;
        this.session = session;
        this.settings = settings;
        this.recordLists = recordLists;
        this.nodes = nodes;
    }

    private static final String LOCK = "update sweep set one = one";

    /** Holds the row until the transaction ends: who else does so waits, and then sees what this one wrote. */
    static void lock(Transaction transaction) throws SQLException {
        transaction.change(LOCK);
    }

    private static final String DEMAND =
            """
            update sweep set demanded = demanded + 1, required = demanded + 1, reason = :reason,
                   since = nullif(case when since < :since then since else :since end, 9223372036854775807),
                   position_lost = case when :position_lost then demanded + 1 else position_lost end""";

    /** In the transaction of what caused it. */
    static void demand(Transaction transaction, SweepDemand demand) throws SQLException {
        long since = demand.since() == null ? NEVER : demand.since().toEpochMilli();
        transaction.change(
                DEMAND,
                with("reason", JsonRows.shortened(demand.reason()))
                        .and("since", since)
                        .and("position_lost", demand.positionLost()));
    }

    private static final String SKIP_NUMBERS = "update sweep set demanded = demanded + 1000000";

    /** Likewise; the numbers of demands that are lost with a later state of the database are not given out again. */
    static void demandAfterLoss(Transaction transaction, SweepDemand demand) throws SQLException {
        transaction.change(SKIP_NUMBERS);
        demand(transaction, demand);
    }

    @Override
    public void demand(SweepDemand demand) {
        store.write("demand a sweep", transaction -> {
            demand(transaction, demand);
            return null;
        });
    }

    private static final String ORDER =
            """
            update sweep set demanded = demanded + 1, ordered = demanded + 1, ordered_reason = :reason,
                   ordered_since = nullif(
                     case when ordered > answered and ordered_since < :since then ordered_since else :since end,
                     9223372036854775807)""";

    @Override
    public void order(String user, Instant since) {
        store.write(
                "order a sweep",
                transaction -> transaction.change(
                        ORDER,
                        with("reason", JsonRows.shortened(ORDERED_BY + user))
                                .and("since", since == null ? NEVER : since.toEpochMilli())));
    }

    private static final String WITHDRAW =
            """
            update sweep set answered = case when required > answered then answered else demanded end,
                   ordered = 0, ordered_since = null, ordered_reason = ''
            where ordered > answered""";

    @Override
    public boolean withdraw() {
        return store.write("withdraw a sweep", transaction -> transaction.change(WITHDRAW)) > 0;
    }

    private static final String FORGET =
            """
            update sweep set covered_until = null, answered = demanded, since = null, reason = '', session = '',
                   ordered_since = null, ordered_reason = '',
                   last_at = null, last_error = '', unproven_from = null, unproven_until = null""";

    /** What was proven of one org tells nothing about another. */
    static int forget(Transaction transaction) throws SQLException {
        Joins.forget(transaction);
        return transaction.change(FORGET);
    }

    private static final String START =
            """
            update sweep set covered_until = coalesce(
              (select min(first_start) from stream_position where first_start > 0), :salesforce, {now})
            where covered_until is null""";

    private static final String WANTED =
            "(demanded > answered or coalesce(last_at, covered_until) <= {now} - :period or covered_until is null)";

    private static final String IS_WANTED = "select 1 as one from sweep where " + WANTED;

    private static final String BEGIN =
            """
            update sweep set session = :session
            where exists (select 1 from session where id = :session and seen_at > {now} - :ttl)
              and (session in ('', :session)
                or not exists (select 1 from session other where other.id = sweep.session and other.seen_at > {now} - :ttl))
              and (:lists = 1 or\s"""
                    + WANTED
                    + """
            )
            returning covered_until, case when required > answered then since end as since,
                      case when ordered > answered then ordered_since end as ordered_since, demanded,
                      case when required > answered then reason when ordered > answered then ordered_reason
                        else 'period' end as reason,
                      coalesce((select min(first_start) from stream_position where first_start > 0), covered_until) as first_start""";

    @Override
    public Optional<Sweep> begin(Duration period) {
        boolean wanted = store.read(
                "look whether a sweep is owed",
                transaction -> transaction
                                .first(IS_WANTED, with("period", period), row -> true)
                                .isPresent()
                        || lagging(transaction).due());
        if (!wanted) {
            return Optional.empty();
        }
        return store.write("begin a sweep", transaction -> {
            transaction.change(START, with("salesforce", settings.salesforceMillis()));
            Lagging lagging = lagging(transaction);
            return transaction.first(
                    BEGIN,
                    with("session", session.id())
                            .and("ttl", settings.sessionTtl())
                            .and("period", period)
                            .and("lists", lagging.due() ? 1 : 0),
                    row -> sweep(row, lagging.from()));
        });
    }

    private Lagging lagging(Transaction transaction) throws SQLException {
        return Joins.lagging(transaction, recordLists.served(), nodes.served(transaction));
    }

    private static Sweep sweep(ResultSet row, Map<String, Instant> lagging) throws SQLException {
        Instant covered = Instant.ofEpochMilli(row.getLong("covered_until"));
        Instant named = time(row, "since");
        Instant ordered = time(row, "ordered_since");
        named = named == null ? ordered : earlier(named, ordered);
        return new Sweep(
                earlier(covered, named),
                earlier(Instant.ofEpochMilli(row.getLong("first_start")), named),
                row.getLong("demanded"),
                row.getString("reason"),
                lagging);
    }

    private static Instant earlier(Instant one, Instant other) {
        return other != null && other.isBefore(one) ? other : one;
    }

    private static final String FINISH =
            """
            update sweep set session = '', last_at = {now}, last_error = '',
                   covered_until = case when covered_until > :until then covered_until else :until end,
                   answered = case when :answered and answered < :demand then :demand else answered end,
                   since = case when :answered and required <= :demand then null else since end,
                   reason = case when :answered and required <= :demand then '' else reason end,
                   ordered_since = case when :answered and ordered <= :demand then null else ordered_since end,
                   ordered_reason = case when :answered and ordered <= :demand then '' else ordered_reason end,
                   unproven_from = nullif(
                     case when unproven_from < :gap_from then unproven_from else :gap_from end, 9223372036854775807),
                   unproven_until = nullif(case when unproven_until > :gap_until then unproven_until else :gap_until end, 0)
            where session = :session""";

    @Override
    public void finish(Sweep sweep, Instant coveredUntil, boolean answered, Stretch unproven) {
        long gapFrom = unproven == null ? NEVER : unproven.from().toEpochMilli();
        long gapUntil = unproven == null ? 0 : unproven.until().toEpochMilli();
        store.write("finish a sweep", transaction -> {
            int finished = transaction.change(
                    FINISH,
                    with("until", coveredUntil)
                            .and("answered", answered)
                            .and("demand", sweep.demand())
                            .and("gap_from", gapFrom)
                            .and("gap_until", gapUntil)
                            .and("session", session.id()));
            if (finished == 0) {
                throw new InboxException(
                        "The sweep is no longer this session's (it was silent for too long, or another org was confirmed):"
                                + " it proves nothing",
                        null);
            }
            Joins.caughtUp(transaction, sweep.lagging().keySet(), coveredUntil, nodes.served(transaction));
            return finished;
        });
    }

    private static final String FAIL = "update sweep set session = '', last_error = :error where session = :session";

    @Override
    public void fail(Sweep sweep, String error) {
        store.write(
                "note a failed sweep",
                transaction -> transaction.change(
                        FAIL, with("error", JsonRows.shortened(error)).and("session", session.id())));
    }

    private static final String UNPROVEN =
            "select unproven_from, unproven_until from sweep where unproven_from is not null";
    private static final String ACCEPT_UNPROVEN = "update sweep set unproven_from = null, unproven_until = null";

    @Override
    public Optional<Stretch> acceptUnproven() {
        return accept(unproven -> {});
    }

    @Override
    public Stretch acceptUnproven(Stretch shown) {
        return accept(unproven -> {
                    if (unproven.isEmpty() || !unproven.get().equals(shown)) {
                        throw new NotAsShownException("What no sweep could prove is %s by now (%s was shown)"
                                .formatted(words(unproven.orElse(null)), words(shown)));
                    }
                })
                .orElseThrow();
    }

    private static String words(Stretch stretch) {
        return stretch == null ? "nothing" : stretch.from() + " to " + stretch.until();
    }

    private Optional<Stretch> accept(Consumer<Optional<Stretch>> check) {
        return store.write("accept what is unproven", transaction -> {
            // What a sweep adds meanwhile is not what the person has seen.
            lock(transaction);
            Optional<Stretch> unproven = transaction.first(UNPROVEN, JdbcCoverage::stretch);
            check.accept(unproven);
            transaction.change(ACCEPT_UNPROVEN);
            return unproven;
        });
    }

    private static final String STATE =
            """
            select covered_until, last_at, last_error, demanded > answered as owed, position_lost > answered as lost,
                   case when required > answered then reason else ordered_reason end as reason, ordered > answered as ordered,
                   unproven_from, unproven_until,
                   exists (select 1 from session where id = sweep.session and seen_at > {now} - :ttl) as running
            from sweep""";

    @Override
    public State state() {
        return store.read(
                        "look at the coverage",
                        transaction ->
                                transaction.first(STATE, with("ttl", settings.sessionTtl()), JdbcCoverage::state))
                .orElseThrow();
    }

    private static State state(ResultSet row) throws SQLException {
        String error = row.getString("last_error");
        return new State(
                time(row, "covered_until"),
                time(row, "last_at"),
                error.isEmpty() ? null : error,
                row.getBoolean("owed") ? row.getString("reason") : null,
                row.getBoolean("running"),
                row.getBoolean("lost"),
                time(row, "unproven_from") == null ? null : stretch(row),
                row.getBoolean("ordered"));
    }

    private static Stretch stretch(ResultSet row) throws SQLException {
        return new Stretch(time(row, "unproven_from"), time(row, "unproven_until"));
    }
}
