package io.recordsync;

import io.recordsync.config.Configuration;
import io.recordsync.config.Secret;
import io.recordsync.config.Settings;
import io.recordsync.config.StoreSettings;
import io.recordsync.inbox.database.Database;
import io.recordsync.inbox.database.SqliteLibrary;
import java.nio.file.Path;
import java.util.Set;

/** The database that the configuration names, for a command: it takes what a service has made as it is, and leaves nothing behind. */
final class FoundDatabase {

    /** What has to be right in the configuration. */
    static final Set<String> KEYS = Set.of("store.url", "store.user", "store.password", "data.folder");

    private FoundDatabase() {}

    /** Nothing is opened. */
    static Database of(Configuration configuration) {
        return of(
                new StoreSettings(
                        configuration.value("store.url"),
                        configuration.value("store.user"),
                        new Secret(configuration.value("store.password"))),
                Path.of(configuration.value("data.folder")));
    }

    /** Likewise. */
    static Database of(Settings settings) {
        return of(settings.store(), settings.dataFolder());
    }

    private static Database of(StoreSettings store, Path dataFolder) {
        return Database.at(store.url(), store.user(), store.password().value(), SqliteLibrary.asFound(dataFolder));
    }
}
