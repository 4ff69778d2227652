package io.recordsync.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.message.BasicHttpResponse;
import org.apache.hc.core5.util.TimeValue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections that were frozen by something in between: one cost the next deletion 63 seconds. */
@Timeout(30)
class ReusedConnectionsTest {

    private static final Duration MIN_WAIT = Duration.ofMillis(400);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch over = new CountDownLatch(1);
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();
    private volatile boolean frozen;
    private volatile long slowMillis;
    private ServerSocket server;
    private CloseableHttpClient client;

    @BeforeEach
    void start() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
        HttpClientBuilder builder = HttpClientBuilder.create()
                .setConnectionManager(OutboundHttp.connections(Outbound.direct(), Duration.ofSeconds(5)))
                .disableAutomaticRetries()
                .setKeepAliveStrategy(ReusedConnections.keepAlive());
        builder.addExecInterceptorBefore(ChainElement.CONNECT.name(), "reused", new ReusedConnections(MIN_WAIT));
        client = builder.build();
    }

    @AfterEach
    void stop() throws IOException {
        over.countDown();
        client.close();
        server.close();
        threads.shutdownNow();
    }

    @Test
    void a_connection_that_answers_is_used_again() throws IOException {
        get();
        get();

        assertThat(connections).hasValue(1);
    }

    @Test
    void a_frozen_one_costs_little_and_no_other_of_its_time_is_used() throws Exception {
        // Two connections in the pool.
        slowMillis = 100;
        var one = threads.submit(() -> get());
        var other = threads.submit(() -> get());
        one.get();
        other.get();
        assertThat(connections).hasValue(2);
        slowMillis = 0;
        get();
        frozen = true;
        long begun = System.nanoTime();

        assertThatThrownBy(this::get)
                .isInstanceOf(InterruptedIOException.class)
                .hasMessageContaining("on a connection that was used before: it may have been dropped on the way");
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(MIN_WAIT, Duration.ofSeconds(3));

        frozen = false;
        get();
        assertThat(connections).hasValue(3);
    }

    @Test
    void a_new_connection_is_given_all_the_time_and_a_slow_end_gets_more_from_then_on() throws IOException {
        slowMillis = 700;
        get();
        // Three times as long as the last.
        get();

        assertThat(connections).hasValue(1);
    }

    @Test
    void one_that_the_other_end_closed_is_not_used() throws Exception {
        for (int i = 1; i <= 5; i++) {
            get("/close");
            int times = i;
            Awaitility.await("it is closed").until(() -> closed.get() == times);
        }

        assertThat(connections).hasValue(5);
    }

    @Test
    void an_idle_one_is_kept_for_as_long_as_the_server_says_but_not_longer_than_firewalls_do() {
        assertThat(keptFor(null)).isEqualTo(ReusedConnections.MAX_IDLE);
        assertThat(keptFor("timeout=5")).isEqualTo(TimeValue.ofSeconds(5));
        assertThat(keptFor("timeout=600")).isEqualTo(ReusedConnections.MAX_IDLE);
    }

    private static TimeValue keptFor(String keepAlive) {
        BasicHttpResponse answer = new BasicHttpResponse(200);
        if (keepAlive != null) {
            answer.setHeader(HttpHeaders.KEEP_ALIVE, keepAlive);
        }
        return ReusedConnections.keepAlive().getKeepAliveDuration(answer, HttpClientContext.create());
    }

    private String get() throws IOException {
        return get("/");
    }

    private String get(String path) throws IOException {
        HttpGet request = new HttpGet("http://127.0.0.1:" + server.getLocalPort() + path);
        return client.execute(request, answer -> EntityUtils.toString(answer.getEntity()));
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                connections.incrementAndGet();
                threads.execute(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    /** One that is frozen once stays so. */
    private void serve(Socket socket) {
        try (socket) {
            byte[] request = new byte[4_096];
            InputStream in = socket.getInputStream();
            for (int length = in.read(request); length > 0; length = in.read(request)) {
                boolean closes = new String(request, 0, length, StandardCharsets.US_ASCII).startsWith("GET /close");
                if (frozen || over.await(slowMillis, TimeUnit.MILLISECONDS)) {
                    over.await();
                    return;
                }
                socket.getOutputStream()
                        .write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII));
                if (closes) {
                    socket.close();
                    closed.incrementAndGet();
                    return;
                }
            }
        } catch (IOException e) {
            // The client gave up.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
