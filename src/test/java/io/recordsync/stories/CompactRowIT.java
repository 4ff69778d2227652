package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** A service is started on the file that an older release left, whose deletions were not compact yet. */
class CompactRowIT {

    private static final String LIST = "5f1c7a2e-2323-4a7e-9b2f-aaaaaaaaaaaa";
    private static final String BEFORE = "23";

    private static final String ROWS =
            """
            select id, record_list, kind, provider, identifier, event_key, origin, committed_at, accepted_at, note, attempts
            from deletion order by id""";

    @TempDir
    Path folder;

    private SalesforceSimulator salesforce;
    private TalkdeskSimulator talkdesk;
    private Service service;

    @BeforeEach
    void start() throws Exception {
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(LIST, "EXTERNAL");
        service = new Service(folder, salesforce, talkdesk, LIST);
    }

    @AfterEach
    void stop() {
        service.close();
        talkdesk.close();
        salesforce.close();
    }

    @Test
    void what_it_left_pending_is_deleted_the_past_is_shown_as_before_and_its_copy_is_the_way_back() throws Exception {
        String pending = ContactIds.next();
        talkdesk.addRecords(LIST, "salesforce", List.of(pending));
        SQLiteDataSource older = new SQLiteDataSource();
        older.setUrl("jdbc:sqlite:" + folder.resolve("recordsync.db"));
        Flyway.configure()
                .dataSource(older)
                .locations("classpath:db/sqlite")
                .target(BEFORE)
                .load()
                .migrate();
        insert(pending, "api:an-order", "api", "pending", "");
        insert(ContactIds.next(), "8b2f0000-1111-2222-3333-0123456789ab/7", "stream", "deleted", "exact");
        insert(ContactIds.next(), "sweep:1790000000000", "sweep", "parked", "");
        List<String> before = read("recordsync.db", ROWS);

        service.startSubscribed();

        talkdesk.awaitGone(LIST, List.of(pending));
        service.await("it is settled", () -> service.count("deleted") == 2);
        assertThat(service.deletions("state=parked")).singleElement().satisfies(parked -> assertThat(
                        parked.path("eventKey").asText())
                .isEqualTo("sweep:1790000000000"));
        assertThat(service.log())
                .contains("3 deletions of", "move to compact rows", "recordsync.db.before-v24 is a copy from before");
        assertThat(service.terminate()).isZero();
        assertThat(read("recordsync.db", ROWS)).isEqualTo(before);
        assertThat(read("recordsync.db.before-v24", ROWS)).isEqualTo(before);
        assertThat(read("recordsync.db.before-v24", "select max(cast(version as integer)) from flyway_schema_history"))
                .containsExactly(BEFORE);
    }

    private void insert(String contact, String eventKey, String origin, String state, String confirmation)
            throws SQLException {
        try (Connection connection = connect("recordsync.db");
                PreparedStatement statement = connection.prepareStatement(
                        """
                        insert into deletion (record_list, kind, provider, identifier, event_key, origin, committed_at, accepted_at,
                          state, due_at, pending_since, confirmation, settled_at, failure_code)
                        select ?, 'external', 'salesforce', ?, ?, ?, ms, ms, ?1, ms, ms, ?, case ?1 when 'deleted' then ms end,
                          case ?1 when 'parked' then 'refused' else '' end
                        from (select unixepoch() * 1000 as ms)"""
                                .replace("?1", "'" + state + "'"))) {
            List<String> values = List.of(LIST, contact, eventKey, origin, confirmation);
            for (int i = 0; i < values.size(); i++) {
                statement.setString(i + 1, values.get(i));
            }
            statement.executeUpdate();
            if (state.equals("deleted")) {
                try (Statement count = connection.createStatement()) {
                    count.executeUpdate(
                            "update settled set total = total + 1 where confirmation = '" + confirmation + "'");
                }
            }
        }
    }

    private List<String> read(String file, String query) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = connect(file);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            while (row.next()) {
                List<String> values = new ArrayList<>();
                for (int column = 1; column <= row.getMetaData().getColumnCount(); column++) {
                    values.add(row.getString(column));
                }
                rows.add(String.join("|", values));
            }
        }
        return rows;
    }

    private Connection connect(String file) throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve(file));
    }
}
