package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.inbox.Released;
import io.recordsync.simulator.salesforce.MovedClock;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The service goes on with the database and the configuration file that release 0.1.0 has left behind: what was due is done once,
 * what waits for a person waits until that person has decided, and nobody else is deleted.
 */
@Tag("long")
class UpgradeIT {

    private static final String ONE = "5f1c7a2e-1111-4a7e-9b2f-aaaaaaaaaaaa";
    private static final String TWO = "5f1c7a2e-2222-4a7e-9b2f-bbbbbbbbbbbb";
    /** Its guard was tripped: of what was not sent only what a person had approved is pending. */
    private static final Set<String> HELD = Set.of("checking", "claimed", "held");

    private static final List<String> UNTOUCHED = List.of("parked", "rehearsed", "cancelled");
    private static final Pattern KEY = Pattern.compile("^([a-z.-]+) =.*");
    /** Contacts were deleted before the events that told of it. */
    private static final Duration EARLIER = Duration.ofHours(3);

    private final MovedClock clock = new MovedClock();

    @TempDir
    Path folder;

    private SalesforceSimulator salesforce;
    private TalkdeskSimulator talkdesk;

    @BeforeEach
    void start() throws Exception {
        salesforce = SalesforceSimulator.builder().clock(clock).start();
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(ONE, "EXTERNAL");
        talkdesk.addList(TWO, "EXTERNAL");
        Files.createSymbolicLink(folder.resolve("routes"), Path.of("routes").toAbsolutePath());
    }

    @AfterEach
    void stop() {
        talkdesk.close();
        salesforce.close();
    }

    @Test
    void with_a_file_of_sqlite() throws Exception {
        goesOn(Released.sqlite(folder.resolve("released.db")));
    }

    @Test
    void with_a_database_of_postgresql() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.start()) {
            goesOn(Released.postgresql(server));
        }
    }

    private record Row(long id, String state, String recordList, String kind, String identifier) {

        boolean isSent() {
            return state.equals("pending") || HELD.contains(state);
        }
    }

    private void goesOn(String url) throws Exception {
        Released.killed(url, Duration.ofMinutes(10));
        List<Row> before = rows(url);
        salesforce.orgId(
                strings(url, "select org_id from pinned_org").iterator().next());
        Set<String> restored = strings(url, "select identifier from restoration");
        List<Row> contacts =
                before.stream().filter(row -> row.kind().equals("external")).toList();
        theOrgIs(contacts, restored);
        for (Row row : contacts) {
            if (!talkdesk.holds(row.recordList(), row.identifier())) {
                talkdesk.addRecord(row.recordList(), "salesforce", row.identifier());
            }
        }
        Map<String, Long> counts = counts(before);
        long held = before.stream().filter(row -> HELD.contains(row.state())).count();
        long approved = counts.get("deleted") + counts.get("pending");
        try (Service service = new Service(folder, salesforce, talkdesk, ONE + "," + TWO)) {
            service.with("store.url", url)
                    .with("store.user", "postgres")
                    .with("ledger.phone-key", "the-key-of-the-release")
                    .in(folder);
            service.inFile(withoutWhatIsSet(service.environment())).start();

            service.await(
                    "what was approved is done, and the rest is held",
                    () -> service.count("deleted") == approved && service.count("held") == held);
            for (Row row : contacts) {
                assertThat(talkdesk.sent(row.recordList(), row.identifier()))
                        .as(row.toString())
                        .hasSize(row.state().equals("pending") ? 1 : 0);
            }
            service.post("/api/guard/approve", "{\"state\": \"held\"}");
            service.await("so is what a person approves now", () -> service.count("deleted") == approved + held);

            for (String state : UNTOUCHED) {
                assertThat(service.count(state)).as(state).isEqualTo(counts.get(state));
            }
            for (Row row : contacts) {
                assertThat(talkdesk.sent(row.recordList(), row.identifier()))
                        .as(row.toString())
                        .hasSize(row.isSent() ? 1 : 0);
            }
            assertThat(service.log())
                    .as("what went away is said")
                    .contains("camel.main.routesIncludePattern names 13 route files of the service")
                    .contains("camel.server.* has no effect any more")
                    .contains("camel.management.* has no effect any more")
                    .contains("camel.metrics.* has no effect any more");
            assertThat(talkdesk.mistakes()).isEmpty();
            assertThat(service.terminate()).isZero();
        }
        Map<Long, Row> after =
                rows(url).stream().collect(Collectors.toMap(Row::id, row -> row, (one, other) -> one, TreeMap::new));
        for (Row row : before) {
            String state = row.isSent() ? "deleted" : row.state();
            assertThat(after)
                    .as("nothing is lost")
                    .containsEntry(row.id(), new Row(row.id(), state, row.recordList(), row.kind(), row.identifier()));
        }
    }

    private void theOrgIs(Collection<Row> contacts, Set<String> restored) {
        Set<String> all = contacts.stream().map(Row::identifier).collect(Collectors.toCollection(TreeSet::new));
        clock.advance(EARLIER.negated());
        salesforce.restoreContacts(all, Set.of());
        all.removeAll(restored);
        salesforce.deleteContactsUnseen(all);
        clock.advance(EARLIER);
        // So that the user sees some.
        salesforce.createContacts(3);
    }

    /** In words that stay: of the view where there is one. */
    private static List<Row> rows(String url) throws SQLException {
        List<Row> rows = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(url, "postgres", "");
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(
                        "select id, state, record_list, kind, identifier from deletion order by id")) {
            while (found.next()) {
                rows.add(new Row(
                        found.getLong(1),
                        found.getString(2),
                        found.getString(3),
                        found.getString(4),
                        found.getString(5)));
            }
        }
        return rows;
    }

    private static Set<String> strings(String url, String query) throws SQLException {
        Set<String> strings = new TreeSet<>();
        try (Connection connection = DriverManager.getConnection(url, "postgres", "");
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(query)) {
            while (found.next()) {
                strings.add(found.getString(1));
            }
        }
        return strings;
    }

    private static Map<String, Long> counts(List<Row> rows) {
        return rows.stream().collect(Collectors.groupingBy(Row::state, TreeMap::new, Collectors.counting()));
    }

    /** The release's file, but for the lines of what a story sets. */
    private static String withoutWhatIsSet(Map<String, String> environment) throws Exception {
        return Released.configuration()
                .lines()
                .filter(line -> {
                    Matcher key = KEY.matcher(line);
                    return !key.matches() || !environment.containsKey(variable(key.group(1)));
                })
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private static String variable(String key) {
        return key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }
}
