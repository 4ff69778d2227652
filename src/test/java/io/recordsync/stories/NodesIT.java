package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.DeleteCall;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes on one PostgreSQL. They know nothing of each other but what is in the database. */
@Tag("servers")
class NodesIT {

    private static final String LIST = "5f1c7a2e-5555-4a7e-9b2f-aaaaaaaaaaaa";

    @TempDir
    static Path folder;

    private static EmbeddedPostgres postgres;
    private static SalesforceSimulator salesforce;
    private static TalkdeskSimulator talkdesk;
    private static List<Service> nodes;

    /** The one that subscribes when a story begins. */
    private Service first;

    private Service second;
    private long deletedBefore;
    private long settledBefore;

    @BeforeAll
    static void start_two() throws Exception {
        postgres = EmbeddedPostgres.start();
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(LIST, "EXTERNAL");
        nodes = List.of(node(), node());
        nodes.parallelStream().forEach(NodesIT::start);
    }

    /** Small batches and few of them in hand, so that there is work for two. */
    private static Service node() throws IOException {
        return new Service(folder, salesforce, talkdesk, LIST)
                .with("store.url", postgres.getJdbcUrl("postgres", "postgres"))
                .with("batch.size", "10")
                .with("batch.linger", "20ms")
                .with("delivery.concurrency", "2");
    }

    @AfterAll
    static void stop() throws Exception {
        nodes.forEach(Service::close);
        talkdesk.close();
        salesforce.close();
        postgres.close();
    }

    @BeforeEach
    void one_subscribes_and_one_stands_by() {
        nodes.get(0).await("one subscribes and one stands by", () -> Set.of("connected", "standby")
                .equals(nodes.stream().map(NodesIT::stateOf).collect(Collectors.toSet())));
        first = nodes.stream()
                .filter(node -> stateOf(node).equals("connected"))
                .findFirst()
                .orElseThrow();
        second = nodes.get(1 - nodes.indexOf(first));
        deletedBefore = first.count("deleted");
        settledBefore = settled(first) + settled(second);
        talkdesk.latency(Duration.ZERO);
        talkdesk.forgetCalls();
    }

    @AfterEach
    void nothing_was_done_wrong() {
        assertThat(salesforce.openStreams()).isOne();
        assertThat(talkdesk.mistakes()).isEmpty();
        assertThat(salesforce.recording().refusals()).isEmpty();
    }

    @Test
    void they_deliver_side_by_side_and_none_what_the_other_does() {
        talkdesk.latency(Duration.ofMillis(30));
        List<String> contacts = contacts(1200);
        salesforce.publishDelete(contacts);

        talkdesk.awaitGone(LIST, contacts, Duration.ofSeconds(30));
        awaitDone(first, contacts.size());

        Map<String, List<DeleteCall>> byProcess =
                talkdesk.deletes().stream().collect(Collectors.groupingBy(DeleteCall::token));
        assertThat(byProcess).hasSize(2);
        assertThat(byProcess.values()).allSatisfy(calls -> assertThat(calls).hasSizeGreaterThan(10));
        assertThat(talkdesk.sentTo(LIST).values())
                .allSatisfy(calls -> assertThat(calls).hasSize(1));
        assertThat(settled(first) + settled(second) - settledBefore).isEqualTo(contacts.size());
    }

    @Test
    void one_is_killed_and_the_other_takes_over_its_claims_and_the_stream() throws Exception {
        List<String> contacts = contacts(300);
        int calls = talkdesk.deleteCount();
        talkdesk.holdCalls();
        salesforce.publishDelete(contacts);
        talkdesk.awaitDeletes(calls + 4);
        assertThat(stateOf(second)).isEqualTo("standby");

        first.kill();
        talkdesk.releaseCalls();
        List<String> meanwhile = contacts(20);
        salesforce.publishDelete(meanwhile);

        second.awaitSubscribed();
        talkdesk.awaitGone(LIST, contacts);
        talkdesk.awaitGone(LIST, meanwhile);
        awaitDone(second, contacts.size() + meanwhile.size());

        // Who comes back stands by.
        start(first);
        first.await("it stands by", () -> stateOf(first).equals("standby"));
        assertThat(stateOf(second)).isEqualTo("connected");
    }

    @Test
    void one_is_frozen_in_the_middle_of_calls_and_does_no_harm_when_it_goes_on() throws Exception {
        List<String> contacts = contacts(300);
        int calls = talkdesk.deleteCount();
        talkdesk.holdCalls();
        salesforce.publishDelete(contacts);
        talkdesk.awaitDeletes(calls + 4);
        first.freeze();
        talkdesk.releaseCalls();
        List<String> meanwhile = contacts(20);
        // On its way to the frozen one too, which has asked for it.
        salesforce.publishDelete(meanwhile);

        second.awaitSubscribed();
        talkdesk.awaitGone(LIST, contacts);
        talkdesk.awaitGone(LIST, meanwhile);
        awaitDone(second, contacts.size() + meanwhile.size());
        List<Object> position = position();
        long settledBySecond = settled(second);
        int callsBefore = talkdesk.deleteCount();
        first.thaw();

        first.await("it stands by", () -> stateOf(first).equals("standby"));
        assertThat(stateOf(second)).isEqualTo("connected");
        assertThat(position()).isEqualTo(position);
        assertThat(settled(first) + settledBySecond - settledBefore)
                .as("each row was settled once")
                .isEqualTo(contacts.size() + meanwhile.size());

        List<String> afterwards = contacts(300);
        talkdesk.latency(Duration.ofMillis(30));
        salesforce.publishDelete(afterwards);
        talkdesk.awaitGone(LIST, afterwards);
        Set<String> sentSince = talkdesk.deletes().stream()
                .filter(call -> call.number() > callsBefore)
                .flatMap(call -> call.identifiers().stream())
                .collect(Collectors.toSet());
        assertThat(sentSince).containsExactlyInAnyOrderElementsOf(afterwards);
    }

    @Test
    void a_pause_of_one_is_a_pause_of_both() throws Exception {
        first.post("/api/pause", "");
        second.await("the other one is paused too", () -> deliveryOf(second).equals("paused"));
        List<String> contacts = contacts(50);
        salesforce.publishDelete(contacts);
        first.await("they wait", () -> first.count("pending") == contacts.size());
        assertThat(talkdesk.deleteCount()).isZero();

        second.post("/api/resume", "");

        talkdesk.awaitGone(LIST, contacts);
        first.await("the first one goes on", () -> deliveryOf(first).equals("open"));
    }

    private static String deliveryOf(Service service) {
        return service.status().at("/delivery/state").asText();
    }

    private static void start(Service service) {
        try {
            service.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String stateOf(Service service) {
        return service.status().at("/stream/state").asText();
    }

    private void awaitDone(Service service, int contacts) {
        service.await(
                "all is settled",
                () -> service.count("deleted") == deletedBefore + contacts
                        && service.count("pending") + service.count("claimed") == 0);
    }

    /** What this process was told of rows that it settled. */
    private static long settled(Service service) {
        try {
            return service.text("/observe/metrics")
                    .lines()
                    .filter(line -> line.startsWith("recordsync_deletions_total{"))
                    .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Object> position() throws SQLException {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select epoch, session, encode(replay_id, 'hex') from stream_position")) {
            assertThat(row.next()).isTrue();
            List<Object> position = new ArrayList<>();
            for (int column = 1; column <= 3; column++) {
                position.add(row.getObject(column));
            }
            return position;
        }
    }

    private List<String> contacts(int n) {
        List<String> ids = Stream.generate(ContactIds::next).limit(n).toList();
        talkdesk.addRecords(LIST, "salesforce", ids);
        return ids;
    }
}
