package io.recordsync.inbox.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was opened for a database, its pools above all: closed in the opposite order, all of it, whatever fails. */
final class Opened implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Opened.class);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    private volatile OpenFile file;
    private volatile String damage;

    /** What is written goes to this file, and has to lie where it lay. */
    void file(OpenFile open) {
        file = open;
    }

    /** @throws SQLException when what is open is not what lies there */
    void requireFile() throws SQLException {
        OpenFile open = file;
        if (open != null) {
            open.require();
        }
    }

    /** Reported once: it does not get better by itself. */
    void damaged(String how) {
        if (damage == null) {
            LOG.error(how);
            damage = how;
        }
    }

    /** What was found out about it that only a person can fix. */
    Optional<String> damage() {
        return Optional.ofNullable(damage);
    }

    void add(AutoCloseable closeable) {
        opened.push(closeable);
    }

    HikariDataSource pool(String name, int size, HikariConfig config) {
        config.setPoolName(name);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(Database.MAX_WAIT.toMillis());
        config.setValidationTimeout(Database.MAX_WAIT.toMillis() / 2);
        HikariDataSource pool = new HikariDataSource(config);
        add(pool);
        return pool;
    }

    @Override
    public void close() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                LOG.warn("Store was not closed cleanly: {}", e.getMessage(), e);
            }
        }
    }
}
