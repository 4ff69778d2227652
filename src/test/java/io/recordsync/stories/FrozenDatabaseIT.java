package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** PostgreSQL takes connections and never answers, as on a machine whose disk or memory is gone. */
@Tag("servers")
class FrozenDatabaseIT {

    private static final String LIST = "5f1c7a2e-9999-4a7e-9b2f-aaaaaaaaaaaa";
    private static final List<String> PATHS = List.of(
            "/observe/health", "/observe/health/live", "/observe/health/ready", "/observe/metrics", "/api/status");

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    private EmbeddedPostgres postgres;
    private SalesforceSimulator salesforce;
    private TalkdeskSimulator talkdesk;
    private Service service;
    private int waiting = 10;

    @BeforeEach
    void start() throws Exception {
        postgres = EmbeddedPostgres.builder()
                .setDataDirectory(folder.resolve("postgresql"))
                .start();
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(LIST, "EXTERNAL");
        service = new Service(folder, salesforce, talkdesk, LIST)
                .with("store.url", postgres.getJdbcUrl("postgres", "postgres"));
    }

    @AfterEach
    void stop() throws Exception {
        signal("CONT");
        service.close();
        talkdesk.close();
        salesforce.close();
        postgres.close();
    }

    @Test
    void whoever_asks_is_answered_at_once_by_what_is_known_and_it_stops_in_time() throws Exception {
        List<String> contacts = salesforce.createContacts(20);
        talkdesk.addRecords(LIST, "salesforce", contacts.subList(0, 10));
        service.startSubscribed();
        salesforce.publishDelete(contacts.subList(0, 10));
        service.await("ten are settled", () -> service.count("deleted") == 10);
        Instant before = Instant.now();
        signal("STOP");

        long frozen = System.nanoTime();
        boolean told = false;
        int rounds = 0;
        while (System.nanoTime() - frozen < Duration.ofSeconds(20).toNanos()) {
            // The server holds 300 connections at most; what waits is answered before there are so many.
            waiting = rounds++ < 2 ? 100 : 10;
            Map<String, String> answers = askAll();
            assertThat(answers.get("/observe/health/live")).contains("\"UP\"");
            assertThat(answers.get("/observe/metrics")).contains("recordsync_inbox_age_seconds");
            assertThat(answers.get("/api/status")).contains("\"deleted\":10", "\"knownAt\"");
            told |= answers.get("/observe/health/ready").contains("The database");
        }
        assertThat(told).as("health tells that the database hangs").isTrue();
        assertThat(service.answer("/observe/health/ready").statusCode()).isEqualTo(503);
        assertThat(service.status().at("/health/level").asText()).isEqualTo("red");
        assertThat(Instant.parse(service.status().path("knownAt").asText())).isBefore(before.plusSeconds(10));

        long asked = System.nanoTime();
        assertThat(service.terminate()).isZero();
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(30));
        assertThat(service.log()).doesNotContain("\tat ").contains("Stopped");
    }

    @Test
    void a_start_that_hangs_is_stopped_at_once() throws Exception {
        signal("STOP");
        service.launch();
        service.await(
                "it has begun",
                () -> service.handle().info().totalCpuDuration().orElseThrow().toMillis() > 1_500);

        long asked = System.nanoTime();
        assertThat(service.terminate()).isZero();
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(5));
        assertThat(service.linesOfTheStart())
                .singleElement()
                .asString()
                .endsWith("Stopped before the start was complete");
    }

    /** All at once, several times each, as the page and the probes of several agents do. */
    private Map<String, String> askAll() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> asked = new ArrayList<>();
        // They wait for the database, all of them: more than there are threads to serve them.
        for (int i = 0; i < waiting; i++) {
            ask("/api/deletions");
        }
        long began = System.nanoTime();
        for (String path : PATHS) {
            asked.add(ask(path));
            asked.add(ask(path));
        }
        for (CompletableFuture<HttpResponse<String>> answer : asked) {
            answer.get(5, TimeUnit.SECONDS);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .as("while " + waiting + " wait")
                // It is two seconds on a machine with nothing else to do, and five where it waits for a connection.
                .isLessThan(Duration.ofSeconds(4));
        return asked.stream()
                .map(CompletableFuture::join)
                .collect(Collectors.toMap(answer -> answer.uri().getPath(), HttpResponse::body, (one, other) -> other));
    }

    private CompletableFuture<HttpResponse<String>> ask(String path) {
        return http.sendAsync(
                HttpRequest.newBuilder(URI.create("http://localhost:" + service.port() + path))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** To every process of the server. */
    private void signal(String name) throws IOException, InterruptedException {
        long postmaster = Long.parseLong(Files.readAllLines(folder.resolve("postgresql/postmaster.pid"))
                .get(0)
                .strip());
        ProcessHandle handle = ProcessHandle.of(postmaster).orElseThrow();
        List<String> command = new ArrayList<>(List.of("kill", "-" + name));
        Stream.concat(Stream.of(handle), handle.descendants())
                .map(each -> Long.toString(each.pid()))
                .forEach(command::add);
        new ProcessBuilder(command).start().waitFor();
    }
}
