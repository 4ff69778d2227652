package io.recordsync.inbox.database;

import java.util.Arrays;
import java.util.Collection;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteJDBCLoader;

/** The version of the SQLite driver, which the BOM of a host application may lower without a word. */
final class SqliteDriver {

    /** The one that this program is built and tested with. */
    static final String TESTED = "3.53.2.1";

    /** By name: an older driver has no such constant. */
    private static final String NEEDED = "WAL_AUTOCHECKPOINT";

    private SqliteDriver() {}

    /**
     * Before any use of what an older driver lacks.
     *
     * @throws DatabaseException naming both versions and the property that sets it
     */
    static void require() {
        require(
                SQLiteJDBCLoader.getVersion(),
                Arrays.stream(SQLiteConfig.Pragma.values()).map(Enum::name).toList());
    }

    static void require(String version, Collection<String> pragmas) {
        if (!pragmas.contains(NEEDED)) {
            throw new DatabaseException(
                    "The SQLite driver on the class path is sqlite-jdbc %1$s, which is too old (expected %2$s, or newer); a BOM has most likely lowered it: set <sqlite-jdbc.version>%2$s</sqlite-jdbc.version> in the pom of your application, or name org.xerial:sqlite-jdbc:%2$s in its dependencyManagement"
                            .formatted(version, TESTED),
                    null);
        }
    }
}
