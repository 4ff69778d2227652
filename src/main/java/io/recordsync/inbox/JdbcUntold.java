package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.deletion.MissedReport;
import io.recordsync.inbox.database.JsonRows;
import io.recordsync.inbox.database.Transaction;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** What the stream did not tell, on JDBC: a row for each sweep, and the rows of the inbox that it added. */
public final class JdbcUntold implements Untold {

    /** As many sweeps are looked through for those in a row. */
    private static final int MAX_SWEEPS = 100;

    private final Store store;

    JdbcUntold(Store store) {
        this.store = store;
    }

    private static final String NEWEST = "select coalesce(max(id), 0) as newest from deletion_row";

    @Override
    public long newestRow() {
        return store.read("look for the newest deletion", JdbcUntold::newest);
    }

    /** The id of the newest row; 0 where there is none. */
    static long newest(Transaction transaction) throws SQLException {
        return transaction.first(NEWEST, row -> row.getLong("newest")).orElseThrow();
    }

    private static final String SWEPT =
            """
            insert into swept (from_row, until_row, lagging, at, saved_at, told)
            values (:after, :until, :lagging, :at, {now}, exists (
              select 1 from deletion_row where origin = {stream} and id <= :until
                and id > (select coalesce(max(until_row), 0) from swept)))""";

    @Override
    public void swept(Swept swept) {
        store.write("note a sweep", transaction -> {
            long until = newest(transaction);
            return transaction.change(
                    SWEPT,
                    with("after", swept.after())
                            .and("until", until)
                            .and("lagging", json(swept.lagging()))
                            .and("at", swept.at()));
        });
    }

    private static String json(Collection<String> lists) {
        JsonRows rows = new JsonRows();
        lists.forEach(rows::add);
        return rows.toString();
    }

    private static final String SWEPT_ON =
            """
            update swept set until_row = :until
            where id = (select max(id) from swept) and until_row < :until and not is_final""";

    @Override
    public void sweptOn() {
        store.write("note a sweep", transaction -> transaction.change(SWEPT_ON, with("until", newest(transaction))));
    }

    private static final String OPEN =
            """
            select id, from_row, until_row, lagging, missed, at + {now} - saved_at as salesforce,
                   saved_at + :patience <= {now} as ripe
            from swept where not is_final order by id""";

    private record Open(long id, long after, long until, String lagging, long missed, long salesforce, boolean ripe) {}

    private static final String CATCHES_UP = "select 1 as one from catching_up limit 1";

    /**
     * By contact. Told is what the stream told at that time or before, unless the contact was restored in between: a record in the
     * Recycle Bin may bear a later time than its deletion.
     *
     * <p>An expression is counted: PostgreSQL would walk the key of all rows, because that has the identifiers in their order.
     */
    private static final String MISSED =
            """
            select count(distinct found.identifier || '') as contacts from deletion_row found
            where found.id > :after and found.id <= :until and found.origin + 0 = {sweep} and found.state <> {cancelled}
              and found.committed_at <= :before
              and found.committed_at >= (
                select coalesce(min(first_start), 0) from stream_position where first_start > 0)
              and not exists (
                select 1 from {rows :lagging} list where list.value ->> 0 = (
                  select lane.record_list from lane where lane.id = found.lane))
              and not exists (
                select 1 from deletion_row told
                where told.identifier = found.identifier and told.lane + 0 in (
                    select same.id from lane join lane same on same.kind = lane.kind and same.provider = lane.provider
                    where lane.id = found.lane)
                  and told.origin + 0 = {stream} and told.state <> {cancelled}
                  and not exists (
                    select 1 from restoration back
                    where back.identifier = told.identifier and back.provider = (
                        select lane.provider from lane where lane.id = told.lane)
                      and back.committed_at >= told.committed_at and back.committed_at <= found.committed_at))""";

    private static final String JUDGED = "update swept set missed = :missed, is_final = :final where id = :id";

    @Override
    public Judged judge(Duration patience) {
        List<Open> open = store.read("look for sweeps", transaction -> open(transaction, patience));
        if (open.isEmpty()) {
            return new Judged(0, false);
        }
        return store.write("count what the stream did not tell", transaction -> {
            if (transaction.first(CATCHES_UP, row -> true).isPresent()) {
                return new Judged(0, true);
            }
            long more = 0;
            boolean left = false;
            for (Open sweep : open(transaction, patience)) {
                long missed = missed(transaction, sweep, patience);
                more += Math.max(0, missed - sweep.missed());
                left |= !sweep.ripe();
                transaction.change(
                        JUDGED,
                        with("missed", missed).and("final", sweep.ripe()).and("id", sweep.id()));
            }
            return new Judged(more, left);
        });
    }

    private static List<Open> open(Transaction transaction, Duration patience) throws SQLException {
        return transaction.list(
                OPEN,
                with("patience", patience),
                row -> new Open(
                        row.getLong("id"),
                        row.getLong("from_row"),
                        row.getLong("until_row"),
                        row.getString("lagging"),
                        row.getLong("missed"),
                        row.getLong("salesforce"),
                        row.getBoolean("ripe")));
    }

    private static long missed(Transaction transaction, Open sweep, Duration patience) throws SQLException {
        return transaction
                .first(
                        MISSED,
                        with("after", sweep.after())
                                .and("until", sweep.until())
                                .and("lagging", sweep.lagging())
                                .and("before", sweep.salesforce() - patience.toMillis()),
                        row -> row.getLong("contacts"))
                .orElseThrow();
    }

    private static final String TOTAL = "select coalesce(sum(missed), 0) as missed from swept";
    private static final String LAST = "select missed, told from swept order by id desc limit :limit";

    private record Last(long missed, boolean told) {}

    @Override
    public MissedReport report() {
        return store.read("look what the stream did not tell", transaction -> {
            long total = transaction.first(TOTAL, row -> row.getLong("missed")).orElseThrow();
            List<Long> inARow = new ArrayList<>();
            for (Last sweep : transaction.list(
                    LAST, with("limit", MAX_SWEEPS), row -> new Last(row.getLong("missed"), row.getBoolean("told")))) {
                if (sweep.missed() > 0) {
                    inARow.add(sweep.missed());
                } else if (sweep.told()) {
                    // It came from the stream, and all of it.
                    break;
                }
            }
            return new MissedReport(total, inARow);
        });
    }

    private static final String FORGET = "delete from swept";

    /** What the stream of one org did not tell says nothing of another. */
    static void forget(Transaction transaction) throws SQLException {
        transaction.change(FORGET);
    }
}
