package io.recordsync.inbox.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import javax.sql.DataSource;

/** A PostgreSQL database, which several processes may share. */
final class Postgresql extends Database {

    static final String PREFIX = "jdbc:postgresql:";

    private static final int WRITERS = 10;
    private static final Duration KEEPALIVE = Duration.ofMinutes(2);

    /** Milliseconds; longer than a statement of a transaction that takes its time. */
    private static final int MAX_SILENCE = 11 * 60_000;

    private static final String DATA_CORRUPTED = "XX001";
    private static final String INDEX_CORRUPTED = "XX002";

    private static final String MAY_LAST_MINUTES = "set local statement_timeout = '10min'";

    /**
     * Every statement here is meant to walk an index; a planner without statistics would rather sort or hash the backlog. JIT
     * would compile for longer than any of them runs. The timeouts end what a frozen process left open, a lock on the stream
     * position above all.
     */
    private static final String SESSION =
            """
            set enable_seqscan = off; set enable_bitmapscan = off; set enable_sort = off; set enable_hashjoin = off;
            set jit = off;
            set statement_timeout = '15s'; set lock_timeout = '10s'; set idle_in_transaction_session_timeout = '30s'""";

    private final String user;
    private final String password;

    Postgresql(String url, String user, String password) {
        super(url, Dialect.POSTGRESQL);
        this.user = user;
        this.password = password;
    }

    @Override
    public boolean shared() {
        return true;
    }

    /** Others may have it as well. */
    @Override
    void takeHold(Opened opened) {}

    @Override
    DataSource openWriting(Opened opened) {
        HikariDataSource source = opened.pool("inbox-write", WRITERS, pool());
        schema(source).migrate();
        return source;
    }

    @Override
    HikariConfig readingPool() {
        return pool();
    }

    /** It cannot be created by connecting to it. */
    @Override
    void requireExistence(Opened opened) {}

    @Override
    void tryToWrite() throws SQLException {
        try (Opened opened = new Opened()) {
            tryToWrite(opened.pool("probe", 1, pool()));
        }
    }

    @Override
    String migrations() {
        return "postgresql";
    }

    @Override
    Backup copy(Path target) {
        throw new DatabaseException(
                "store.url leads to PostgreSQL (expected a SQLite file): back that up with pg_dump, or as its server does",
                null);
    }

    @Override
    boolean damaged(SQLException e) {
        return DATA_CORRUPTED.equals(e.getSQLState()) || INDEX_CORRUPTED.equals(e.getSQLState());
    }

    @Override
    String damage(String found) {
        return "The database %s is damaged (%s): repair it, or restore a backup, and restart the service"
                .formatted(shownUrl(), found);
    }

    /** The real server's address, also behind a proxy; null on a socket of the operating system. */
    @Override
    String serverQuery() {
        return """
                select coalesce(host(inet_server_addr()), 'localhost') || ' port ' || coalesce(inet_server_port(), 0)
                  || ', started ' || pg_postmaster_start_time()
                  || ', timeline ' || left(pg_walfile_name(pg_current_wal_lsn()), 8) as server""";
    }

    /** It takes what it needs. */
    @Override
    void takeRoom(Connection connection) {}

    @Override
    void takeTime(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(MAY_LAST_MINUTES);
        }
        // The pool sets it back.
        connection.setNetworkTimeout(Runnable::run, MAX_SILENCE);
    }

    @Override
    void giveBackRoom(Connection connection) {}

    private HikariConfig pool() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url());
        config.setUsername(user);
        config.setPassword(password);
        config.setKeepaliveTime(KEEPALIVE.toMillis());
        config.setConnectionInitSql(SESSION);
        Properties driver = config.getDataSourceProperties();
        driver.setProperty("ApplicationName", "salesforce-talkdesk-sync");
        driver.setProperty("connectTimeout", "5");
        driver.setProperty("socketTimeout", "20");
        driver.setProperty("tcpKeepAlive", "true");
        // The detail of an error quotes the row: a phone number.
        driver.setProperty("logServerErrorDetail", "false");
        return config;
    }
}
