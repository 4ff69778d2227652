package io.recordsync.stories;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recordsync.Secrets;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import io.recordsync.simulator.talkdesk.TokenCall;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.BindException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.awaitility.Awaitility;

/**
 * The packaged service as a process of its own, as an operator starts it: {@code java -jar} in the project's folder, its
 * configuration in the environment.
 *
 * <p>It can be killed and started again on the same database. Its log is in {@code target/stories}, and is shown by the
 * message of a wait that fails. Every story ends with a look through it for what {@link Secrets} keeps.
 */
public final class Service implements AutoCloseable {

    /** The package of a profile that has one of its own. */
    private static final String JAR_OF_A_PROFILE = System.getProperty("stories.jar");

    static final boolean IS_OF_A_PROFILE = JAR_OF_A_PROFILE != null;

    public static final Path JAR = Path.of(IS_OF_A_PROFILE ? JAR_OF_A_PROFILE : "target/salesforce-talkdesk-sync.jar")
            .toAbsolutePath();

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private final Map<String, String> configuration = new LinkedHashMap<>();
    private final int port = freePort();
    private final SalesforceSimulator salesforce;
    private final TalkdeskSimulator talkdesk;
    private final Path log;
    private long streamsBefore;
    private Process process;
    private Path home = Path.of("");
    private List<String> before = List.of();
    private List<String> program = List.of();
    private boolean piped;
    private HttpClient http = HTTP;
    private String scheme = "http";
    private String authorization = "";

    /**
     * @param folder for the SQLite file
     * @param recordLists comma-separated
     */
    public Service(Path folder, SalesforceSimulator salesforce, TalkdeskSimulator talkdesk, String recordLists)
            throws IOException {
        this.salesforce = salesforce;
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
        // What is accepted at once goes in one call: with a linger a tick may come in the middle of it.
        with("batch.linger", "0");
        with("guard.max-deletions", "1000000");
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
        with("data.folder", folder.resolve("data").toString());
        with("store.url", "jdbc:sqlite:" + folder.resolve("recordsync.db"));
        with("ops.port", Integer.toString(port));
        // It would take what a story has scripted for others.
        with("doctor.at-start", "false");
        with("talkdesk.record-lists.refresh", "0");
    }

    /** A key of the configuration, in force from the next start on. */
    public Service with(String key, String value) {
        Secrets.keep(key, value);
        configuration.put(key, value);
        return this;
    }

    /** Who asks it from now on. */
    Service as(String user, String password) {
        Secrets.keep(password);
        authorization =
                "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** It is asked by TLS, and what it shows has to be trusted by this. */
    Service byTls(SSLContext trusting) {
        scheme = "https";
        http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .sslContext(trusting)
                .build();
        return this;
    }

    /** What is started in place of the packaged service: another program, which has it as a library. */
    public Service program(List<String> command) {
        program = command;
        return this;
    }

    /** The folder that it is started in: its routes and its configuration file are there. */
    public Service in(Path folder) {
        home = folder;
        return this;
    }

    /** What runs it, such as {@code setpriv} and its options. */
    Service before(List<String> command) {
        before = command;
        return this;
    }

    /** What it says goes into a pipe that nobody reads until {@link #readPipe}. */
    Service intoPipe() {
        piped = true;
        return this;
    }

    /** Reads what waits in the pipe and what comes, until it has read this; then nobody reads again. */
    void readPipe(String until) throws Exception {
        InputStream pipe = process.getInputStream();
        try (OutputStream copy = Files.newOutputStream(log, StandardOpenOption.APPEND)) {
            byte[] buffer = new byte[1024];
            int from = log().length();
            await("it says " + until, () -> {
                while (pipe.available() > 0) {
                    int read = pipe.read(buffer);
                    copy.write(buffer, 0, read);
                }
                return log().substring(from).contains(until);
            });
        }
    }

    /** What was set so far stands in the configuration file of its folder, below these lines, and not in the environment. */
    Service inFile(String before) throws IOException {
        StringBuilder lines = new StringBuilder(before);
        configuration.forEach(
                (key, value) -> lines.append(key).append(" = ").append(value).append('\n'));
        Files.createDirectories(home.resolve("config"));
        Files.writeString(home.resolve("config/application.properties"), lines);
        configuration.clear();
        return this;
    }

    /** Its configuration, for a process of one's own. */
    Map<String, String> environment() {
        return configuration.entrySet().stream()
                .collect(Collectors.toMap(
                        entry -> entry.getKey()
                                .toUpperCase(Locale.ROOT)
                                .replace('.', '_')
                                .replace('-', '_'),
                        Map.Entry::getValue));
    }

    /** Starts it and waits until it listens; the stream may still be on its way. */
    public Service start() throws IOException {
        return launch().awaitListening();
    }

    Service awaitListening() {
        await("it listens", () -> !process.isAlive() || listens());
        if (!process.isAlive()) {
            throw new IllegalStateException("The service ended with " + process.exitValue() + ":\n" + log());
        }
        return this;
    }

    /** Starts it and waits for nothing. */
    public Service launch() throws IOException {
        return launch(program.isEmpty() ? SharedClasses.option() : "");
    }

    /** Likewise, by the script of an unpacked zip, as another user. */
    Service launch(Path script, OtherUser user, String javaOpts) throws IOException {
        List<String> command = new ArrayList<>(user.running());
        command.add(script.toString());
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(script.getParent().toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("JAVA_OPTS", javaOpts);
        streamsBefore = streams();
        process = builder.start();
        return this;
    }

    /** Likewise, with an option for the JVM. */
    Service launch(String option) throws IOException {
        List<String> command = new ArrayList<>(before);
        command.addAll(program.isEmpty() ? packaged(option) : program);
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(home.toAbsolutePath().toFile())
                .redirectErrorStream(true)
                .redirectOutput(piped ? ProcessBuilder.Redirect.PIPE : ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment());
        streamsBefore = streams();
        process = builder.start();
        return this;
    }

    private static List<String> packaged(String option) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                option,
                "-jar",
                JAR.toString());
    }

    /** Starts it and waits until the stream is open. */
    public Service startSubscribed() throws IOException {
        start();
        return awaitSubscribed();
    }

    public Service awaitSubscribed() {
        // It says so when it has asked. What is published before the other end has heard it is not for LATEST.
        await(
                "it is subscribed",
                () -> "connected".equals(status().at("/stream/state").asText()) && streams() > streamsBefore);
        return this;
    }

    private long streams() {
        return salesforce.recording().subscribes().stream()
                .filter(subscribe -> subscribe.refusedWith() == null)
                .count();
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
    public int terminate() throws InterruptedException {
        process.destroy();
        return awaitEnd();
    }

    /** @return the exit code */
    public int awaitEnd() throws InterruptedException {
        if (!process.waitFor(40, TimeUnit.SECONDS)) {
            throw new AssertionError("The service did not end within 40 s:\n" + log());
        }
        return process.exitValue();
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
        return answer(path).body();
    }

    public HttpResponse<String> answer(String path) throws IOException {
        return send(HttpRequest.newBuilder(uri(path)).GET());
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

    /** What the first line of a log has: the release. */
    static final String RELEASE = "i.r.Application - salesforce-talkdesk-sync ";

    /** The lines of the log but the first, which says the release and the files that are read. */
    public List<String> linesOfTheStart() {
        return log().lines().filter(line -> !line.contains(RELEASE)).toList();
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
        talkdesk.tokenCalls().stream().map(TokenCall::token).forEach(Secrets::keep);
        Secrets.refuse(log.toString(), log());
    }

    private boolean listens() throws IOException {
        return send(HttpRequest.newBuilder(uri("/api/status")).GET()).statusCode() == 200;
    }

    private URI uri(String path) {
        return URI.create(scheme + "://localhost:" + port + path);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
        try {
            if (!authorization.isEmpty()) {
                request.header("Authorization", authorization);
            }
            HttpResponse<String> answer =
                    http.send(request.timeout(Duration.ofSeconds(20)).build(), HttpResponse.BodyHandlers.ofString());
            Secrets.refuse(answer.uri().toString(), answer.body());
            return answer;
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
