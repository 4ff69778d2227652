package io.recordsync.inbox;

import io.recordsync.inbox.database.Database;
import io.recordsync.inbox.database.TappedDatabase;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/** A store whose clock, and whose data sources, a test puts its own in place of. */
final class TestStore {

    private TestStore() {}

    /**
     * @param now the SQL expression for the time; null for the database's clock
     * @param tap sees the data sources that all acts and looks go through
     */
    static Store open(String url, String user, String password, String now, UnaryOperator<DataSource> tap) {
        return Store.start(TappedDatabase.open(Database.at(url, user, password), now, tap));
    }
}
