package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The database goes away, or is full, while stream, orders and deliveries flow; later it is well again. */
@Tag("servers")
class DatabaseOutageIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LIST = "5f1c7a2e-6666-4a7e-9b2f-aaaaaaaaaaaa";

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
        talkdesk.latency(Duration.ofMillis(20));
        service = new Service(folder, salesforce, talkdesk, LIST).with("batch.size", "20");
    }

    @AfterEach
    void stop() {
        service.close();
        talkdesk.close();
        salesforce.close();
    }

    @Test
    void postgresql_is_stopped_for_a_while() throws Exception {
        EmbeddedPostgres postgres = postgresql(0);
        int port = postgres.getPort();
        try {
            service.with("store.url", postgres.getJdbcUrl("postgres", "postgres"))
                    .startSubscribed();
            List<String> before = contacts(400);
            salesforce.publishDelete(before);
            List<String> ordered = contacts(3);
            assertThat(order(ordered).statusCode()).isEqualTo(202);
            talkdesk.awaitDeletes(3);
            postgres.close();

            List<String> meanwhile = contacts(150);
            salesforce.publishDelete(meanwhile);
            List<String> refused = contacts(3);
            CompletableFuture<HttpResponse<String>> order = CompletableFuture.supplyAsync(() -> order(refused));
            service.await("it says so", () -> Stream.of("DOWN", "\"store\"", "The database does not answer")
                    .allMatch(readiness()::contains));
            assertThat(service.text("/observe/health/live")).contains("UP");
            assertRefused(order.get());
            assertThat(meanwhile).allSatisfy(contact -> assertThat(talkdesk.holds(LIST, contact))
                    .isTrue());
            postgres = postgresql(port);

            service.await("it is ready again", () -> readiness().contains("UP"));
            assertNothingLost(before, ordered, meanwhile);
            assertThat(refused).allSatisfy(contact -> assertThat(talkdesk.holds(LIST, contact))
                    .isTrue());
            assertThat(linesOf("ERROR")).isEmpty();
        } finally {
            postgres.close();
        }
    }

    /** A file system of its own. */
    @Test
    void the_disk_of_the_sqlite_file_is_full_for_a_while() throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk.toString()) == 0,
                "a file system can be mounted here (root on Linux); the limit on file sizes is tested instead");
        try {
            service.with("store.url", "jdbc:sqlite:" + disk.resolve("recordsync.db"))
                    .startSubscribed();
            Path filler = disk.resolve("filler");
            isFullForAWhile(() -> fill(filler), () -> Files.delete(filler));
        } finally {
            service.kill();
            assertThat(run("umount", disk.toString())).isZero();
        }
    }

    /** No file of the process can grow: what a quota does, and it needs no rights. */
    @Test
    void the_sqlite_file_cannot_grow_for_a_while() throws Exception {
        service.startSubscribed();
        long grown =
                Math.max(Files.size(folder.resolve("recordsync.db-wal")), Files.size(folder.resolve("recordsync.db")));
        isFullForAWhile(() -> limitFileSize(Long.toString(grown + 20_000)), () -> limitFileSize("unlimited"));
    }

    private void isFullForAWhile(Act fill, Act makeRoom) throws Exception {
        List<String> before = contacts(20);
        salesforce.publishDelete(before);
        talkdesk.awaitGone(LIST, before);
        fill.run();

        List<String> meanwhile = contacts(1000);
        salesforce.publishDelete(meanwhile);
        service.await("health tells", () -> readiness().contains("The database fails: accept failed"));
        // However small, none is acknowledged that is not written.
        List<String> refused = contacts(1000);
        assertRefused(order(refused));
        service.await(
                "it was tried again and again",
                () -> linesOf("WARN").stream()
                                .filter(line -> line.contains("nothing is acknowledged"))
                                .count()
                        > 3);
        assertThat(talkdesk.holds(LIST, meanwhile.get(999))).isTrue();
        assertThat(linesOf("ERROR"))
                .singleElement()
                .asString()
                .contains("The database cannot be written to until that is fixed", "nothing is acknowledged");
        makeRoom.run();

        service.await("it is ready again", () -> readiness().contains("UP"));
        assertNothingLost(before, List.of(), meanwhile);
        assertThat(refused)
                .allSatisfy(contact -> assertThat(talkdesk.holds(LIST, contact)).isTrue());
        assertThat(service.log()).contains("The database can be written to again");
        List<String> afterwards = contacts(20);
        assertThat(order(afterwards).statusCode()).isEqualTo(202);
        talkdesk.awaitGone(LIST, afterwards);
    }

    private void assertNothingLost(List<String> before, List<String> ordered, List<String> meanwhile) {
        for (List<String> contacts : List.of(before, ordered, meanwhile)) {
            talkdesk.awaitGone(LIST, contacts, Duration.ofSeconds(20));
        }
        int all = before.size() + ordered.size() + meanwhile.size();
        service.await("all is settled", () -> service.count("deleted") == all);
        assertThat(service.count("pending") + service.count("claimed") + service.count("parked"))
                .isZero();
        assertThat(talkdesk.mistakes()).isEmpty();
        assertThat(salesforce.recording().refusals()).isEmpty();
    }

    private static void assertRefused(HttpResponse<String> answer) throws IOException {
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        JsonNode problem = JSON.readTree(answer.body());
        assertThat(problem.path("status").asInt()).isEqualTo(503);
        assertThat(problem.path("detail").asText()).isEqualTo("The database failed; try again");
    }

    private HttpResponse<String> order(List<String> contacts) {
        StringBuilder json = new StringBuilder();
        for (String contact : contacts) {
            json.append(json.isEmpty() ? "[" : ",")
                    .append("{\"external_provider\":\"salesforce\",\"external_id\":\"")
                    .append(contact)
                    .append("\"}");
        }
        try {
            return service.post("/api/deletions", json.append(']').toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String readiness() throws IOException {
        return service.text("/observe/health/ready");
    }

    private List<String> linesOf(String level) {
        return service.log()
                .lines()
                .filter(line -> line.contains("Z " + level + " "))
                .toList();
    }

    /** Always the same one; 0 = any port. */
    private EmbeddedPostgres postgresql(int port) throws IOException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(folder.resolve("postgresql"))
                .setCleanDataDirectory(false);
        return (port == 0 ? builder : builder.setPort(port)).start();
    }

    private static void fill(Path filler) throws IOException {
        byte[] block = new byte[512];
        try (OutputStream out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left on device");
        }
    }

    private void limitFileSize(String bytes) throws IOException, InterruptedException {
        String pid = Long.toString(service.handle().pid());
        assertThat(run("prlimit", "--pid", pid, "--fsize=" + bytes + ":unlimited"))
                .isZero();
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    private List<String> contacts(int n) {
        List<String> ids = Stream.generate(ContactIds::next).limit(n).toList();
        talkdesk.addRecords(LIST, "salesforce", ids);
        return ids;
    }

    private interface Act {
        void run() throws IOException, InterruptedException;
    }
}
