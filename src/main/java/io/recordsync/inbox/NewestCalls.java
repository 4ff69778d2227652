package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.deletion.NothingFound;
import io.recordsync.inbox.database.Transaction;
import java.sql.SQLException;

/** How many of the newest calls for a record list found nothing that can be told: each lane is looked through for itself. */
final class NewestCalls {

    private NewestCalls() {}

    /** What was settled in one moment was one call. */
    private static final String OF_LANE =
            """
            select coalesce(sum(case when size > 1 then 1 else 0 end), 0) as batches,
                   coalesce(sum(case when size = 1 then 1 else 0 end), 0) as records
            from (
              select count(*) as size
              from (
                select state, confirmation, called_at, settled_at from deletion_row
                where lane = :lane order by id desc limit 1000) as newest
              where state = {deleted} and confirmation in ({batch}, {absent})
              group by called_at, settled_at) as calls""";

    static NothingFound of(Transaction transaction, String recordList) throws SQLException {
        int batches = 0;
        int records = 0;
        for (int lane : LaneNumbers.ofList(transaction, recordList)) {
            NothingFound calls = transaction
                    .first(
                            OF_LANE,
                            with("lane", lane),
                            row -> new NothingFound(recordList, row.getInt("batches"), row.getInt("records")))
                    .orElseThrow();
            batches += calls.batches();
            records += calls.records();
        }
        return new NothingFound(recordList, batches, records);
    }
}
