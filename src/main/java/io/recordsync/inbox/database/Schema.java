package io.recordsync.inbox.database;

import java.util.Arrays;
import java.util.Optional;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.exception.FlywayValidateException;

/** The schema of a database, as its migrations make it. */
final class Schema {

    private final Flyway flyway;
    private final String shownUrl;

    /** @param migrations a folder of {@code db} on the class path */
    Schema(String migrations, String shownUrl, DataSource source) {
        this(migrations, null, shownUrl, source);
    }

    /** @param name of the schema, which is created where it does not exist; null for the only one */
    Schema(String migrations, String name, String shownUrl, DataSource source) {
        this.flyway = Flyway.configure(Schema.class.getClassLoader())
                .dataSource(source)
                .locations("classpath:db/" + migrations)
                .defaultSchema(name)
                // One a second.
                .lockRetryCount(PostgresqlSettings.MAX_LOCK_WAIT_SECONDS)
                // By itself it passes by a newer schema.
                .ignoreMigrationPatterns(new String[0])
                .load();
        this.shownUrl = shownUrl;
    }

    boolean isCurrent() {
        return flyway.info().pending().length == 0;
    }

    /** Whether a database that there is will be migrated to this version. */
    boolean isAbout(String version) {
        MigrationInfoService schema = flyway.info();
        return schema.current() != null
                && Arrays.stream(schema.pending())
                        .anyMatch(
                                migration -> migration.getVersion().getVersion().equals(version));
    }

    /**
     * Brings it up to date.
     *
     * @throws DatabaseException when it is newer: an older program does not know what its rows mean, and would pass by a guard
     *     that holds them
     */
    void migrate() {
        try {
            flyway.migrate();
        } catch (FlywayValidateException e) {
            throw newer().map(this::tooOldFor).orElseThrow(() -> e);
        }
    }

    private Optional<MigrationInfo> newer() {
        return Arrays.stream(flyway.info().applied())
                .filter(migration -> migration.getState() == MigrationState.FUTURE_SUCCESS)
                .findFirst();
    }

    private DatabaseException tooOldFor(MigrationInfo newer) {
        return new DatabaseException(
                "The schema of store %s is version %s, which this program is too old for; start the newer one, or"
                                .formatted(shownUrl, newer.getVersion())
                        + " restore the backup from before the upgrade",
                null);
    }

    /**
     * A newer one will do to be read: a migration adds.
     *
     * @throws DatabaseException when it is older, or missing
     */
    void requireCurrent() {
        MigrationInfoService schema = flyway.info();
        MigrationInfo[] pending = schema.pending();
        if (pending.length > 0) {
            throw new DatabaseException(
                    "The schema of store %s is %s (expected version %s); start the service once, which brings it up to date"
                            .formatted(
                                    shownUrl,
                                    schema.current() == null
                                            ? "missing"
                                            : "version " + schema.current().getVersion(),
                                    pending[pending.length - 1].getVersion()),
                    null);
        }
    }
}
