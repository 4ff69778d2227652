package io.recordsync.inbox.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** On SQLite's own driver: what it prepares is counted. */
class KeptStatementsTest {

    private static final String INSERT = "insert into thing (id, name) values (?, ?)";
    private static final String NAMES = "select name from thing order by id";

    @TempDir
    private Path folder;

    /** What the driver was asked to prepare. */
    private final List<String> prepared = new ArrayList<>();

    private Connection connection;

    @BeforeEach
    void open() throws SQLException {
        SQLiteDataSource driver = new SQLiteDataSource();
        driver.setUrl("jdbc:sqlite:" + folder.resolve("things.db"));
        connection = new KeptStatements(new ConnectionSource() {
                    @Override
                    public Connection getConnection() throws SQLException {
                        return counted(driver.getConnection());
                    }
                })
                .getConnection();
        try (Statement statement = connection.createStatement()) {
            statement.execute("create table thing (id integer primary key, name text)");
        }
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    private Connection counted(Connection of) {
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("prepareStatement")) {
                        prepared.add((String) arguments[0]);
                    }
                    try {
                        return method.invoke(of, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private int insert(int id, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            statement.setObject(1, id);
            statement.setObject(2, name);
            return statement.executeUpdate();
        }
    }

    private List<String> names() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(NAMES);
                ResultSet rows = statement.executeQuery()) {
            List<String> names = new ArrayList<>();
            while (rows.next()) {
                names.add(rows.getString(1));
            }
            return names;
        }
    }

    @Test
    void a_statement_is_prepared_once_and_does_its_work_each_time() throws SQLException {
        assertThat(insert(1, "one")).isEqualTo(1);
        assertThat(names()).containsExactly("one");
        assertThat(insert(2, "two")).isEqualTo(1);
        assertThat(names()).containsExactly("one", "two");

        assertThat(prepared).containsExactly(INSERT, NAMES);
    }

    @Test
    void what_was_read_in_part_begins_anew() throws SQLException {
        insert(1, "one");
        insert(2, "two");
        try (PreparedStatement statement = connection.prepareStatement(NAMES)) {
            ResultSet rows = statement.executeQuery();
            assertThat(rows.next()).isTrue();
            // Left open: closing the statement closes it.
        }

        assertThat(names()).containsExactly("one", "two");
    }

    @Test
    void what_was_read_in_part_locks_nothing() throws SQLException {
        insert(1, "one");
        insert(2, "two");
        try (PreparedStatement statement = connection.prepareStatement(NAMES)) {
            assertThat(statement.executeQuery().next()).isTrue();
        }

        try (Statement statement = connection.createStatement()) {
            statement.execute("drop table thing");
        }
    }

    /** Someone who forgets a parameter must not write what somebody else has written before. */
    @Test
    void it_keeps_no_parameters() throws SQLException {
        insert(1, "one");
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            statement.setObject(1, 2);
            statement.executeUpdate();
        }

        assertThat(names()).containsExactly("one", null);
    }

    @Test
    void two_users_at_a_time_have_two_statements() throws SQLException {
        insert(1, "one");
        insert(2, "two");
        try (PreparedStatement outer = connection.prepareStatement(NAMES);
                ResultSet rows = outer.executeQuery()) {
            assertThat(rows.next()).isTrue();
            assertThat(names()).containsExactly("one", "two");
            assertThat(rows.next()).isTrue();
            assertThat(rows.getString(1)).isEqualTo("two");
        }

        assertThat(names()).containsExactly("one", "two");
        assertThat(prepared).containsExactly(INSERT, NAMES, NAMES);
    }

    @Test
    void one_that_has_failed_is_not_kept() throws SQLException {
        insert(1, "one");

        assertThatThrownBy(() -> insert(1, "again"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("UNIQUE");

        insert(2, "two");
        assertThat(prepared).containsExactly(INSERT, INSERT);
        assertThat(names()).containsExactly("one", "two");
    }

    @Test
    void one_that_is_closed_is_closed_for_its_user_alone() throws SQLException {
        PreparedStatement statement = connection.prepareStatement(NAMES);
        statement.close();
        statement.close();

        assertThat(statement.isClosed()).isTrue();
        assertThatThrownBy(statement::executeQuery)
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("closed");
        assertThat(names()).isEmpty();
    }

    @Test
    void the_one_that_was_used_longest_ago_makes_room() throws SQLException {
        names();
        for (int i = 0; i < KeptStatements.MAX_KEPT - 1; i++) {
            connection.prepareStatement("select " + i).close();
        }
        names();
        connection.prepareStatement("select 'one more'").close();
        prepared.clear();

        names();
        connection.prepareStatement("select 1").close();
        assertThat(prepared).isEmpty();
        connection.prepareStatement("select 0").close();
        assertThat(prepared).containsExactly("select 0");
    }

    @Test
    void a_table_that_has_changed_meanwhile_is_seen() throws SQLException {
        insert(1, "one");
        try (Statement statement = connection.createStatement()) {
            statement.execute("alter table thing add column more text default 'x'");
        }

        insert(2, "two");

        assertThat(names()).containsExactly("one", "two");
    }

    @Test
    void the_connection_closes_with_what_it_keeps() throws SQLException {
        insert(1, "one");

        connection.close();

        assertThat(connection.isClosed()).isTrue();
    }
}
