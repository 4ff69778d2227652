package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.inbox.database.JsonRows;
import io.recordsync.inbox.database.Transaction;
import java.sql.SQLException;
import java.util.List;

/** Who ordered deletions and who decided about them: the statements, each run in the transaction of the order or the decision. */
final class People {

    /** Ids in one statement. */
    private static final int STEP = 20_000;

    private People() {}

    private static final String ORDERED =
            """
            insert into deletion_person (deletion, ordered_by)
            select cast(value ->> 0 as bigint), :user from {rows :ids} where true
            on conflict (deletion) do update set ordered_by = excluded.ordered_by""";

    static void ordered(Transaction transaction, List<Long> ids, String user) throws SQLException {
        if (!ids.isEmpty()) {
            transaction.change(ORDERED, with("ids", rows(ids)).and("user", user));
        }
    }

    private static final String DECIDED =
            """
            insert into deletion_person (deletion, decided_by, decision)
            select cast(value ->> 0 as bigint), :user, :decision from {rows :ids} where true
            on conflict (deletion) do update set decided_by = excluded.decided_by, decision = excluded.decision""";

    /** @param decision {@code approved}, {@code rejected}, {@code redriven}, {@code discarded} or {@code went_live} */
    static void decided(Transaction transaction, List<Long> ids, String user, String decision) throws SQLException {
        for (int from = 0; from < ids.size(); from += STEP) {
            List<Long> step = ids.subList(from, Math.min(from + STEP, ids.size()));
            transaction.change(
                    DECIDED, with("ids", rows(step)).and("user", user).and("decision", decision));
        }
    }

    private static JsonRows rows(List<Long> ids) {
        JsonRows rows = new JsonRows();
        ids.forEach(rows::add);
        return rows;
    }
}
