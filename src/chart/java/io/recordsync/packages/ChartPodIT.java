package io.recordsync.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import io.recordsync.stories.Installation;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The pod that the chart renders, as a process: its settings, its variables, its probes as a kubelet asks them, its Service's names, and
 * its time to stop. What the image adds is {@link ImageIT}'s.
 */
@Tag("packages")
@Timeout(300)
class ChartPodIT {

    private static final String CONTACT = "003DL0000212DetYAE";
    private static final String PASSWORD = "a b$c";
    private static final Duration START = Duration.ofSeconds(90);

    @TempDir
    Path folder;

    @Test
    void a_rendered_pod_answers_its_probes_deletes_shows_its_page_and_stops_in_its_time() throws Exception {
        try (SalesforceSimulator salesforce = SalesforceSimulator.start();
                TalkdeskSimulator talkdesk = TalkdeskSimulator.start()) {
            talkdesk.addList("list-1", "EXTERNAL");
            talkdesk.addRecords("list-1", "salesforce", List.of(CONTACT));
            Manifests manifests = Manifests.of(new Chart(folder).render("prod", values(salesforce, talkdesk)));
            assertThat(ManifestFaults.of(manifests.text())).isEmpty();

            int port = freePort();
            Path log = folder.resolve("log");
            Process process = start(manifests, port, log);
            try {
                JsonNode container = manifests.container();
                await().atMost(START).until(() -> probe(container, "startupProbe", port));
                await().atMost(START).until(() -> probe(container, "readinessProbe", port));
                assertThat(probe(container, "livenessProbe", port)).isTrue();

                salesforce.publishDelete(CONTACT);
                talkdesk.awaitGone("list-1", List.of(CONTACT));

                String service = manifests.one("Service").at("/metadata/name").asText();
                assertThat(get(port, service + "." + Chart.NAMESPACE + ".svc:8080", "/", PASSWORD))
                        .contains(" 200 ");
                assertThat(get(port, "sync.example", "/", PASSWORD)).contains(" 200 ");
                assertThat(get(port, "localhost:8080", "/", "another")).contains(" 401 ");
                assertThat(get(port, "elsewhere.example", "/", PASSWORD)).contains(" 403 ");
                String metrics = manifests
                        .one("ServiceMonitor")
                        .at("/spec/endpoints/0/path")
                        .asText();
                assertThat(get(port, "10.1.2.3:8080", metrics, null)).contains(" 200 ");

                process.destroy();
                assertThat(process.waitFor(
                                manifests
                                        .pod()
                                        .path("terminationGracePeriodSeconds")
                                        .intValue(),
                                TimeUnit.SECONDS))
                        .isTrue();
                assertThat(process.exitValue()).isZero();
            } catch (Throwable e) {
                throw new AssertionError(Files.readString(log), e);
            } finally {
                process.destroyForcibly();
            }
        }
    }

    private static String values(SalesforceSimulator salesforce, TalkdeskSimulator talkdesk) {
        return """
                image: {repository: registry.example/sync}
                page: {hosts: [sync.example]}
                serviceMonitor: {enabled: true}
                secrets:
                  salesforce.client-secret: {name: sync, key: salesforce}
                  talkdesk.client-secret: {name: sync, key: talkdesk}
                  ops.password: {name: sync, key: page}
                settings:
                  salesforce.login-url: %s
                  salesforce.client-id: %s
                  salesforce.pubsub.host: %s
                  salesforce.pubsub.port: %d
                  salesforce.pubsub.plaintext: true
                  talkdesk.api-url: %s
                  talkdesk.token-url: %s
                  talkdesk.client-id: %s
                  talkdesk.record-lists: list-1
                  guard.max-deletions: 1000000
                """
                .formatted(
                        salesforce.loginUrl(),
                        SalesforceSimulator.CLIENT_ID,
                        salesforce.pubsubHost(),
                        salesforce.pubsubPort(),
                        talkdesk.url(),
                        talkdesk.tokenUrl(),
                        TalkdeskSimulator.CLIENT_ID);
    }

    /** As in the image, but for the port, which may be taken on this machine. */
    private Process start(Manifests manifests, int port, Path log) throws IOException {
        Path home = Installation.unzip(Files.createDirectory(folder.resolve("installed")));
        Path data = Files.createDirectory(folder.resolve("data"));
        Command.of("chmod", "2770", data.toString()).run();
        ProcessBuilder builder =
                new ProcessBuilder(home.resolve("bin/salesforce-talkdesk-sync").toString());
        builder.environment().clear();
        builder.environment().put("PATH", Path.of(System.getProperty("java.home"), "bin") + ":/usr/bin:/bin");
        builder.environment()
                .put(
                        "RECORDSYNC_CONFIG",
                        Files.writeString(folder.resolve("application.properties"), manifests.properties())
                                .toString());
        builder.environment().put("RECORDSYNC_DATA", data.toString());
        builder.environment().put("OPS_PORT", Integer.toString(port));
        for (JsonNode variable : manifests.container().path("env")) {
            builder.environment()
                    .put(
                            variable.path("name").asText(),
                            variable.has("value")
                                    ? variable.path("value").asText()
                                    : secret(variable.at("/valueFrom/secretKeyRef/key")
                                            .asText()));
        }
        return builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    }

    private static String secret(String key) {
        return switch (key) {
            case "salesforce" -> SalesforceSimulator.CLIENT_SECRET;
            case "talkdesk" -> TalkdeskSimulator.CLIENT_SECRET;
            default -> PASSWORD;
        };
    }

    /** By the address of the pod, without a password. */
    private static boolean probe(JsonNode container, String probe, int port) {
        try {
            return get(
                            port,
                            "10.1.2.3:8080",
                            container.path(probe).at("/httpGet/path").asText(),
                            null)
                    .contains(" 200 ");
        } catch (IOException e) {
            return false;
        }
    }

    /** @return the first line of the answer */
    private static String get(int port, String host, String path, String password) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(10_000);
            String login = password == null
                    ? ""
                    : "Authorization: Basic "
                            + Base64.getEncoder()
                                    .encodeToString(("operator:" + password).getBytes(StandardCharsets.UTF_8))
                            + "\r\n";
            socket.getOutputStream()
                    .write("GET %s HTTP/1.1\r\nHost: %s\r\n%sConnection: close\r\n\r\n"
                            .formatted(path, host, login)
                            .getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .findFirst()
                    .orElse("");
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
