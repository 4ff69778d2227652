package io.recordsync.simulator.salesforce;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The HTTP side of the org: the token endpoint and, behind a token, the REST API.
 *
 * <p>Thread-safe. What the token endpoint does wrong is scripted; the REST API answers by {@link RestApi}.
 */
final class SalesforceHttp implements AutoCloseable {

    static final int HANG = 0;
    private static final int LONGEST_URI = 16_384;

    private final Clock clock;
    private final Recording recording;
    private final Tokens tokens;
    private final RestApi rest;
    private final HttpServer server;
    private final ExecutorService threads;
    private final ObjectMapper json = new ObjectMapper();
    private final Deque<Integer> loginFaults = new ArrayDeque<>();
    private Integer loginFault;
    private CountDownLatch hanging = new CountDownLatch(1);

    SalesforceHttp(Clock clock, Recording recording, Tokens tokens, RestApi rest) {
        this.clock = clock;
        this.recording = recording;
        this.tokens = tokens;
        this.rest = rest;
        this.threads = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "simulated-salesforce-http");
            thread.setDaemon(true);
            return thread;
        });
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot listen on 127.0.0.1", e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::notFound);
        server.createContext("/services/oauth2/token", this::login);
        server.createContext("/services/data/", this::rest);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** The next logins are answered so; {@link #HANG} = not at all. */
    synchronized void loginFaults(List<Integer> statuses) {
        loginFaults.addAll(statuses);
    }

    /** Every login is answered so, until {@link #loginWorks()}. */
    synchronized void loginFault(int status) {
        loginFault = status;
    }

    synchronized void loginWorks() {
        loginFault = null;
        loginFaults.clear();
        hanging.countDown();
        hanging = new CountDownLatch(1);
    }

    @Override
    public void close() {
        loginWorks();
        server.stop(0);
        threads.shutdownNow();
    }

    private void login(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        Map<String, String> form = form(new String(body, StandardCharsets.UTF_8));
        String grantType = form.getOrDefault("grant_type", "");
        Integer fault = null;
        CountDownLatch released;
        synchronized (this) {
            fault = loginFaults.isEmpty() ? loginFault : loginFaults.remove();
            released = hanging;
        }
        if (fault != null && fault == HANG) {
            recording.login(new Recording.Login(clock.instant(), grantType, HANG, null));
            hang(exchange, released);
        } else if (fault != null && fault == 401) {
            answerLogin(exchange, grantType, 401, "invalid_client", "invalid client credentials");
        } else if (fault != null) {
            recording.login(new Recording.Login(clock.instant(), grantType, fault, null));
            answer(exchange, fault, "text/html;charset=UTF-8", "<html><body>Down for maintenance</body></html>");
        } else if (!exchange.getRequestMethod().equals("POST")) {
            answerLogin(exchange, grantType, 400, "invalid_request", "must use HTTP POST");
        } else if (!String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type"))
                .startsWith("application/x-www-form-urlencoded")) {
            answerLogin(exchange, grantType, 400, "invalid_request", "unsupported content type");
        } else {
            grant(exchange, form, grantType);
        }
    }

    private void grant(HttpExchange exchange, Map<String, String> form, String grantType) throws IOException {
        try {
            String answer = json.writeValueAsString(tokens.grant(form));
            recording.login(new Recording.Login(clock.instant(), grantType, 200, null));
            answer(exchange, 200, "application/json;charset=UTF-8", answer);
        } catch (Tokens.LoginRefused e) {
            answerLogin(exchange, grantType, 400, e.error(), e.getMessage());
        }
    }

    private void answerLogin(HttpExchange exchange, String grantType, int status, String error, String description)
            throws IOException {
        recording.login(new Recording.Login(clock.instant(), grantType, status, error));
        String answer = json.writeValueAsString(Map.of("error", error, "error_description", description));
        answer(exchange, status, "application/json;charset=UTF-8", answer);
    }

    /** Keeps the connection open and says nothing; when it is over, the connection is closed. */
    private static void hang(HttpExchange exchange, CountDownLatch released) {
        try {
            released.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        exchange.close();
    }

    private void rest(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String query = exchange.getRequestURI().getRawQuery();
        String authorization = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
        RestApi.Answer answer;
        if (!authorization.startsWith("Bearer ") || !tokens.isValid(authorization.substring("Bearer ".length()))) {
            answer = RestApi.Answer.refusal(401, "INVALID_SESSION_ID", "Session expired or invalid");
        } else if (exchange.getRequestURI().toString().length() > LONGEST_URI) {
            answer = RestApi.Answer.refusal(414, "URI_TOO_LONG", "URI Too Long");
        } else if (!exchange.getRequestMethod().equals("GET")) {
            answer = RestApi.Answer.refusal(
                    405, "METHOD_NOT_ALLOWED", "HTTP Method '" + exchange.getRequestMethod() + "' not allowed");
        } else {
            answer = rest.get(path, form(query == null ? "" : query));
        }
        recording.restCall(new Recording.RestCall(
                clock.instant(), path, query == null ? "" : form(query).toString(), answer.status()));
        if (answer.status() != 200) {
            recording.refusal(new Recording.Refusal(clock.instant(), "GET " + path, answer.errorCode()));
        }
        answer(exchange, answer.status(), "application/json;charset=UTF-8", json.writeValueAsString(answer.body()));
    }

    private void notFound(HttpExchange exchange) throws IOException {
        answer(exchange, 404, "text/html;charset=UTF-8", "<html><body>URL No Longer Exists</body></html>");
    }

    private static void answer(HttpExchange exchange, int status, String type, String body) throws IOException {
        try (exchange) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private static Map<String, String> form(String encoded) {
        Map<String, String> values = new HashMap<>();
        for (String pair : encoded.split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                values.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
            }
        }
        return values;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
