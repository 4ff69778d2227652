package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A PostgreSQL that is replaced by an older copy of itself under the running service, as by a failover to a lagging standby. */
@Tag("servers")
class BackInTimeIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LIST = "5f1c7a2e-8888-4a7e-9b2f-aaaaaaaaaaaa";

    @TempDir
    Path folder;

    private SalesforceSimulator salesforce;
    private TalkdeskSimulator talkdesk;
    private Service service;
    private EmbeddedPostgres primary;
    private EmbeddedPostgres standby;
    private TcpSwitch address;

    @BeforeEach
    void start() throws Exception {
        salesforce = SalesforceSimulator.start();
        // Without any that it sees, Salesforce could not be asked who lives.
        salesforce.createContacts(1);
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(LIST, "EXTERNAL");
        primary = postgresql("primary");
        address = new TcpSwitch(primary.getPort());
        service = new Service(folder, salesforce, talkdesk, LIST)
                .with("batch.size", "20")
                .with("delivery.timeout", "60s")
                .with("session.ttl", "5s")
                .with(
                        "store.url",
                        "jdbc:postgresql://127.0.0.1:" + address.port() + "/postgres?user=postgres&password=postgres");
    }

    @AfterEach
    void stop() throws Exception {
        service.close();
        address.close();
        primary.close();
        if (standby != null) {
            standby.close();
        }
        talkdesk.close();
        salesforce.close();
    }

    @Test
    void what_was_accepted_and_is_lost_comes_again_and_an_old_call_settles_nothing_of_other_contacts()
            throws Exception {
        service.startSubscribed();
        List<String> before = contacts(10);
        salesforce.publishDelete(before);
        talkdesk.awaitGone(LIST, before);
        service.await("all is settled", () -> service.count("deleted") == before.size());
        copyPrimary();
        service.await(
                "it works again",
                () -> service.status().at("/stream/state").asText().equals("connected")
                        && service.answer("/observe/health/ready").statusCode() == 200);

        talkdesk.holdCalls();
        List<String> lost = contacts(50);
        salesforce.publishDelete(lost);
        service.await(
                "they are on the wire", () -> talkdesk.sentTo(LIST).keySet().containsAll(lost));
        List<Long> lostIds = ids(service.get("/api/deletions?limit=100&state=claimed"));
        salesforce.unavailable(true);
        standby = postgresql("standby");
        address.leadsTo(standby.getPort());
        // The old calls are on the wire while these get the ids of what is lost.
        List<String> others = contacts(30);
        List<Long> otherIds = order(others);

        assertThat(lostIds).containsAll(otherIds);
        assertThat(service.log()).contains("has gone back in time", "a new session begins", "a sweep is due");
        assertThat(problems()).contains("database_went_back");
        talkdesk.releaseCalls();
        talkdesk.awaitGone(LIST, others);
        salesforce.unavailable(false);
        // The sweep and the stream both bring what was lost; whichever is late doubles a row, which does no harm.
        service.await(
                "all is settled",
                Duration.ofMinutes(1),
                () -> service.count("deleted") >= 90 && service.count("pending") + service.count("checking") == 0);

        assertThat(lost)
                .allSatisfy(contact -> assertThat(talkdesk.sent(LIST, contact)).hasSizeBetween(2, 3));
        assertThat(others)
                .allSatisfy(contact -> assertThat(talkdesk.sent(LIST, contact)).hasSize(1));
        assertThat(service.count("claimed")).isZero();
        service.await("a sweep is made", () -> salesforce.recording().restCalls().stream()
                .anyMatch(call -> call.path().contains("/queryAll")));
    }

    /** It takes the first order that comes to a new connection to find out. */
    private List<Long> order(List<String> contacts) {
        String body = contacts.stream()
                .map(contact -> "{\"recordList\": \"" + LIST
                        + "\", \"external_provider\": \"salesforce\", \"external_id\": \"" + contact + "\"}")
                .collect(Collectors.joining(",", "[", "]"));
        List<Long> ids = new ArrayList<>();
        service.await("it takes orders", () -> {
            HttpResponse<String> answer = service.post("/api/deletions", body);
            JSON.readTree(answer.body()).path("ids").forEach(id -> ids.add(id.asLong()));
            return answer.statusCode() == 202;
        });
        return ids;
    }

    private static List<Long> ids(JsonNode answer) {
        List<Long> ids = new ArrayList<>();
        answer.path("deletions").forEach(row -> ids.add(row.path("id").asLong()));
        return ids;
    }

    private List<String> problems() {
        List<String> kinds = new ArrayList<>();
        service.status()
                .path("problems")
                .forEach(problem -> kinds.add(problem.path("kind").asText()));
        return kinds;
    }

    /** What the primary is now is what the standby will be. */
    private void copyPrimary() throws IOException {
        int port = primary.getPort();
        primary.close();
        Path from = folder.resolve("primary");
        Path to = folder.resolve("standby");
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path copy = to.resolve(from.relativize(file));
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(file, copy);
                }
            }
        }
        Files.setPosixFilePermissions(to, Files.getPosixFilePermissions(from));
        primary = EmbeddedPostgres.builder()
                .setDataDirectory(from)
                .setCleanDataDirectory(false)
                .setPort(port)
                .start();
    }

    private EmbeddedPostgres postgresql(String name) throws IOException {
        return EmbeddedPostgres.builder()
                .setDataDirectory(folder.resolve(name))
                .setCleanDataDirectory(false)
                .start();
    }

    private List<String> contacts(int n) {
        List<String> ids = Stream.generate(ContactIds::next).limit(n).toList();
        talkdesk.addRecords(LIST, "salesforce", ids);
        return ids;
    }
}
