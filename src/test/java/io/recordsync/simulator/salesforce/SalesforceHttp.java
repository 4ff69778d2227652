package io.recordsync.simulator.salesforce;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;

/**
 * The HTTP side of the org: the token endpoint and, behind a token, the REST API.
 *
 * <p>Thread-safe. What goes wrong is scripted; else the REST API answers by {@link RestApi}.
 */
final class SalesforceHttp implements AutoCloseable {

    static final int HANG = 0;
    static final int CUT = 1;
    static final int DRIP = 2;
    static final int HOLD = 3;
    static final int PAGE = 4;
    private static final int LONGEST_URI = 16_384;
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
            .withZone(ZoneOffset.UTC);

    private final Clock clock;
    private final Recording recording;
    private final Tokens tokens;
    private final RestApi rest;
    private final HttpServer server;
    private final ExecutorService threads;
    private final ObjectMapper json = new ObjectMapper();
    private final Deque<Integer> loginFaults = new ArrayDeque<>();
    private final Deque<Integer> restFaults = new ArrayDeque<>();
    private final Deque<RestApi.Answer> restRefusals = new ArrayDeque<>();
    private final AtomicInteger restCalls = new AtomicInteger();
    private volatile boolean dateless;
    private String retryAfter;
    private Integer loginFault;
    private Integer restFault;
    private String restFaultPath;
    private CountDownLatch hanging = new CountDownLatch(1);
    private final CountDownLatch held = new CountDownLatch(1);

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
        server.createContext("/services/oauth2/userinfo", this::userInfo);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** The JDK's server lets nobody else write the Date of an answer: it is overwritten on its way, in as many bytes. */
    void date(byte[] bytes, int length) {
        String head = new String(bytes, 0, Math.min(length, 1_000), StandardCharsets.ISO_8859_1);
        int date = head.indexOf("\r\nDate: ");
        if (head.startsWith("HTTP/1.1 ") && date > 0 && date < head.indexOf("\r\n\r\n")) {
            byte[] now = DATE.format(clock.instant()).getBytes(StandardCharsets.ISO_8859_1);
            System.arraycopy(now, 0, bytes, date + "\r\nDate: ".length(), now.length);
            if (dateless) {
                bytes[date + 2] = 'X';
            }
        }
    }

    /** Whether something in between takes the Date from every answer. */
    void dateless(boolean on) {
        dateless = on;
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

    /**
     * The next REST calls are answered so; 200 = as usual, {@link #HANG} = not at all, {@link #CUT} = the answer ends in
     * the middle, {@link #DRIP} = a byte a second, {@link #HOLD} = as it is now, but sent after {@link #releaseHeld},
     * {@link #PAGE} = by what is in front of Salesforce.
     */
    synchronized void restFaults(List<Integer> statuses) {
        restFaults.addAll(statuses);
    }

    /** The next REST call is answered so. */
    synchronized void restRefusal(RestApi.Answer refusal) {
        restRefusals.add(refusal);
    }

    /** The next REST call is refused with 503 and this header. */
    synchronized void retryAfter(String header) {
        retryAfter = header;
        restRefusals.add(RestApi.Answer.refusal(503, "SERVER_UNAVAILABLE", "as told"));
    }

    private synchronized void askForAWait(Headers headers) {
        if (retryAfter != null) {
            headers.set("Retry-After", retryAfter);
            retryAfter = null;
        }
    }

    private synchronized RestApi.Answer scriptedRefusal() {
        return restRefusals.poll();
    }

    /** Every REST call whose path matches is answered so; null = as usual. */
    synchronized void restFault(String pathPattern, Integer status) {
        restFaultPath = pathPattern;
        restFault = status;
    }

    private synchronized int restFaultOf(String path) {
        if (!restFaults.isEmpty()) {
            return restFaults.remove();
        }
        return restFault != null && path.matches(restFaultPath) ? restFault : 200;
    }

    @Override
    public void close() {
        loginWorks();
        releaseHeld();
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
        int fault = restFaultOf(path);
        if (fault == HANG) {
            recording.restCall(new Recording.RestCall(clock.instant(), path, "", HANG));
            CountDownLatch released;
            synchronized (this) {
                released = hanging;
            }
            hang(exchange, released);
            return;
        }
        if (fault == PAGE) {
            recording.restCall(new Recording.RestCall(clock.instant(), path, "", 503));
            exchange.getResponseHeaders().set("Server", "AkamaiNetStorage");
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            send(
                    exchange,
                    503,
                    "<html><head><title>Down for Maintenance</title></head></html>".getBytes(StandardCharsets.UTF_8));
            return;
        }
        RestApi.Answer answer = scriptedRefusal();
        if (answer != null) {
            // As it was told.
        } else if (fault >= 400) {
            answer = RestApi.Answer.refusal(
                    fault, fault == 403 ? "REQUEST_LIMIT_EXCEEDED" : "SERVER_UNAVAILABLE", "as told");
        } else if (path.equals("/services/data/")) {
            answer = RestApi.versions();
        } else if (!authorization.startsWith("Bearer ")
                || !tokens.isValid(authorization.substring("Bearer ".length()))) {
            answer = RestApi.Answer.refusal(401, "INVALID_SESSION_ID", "Session expired or invalid");
        } else if (!tokens.isForApi(authorization.substring("Bearer ".length()))) {
            answer = RestApi.Answer.refusal(
                    401, "INVALID_SESSION_ID", "This session is not valid for use with the REST API");
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
        if (answer.status() != 200 && fault < 400) {
            recording.refusal(new Recording.Refusal(clock.instant(), "GET " + path, answer.errorCode()));
        }
        dress(exchange, path, answer.status());
        exchange.getResponseHeaders()
                .set(
                        "Date",
                        DateTimeFormatter.RFC_1123_DATE_TIME.format(
                                clock.instant().atOffset(ZoneOffset.UTC)));
        if (fault == HOLD) {
            hold();
        }
        if (fault == CUT) {
            cut(exchange, json.writeValueAsBytes(answer.body()));
            return;
        }
        if (fault == DRIP) {
            drip(exchange, json.writeValueAsBytes(answer.body()));
            return;
        }
        boolean bare = answer.body() instanceof String;
        if (bare) {
            exchange.getResponseHeaders().set("Content-Type", "text/plain");
        }
        send(
                exchange,
                answer.status(),
                bare
                        ? ((String) answer.body()).getBytes(StandardCharsets.UTF_8)
                        : json.writeValueAsBytes(answer.body()));
    }

    /** The headers of recorded answers. */
    private void dress(HttpExchange exchange, String path, int status) {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", "application/json;charset=UTF-8");
        headers.add(
                "Set-Cookie",
                "CookieConsentPolicy=0:1; path=/; expires=Sat, 06-Jan-2029 09:33:41 GMT; Max-Age=31536000");
        headers.add(
                "Set-Cookie",
                "LSKey-c$CookieConsentPolicy=0:1; path=/; expires=Sat, 06-Jan-2029 09:33:41 GMT; Max-Age=31536000");
        headers.set("Expires", "Thu, 01 Jan 1970 00:00:00 GMT");
        headers.set("Cache-Control", "no-cache,must-revalidate,max-age=0,no-store,private");
        headers.set("Vary", "Accept-Encoding");
        if (!path.equals("/services/data/")) {
            headers.set("Sforce-Limit-Info", "api-usage=" + restCalls.incrementAndGet() + "/15000");
        }
        if (status == 503) {
            askForAWait(headers);
        }
        if (status == 401) {
            headers.set("WWW-Authenticate", "Token");
            headers.set("Connection", "close");
        }
    }

    /** In chunks, and packed where the client takes it. */
    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        boolean packs = String.valueOf(exchange.getRequestHeaders().getFirst("Accept-Encoding"))
                .contains("gzip");
        if (packs) {
            exchange.getResponseHeaders().set("Content-Encoding", "gzip");
        }
        try (exchange) {
            exchange.sendResponseHeaders(status, 0);
            try (OutputStream out =
                    packs ? new GZIPOutputStream(exchange.getResponseBody()) : exchange.getResponseBody()) {
                out.write(body);
            }
        }
    }

    private void hold() {
        try {
            held.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Answers that are held are sent. */
    void releaseHeld() {
        held.countDown();
    }

    /** Until the client has gone, or every fault is over. */
    private void drip(HttpExchange exchange, byte[] body) throws IOException {
        CountDownLatch released;
        synchronized (this) {
            released = hanging;
        }
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", "application/json;charset=UTF-8");
            exchange.sendResponseHeaders(200, body.length);
            for (byte one : body) {
                exchange.getResponseBody().write(one);
                exchange.getResponseBody().flush();
                if (released.await(1, TimeUnit.SECONDS)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The first half of an answer, then the end of the connection. */
    private static void cut(HttpExchange exchange, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json;charset=UTF-8");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body, 0, body.length / 2);
        exchange.close();
    }

    /** OpenID Connect's user info; also what public clients ask for the org after a login. */
    private void userInfo(HttpExchange exchange) throws IOException {
        String authorization = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
        String token = authorization.startsWith("Bearer ") ? authorization.substring("Bearer ".length()) : "";
        recording.restCall(new Recording.RestCall(
                clock.instant(), exchange.getRequestURI().getPath(), "", tokens.isValid(token) ? 200 : 403));
        if (!tokens.isValid(token)) {
            answer(
                    exchange,
                    403,
                    "text/html;charset=UTF-8",
                    token.isEmpty() ? "Missing_OAuth_Token" : "Bad_OAuth_Token");
            return;
        }
        answer(exchange, 200, "application/json;charset=UTF-8", json.writeValueAsString(tokens.userInfo(token)));
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
