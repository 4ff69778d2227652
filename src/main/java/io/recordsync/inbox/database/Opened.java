package io.recordsync.inbox.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was opened for a database, its pools above all: closed in the opposite order, all of it, whatever fails. */
final class Opened implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Opened.class);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

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
