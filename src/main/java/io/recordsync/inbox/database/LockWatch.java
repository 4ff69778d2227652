package io.recordsync.inbox.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says what the migration of a schema waits for: after five seconds, and then every ten.
 *
 * <p>It asks on a connection of its own, for the process that waits cannot say so itself.
 */
final class LockWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LockWatch.class);

    private static final Duration FIRST = Duration.ofSeconds(5);
    private static final Duration EVERY = Duration.ofSeconds(10);

    /** {@code pg_blocking_pids} knows who waits in a queue before us too. The start of another role's transaction is hidden. */
    private static final String WAITS =
            """
            select coalesce(wanted.mode || ' on ' || coalesce(wanted.relation::regclass::text, wanted.locktype), 'a lock') as lock,
                   holder.pid, holder.application_name as application, holder.usename as role,
                   to_char(holder.xact_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as since
            from pg_locks wanted
            cross join unnest(pg_blocking_pids(wanted.pid)) as blocking(pid)
            join pg_stat_activity holder on holder.pid = blocking.pid
            where not wanted.granted and wanted.pid = any (?)""";

    /** Flyway asks for this one again and again instead of waiting for it; these are the upper halves of its number. */
    private static final String MIGRATES =
            """
            select 'Flyway''s lock on the schema' as lock, holder.pid, holder.application_name as application,
                   holder.usename as role,
                   to_char(holder.xact_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as since
            from pg_locks join pg_stat_activity holder on holder.pid = pg_locks.pid
            where locktype = 'advisory' and granted and classid in (18027, 18028) and not pg_locks.pid = any (?)
              and database = (select oid from pg_database where datname = current_database())""";

    private final Pooler.Connecting connecting;
    private final Supplier<Set<Integer>> pids;
    private final long begun = System.nanoTime();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "lock-watch");
        thread.setDaemon(true);
        return thread;
    });

    /** @param pids the server's processes that may wait */
    LockWatch(Pooler.Connecting connecting, Supplier<Set<Integer>> pids) {
        this.connecting = connecting;
        this.pids = pids;
        clock.scheduleWithFixedDelay(this::look, FIRST.toSeconds(), EVERY.toSeconds(), TimeUnit.SECONDS);
    }

    private void look() {
        long seconds = Duration.ofNanos(System.nanoTime() - begun).toSeconds();
        try (Connection connection = connecting.connect()) {
            Integer[] ours = pids.get().toArray(Integer[]::new);
            List<String> waits = waits(connection, WAITS, ours);
            if (waits.isEmpty()) {
                waits = waits(connection, MIGRATES, ours);
            }
            waits.forEach(wait -> LOG.warn(
                    "The start has been bringing the schema up to date for {} s and waits for {}", seconds, wait));
            if (waits.isEmpty()) {
                LOG.info("The start has been bringing the schema up to date for {} s and waits for no lock", seconds);
            }
        } catch (SQLException | RuntimeException e) {
            LOG.warn(
                    "The start has been bringing the schema up to date for {} s; what it waits for cannot be asked: {}",
                    seconds,
                    SqlFailure.words(e));
        }
    }

    private static List<String> waits(Connection connection, String sql, Integer[] pids) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setArray(1, connection.createArrayOf("int4", pids));
            try (ResultSet row = statement.executeQuery()) {
                List<String> waits = new ArrayList<>();
                while (row.next()) {
                    waits.add("%s, held by process %s of the server (application %s, role %s, %s)"
                            .formatted(
                                    row.getString("lock"),
                                    row.getInt("pid"),
                                    row.getString("application").isEmpty()
                                            ? "without a name"
                                            : row.getString("application"),
                                    row.getString("role"),
                                    row.getString("since") == null
                                            ? "since when is hidden from this role"
                                            : "since " + row.getString("since")));
                }
                return waits;
            }
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
