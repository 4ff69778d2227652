package io.recordsync.stories;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.DeleteCall;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * The packaged service as a process of its own, as an operator starts it: {@code java -jar} in the project's folder, its
 * configuration in the environment.
 *
 * <p>It can be killed and started again on the same database. Its log is in {@code target/stories}, and is shown by the
 * message of a wait that fails. Every story ends with a look through it for secrets and personal data.
 */
public final class Service implements AutoCloseable {

    public static final Path JAR =
            Path.of("target/salesforce-talkdesk-sync.jar").toAbsolutePath();

    /** Halves the time of a start; written by a service that ends in order while there is none of this jar. */
    private static final Path CLASSES = Path.of("target/stories/classes.jsa").toAbsolutePath();

    /** Salesforce's tokens, phone numbers and the names of the simulators' people. */
    private static final Pattern NEVER_LOGGED =
            Pattern.compile("00D\\w{12}!|Bearer |\\+[1-9]\\d{9,14}|Lovelace|Ada\\b|St James");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private final Map<String, String> configuration = new LinkedHashMap<>();
    private final int port = freePort();
    private final TalkdeskSimulator talkdesk;
    private final Path log;
    private Process process;

    /**
     * @param folder for the SQLite file
     * @param recordLists comma-separated
     */
    public Service(Path folder, SalesforceSimulator salesforce, TalkdeskSimulator talkdesk, String recordLists)
            throws IOException {
        this.talkdesk = talkdesk;
        Files.createDirectories(Path.of("target/stories"));
        log = Files.createTempFile(Path.of("target/stories"), "service-", ".log");
        with("salesforce.login-url", salesforce.loginUrl());
        with("salesforce.client-id", SalesforceSimulator.CLIENT_ID);
        with("salesforce.client-secret", SalesforceSimulator.CLIENT_SECRET);
        with("salesforce.pubsub.host", salesforce.pubsubHost());
        with("salesforce.pubsub.port", Integer.toString(salesforce.pubsubPort()));
        with("salesforce.pubsub.plaintext", "true");
        with("stream.backoff", "50ms");
        with("stream.backoff-max", "500ms");
        with("stream.backoff-long", "1s");
        with("talkdesk.api-url", talkdesk.url());
        with("talkdesk.token-url", talkdesk.tokenUrl());
        with("talkdesk.client-id", TalkdeskSimulator.CLIENT_ID);
        with("talkdesk.client-secret", TalkdeskSimulator.CLIENT_SECRET);
        with("talkdesk.record-lists", recordLists);
        with("batch.linger", "50ms");
        with("delivery.rate", "0");
        with("delivery.backoff", "50ms");
        with("delivery.backoff-max", "500ms");
        with("delivery.timeout", "3s");
        with("verify.delay", "200ms");
        with("oauth.timeout", "2s");
        with("sweep.retry", "100ms");
        with("salesforce.timeout", "2s");
        with("session.ttl", "2s");
        with("session.heartbeat", "300ms");
        with("store.url", "jdbc:sqlite:" + folder.resolve("recordsync.db"));
        with("ops.port", Integer.toString(port));
    }

    /** A key of the configuration, in force from the next start on. */
    public Service with(String key, String value) {
        configuration.put(key, value);
        return this;
    }

    /** Starts it and waits until it listens; the stream may still be on its way. */
    public Service start() throws IOException {
        launch("-XX:ArchiveClassesAtExit=" + ownClasses());
        await("it listens", () -> !process.isAlive() || listens());
        if (!process.isAlive()) {
            throw new IllegalStateException("The service ended with " + process.exitValue() + ":\n" + log());
        }
        return this;
    }

    /** Starts it and waits for nothing. */
    public Service launch() throws IOException {
        return launch("-Xshare:auto");
    }

    private Service launch(String withoutArchive) throws IOException {
        boolean archived = Files.exists(CLASSES)
                && Files.getLastModifiedTime(CLASSES).compareTo(Files.getLastModifiedTime(JAR)) > 0;
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                archived ? "-XX:SharedArchiveFile=" + CLASSES : withoutArchive,
                "-jar",
                JAR.toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        configuration.forEach((key, value) -> builder.environment()
                .put(key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_'), value));
        process = builder.start();
        return this;
    }

    /** Starts it and waits until the stream is open. */
    public Service startSubscribed() throws IOException {
        start();
        return awaitSubscribed();
    }

    public Service awaitSubscribed() {
        await("it is subscribed", () -> "connected"
                .equals(status().at("/stream/state").asText()));
        return this;
    }

    /** SIGKILL. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGSTOP: it stands still, and its connections stay open. */
    void freeze() throws IOException, InterruptedException {
        signal("STOP");
    }

    /** SIGCONT: it goes on where it was. */
    void thaw() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        if (new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                        .start()
                        .waitFor()
                != 0) {
            throw new IOException("SIG" + name + " was not sent");
        }
    }

    /** SIGTERM. @return the exit code */
    public int terminate() throws IOException, InterruptedException {
        process.destroy();
        return awaitEnd();
    }

    /** @return the exit code */
    public int awaitEnd() throws IOException, InterruptedException {
        if (!process.waitFor(40, TimeUnit.SECONDS)) {
            throw new AssertionError("The service did not end within 40 s:\n" + log());
        }
        if (Files.exists(ownClasses())) {
            // Stories run side by side: another one's service must not read what is still being written.
            Files.move(ownClasses(), CLASSES, StandardCopyOption.ATOMIC_MOVE);
        }
        return process.exitValue();
    }

    private Path ownClasses() {
        return CLASSES.resolveSibling("classes-" + port + ".jsa");
    }

    public int port() {
        return port;
    }

    public ProcessHandle handle() {
        return process.toHandle();
    }

    public JsonNode status() {
        return get("/api/status");
    }

    /** How many deletions are in a state. */
    public long count(String state) {
        return status().at("/deletions/" + state).asLong();
    }

    /** The deletions that {@code GET /api/deletions} gives for a query such as {@code state=parked}. */
    public List<JsonNode> deletions(String query) {
        List<JsonNode> found = new ArrayList<>();
        get("/api/deletions?limit=1000&" + query).path("deletions").forEach(found::add);
        return found;
    }

    public JsonNode get(String path) {
        try {
            return JSON.readTree(text(path));
        } catch (IOException e) {
            throw new IllegalStateException(path + ": " + e, e);
        }
    }

    public String text(String path) throws IOException {
        return send(HttpRequest.newBuilder(uri(path)).GET()).body();
    }

    public HttpResponse<String> post(String path, String json) throws IOException {
        return send(HttpRequest.newBuilder(uri(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    /** Waits until the condition holds, half a minute at most; an exception counts as not yet. */
    public void await(String what, java.util.concurrent.Callable<Boolean> condition) {
        await(what, Duration.ofSeconds(30), condition);
    }

    public void await(String what, Duration patience, java.util.concurrent.Callable<Boolean> condition) {
        try {
            Awaitility.await(what)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(25))
                    .ignoreExceptions()
                    .atMost(patience)
                    .until(condition);
        } catch (org.awaitility.core.ConditionTimeoutException e) {
            throw new AssertionError(e.getMessage() + "\n" + (process.isAlive() ? status() + "\n" : "") + log(), e);
        }
    }

    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return "no log: " + e;
        }
    }

    /** Kills it; fails where its log shows what no log may. */
    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly();
        }
        String log = log();
        Stream<String> secrets = configuration.keySet().stream()
                .filter(key -> key.matches(".*(secret|password|phone-key)"))
                .map(configuration::get);
        Stream<String> tokens = talkdesk.deletes().stream().map(DeleteCall::token);
        if (NEVER_LOGGED.matcher(log).find()
                || Stream.concat(secrets, tokens).anyMatch(secret -> !secret.isEmpty() && log.contains(secret))) {
            throw new AssertionError("A secret or personal data in the log:\n" + log);
        }
    }

    private boolean listens() throws IOException {
        return send(HttpRequest.newBuilder(uri("/api/status")).GET()).statusCode() == 200;
    }

    private URI uri(String path) {
        return URI.create("http://localhost:" + port + path);
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
        try {
            return HTTP.send(request.timeout(Duration.ofSeconds(20)).build(), HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Below those that connections are given, so that it is free again for the next start. */
    private static int freePort() throws IOException {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(12_000, 30_000);
            try (ServerSocket socket = new ServerSocket(port)) {
                return socket.getLocalPort();
            } catch (BindException e) {
                // Another one is tried.
            }
        }
    }
}
