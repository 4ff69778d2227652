package io.recordsync.runtimes;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import io.recordsync.stories.Service;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the service does in every Camel runtime, seen from outside: the host is a process, our settings are in its environment.
 *
 * <p>A host serves {@code host works} at {@code /own} on a port of its own, by its own {@code platform-http:} route.
 */
@Tag("runtimes")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
abstract class RuntimeContract {

    private static final String ONE = "5f1c7a2e-1111-4a7e-9b2f-aaaaaaaaaaaa";
    private static final String OTHER = "5f1c7a2e-2222-4a7e-9b2f-bbbbbbbbbbbb";
    static final Duration PATIENCE = Duration.ofMinutes(3);
    /** Wrong as soon as it starts, which is late: after the servers. */
    static final String LATE_ROUTE =
            """
            - route:
                id: late
                from:
                  uri: scheduler:late
                  parameters:
                    delay: "{{late.delay}}"
                  steps:
                    - to:
                        uri: direct:accept-deletions
            """;

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    SalesforceSimulator salesforce;
    private TalkdeskSimulator talkdesk;
    Service host;
    private List<String> program;
    private int hostPort;

    /** What starts the host, once it is built. */
    abstract List<String> command() throws Exception;

    /** How the host's own port is set. */
    abstract String portKey();

    @BeforeEach
    void start() throws Exception {
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(ONE, "EXTERNAL");
        talkdesk.addList(OTHER, "EXTERNAL");
        try (ServerSocket socket = new ServerSocket(0)) {
            hostPort = socket.getLocalPort();
        }
        program = command();
        host = new Service(folder, salesforce, talkdesk, ONE + "," + OTHER)
                .in(folder)
                .program(program)
                .with(portKey(), Integer.toString(hostPort));
    }

    @AfterEach
    void stop() {
        host.close();
        talkdesk.close();
        salesforce.close();
    }

    @Test
    void deletions_leave_both_lists_and_a_restart_loses_none_and_sends_none_twice() throws Exception {
        List<String> first = contacts(200);
        List<String> rest = contacts(50);
        subscribed();

        salesforce.publishDelete(first);

        gone(first);
        host.await("the host works", PATIENCE, () -> text("/own").equals("host works"));
        hostIsUndisturbed();
        assertThat(host.answer("/observe/health").statusCode()).isEqualTo(200);
        assertThat(host.text("/observe/metrics")).contains("recordsync_deletions_total");
        settled(400);
        terminatesCleanly();

        salesforce.publishDelete(rest);
        subscribed();

        gone(rest);
        settled(500);
        assertThat(talkdesk.mistakes()).isEmpty();
        assertThat(talkdesk.repeats()).isEmpty();
        terminatesCleanly();
    }

    @Test
    void wrong_settings_end_the_start_by_name_and_the_process_with_it() throws Exception {
        host.with("delivery.mode", "dryrun").with("talkdesk.record-lists", ",").launch();

        startIsRefused();
        assertThat(host.log())
                .contains("delivery.mode")
                .contains("dryrun: expected live or dry-run")
                .contains("talkdesk.record-lists");
        assertThat(talkdesk.deletes()).isEmpty();
        assertThat(talkdesk.tokenCalls()).isEmpty();
    }

    /** Our server listens by then, and so does the host's, where it starts before its routes: neither may keep the process. */
    final void aWrongSettingOfARouteEndsTheProcess() throws Exception {
        Path routes = folder.resolve("late.camel.yaml");
        Files.writeString(routes, LATE_ROUTE);
        List<String> command = new ArrayList<>(program);
        command.add(
                1, "-Dcamel.main.routes-include-pattern=classpath:routes/*.camel.yaml,file:" + routes.toAbsolutePath());
        host.program(command);
        theLateSettingIsRefused();
    }

    final void theLateSettingIsRefused() throws Exception {
        host.with("late.delay", "soon").launch();

        startIsRefused();
        assertThat(host.log()).contains("delay").contains("soon");
        assertThat(talkdesk.deletes()).isEmpty();
    }

    @Test
    void the_api_asks_for_the_password_and_the_hosts_own_paths_do_not() throws Exception {
        host.with("ops.password", "a-password-of-this-story").launch();
        host.await("the API refuses", PATIENCE, () -> host.answer("/api/status").statusCode() == 401);

        String operator = "Basic "
                + Base64.getEncoder()
                        .encodeToString("operator:a-password-of-this-story".getBytes(StandardCharsets.UTF_8));
        // The door is there before the routes behind it, and before the host's own.
        host.await(
                "the API admits",
                PATIENCE,
                () -> get(host.port(), "/api/status", operator).statusCode() == 200);
        assertThat(host.post("/api/pause", "{}").statusCode()).isEqualTo(401);
        host.await(
                "it is alive",
                PATIENCE,
                () -> host.answer("/observe/health/live").statusCode() == 200);
        host.await("the host works", PATIENCE, () -> text("/own").equals("host works"));
        assertThat(get(hostPort, "/api/status", null).statusCode())
                .as("ours, on the port of the host")
                .isEqualTo(404);
        terminatesCleanly();
    }

    final void startIsRefused() throws InterruptedException {
        host.await("the start ends", PATIENCE, () -> !host.handle().isAlive());
        assertThat(host.awaitEnd()).isEqualTo(1);
    }

    /** Of what else is the host's: its database, its registry. */
    void hostIsUndisturbed() throws Exception {}

    final void subscribed() throws IOException {
        host.launch();
        host.await(
                "it listens",
                PATIENCE,
                () -> !host.handle().isAlive() || host.answer("/api/status").statusCode() == 200);
        assertThat(host.handle().isAlive()).as(host.log()).isTrue();
        host.awaitSubscribed();
    }

    final List<String> contacts(int n) {
        List<String> ids = salesforce.createContacts(n);
        talkdesk.addRecords(ONE, "salesforce", ids);
        talkdesk.addRecords(OTHER, "salesforce", ids);
        return ids;
    }

    final void gone(List<String> ids) {
        talkdesk.awaitGone(ONE, ids, PATIENCE);
        talkdesk.awaitGone(OTHER, ids, PATIENCE);
    }

    final void settled(int rows) {
        host.await("all are settled", PATIENCE, () -> host.count("deleted") == rows);
    }

    private void terminatesCleanly() throws InterruptedException {
        assertThat(host.terminate()).as("0, or 128 and SIGTERM").isIn(0, 143);
        assertThat(host.log()).doesNotContain("not closed cleanly");
    }

    String text(String path) throws Exception {
        return get(hostPort, path, null).body();
    }

    private static HttpResponse<String> get(int port, String path, String authorization) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path));
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
