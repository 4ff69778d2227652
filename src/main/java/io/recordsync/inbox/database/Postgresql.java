package io.recordsync.inbox.database;

import com.zaxxer.hikari.HikariConfig;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL database, which several processes may share, directly or through a pooler.
 *
 * <p>Before it is opened it is looked at: what would fail later is refused in a line.
 */
final class Postgresql extends Database {

    static final String PREFIX = "jdbc:postgresql:";

    static final int WRITERS = 10;

    private static final Logger LOG = LoggerFactory.getLogger(Postgresql.class);

    private static final Duration KEEPALIVE = Duration.ofMinutes(2);

    /** Milliseconds; longer than a statement of a transaction that takes its time. */
    private static final int MAX_SILENCE = 11 * 60_000;

    private static final String DATA_CORRUPTED = "XX001";
    private static final String INDEX_CORRUPTED = "XX002";

    private static final String MAY_LAST_MINUTES = "set local statement_timeout = '10min'";

    private final PostgresqlUrl parsed;
    private final String user;
    private final String password;

    Postgresql(String url, String user, String password) {
        super(url, Dialect.POSTGRESQL);
        this.parsed = PostgresqlUrl.parse(url);
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
    Pools openPools(Opened opened) {
        SchemaChoice choice = look(true);
        choice.remark().ifPresent(remark -> LOG.warn("Store {}: {}", shownUrl(), remark));
        migrate(choice.schema());
        PostgresqlSettings settings = PostgresqlSettings.ofService(choice.schema());
        return new Pools(
                new PostgresqlConnections(opened.pool("inbox-write", WRITERS, pool()), settings, false),
                new PostgresqlConnections(opened.pool("inbox-read", READERS, pool()), settings, false));
    }

    private void migrate(String schema) {
        MigrationConnections source = migrating(schema, true);
        LockWatch watch = new LockWatch(this::connect, source::pids);
        try {
            Schema migrations = schema(schema, source);
            if (!migrations.isCurrent()) {
                requireRightToMigrate(schema);
                CompactRows.announce(migrations, source, shownUrl());
                OlderProcesses.await(migrations, source, shownUrl(), OlderProcesses.MAX_WAIT);
            }
            migrations.migrate();
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        } finally {
            watch.close();
        }
    }

    /** What has to change tables has to own them. */
    private void requireRightToMigrate(String schema) {
        try (Connection connection = connect()) {
            if (!PostgresqlLook.exists(connection, schema)) {
                return;
            }
            Optional<String> owner = PostgresqlLook.foreignOwner(connection, schema);
            Optional<String> missing = PostgresqlLook.missingInSchema(connection, schema, true);
            if (owner.isPresent() || missing.isPresent()) {
                throw new DatabaseException(
                        "Store %s cannot be brought up to date: %s in schema %s; start the service once as a role that has that"
                                .formatted(
                                        shownUrl(),
                                        owner.map(name -> "its tables belong to " + name
                                                        + " (expected: the role itself, or one it is a member of)")
                                                .orElseGet(() -> "the role has no right " + missing.get()),
                                        schema),
                        null);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    @Override
    DataSource openPoolToRead(Opened opened) {
        SchemaChoice choice = look(false);
        HikariConfig config = pool();
        config.setDataSourceProperties(properties(false));
        config.setReadOnly(true);
        DataSource source = new PostgresqlConnections(
                opened.pool("inbox-read", READERS_OF_RECEIPTS, config),
                PostgresqlSettings.ofService(choice.schema()),
                true);
        schema(choice.schema(), migrating(choice.schema(), false)).requireCurrent();
        return source;
    }

    @Override
    Optional<String> tryToWrite() throws SQLException {
        SchemaChoice choice = look(true);
        try (Connection connection = connect()) {
            if (!PostgresqlLook.exists(connection, choice.schema())) {
                return choice.remark();
            }
        }
        if (!schema(choice.schema(), migrating(choice.schema(), true)).isCurrent()) {
            requireRightToMigrate(choice.schema());
        }
        try (Opened opened = new Opened()) {
            tryToWrite(new PostgresqlConnections(
                    opened.pool("probe", 1, pool()), PostgresqlSettings.ofService(choice.schema()), false));
        }
        return choice.remark();
    }

    /**
     * Looks whether the service can work there, and where; nothing is changed.
     *
     * @throws DatabaseException when it cannot, with what to do
     */
    private SchemaChoice look(boolean toWrite) {
        try (Connection connection = toWrite ? connectToPrimary() : connect(quickly(properties(false)))) {
            if (parsed.prepares() && Pooler.inTransactionMode(connection, this::connect)) {
                throw refused(
                        "store.url leads through a pooler in transaction mode: add prepareThreshold=0 to it (or use"
                                + " session mode)");
            }
            PostgresqlLook look = PostgresqlLook.at(connection);
            requireUtf8(look);
            if (toWrite) {
                requireWritable(look);
            }
            return SchemaChoice.of(connection, look, parsed.schema(), shownUrl());
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private void requireUtf8(PostgresqlLook look) {
        if (!look.encoding().equals("UTF8")) {
            throw refused(
                    "the database %s is encoded in %s (expected UTF8): create one by create database … encoding 'UTF8' template template0"
                            .formatted(look.database(), look.encoding()));
        }
    }

    private void requireWritable(PostgresqlLook look) {
        if (look.standby()) {
            throw new DatabaseAwayException(
                    refused("the server is a standby (expected the primary)").getMessage(), null);
        }
        if (look.readOnly()) {
            throw refused("the database %s is read-only for the role %s: default_transaction_read_only is on"
                    .formatted(look.database(), look.role()));
        }
    }

    /** To whatever answers, where no primary does, so that it can be said what that is. */
    private Connection connectToPrimary() throws SQLException {
        try {
            return connect(quickly(properties(true)));
        } catch (SQLException e) {
            try {
                return connect(quickly(properties(false)));
            } catch (SQLException again) {
                throw e;
            }
        }
    }

    private Connection connect() throws SQLException {
        return connect(properties(true));
    }

    private Connection connect(Properties properties) throws SQLException {
        try {
            return DriverManager.getConnection(parsed.url(), properties);
        } catch (SQLException e) {
            Optional<String> mistake = PostgresqlMistake.in(e, parsed.url(), properties);
            if (mistake.isPresent()) {
                throw refused(mistake.get());
            }
            throw e;
        }
    }

    private MigrationConnections migrating(String schema, boolean primaryOnly) {
        return new MigrationConnections(parsed.url(), properties(primaryOnly), PostgresqlSettings.ofMigrations(schema));
    }

    private Schema schema(String name, DataSource source) {
        return new Schema("postgresql", name, shownUrl(), source);
    }

    private DatabaseException refused(String why) {
        return new DatabaseException("Store %s cannot be used: %s".formatted(shownUrl(), why), null);
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
        config.setJdbcUrl(parsed.url());
        config.setKeepaliveTime(KEEPALIVE.toMillis());
        config.setExceptionOverride(PostgresqlConnections.EVICTIONS);
        config.setDataSourceProperties(properties(true));
        return config;
    }

    /** For questions that are answered at once: a host that does not is left for the next one sooner. */
    private Properties quickly(Properties driver) {
        if (parsed.hosts() > 1) {
            driver.setProperty("socketTimeout", "8");
        }
        return driver;
    }

    /** What the URL says wins. */
    private Properties properties(boolean primaryOnly) {
        Properties driver = new Properties();
        if (user != null && !user.isEmpty()) {
            driver.setProperty("user", user);
        }
        if (password != null && !password.isEmpty()) {
            driver.setProperty("password", password);
        }
        if (primaryOnly) {
            // A standby at the other end is no connection then, instead of one that cannot write.
            driver.setProperty("targetServerType", "primary");
        }
        driver.setProperty("ApplicationName", "salesforce-talkdesk-sync");
        driver.setProperty("connectTimeout", "5");
        // A server that is frozen takes connections and never answers. Where there is another host, the driver comes to
        // it when all
        // that it waits for at this one is over, and gives up what takes longer in all.
        driver.setProperty("loginTimeout", Integer.toString(parsed.hosts() == 1 ? 5 : 25 * parsed.hosts()));
        driver.setProperty("sslResponseTimeout", "2000");
        driver.setProperty("socketTimeout", "20");
        driver.setProperty("tcpKeepAlive", "true");
        // The detail of an error quotes the row: a phone number.
        driver.setProperty("logServerErrorDetail", "false");
        return driver;
    }
}
