package io.recordsync.inbox.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteJDBCLoader;

class SqliteDriverTest {

    @Test
    void the_one_that_is_built_with_will_do_and_is_the_one_that_is_named() {
        assertThatCode(SqliteDriver::require).doesNotThrowAnyException();
        assertThat(SQLiteJDBCLoader.getVersion()).isEqualTo(SqliteDriver.TESTED);
    }

    /** Spring Boot 3.5.7 lowers it so far: NoSuchFieldError, with the lock on the file held. */
    @Test
    void one_that_a_host_has_lowered_is_named_with_the_one_needed_and_the_property_that_sets_it() {
        assertThatThrownBy(() -> SqliteDriver.require("3.49.1.0", List.of("JOURNAL_MODE", "SYNCHRONOUS")))
                .isInstanceOf(DatabaseException.class)
                .hasMessageContaining("sqlite-jdbc 3.49.1.0")
                .hasMessageContaining("expected 3.53.2.1")
                .hasMessageContaining("<sqlite-jdbc.version>3.53.2.1</sqlite-jdbc.version>");
    }

    /** An Error is no Exception: it left the file locked, and the next try met itself. */
    @Test
    void a_library_of_another_version_is_a_failure_in_words_that_leaves_the_file_free(@TempDir Path folder) {
        Database database = Database.at("jdbc:sqlite:" + folder.resolve("recordsync.db"), "", "");

        assertThatThrownBy(() -> database.open(Dialect.SQLITE, source -> {
                    throw new NoSuchMethodError("'void com.zaxxer.hikari.HikariConfig.setExceptionOverride()'");
                }))
                .isInstanceOf(DatabaseException.class)
                .hasMessageContaining("a library on the class path is of another version than this program needs")
                .hasMessageContaining("HikariConfig.setExceptionOverride")
                .hasMessageContaining("sqlite-jdbc, postgresql and HikariCP");

        assertThatCode(() -> database.open().close()).doesNotThrowAnyException();
    }
}
