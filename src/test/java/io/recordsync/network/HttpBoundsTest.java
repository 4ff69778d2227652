package io.recordsync.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class HttpBoundsTest {

    private static final int MAX = 1_000;
    private static final String TOO_LONG = "The answer is a 200 with a body of more than 1000 bytes: it is not read";
    private static final byte[] PLAIN = "no gzip at all".getBytes(StandardCharsets.US_ASCII);

    private final CountDownLatch over = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpBounds bounds = new HttpBounds(
            new OutboundHttp(Outbound.direct()),
            path -> new HttpBounds.Bounds(
                    path.equals("/drip") || path.equals("/silent") ? Duration.ofMillis(300) : Duration.ofSeconds(15),
                    MAX));
    private HttpServer server;
    private CloseableHttpClient client;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/drip", this::drip);
        server.createContext("/silent", exchange -> await());
        server.createContext("/short", exchange -> answer(exchange, new byte[MAX], false));
        server.createContext("/huge", exchange -> answer(exchange, new byte[MAX + 1], false));
        server.createContext("/bomb", exchange -> answer(exchange, new byte[10_000_000], true));
        server.createContext("/packed/empty", exchange -> say(exchange, 200, "gzip", new byte[0]));
        server.createContext("/packed/chunked", exchange -> say(exchange, 200, "gzip", null));
        server.createContext("/packed/plain", exchange -> say(exchange, 200, "gzip", PLAIN));
        server.createContext("/packed/cut", exchange -> say(exchange, 200, "gzip", Arrays.copyOf(packed(PLAIN), 20)));
        server.createContext("/packed/deflate", exchange -> say(exchange, 200, "deflate", PLAIN));
        server.createContext("/packed/br", exchange -> say(exchange, 200, "br", PLAIN));
        server.createContext("/packed/error", exchange -> say(exchange, 503, "gzip", new byte[0]));
        server.createContext("/packed/identity", exchange -> say(exchange, 200, "identity", PLAIN));
        server.createContext("/packed/well", exchange -> say(exchange, 200, "gzip", packed(PLAIN)));
        server.start();
        HttpClientBuilder builder = HttpClientBuilder.create();
        bounds.configureHttpClient(builder);
        client = builder.build();
    }

    @AfterEach
    void stop() throws IOException {
        over.countDown();
        client.close();
        server.stop(0);
        threads.shutdownNow();
    }

    @Test
    void an_answer_of_a_byte_now_and_then_is_ended_when_its_time_is_over() {
        assertLate("/drip");
    }

    @Test
    void so_is_one_that_never_begins() {
        assertLate("/silent");
    }

    @Test
    void the_time_is_that_of_the_path() throws IOException {
        assertThat(get("/drip/long?a=b")).hasSize(8);
    }

    @Test
    void a_body_up_to_the_bound_is_read_and_the_next_call_takes_the_same_connection() throws IOException {
        assertThat(get("/short")).hasSize(MAX);
        assertThat(get("/short")).hasSize(MAX);
    }

    @Test
    void a_longer_one_is_not() {
        assertThatThrownBy(() -> get("/huge")).hasMessage(TOO_LONG);
    }

    @Test
    void what_counts_is_what_was_unpacked() {
        assertThatThrownBy(() -> get("/bomb")).hasMessage(TOO_LONG);
    }

    @ParameterizedTest
    @ValueSource(strings = {"empty", "chunked", "plain", "cut", "deflate", "br"})
    void a_body_that_is_not_packed_as_its_head_says_is_an_unreadable_answer(String how) {
        assertThatThrownBy(() -> get("/packed/" + how))
                .isInstanceOfSatisfying(UnreadableAnswerException.class, e -> assertThat(e.status())
                        .isEqualTo(200))
                .hasMessage("The answer is a 200 with a body that is not packed as it says: it is not read");
    }

    /** As many as the client has connections for, and more. */
    @Test
    void what_cannot_be_unpacked_gives_its_connection_back() throws IOException {
        for (int i = 0; i < 10; i++) {
            for (String how : List.of("plain", "cut", "deflate", "br")) {
                assertThatThrownBy(() -> get("/packed/" + how)).isInstanceOf(UnreadableAnswerException.class);
            }
        }

        assertThat(get("/packed/well")).isEqualTo(PLAIN);
    }

    /** Camel would unpack what says to be packed once more. */
    @ParameterizedTest
    @ValueSource(strings = {"identity", "well"})
    void what_is_unpacked_does_not_say_to_be_packed(String how) throws IOException {
        assertThat(get("/packed/" + how)).isEqualTo(PLAIN);
        assertThat(head("/packed/" + how)).isEqualTo("200 null");
    }

    /** Whether to wait, and for how long, is in its head. */
    @Test
    void an_error_with_nothing_packed_is_an_error_with_nothing() throws IOException {
        assertThat(get("/packed/error")).isEmpty();
        assertThat(head("/packed/error")).isEqualTo("503 null");
    }

    private void assertLate(String path) {
        long begun = System.nanoTime();
        assertThatThrownBy(() -> get(path))
                .isInstanceOf(IOException.class)
                .hasMessage("no complete answer within 300 ms: the call was ended");
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(3));
    }

    private byte[] get(String path) throws IOException {
        return client.execute(new HttpGet(uri(path)), answer -> EntityUtils.toByteArray(answer.getEntity()));
    }

    private String head(String path) throws IOException {
        return client.execute(new HttpGet(uri(path)), answer -> {
            EntityUtils.consume(answer.getEntity());
            return answer.getCode() + " " + answer.getFirstHeader("Content-Encoding");
        });
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    /** Eight bytes, each in time for a bound on one read. */
    private void drip(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.sendResponseHeaders(200, 8);
            OutputStream body = exchange.getResponseBody();
            for (int i = 0; i < 8 && !await(100); i++) {
                body.write('x');
                body.flush();
            }
        }
    }

    /** @param body null: one without end or length, which is empty */
    private static void say(HttpExchange exchange, int status, String coding, byte[] body) throws IOException {
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Encoding", coding);
            exchange.sendResponseHeaders(status, body == null ? 0 : body.length == 0 ? -1 : body.length);
            if (body != null && body.length > 0) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    private static byte[] packed(byte[] body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void answer(HttpExchange exchange, byte[] body, boolean packed) throws IOException {
        try (exchange) {
            if (packed) {
                exchange.getResponseHeaders().set("Content-Encoding", "gzip");
            }
            exchange.sendResponseHeaders(200, packed ? 0 : body.length);
            try (OutputStream out =
                    packed ? new GZIPOutputStream(exchange.getResponseBody()) : exchange.getResponseBody()) {
                out.write(body);
            }
        } catch (IOException e) {
            // The client has gone.
        }
    }

    private void await() {
        await(60_000);
    }

    private boolean await(long millis) {
        try {
            return over.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
