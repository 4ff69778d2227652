package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.deletion.ClaimedDeletion;
import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.Origin;
import io.recordsync.deletion.Word;
import io.recordsync.inbox.database.Numbers;
import io.recordsync.inbox.database.Parameters;
import io.recordsync.inbox.database.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A batch whose answer has come: the statements that make its rows the proof, each run in a transaction of {@link JdbcQueue}.
 *
 * @param sinceCall how long ago the call began
 */
record Settlement(List<ClaimedDeletion> deletions, Confirmation confirmation, Duration sinceCall) {

    private static final String SETTLE =
            """
            update deletion_row set state = {deleted}, claim = null, confirmation = :confirmation, settled_at = {now},
                   called_at = {now} - :since_call, failure_code = '', message = '',
                   due_at = nullif(due_at, accepted_at), pending_since = nullif(pending_since, accepted_at)
            where\s"""
                    + Claim.BORNE
                    + " returning "
                    + Restorations.RESTORED
                    + ", hmac is not null as phone, origin, settled_at - committed_at as since_commit";

    /** Of its own: a statement that sets a column writes its index for every row, and this one's is the widest. */
    private static final String FORGET_NUMBERS =
            "update deletion_row set identifier = hmac where id {in :ids} and hmac is not null and state = {deleted}";

    /** A row that was settled. */
    record Row(String restored, boolean phone, Tally.Settled told) {

        static Row of(ResultSet row) throws SQLException {
            Origin origin = Numbers.read(Origin.class, row.getInt("origin"));
            // Salesforce's clock and the database's need not agree.
            Duration sinceCommit = Duration.ofMillis(Math.max(0, row.getLong("since_commit")));
            return new Row(row.getString("restored"), row.getBoolean("phone"), new Tally.Settled(origin, sinceCommit));
        }
    }

    /** Settles those of the rows that still bear the claim. */
    List<Row> write(Transaction transaction, List<Long> ids, Parameters claimed) throws SQLException {
        List<Row> rows = transaction.list(
                SETTLE, claimed.and("confirmation", Numbers.of(confirmation)).and("since_call", sinceCall), Row::of);
        if (rows.stream().anyMatch(Row::phone)) {
            transaction.change(FORGET_NUMBERS, with("ids", ids));
        }
        Restorations.tooLate(transaction, rows.stream().map(Row::restored).toList());
        return rows;
    }

    private static final String COUNT = "update settled set total = total + :count where confirmation = :confirmation";

    /** @param rows that were settled of each */
    static void count(Transaction transaction, List<Settlement> settlements, List<List<Row>> rows) throws SQLException {
        // Sorted: two transactions that changed the same rows in opposite order would deadlock.
        Map<Confirmation, Integer> counts = new TreeMap<>();
        for (int i = 0; i < settlements.size(); i++) {
            counts.merge(settlements.get(i).confirmation, rows.get(i).size(), Integer::sum);
        }
        for (Map.Entry<Confirmation, Integer> count : counts.entrySet()) {
            if (count.getValue() > 0) {
                transaction.change(
                        COUNT, with("count", count.getValue()).and("confirmation", Word.underscored(count.getKey())));
            }
        }
    }
}
