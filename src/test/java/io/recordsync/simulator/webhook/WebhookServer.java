package io.recordsync.simulator.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;

/**
 * A receiver of messages on loopback, as strict as the one that it plays.
 *
 * <p>Slack answers 200 {@code ok}, and 400 to what it cannot show. Teams answers 202 to everything, and drops what is no Adaptive Card
 * without a word. PagerDuty answers 202, and 400 to what is no event; a {@code resolve} without an open alert changes nothing. Each
 * post is recorded, with what became of it. Thread-safe.
 */
public final class WebhookServer implements AutoCloseable {

    /** Whom it plays. */
    public enum Receiver {
        JSON,
        SLACK,
        TEAMS,
        PAGERDUTY,
        /** Takes a ping with or without a body. */
        HEARTBEAT
    }

    /**
     * A request.
     *
     * @param target the path and the query as they stood on the wire
     * @param shown what people get to see: false where it was refused or dropped
     */
    public record Post(String method, String target, Headers headers, String body, int status, boolean shown) {

        public JsonNode json() {
            try {
                return MAPPER.readTree(body);
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("no JSON: " + body, e);
            }
        }
    }

    private record Reply(int status, String body, boolean shown, String... headers) {}

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String PATH = "/services/T0/B0/9x8y7z-kept-secret";
    /** As the signature of a Workflow: kept as it is, or it does not fit any more. */
    private static final String QUERY = "?api-version=1&sp=%2Ftriggers%2Fmanual&sig=a%2Bb_c-d%3D";

    private static final int MAX_SUMMARY = 1024;
    private static final int MAX_KEY = 255;
    private static final int MAX_TEAMS_BYTES = 28_000;

    private final Receiver receiver;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "webhook");
        thread.setDaemon(true);
        return thread;
    });
    private final List<Post> posts = new CopyOnWriteArrayList<>();
    private final Queue<Reply> scripted = new ConcurrentLinkedQueue<>();
    private final Set<String> open = new HashSet<>();
    private final Queue<CountDownLatch> hanging = new ArrayDeque<>();
    private volatile boolean hangs;

    private WebhookServer(Receiver receiver, SSLContext tls) throws IOException {
        this.receiver = receiver;
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        if (tls == null) {
            server = HttpServer.create(address, 0);
        } else {
            HttpsServer https = HttpsServer.create(address, 0);
            https.setHttpsConfigurator(new HttpsConfigurator(tls));
            server = https;
        }
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
    }

    public static WebhookServer start(Receiver receiver) throws IOException {
        return new WebhookServer(receiver, null);
    }

    public static WebhookServer start(Receiver receiver, SSLContext tls) throws IOException {
        return new WebhookServer(receiver, tls);
    }

    public String url() {
        String scheme = server instanceof HttpsServer ? "https" : "http";
        return scheme + "://127.0.0.1:" + port() + target();
    }

    /** What only the one who was told knows. */
    public String target() {
        return PATH + QUERY;
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /** The next answers, one each; then it answers as it does. */
    public void answers(int status, String body, String... headers) {
        scripted.add(new Reply(status, body, false, headers));
    }

    /** While on, what comes is read and never answered. */
    public synchronized void hang(boolean on) {
        hangs = on;
        if (!on) {
            hanging.forEach(CountDownLatch::countDown);
            hanging.clear();
        }
    }

    /** All that came, also what was refused or is hanging. */
    public List<Post> posts() {
        return List.copyOf(posts);
    }

    /** What people see. */
    public List<Post> shown() {
        return posts.stream().filter(Post::shown).toList();
    }

    /** PagerDuty's alerts that are not resolved, by their key. */
    public synchronized Set<String> openAlerts() {
        return Set.copyOf(open);
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String target = exchange.getRequestURI().toString();
            Reply reply = reply(exchange, target, body);
            posts.add(new Post(
                    exchange.getRequestMethod(),
                    target,
                    exchange.getRequestHeaders(),
                    body,
                    reply.status(),
                    reply.shown() && !hangs));
            waitWhileHanging();
            for (int i = 0; i < reply.headers().length; i += 2) {
                exchange.getResponseHeaders().add(reply.headers()[i], reply.headers()[i + 1]);
            }
            byte[] bytes = reply.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(reply.status(), bytes.length == 0 ? -1 : bytes.length);
            if (bytes.length > 0) {
                exchange.getResponseBody().write(bytes);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void waitWhileHanging() throws InterruptedException {
        CountDownLatch latch = new CountDownLatch(1);
        synchronized (this) {
            if (!hangs) {
                return;
            }
            hanging.add(latch);
        }
        latch.await();
    }

    private Reply reply(HttpExchange exchange, String target, String body) {
        Reply next = scripted.poll();
        if (next != null) {
            return next;
        }
        if (!target.equals(target())) {
            return refused(404, receiver == Receiver.SLACK ? "no_service" : "not found");
        }
        if (receiver == Receiver.HEARTBEAT) {
            return new Reply(200, "OK", true);
        }
        if (!exchange.getRequestMethod().equals("POST")) {
            return refused(405, "method not allowed");
        }
        String type = String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type"));
        JsonNode json = type.startsWith("application/json") ? parsed(body) : null;
        return switch (receiver) {
            case SLACK -> slack(json);
            case TEAMS -> new Reply(202, "", isCard(json, body));
            case PAGERDUTY -> pagerduty(json);
            default -> json == null ? refused(400, "no JSON") : new Reply(204, "", true);
        };
    }

    private static Reply refused(int status, String body) {
        return new Reply(status, body, false, "Content-Type", "text/plain");
    }

    /** Null where it is no object. */
    private static JsonNode parsed(String body) {
        try {
            JsonNode json = MAPPER.readTree(body);
            return json != null && json.isObject() ? json : null;
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    private static Reply slack(JsonNode json) {
        if (json == null) {
            return refused(400, "invalid_payload");
        }
        if (json.path("text").asText("").isBlank()) {
            return refused(400, "no_text");
        }
        return new Reply(200, "ok", true, "Content-Type", "text/plain");
    }

    private static boolean isCard(JsonNode json, String body) {
        if (json == null || body.getBytes(StandardCharsets.UTF_8).length > MAX_TEAMS_BYTES) {
            return false;
        }
        JsonNode attachment = json.at("/attachments/0");
        JsonNode card = attachment.path("content");
        boolean blocks = card.path("body").isArray() && card.path("body").size() > 0;
        for (JsonNode block : card.path("body")) {
            blocks &= block.path("type").asText().equals("TextBlock")
                    && block.path("text").isTextual();
        }
        return json.path("type").asText().equals("message")
                && attachment.path("contentType").asText().equals("application/vnd.microsoft.card.adaptive")
                && card.path("type").asText().equals("AdaptiveCard")
                && card.path("version").isTextual()
                && blocks;
    }

    private synchronized Reply pagerduty(JsonNode json) {
        String mistake = json == null ? "Event object is invalid" : mistake(json);
        if (mistake != null) {
            return new Reply(
                    400,
                    "{\"status\":\"invalid event\",\"message\":\"" + mistake + "\",\"errors\":[]}",
                    false,
                    "Content-Type",
                    "application/json");
        }
        String key = json.path("dedup_key").asText("");
        boolean changes = json.path("event_action").asText().equals("resolve") ? open.remove(key) : open.add(key);
        return new Reply(
                202,
                "{\"status\":\"success\",\"message\":\"Event processed\",\"dedup_key\":\"" + key + "\"}",
                changes,
                "Content-Type",
                "application/json");
    }

    /** Null where there is none. */
    private static String mistake(JsonNode json) {
        String action = json.path("event_action").asText();
        JsonNode payload = json.path("payload");
        String summary = payload.path("summary").asText("");
        if (!json.path("routing_key").asText().matches("[A-Za-z0-9]{32}")) {
            return "routing_key is invalid";
        }
        if (!Set.of("trigger", "acknowledge", "resolve").contains(action)) {
            return "event_action is invalid";
        }
        if (json.path("dedup_key").asText("").length() > MAX_KEY) {
            return "dedup_key is too long";
        }
        if (!action.equals("trigger")) {
            return json.path("dedup_key").asText("").isEmpty() ? "dedup_key is missing" : null;
        }
        if (summary.isBlank() || summary.length() > MAX_SUMMARY) {
            return "payload.summary is missing or too long";
        }
        if (payload.path("source").asText("").isBlank()) {
            return "payload.source is missing";
        }
        if (!Set.of("info", "warning", "error", "critical")
                .contains(payload.path("severity").asText())) {
            return "payload.severity is invalid";
        }
        for (JsonNode link : json.path("links")) {
            if (!link.path("href").asText().startsWith("http")) {
                return "links.href is invalid";
            }
        }
        return null;
    }

    /** Until so many have come. */
    public List<Post> await(int count, Duration patience) {
        org.awaitility.Awaitility.await(count + " posts")
                .atMost(patience)
                .pollInterval(Duration.ofMillis(25))
                .until(() -> posts.size() >= count);
        return posts();
    }

    @Override
    public void close() {
        hang(false);
        server.stop(0);
        threads.shutdownNow();
    }
}
