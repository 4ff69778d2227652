package io.recordsync.inbox;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/** The inbox on PostgreSQL. */
class PostgresqlInboxTest extends InboxContract {

    @Override
    Store open(String now, UnaryOperator<DataSource> tap) {
        return TestStore.open(Postgresql.url(), "postgres", "", now, tap);
    }

    /** Of a table that was written anew: what a vacuum frees in the meantime depends on when it runs. */
    @Override
    long bytes() {
        try (Connection connection = DriverManager.getConnection(Postgresql.url(), "postgres", "");
                Statement statement = connection.createStatement()) {
            statement.execute("vacuum full deletion_row");
            try (ResultSet row = statement.executeQuery("select pg_total_relation_size('deletion_row')")) {
                row.next();
                return row.getLong(1);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    long maxBytesOfSettled() {
        return 416;
    }

    @Override
    void empty() {
        empty(store);
    }

    static void empty(Store store) {
        store.write("test", transaction -> {
            transaction.change(
                    "truncate deletion_row, lane, claim, deletion_commit, deletion_doubt, deletion_person, presence_find, attempt, problem, stream_position, session, record_list, pinned_org, restoration, guard_arrival, held, pause, history, catching_up, look, sight, swept, merged, alert restart identity");
            transaction.change(
                    "update guard set tripped_at = null, tripped_from = null, relaxed_at = null, open_until = null, counted = 0");
            transaction.change("truncate entered, person_order, callback");
            transaction.change(
                    "update callback_run set session = '', last_at = null, settled = 0, error = '', failures = 0, too_many = 0");
            transaction.change("update clock set seen_at = 0");
            transaction.change("update alert_turn set session = ''");
            transaction.change(
                    "update list_look_up set due_at = null, session = '', ended_at = null, error = '', trouble = ''");
            transaction.change("delete from sweep");
            transaction.change("insert into sweep (one) values (1)");
            return transaction.change("update settled set total = 0");
        });
    }
}
