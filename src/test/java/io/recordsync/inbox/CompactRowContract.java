package io.recordsync.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Origin;
import io.recordsync.deletion.Word;
import io.recordsync.inbox.database.Numbers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The migration to compact rows, on a database that the migrations before it made and the old statements filled. */
abstract class CompactRowContract {

    private static final String COLUMNS =
            """
            id, record_list, kind, provider, identifier, event_key, origin, committed_at, accepted_at, state, due_at,
            pending_since, session, attempts, unconfirmed, answer_lost, failure_code, message, confirmation, settled_at,
            settled_by, hmac, note, restored, approved_by, called_at""";

    private static final String INSERT =
            """
            insert into deletion (record_list, kind, provider, identifier, event_key, origin, committed_at, accepted_at,
              state, due_at, pending_since, session, attempts, unconfirmed, answer_lost, failure_code, message, confirmation,
              settled_at, settled_by, hmac, note, restored, approved_by, called_at)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";

    private static final String UUID = "8b2f0000-1111-2222-3333-0123456789ab";

    /** Change events of each length, what is nearly one, and other origins. */
    private static final List<String> KEYS = List.of(
            UUID + "/0",
            UUID + "/1",
            UUID + "/127",
            UUID + "/128",
            UUID + "/16383",
            UUID + "/16384",
            UUID + "/2097151",
            UUID + "/2097152",
            UUID + "/268435455",
            UUID + "/268435456",
            UUID + "/2147483647",
            UUID + "/2147483648",
            UUID + "/01",
            UUID + "/-1",
            UUID + "/",
            UUID + "/1x",
            UUID + "/99999999999999999999",
            UUID.toUpperCase() + "/1",
            UUID,
            "sweep:1796000000000",
            "api:order-1",
            "",
            "ü ☃ 😀",
            "17 bytes of text.");

    private static final List<String> KINDS = List.of("external", "record", "phone");

    abstract DataSource source();

    abstract String folder();

    final Flyway upTo(String version) {
        return Flyway.configure()
                .dataSource(source())
                .locations("classpath:db/" + folder())
                .target(version)
                .load();
    }

    @Test
    void every_row_in_every_state_is_what_it_was() throws SQLException {
        fill();
        List<String> before = rows();
        List<String> entered = read("select deletion, number from entered order by deletion");
        upTo("24").migrate();
        assertThat(rows()).hasSizeGreaterThan(150).isEqualTo(before);
        assertThat(read("select deletion, number from entered order by deletion"))
                .isEqualTo(entered);
    }

    /** Why it is held, what Salesforce said of it, who ordered it, what was found: they name it by its id. */
    @Test
    void what_stands_beside_a_row_stands_beside_it_still() throws SQLException {
        fill();
        execute("insert into held (deletion, reason) select id, 'merge' from deletion where state = 'held'");
        execute("insert into merged (deletion, words, seen_at) select deletion, 'merged into 003', 5 from held");
        execute("insert into deletion_person (deletion, ordered_by) select deletion, 'kim' from held");
        execute("insert into deletion_doubt (deletion, number) select deletion, 7 from held");
        execute("insert into presence_find (deletion, sign) select deletion, 'none' from held");
        String beside =
                """
                select identifier, reason, words, ordered_by, doubt.number, sign, entered.number from deletion
                join held on held.deletion = deletion.id join merged on merged.deletion = deletion.id
                join deletion_person person on person.deletion = deletion.id
                join deletion_doubt doubt on doubt.deletion = deletion.id
                join presence_find find on find.deletion = deletion.id
                join entered on entered.deletion = deletion.id order by deletion.id""";
        List<String> before = read(beside);
        upTo("24").migrate();
        assertThat(read(beside)).hasSize(KEYS.size()).isEqualTo(before);
    }

    /** As for a process that is killed in its middle: it is one transaction. */
    @Test
    void what_ends_half_way_leaves_the_rows_as_they_were_and_begins_anew() throws SQLException {
        fill();
        List<String> before = rows();
        execute("update deletion set state = 'unheard of' where id = (select max(id) from deletion)");
        assertThatThrownBy(() -> upTo("24").migrate()).isInstanceOf(FlywayException.class);
        assertThat(rows())
                .hasSameSizeAs(before)
                .startsWith(before.subList(0, before.size() - 1).toArray(String[]::new));
        execute("update deletion set state = 'cancelled' where id = (select max(id) from deletion)");
        upTo("24").migrate();
        assertThat(rows()).isEqualTo(before);
    }

    @Test
    @Tag("long")
    void a_process_that_is_killed_in_its_middle_leaves_the_rows_and_the_next_one_moves_them() throws Exception {
        fill();
        execute(
                """
                insert into deletion (record_list, kind, provider, identifier, event_key, origin, committed_at, accepted_at, state,
                  due_at, pending_since)
                select record_list, kind, provider, identifier || '-' || number.value, event_key, origin, committed_at, accepted_at, state,
                  due_at, pending_since
                from deletion, (%s) number"""
                        .formatted(numbers(MANY)));
        List<String> before = rows();
        Process starting = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Starting.class.getName(),
                        url())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            while (!moves(starting)) {
                assertThat(starting.isAlive()).isTrue();
                Thread.onSpinWait();
            }
        } finally {
            starting.destroyForcibly().waitFor();
        }
        awaitEnd();
        assertThat(read(VERSION)).containsExactly("23");
        assertThat(rows()).isEqualTo(before);
        Starting.main(url());
        assertThat(read(MOVED)).containsExactly("1");
        assertThat(rows()).isEqualTo(before);
    }

    static final String VERSION = "select max(cast(version as integer)) from flyway_schema_history";

    /** Whether the rows were moved, whichever migrations come after that. */
    static final String MOVED = "select count(*) from flyway_schema_history where version = '24'";

    private static final int MANY = 400;

    /** Opens the store, and with that migrates it. */
    static final class Starting {
        public static void main(String... url) {
            TestStore.open(url[0], "postgres", "", null, source -> source).close();
        }
    }

    abstract String url();

    /** A query of as many numbers, column {@code value}. */
    abstract String numbers(int count);

    /** Whether the rows are being moved. */
    abstract boolean moves(Process starting) throws SQLException;

    /** Until the database knows that the process is dead. */
    abstract void awaitEnd() throws SQLException;

    @Test
    void ids_go_on_where_they_were() throws SQLException {
        fill();
        long last = Long.parseLong(read("select max(id) from deletion").get(0));
        execute("delete from deletion where id = " + last);
        upTo("24").migrate();
        insert(7, "after");
        assertThat(Long.parseLong(read("select max(id) from deletion").get(0))).isGreaterThan(last);
    }

    @Test
    void the_view_takes_what_a_person_changes_by_hand() throws SQLException {
        fill();
        upTo("24").migrate();
        insert(7, UUID + "/77");
        execute("update deletion set state = 'held', message = 'by hand' where event_key = '" + UUID + "/77'");
        assertThat(
                        read(
                                "select record_list, kind, origin, state, message, event_key from deletion where message = 'by hand'"))
                .containsExactly("L7|record|api|held|by hand|" + UUID + "/77");
        assertThat(
                        read(
                                "select 1 from entered join deletion on deletion.id = entered.deletion where message = 'by hand'"))
                .hasSize(1);
        execute("delete from deletion where message = 'by hand'");
        assertThat(read("select 1 from deletion where message = 'by hand'")).isEmpty();
    }

    @Test
    void the_numbers_of_java_are_those_of_the_view() throws SQLException {
        fill();
        upTo("24").migrate();
        for (DeletionState state : DeletionState.values()) {
            execute("update deletion_row set state = " + Numbers.of(state) + " where id = 1");
            assertThat(read("select state from deletion where id = 1")).containsExactly(Word.underscored(state));
        }
        for (Origin origin : Origin.values()) {
            execute("update deletion_row set origin = " + Numbers.of(origin) + " where id = 1");
            assertThat(read("select origin from deletion where id = 1")).containsExactly(Word.underscored(origin));
        }
        for (Confirmation confirmation : Confirmation.values()) {
            execute("update deletion_row set confirmation = " + Numbers.of(confirmation) + " where id = 1");
            assertThat(read("select confirmation from deletion where id = 1"))
                    .containsExactly(Word.underscored(confirmation));
        }
    }

    final void fill() throws SQLException {
        upTo("23").migrate();
        try (Connection connection = source().getConnection()) {
            connection.setAutoCommit(false);
            for (int i = 0; i < 8 * KEYS.size(); i++) {
                insert(connection, i, KEYS.get(i / 8));
            }
            connection.commit();
        }
    }

    private void insert(int i, String key) throws SQLException {
        try (Connection connection = source().getConnection()) {
            insert(connection, i, key);
        }
    }

    private static void insert(Connection connection, int i, String key) throws SQLException {
        DeletionState state = DeletionState.values()[i % 8];
        boolean done = state == DeletionState.DELETED || state == DeletionState.CANCELLED;
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            Object[] values = {
                "L" + i % 10,
                KINDS.get(i % 3),
                i % 5 == 0 ? "other" : "salesforce",
                "contact-" + i,
                key,
                Word.underscored(Origin.values()[(i / 8 + i) % 4]),
                1_796_000_000_000L + i,
                1_796_000_001_000L + i,
                Word.underscored(state),
                1_796_000_002_000L + i,
                1_796_000_003_000L + i,
                state == DeletionState.CLAIMED ? "session-" + i % 2 + "/token" : "",
                i % 4,
                i % 3,
                i % 2 == 0,
                i % 6 == 0 ? "code" : "",
                i % 7 == 0 ? "message – ü" : "",
                state == DeletionState.DELETED ? Word.underscored(Confirmation.values()[i / 8 % 4]) : "",
                done ? 1_796_000_004_000L + i : null,
                state == DeletionState.CANCELLED ? "kim" : "",
                i % 3 == 2 ? "hmac:" + i : null,
                i % 9 == 0 ? "merged" : "",
                i % 11 == 0 ? "undelete" : "",
                i % 13 == 0 ? "lee" : "",
                state == DeletionState.DELETED ? 1_796_000_003_500L + i : null
            };
            for (int column = 0; column < values.length; column++) {
                statement.setObject(column + 1, values[column]);
            }
            statement.execute();
        }
    }

    final List<String> rows() throws SQLException {
        return read("select " + COLUMNS + " from deletion order by id");
    }

    final void execute(String sql) throws SQLException {
        try (Connection connection = source().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    final List<String> read(String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = source().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                List<String> values = new ArrayList<>();
                for (int column = 1; column <= row.getMetaData().getColumnCount(); column++) {
                    values.add(row.getString(column));
                }
                rows.add(String.join("|", values.stream().map(String::valueOf).toList()));
            }
        }
        return rows;
    }
}
