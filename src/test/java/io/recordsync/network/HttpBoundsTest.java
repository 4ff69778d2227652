package io.recordsync.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
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

@Timeout(20)
class HttpBoundsTest {

    private static final int MAX = 1_000;

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
        server.start();
        HttpClientBuilder builder = HttpClientBuilder.create();
        bounds.configureHttpClient(builder);
        client = builder.build();
    }

    @AfterEach
    void stop() throws IOException {
        over.countDown();
        client.close();
        bounds.close();
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
        assertThatThrownBy(() -> get("/huge")).hasMessage("the answer is longer than 1000 bytes: not read further");
    }

    @Test
    void what_counts_is_what_was_unpacked() {
        assertThatThrownBy(() -> get("/bomb")).hasMessage("the answer is longer than 1000 bytes: not read further");
    }

    @Test
    void a_body_for_java_s_client_is_bounded_too() throws Exception {
        HttpClient java = HttpClient.newHttpClient();
        HttpRequest whole = HttpRequest.newBuilder(uri("/short")).build();
        assertThat(java.send(whole, BoundedBody.of(MAX)).body()).hasSize(MAX);
        HttpRequest longer = HttpRequest.newBuilder(uri("/huge")).build();
        assertThat(java.send(longer, BoundedBody.of(MAX)).body()).hasSize(MAX + 1);
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
