package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.inbox.database.JsonRows;
import io.recordsync.inbox.database.Parameters;
import io.recordsync.inbox.database.Transaction;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What the rows of record lists say of their presence checks: when the last came to its end, and why it was not believed; the statements,
 * each run in a transaction of the role that calls.
 *
 * <p>It stands in the inbox, so that every process shows the same, and one of them makes a check again that failed.
 */
final class PresenceNotes {

    private PresenceNotes() {}

    private static final String NOT_DUE =
            """
            select id from record_list
            where reconciled_at > {now} - :period or presence_again_at is not null""";

    /** Those that were checked within the period, or whose check is made again anyway. */
    static List<String> notDue(Transaction transaction, Duration period) throws SQLException {
        return transaction.list(NOT_DUE, with("period", period), row -> row.getString("id"));
    }

    private static final String CHECKED = "update record_list set reconciled_at = {now} where id = :list";

    static int checked(Transaction transaction, String list) throws SQLException {
        return transaction.change(CHECKED, with("list", list));
    }

    private static final String SAME =
            """
            update record_list set presence_again_at = {now} + cast(:again as bigint)
            where id = :list and presence_error = :words""";

    private static final String FAILED =
            """
            update record_list set presence_error = :words, presence_again_at = {now} + cast(:again as bigint)
            where id = :list""";

    /** @param again null: by schedule or order only. @return whether the words are other ones than before */
    static boolean failed(Transaction transaction, String list, String words, Duration again) throws SQLException {
        Parameters columns = with("list", list)
                .and("words", JsonRows.shortened(words))
                .and("again", again == null ? null : again.toMillis());
        boolean same = transaction.change(SAME, columns) > 0;
        if (!same) {
            transaction.change(FAILED, columns);
        }
        return !same;
    }

    private static final String DUE = "select id from record_list where presence_again_at <= {now} order by id";
    private static final String TAKE =
            """
            update record_list set presence_again_at = {now} + :pause
            where id = :list and presence_again_at <= {now}""";

    static boolean areDue(Transaction transaction) throws SQLException {
        return transaction.first(DUE, row -> true).isPresent();
    }

    /** Of these, those whose check is to be made again now, by this process. */
    static List<String> take(Transaction transaction, Collection<String> lists, Duration pause) throws SQLException {
        List<String> taken = new ArrayList<>();
        for (String list : transaction.list(DUE, row -> row.getString("id"))) {
            if (lists.contains(list)
                    && transaction.change(TAKE, with("list", list).and("pause", pause)) > 0) {
                taken.add(list);
            }
        }
        return taken;
    }
}
