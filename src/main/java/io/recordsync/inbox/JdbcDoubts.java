package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.deletion.Commit;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.Merge;
import io.recordsync.deletion.Restoration;
import io.recordsync.inbox.Guard.Arrival;
import io.recordsync.inbox.GuardedStore.Guarded;
import io.recordsync.inbox.database.Numbers;
import io.recordsync.inbox.database.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The doubts on JDBC: what is in the state {@code checking}, and what Salesforce's answer makes of it. */
public final class JdbcDoubts implements Doubts {

    private final GuardedStore guarded;
    private final JdbcSession session;

    JdbcDoubts(GuardedStore guarded, JdbcSession session) {
        this.guarded = guarded;
        this.session = session;
    }

    private static final String CHECKED_DELETIONS =
            """
            select id, identifier, 0 as restoration from deletion_row
            where state = {checking} and state <> {deleted} order by id limit :limit * (select count(*) from record_list)""";

    private static final String CHECKED_RESTORATIONS =
            "select id, identifier, 1 as restoration from restoration where state = 'checking' order by id limit :limit";

    private record Checked(long id, String identifier, boolean restoration) {

        static Checked of(ResultSet row) throws SQLException {
            return new Checked(row.getLong("id"), row.getString("identifier"), row.getInt("restoration") == 1);
        }
    }

    @Override
    public List<GapCheck> gapChecks(int limit) {
        String asking = session.id();
        long[] number = new long[1];
        List<Checked> checked = guarded.store().read("look for gap events", transaction -> {
            // First: of a doubt that arises meanwhile the answer says nothing.
            number[0] = DoubtMarks.number(transaction);
            List<Checked> rows =
                    new ArrayList<>(transaction.list(CHECKED_DELETIONS, with("limit", limit), Checked::of));
            rows.addAll(transaction.list(CHECKED_RESTORATIONS, with("limit", limit), Checked::of));
            return rows;
        });
        Map<String, GapCheck> checks = new LinkedHashMap<>();
        for (Checked row : checked) {
            GapCheck check = checks.computeIfAbsent(
                    row.identifier(), id -> new GapCheck(id, new ArrayList<>(), new ArrayList<>(), number[0], asking));
            (row.restoration() ? check.restorations() : check.deletions()).add(row.id());
        }
        return checks.values().stream().limit(limit).toList();
    }

    private static final String CANCEL =
            """
            update deletion_row set state = {cancelled}, settled_at = {now}, failure_code = 'living',
                   message = 'Salesforce, asked, knows the contact as living'
            where id {in :ids} and state = {checking}
            returning\s"""
                    + Restorations.PERHAPS_GONE;

    private static final String CONFIRM =
            """
            update restoration set state = 'confirmed' where id {in :ids} and state = 'checking'
            returning provider, identifier, event_key, committed_at, commit_number, sequence""";

    @Override
    public int living(List<GapCheck> asked) {
        List<GapCheck> checks = ofThisSession(asked);
        guarded.mayOvertake();
        return guarded.store().write("keep the living", transaction -> {
            // It changes what is held, as a decision does: in the same order.
            guarded.guard().lock(transaction);
            List<String> perhapsGone =
                    transaction.list(CANCEL, with("ids", deletions(checks)), row -> row.getString("perhaps_gone"));
            Restorations.tooLate(transaction, perhapsGone);
            List<Restoration> confirmed =
                    transaction.list(CONFIRM, with("ids", restorations(checks)), JdbcDoubts::confirmed);
            return perhapsGone.size() + Restorations.confirm(transaction, confirmed);
        });
    }

    private static Restoration confirmed(ResultSet row) throws SQLException {
        long number = row.getLong("commit_number");
        Commit commit = row.wasNull() ? null : new Commit(number, row.getInt("sequence"));
        return new Restoration(
                Identifier.external(row.getString("provider"), row.getString("identifier")),
                row.getString("event_key"),
                Instant.ofEpochMilli(row.getLong("committed_at")),
                true,
                commit);
    }

    private static final String PROCEED =
            """
            update deletion_row set state = case when approved_by = '' then :state else {pending} end,
                   pending_since = case when due_at > {now} then due_at else {now} end,
                   approved_by = case when approved_by = '' then :opened_by else approved_by end
            where id {in :ids} and state = {checking}
              and not (%s)
            returning approved_by <> :opened_by as approved,\s"""
                            .formatted(DoubtMarks.DOUBTED)
                    + Arrival.COLUMNS;

    /** @param approved whether a person let it pass already: it does not count again */
    private record Believed(boolean approved, Arrival arrival) {

        static Believed of(ResultSet row) throws SQLException {
            return new Believed(row.getBoolean("approved"), Arrival.of(row));
        }
    }

    private static final String HOLD =
            """
            update deletion_row set state = {held},
                   message = 'Salesforce does not show the contact, which may have been restored while events were missing'
            where id {in :ids} and state = {checking}
              and (select 1 from deletion_doubt doubt where doubt.deletion = deletion_row.id and doubt.number <= :number) is not null
            returning id""";

    private static final String AS_NOT_VISIBLE =
            """
            insert into held (deletion, reason) select id, 'not_visible' from deletion_row where id {in :ids}
            on conflict (deletion) do update set reason = excluded.reason""";

    private static void hold(Transaction transaction, List<Long> ids, long number) throws SQLException {
        List<Long> held = transaction.list(HOLD, with("ids", ids).and("number", number), row -> row.getLong("id"));
        if (!held.isEmpty()) {
            transaction.change(AS_NOT_VISIBLE, with("ids", held));
        }
    }

    private static final String DISMISS =
            "update restoration set state = 'dismissed' where id {in :ids} and state = 'checking'";

    @Override
    public int gone(List<GapCheck> asked) {
        return proceed(ofThisSession(asked), (transaction, checks, number) -> {});
    }

    @Override
    public int merged(List<GapCheck> asked, Map<String, Merge> merges, boolean hold) {
        return proceed(ofThisSession(asked), (transaction, checks, number) -> {
            Merges.remember(transaction, checks, merges, "");
            if (hold) {
                Merges.hold(transaction, checks, merges);
            }
        });
    }

    @Override
    public int notShown(List<GapCheck> asked, String note) {
        return proceed(ofThisSession(asked), (transaction, checks, number) -> {
            hold(transaction, deletions(checks), number);
            Merges.remember(transaction, checks, Map.of(), note);
        });
    }

    /** What is done before those of the checks that are still in checking go on. */
    private interface Before {

        void act(Transaction transaction, List<GapCheck> checks, long number) throws SQLException;
    }

    private int proceed(List<GapCheck> checks, Before before) {
        Guard guard = guarded.guard();
        long contacts =
                checks.stream().filter(check -> !check.deletions().isEmpty()).count();
        long number = checks.stream().mapToLong(GapCheck::doubts).min().orElse(0);
        long[] heldOnReturn = new long[1];
        int gone = guarded.write("believe gap events", transaction -> {
            Guard.Look look = guard.enter(transaction, contacts);
            transaction.change(DISMISS, with("ids", restorations(checks)));
            before.act(transaction, checks, number);
            DoubtMarks.end(transaction, deletions(checks), number);
            CatchUps.Returned back = CatchUps.goOn(transaction, deletions(checks));
            heldOnReturn[0] = back.held();
            List<Believed> believed = transaction.list(
                    PROCEED,
                    with("state", Numbers.of(look.tripped() ? DeletionState.HELD : DeletionState.PENDING))
                            .and("opened_by", look.openedBy())
                            .and("ids", deletions(checks)),
                    Believed::of);
            CatchUps.remember(transaction, deletions(checks));
            List<Arrival> arrivals = believed.stream()
                    .filter(each -> !each.approved())
                    .map(Believed::arrival)
                    .toList();
            return new Guarded<>(back.rows() + believed.size(), guard.count(transaction, look, arrivals));
        });
        Guard.heldOnReturn(heldOnReturn[0]);
        return gone;
    }

    @Override
    public int letGo(Duration patience) {
        CatchUps.Returned back = guarded.store().write("let go unasked", transaction -> {
            // It may hold what is let go: in the same order as a decision.
            guarded.guard().lock(transaction);
            return CatchUps.letGo(transaction, patience);
        });
        Guard.heldOnReturn(back.held());
        return back.rows();
    }

    /** What another one asked about is asked about again. */
    private List<GapCheck> ofThisSession(List<GapCheck> checks) {
        return checks.stream()
                .filter(check -> check.session().equals(session.id()))
                .toList();
    }

    private static List<Long> deletions(List<GapCheck> checks) {
        return checks.stream().flatMap(check -> check.deletions().stream()).toList();
    }

    private static List<Long> restorations(List<GapCheck> checks) {
        return checks.stream().flatMap(check -> check.restorations().stream()).toList();
    }

    private static final String PARK_ALL =
            """
            update deletion_row set state = {parked}, failure_code = 'other_org',
                   message = 'Only the org that was left could tell whether the contact lives (redrive deletes it)'
            where state = {checking} and state <> {deleted}""";

    private static final String DISMISS_ALL = "update restoration set state = 'dismissed' where state = 'checking'";

    /** The new org does not know the contacts of the old one: asked, it would say that none of them lives. */
    static void orgMoved(Transaction transaction) throws SQLException {
        transaction.change(PARK_ALL);
        transaction.change(DISMISS_ALL);
        DoubtMarks.forgetAll(transaction);
    }
}
