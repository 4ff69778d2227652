package io.recordsync.inbox.database;

import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/** A database whose clock, and whose data sources, a test puts its own in place of. */
public final class TappedDatabase {

    private TappedDatabase() {}

    /**
     * @param now the SQL expression for the time; null for the database's clock
     * @param tap sees the data sources that all transactions go through
     */
    public static Connections open(Database database, String now, UnaryOperator<DataSource> tap) {
        Dialect dialect = database.dialect();
        return database.open(now == null ? dialect : dialect.withNow(now), tap);
    }
}
