package io.recordsync.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.recordsync.Secrets;
import io.recordsync.config.NetworkSettings;
import io.recordsync.config.Secret;
import io.recordsync.network.Outbound;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class AccessTokensTest {

    private static final String SECRET = Secrets.keep("s3cret-of-the-client");

    private final TokenEndpoint endpoint = new TokenEndpoint();
    private final SettableClock clock = new SettableClock();
    private final AccessTokens tokens = tokens(Duration.ofSeconds(10));

    @AfterEach
    void close() {
        endpoint.close();
    }

    @Test
    void a_token_is_fetched_once_and_served_until_it_is_due() {
        endpoint.grants(600);

        assertThat(tokens.token().value()).isEqualTo("token-1");
        clock.advance(Duration.ofSeconds(479));
        assertThat(tokens.value()).isEqualTo("token-1");
        assertThat(endpoint.requests).hasSize(1);
        assertThat(tokens.token().expiresAt()).isEqualTo(Instant.parse("2026-01-01T00:10:00Z"));
    }

    @Test
    void from_80_percent_of_its_life_a_token_is_renewed_while_callers_get_the_old_one() {
        endpoint.grants(600);
        tokens.token();
        var renewal = new CountDownLatch(1);
        endpoint.answers(exchange -> {
            renewal.await();
            TokenEndpoint.send(exchange, 200, "{\"access_token\": \"renewed\", \"expires_in\": 600}");
        });

        clock.advance(Duration.ofSeconds(480));
        assertThat(tokens.token().value()).isEqualTo("token-1");
        renewal.countDown();

        await().until(() -> tokens.token().value().equals("renewed"));
        assertThat(endpoint.requests).hasSize(2);
    }

    @Test
    void while_renewal_fails_the_token_is_served_until_it_ends() {
        endpoint.grants(600);
        tokens.token();
        endpoint.answers(503, "");

        clock.advance(Duration.ofSeconds(500));
        assertThat(tokens.token().value()).isEqualTo("token-1");
        await().until(() -> endpoint.requests.size() == 2);
        clock.advance(Duration.ofSeconds(99));
        assertThat(tokens.token().value()).isEqualTo("token-1");
        clock.advance(Duration.ofSeconds(1));
        assertThatThrownBy(tokens::token).isInstanceOf(TokenUnavailableException.class);
    }

    /** Of the endpoint itself, or of what is in front of it; a date is read by the clock of the answer. */
    @ParameterizedTest
    @CsvSource({"429,40,40", "503,40,40", "401,40,40", "503,0.5,1", "503,99999999,300", "503,date,40"})
    void nobody_asks_for_as_long_as_an_answer_says_up_to_five_minutes(int status, String header, int seconds) {
        endpoint.answers(exchange -> {
            Instant now = Instant.now();
            exchange.getResponseHeaders()
                    .set("Retry-After", header.equals("date") ? http(now.plusSeconds(40)) : header);
            exchange.getResponseHeaders().set("Date", http(now));
            TokenEndpoint.send(exchange, status, status == 503 ? "<html></html>" : "{\"error\": \"slow_down\"}");
        });
        assertThatThrownBy(tokens::token).isInstanceOf(TokenUnavailableException.class);
        endpoint.grants(600);

        // The endpoint's server writes a Date of its own, of whole seconds.
        int grace = header.equals("date") ? 2 : 0;
        clock.advance(Duration.ofSeconds(seconds - grace).minusMillis(1));
        assertThatThrownBy(tokens::token).isInstanceOf(TokenUnavailableException.class);
        assertThat(endpoint.requests).hasSize(1);
        clock.advance(Duration.ofSeconds(2 * grace).plusMillis(1));
        assertThat(tokens.token().value()).isEqualTo("token-2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-5", "soon", ""})
    void a_wait_that_says_nothing_is_our_own(String header) {
        endpoint.answers(exchange -> {
            exchange.getResponseHeaders().set("Retry-After", header);
            TokenEndpoint.send(exchange, 503, "");
        });
        assertThatThrownBy(tokens::token).isInstanceOf(TokenUnavailableException.class);
        endpoint.grants(600);

        clock.advance(Duration.ofSeconds(1));

        assertThat(tokens.token().value()).isEqualTo("token-2");
    }

    private static String http(Instant time) {
        return DateTimeFormatter.RFC_1123_DATE_TIME.format(time.atOffset(ZoneOffset.UTC));
    }

    @Test
    void an_ended_token_is_replaced() {
        endpoint.grants(600);
        tokens.token();

        clock.advance(Duration.ofSeconds(600));

        assertThat(tokens.token().value()).isEqualTo("token-2");
    }

    @Test
    void concurrent_callers_cause_one_request() throws Exception {
        var all = new CountDownLatch(1);
        endpoint.answers(exchange -> {
            all.await();
            TokenEndpoint.send(exchange, 200, "{\"access_token\": \"one\", \"expires_in\": 600}");
        });
        ExecutorService callers = Executors.newFixedThreadPool(8);
        try {
            List<Thread> waiting = new ArrayList<>();
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                answers.add(callers.submit(() -> {
                    synchronized (waiting) {
                        waiting.add(Thread.currentThread());
                    }
                    return tokens.token().value();
                }));
            }
            await().until(() -> {
                synchronized (waiting) {
                    return waiting.size() == 8 && waiting.stream().allMatch(t -> t.getState() == Thread.State.WAITING);
                }
            });
            all.countDown();

            for (Future<String> answer : answers) {
                assertThat(answer.get()).isEqualTo("one");
            }
            assertThat(endpoint.requests).hasSize(1);
        } finally {
            callers.shutdownNow();
        }
    }

    @Test
    void an_endpoint_that_hangs_is_abandoned_at_the_deadline_and_asked_again() {
        var never = new CountDownLatch(1);
        endpoint.answers(exchange -> never.await());
        AccessTokens hasty = tokens(Duration.ofMillis(300));

        assertThatThrownBy(hasty::token)
                .isInstanceOf(TokenUnavailableException.class)
                .hasMessage("No access token from localhost: no complete answer within 300 ms; it is asked again");

        endpoint.grants(600);
        clock.advance(Duration.ofSeconds(1));
        assertThat(hasty.token().value()).isEqualTo("token-2");
    }

    @Test
    void an_endpoint_that_drips_is_abandoned_at_the_deadline() throws Exception {
        var gone = new CountDownLatch(1);
        var never = new CountDownLatch(1);
        endpoint.answers(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try {
                while (!never.await(20, TimeUnit.MILLISECONDS)) {
                    exchange.getResponseBody().write(' ');
                    exchange.getResponseBody().flush();
                }
            } finally {
                gone.countDown();
            }
        });

        assertThatThrownBy(tokens(Duration.ofMillis(500))::token)
                .isInstanceOf(TokenUnavailableException.class)
                .hasMessageContaining("no complete answer within 500 ms");
        assertThat(gone.await(10, TimeUnit.SECONDS))
                .as("the connection is closed, not left behind")
                .isTrue();
    }

    @Test
    void a_caller_that_joins_late_waits_no_longer_than_the_first() throws Exception {
        var never = new CountDownLatch(1);
        endpoint.answers(exchange -> never.await());
        AccessTokens hasty = tokens(Duration.ofMillis(500));
        ExecutorService first = Executors.newSingleThreadExecutor();
        try {
            Future<?> firstCall = first.submit(hasty::token);
            await().until(() -> endpoint.requests.size() == 1);
            assertThatThrownBy(hasty::token).hasMessageContaining("500 ms");
            assertThatThrownBy(firstCall::get).hasMessageContaining("500 ms");
            assertThat(endpoint.requests).hasSize(1);
        } finally {
            first.shutdownNow();
        }
    }

    @Test
    void a_refused_token_is_dropped_but_a_newer_one_stays() {
        endpoint.grants(600);
        String first = tokens.token().value();
        tokens.drop(first);
        assertThat(tokens.token().value()).isEqualTo("token-2");

        tokens.drop(first);

        assertThat(tokens.token().value()).isEqualTo("token-2");
        assertThat(endpoint.requests).hasSize(2);
    }

    @Test
    void after_a_failure_nothing_is_asked_for_a_second() {
        endpoint.answers(401, "{\"error\": \"invalid_client\"}");
        assertThatThrownBy(tokens::token).hasMessageContaining("401 invalid_client");
        endpoint.grants(600);

        clock.advance(Duration.ofMillis(999));
        assertThatThrownBy(tokens::token)
                .isInstanceOf(TokenUnavailableException.class)
                .hasMessageContaining("401 invalid_client");
        assertThat(endpoint.requests).hasSize(1);

        clock.advance(Duration.ofMillis(1));
        assertThat(tokens.token().value()).isEqualTo("token-2");
    }

    @Test
    void a_refusal_says_host_status_code_its_own_words_and_what_to_fix_and_no_secret() {
        endpoint.answers(
                400, "{\"error\": \"invalid_client\", \"error_description\": \"%s is wrong\"}".formatted(SECRET));

        assertThatThrownBy(tokens::token)
                .hasMessage(
                        "No access token from localhost: answered 400 invalid_client (… is wrong); check the client id and"
                                + " secret")
                .satisfies(AccessTokensTest::tellsNoSecret);
    }

    @Test
    void one_refusal_after_another_in_the_same_words_is_asked_for_ever_less_often_up_to_a_minute() {
        endpoint.answers(401, "{\"error\": \"invalid_client\"}");
        assertThatThrownBy(tokens::token).isInstanceOf(TokenUnavailableException.class);
        for (int pause : new int[] {1, 2, 4, 8, 16, 32, 60, 60}) {
            int asked = endpoint.requests.size();
            clock.advance(Duration.ofSeconds(pause).minusMillis(1));
            assertThatThrownBy(tokens::token)
                    .isInstanceOfSatisfying(TokenUnavailableException.class, e -> assertThat(e.refused())
                            .isTrue());
            assertThat(endpoint.requests).hasSize(asked);
            clock.advance(Duration.ofMillis(1));
            assertThatThrownBy(tokens::token).isInstanceOf(TokenUnavailableException.class);
            assertThat(endpoint.requests).hasSize(asked + 1);
        }

        // Other words: somebody is at it.
        clock.advance(Duration.ofMinutes(1));
        endpoint.answers(401, "{\"error\": \"invalid_scope\"}");
        assertThatThrownBy(tokens::token).hasMessageContaining("invalid_scope");
        clock.advance(Duration.ofSeconds(1));
        endpoint.grants(600);
        assertThat(tokens.token().value()).isNotBlank();
    }

    @Test
    void an_outage_is_asked_about_each_second() {
        endpoint.answers(503, "");
        for (int i = 1; i < 5; i++) {
            assertThatThrownBy(tokens::token).isInstanceOf(TokenUnavailableException.class);
            assertThat(endpoint.requests).hasSize(i);
            clock.advance(Duration.ofSeconds(1));
        }
    }

    @Test
    void a_refusal_is_known_until_a_token_is_granted_and_an_outage_is_none() {
        assertThat(tokens.refusal()).isEmpty();
        endpoint.answers(503, "");
        assertThatThrownBy(tokens::token).isInstanceOf(TokenUnavailableException.class);
        assertThat(tokens.refusal()).isEmpty();

        endpoint.answers(401, "{\"error\": \"invalid_client\"}");
        clock.advance(Duration.ofSeconds(1));
        assertThatThrownBy(tokens::token).isInstanceOf(TokenUnavailableException.class);
        assertThat(tokens.refusal())
                .contains(
                        "No access token from localhost: answered 401 invalid_client; check the client id and secret");

        endpoint.grants(600);
        clock.advance(Duration.ofSeconds(1));
        tokens.token();
        assertThat(tokens.refusal()).isEmpty();
    }

    @Test
    void an_error_code_that_is_none_is_not_shown() {
        endpoint.answers(401, "{\"error\": \"secret was %s\"}".formatted(SECRET));

        assertThatThrownBy(tokens::token)
                .hasMessageStartingWith("No access token from localhost: answered 401; check the client id and secret")
                .satisfies(AccessTokensTest::tellsNoSecret);
    }

    @Test
    void an_answer_that_is_not_json_is_a_failure_that_shows_nothing_of_it() {
        endpoint.answers(200, "<html>" + SECRET);

        assertThatThrownBy(tokens::token)
                .hasMessageContaining("answered 200 with an HTML page without a title, which is not a token endpoint's")
                .satisfies(AccessTokensTest::tellsNoSecret);
    }

    @Test
    void an_answer_that_is_too_long_is_none() {
        endpoint.answers(200, "{\"access_token\": \"t\"}" + " ".repeat(1 << 20));

        assertThatThrownBy(tokens::token).hasMessageContaining("answered 200 with a body of more than 65536 bytes");
    }

    @Test
    void a_redirect_is_not_followed() {
        endpoint.answers(exchange -> {
            exchange.getResponseHeaders().add("Location", endpoint.url());
            TokenEndpoint.send(exchange, 307, "");
        });

        assertThatThrownBy(tokens::token).hasMessageContaining("answered 307 with a redirect to http://localhost:");
        assertThat(endpoint.requests).hasSize(1);
    }

    @Test
    void an_endpoint_that_is_not_there_is_a_failure_of_reaching_it() {
        endpoint.grants(600);
        String url = endpoint.url();
        endpoint.close();

        assertThatThrownBy(new AccessTokens(URI.create(url), grant(), Duration.ofSeconds(10), Outbound.direct())::token)
                .isInstanceOf(TokenUnavailableException.class)
                .hasMessageContaining("localhost: not reached (");
    }

    @Test
    void a_broken_answer_is_a_failure_of_reaching_it() {
        endpoint.answers(exchange -> {
            exchange.sendResponseHeaders(200, 100);
            exchange.getResponseBody().write("{\"access_token".getBytes(StandardCharsets.UTF_8));
        });

        assertThatThrownBy(tokens::token).hasMessageContaining("not reached (");
    }

    @Test
    void an_interrupted_caller_stops_waiting_and_stays_interrupted() {
        var never = new CountDownLatch(1);
        endpoint.answers(exchange -> never.await());

        Thread.currentThread().interrupt();

        assertThatThrownBy(tokens::token).hasMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void salesforces_answer_tells_the_instance_and_the_org_but_no_life() {
        endpoint.answers(
                200,
                """
                {"access_token": "00D!a", "instance_url": "https://acme.my.salesforce.com", "token_type": "Bearer",
                 "id": "https://login.salesforce.com/id/00Dx0000000BV7zEAG/005x00000012Q9PAAU"}""");

        assertThat(tokens.token())
                .isEqualTo(new Token(
                        "00D!a",
                        Instant.parse("2026-01-01T00:15:00Z"),
                        "https://acme.my.salesforce.com",
                        "00Dx0000000BV7zEAG",
                        null));
    }

    /** Java's client gives no body with a refusal of the tunnel: that was taken for a fault of ours. */
    @Test
    void a_proxy_that_wants_a_password_is_told_from_the_token_endpoint() throws Exception {
        try (ServerSocket proxy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread answering = new Thread(() -> refuse(proxy));
            answering.start();
            Outbound outbound = new Outbound(
                    new NetworkSettings("127.0.0.1", proxy.getLocalPort(), "", Secret.NONE, List.of(), ""));

            assertThatThrownBy(
                            new AccessTokens(
                                    URI.create("https://login.invalid/token"),
                                    grant(),
                                    Duration.ofSeconds(10),
                                    outbound)::token)
                    .isInstanceOf(TokenUnavailableException.class)
                    .hasMessage("No access token from login.invalid: the proxy 127.0.0.1:" + proxy.getLocalPort()
                            + " wants credentials (407); set proxy.user and proxy.password");
            answering.join();
        }
    }

    private static void refuse(ServerSocket proxy) {
        try (Socket client = proxy.accept()) {
            client.getInputStream().read(new byte[4096]);
            client.getOutputStream()
                    .write(("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"acme\"\r\n"
                                    + "Content-Length: 0\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void talkdesks_answer_tells_neither_instance_nor_org() {
        endpoint.grants(600);

        assertThat(tokens.token())
                .isEqualTo(new Token("token-1", Instant.parse("2026-01-01T00:10:00Z"), null, null, null));
    }

    @Test
    void a_clock_that_is_set_neither_ends_nor_lengthens_a_token() {
        endpoint.grants(600);
        String first = tokens.token().value();

        clock.set(Duration.ofHours(3));
        assertThat(tokens.token().value()).isEqualTo(first);
        clock.set(Duration.ofHours(-6));
        clock.advance(Duration.ofSeconds(600));
        assertThat(tokens.token().value()).isNotEqualTo(first);
    }

    @Test
    void a_clock_that_is_set_back_does_not_lengthen_the_pause_after_a_failure() {
        endpoint.answers(503, "{}");
        assertThatThrownBy(tokens::token).isInstanceOf(TokenUnavailableException.class);
        clock.set(Duration.ofHours(-1));
        clock.advance(Duration.ofSeconds(1));
        endpoint.grants(600);

        assertThat(tokens.token().value()).isNotBlank();
    }

    @Test
    void the_time_of_the_endpoint_goes_on_by_the_monotonic_clock() {
        assertThat(tokens.serverTime()).isEmpty();
        endpoint.grants(600);
        Instant before = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        tokens.token();
        Instant after = Instant.now();

        clock.set(Duration.ofHours(-6));
        clock.advance(Duration.ofHours(1));

        assertThat(tokens.serverTime()).hasValueSatisfying(time -> assertThat(time.minus(Duration.ofHours(1)))
                .isBetween(before, after));
    }

    @Test
    void a_token_can_be_logged() {
        endpoint.grants(600);

        assertThat(tokens.token().toString()).doesNotContain("token-1");
    }

    private AccessTokens tokens(Duration deadline) {
        return new AccessTokens(
                URI.create(endpoint.url()),
                grant(),
                deadline,
                Duration.ofMinutes(15),
                Duration.ofSeconds(1),
                clock,
                clock::nanoTime,
                Outbound.direct(),
                Instances.of(URI.create("https://acme.my.salesforce.com"), List.of("acme.example")));
    }

    private static Grant grant() {
        return ClientCredentials.inForm("the-client", new Secret(SECRET));
    }

    private static void tellsNoSecret(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            assertThat(cause.toString()).doesNotContain(SECRET);
        }
    }
}
