package io.recordsync.ops.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** On a real port, with bounds that are over soon. */
@Timeout(30)
class CallersTest {

    private static final Duration SILENCE = Duration.ofMillis(600);
    private static final Duration BODY_TIME = Duration.ofSeconds(1);
    private static final String HEAD = " HTTP/1.1\r\nHost: localhost\r\n";

    private final List<Socket> sockets = new ArrayList<>();
    private final Vertx vertx = Vertx.vertx();
    private final AtomicInteger serving = new AtomicInteger();
    private HttpServer server;

    @BeforeEach
    void start() throws Exception {
        Callers callers = new Callers(vertx, new Callers.Bounds(3, SILENCE, BODY_TIME));
        Router router = Router.router(vertx);
        router.route().handler(callers::begin);
        router.route().handler(callers::serve);
        router.post().handler(callers.within(BodyHandler.create(false)));
        router.route("/slow").handler(context -> {
            serving.incrementAndGet();
            vertx.setTimer(SILENCE.toMillis() * 3, timer -> context.end("slow"));
        });
        router.route("/never").handler(context -> serving.incrementAndGet());
        router.route().handler(context -> context.end("served"));
        server = vertx.createHttpServer(OpsHttpServer.bounds())
                .connectionHandler(callers::connected)
                .requestHandler(router);
        server.listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() throws Exception {
        for (Socket socket : sockets) {
            socket.close();
        }
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    void a_connection_that_says_nothing_is_closed_when_its_time_is_over() throws Exception {
        long opened = System.nanoTime();

        assertThat(answer(open())).isEmpty();

        assertThat(Duration.ofNanos(System.nanoTime() - opened)).isBetween(SILENCE, SILENCE.multipliedBy(10));
    }

    @Test
    void so_is_one_whose_request_has_no_end_of_its_head() throws Exception {
        assertThat(answer(open("GET /" + HEAD))).isEmpty();
    }

    @Test
    void so_is_one_that_asks_nothing_more() throws Exception {
        assertThat(answer(open("GET /" + HEAD + "\r\n"))).endsWith("served");
    }

    @Test
    void one_that_is_being_served_is_not_silent() throws Exception {
        assertThat(answer(open("GET /slow" + HEAD + "\r\n"))).endsWith("slow");
    }

    @Test
    void a_body_that_does_not_come_in_time_is_answered_and_its_connection_is_closed() throws Exception {
        long asked = System.nanoTime();

        String answer = answer(open("POST /" + HEAD + "Content-Type: application/json\r\nContent-Length: 9\r\n\r\n[{"));

        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isBetween(BODY_TIME, BODY_TIME.multipliedBy(10));
        assertThat(answer)
                .startsWith("HTTP/1.1 408")
                .contains("The body did not come within 1 s; nothing was changed")
                .doesNotContain("served");
    }

    @Test
    void so_is_one_of_which_a_little_comes_now_and_then() throws Exception {
        Socket socket = open("POST /" + HEAD + "Transfer-Encoding: chunked\r\n\r\n");
        Thread dripping = new Thread(() -> {
            try {
                while (!socket.isClosed()) {
                    send(socket, "1\r\nx\r\n");
                    TimeUnit.MILLISECONDS.sleep(50);
                }
            } catch (IOException | InterruptedException e) {
                // The end that is waited for.
            }
        });
        dripping.setDaemon(true);
        dripping.start();

        assertThat(answer(socket)).startsWith("HTTP/1.1 408");
    }

    @Test
    void a_body_that_comes_in_time_is_served() throws Exception {
        Socket socket = open("POST /" + HEAD + "Content-Length: 2\r\nConnection: close\r\n\r\n[");
        send(socket, "]");

        assertThat(answer(socket)).endsWith("served");
    }

    @Test
    void where_there_are_too_many_the_eldest_that_serves_nothing_gives_way() throws Exception {
        Socket served = open("GET /slow" + HEAD + "Connection: close\r\n\r\n");
        await().until(() -> serving.get() == 1);
        Socket eldest = answered();
        answered();
        Socket another = open("GET /" + HEAD + "Connection: close\r\n\r\n");

        assertThat(answer(eldest)).isEmpty();
        assertThat(answer(another)).endsWith("served");
        assertThat(answer(served)).endsWith("slow");
    }

    @Test
    void where_all_are_served_a_new_one_is_closed() throws Exception {
        for (int i = 0; i < 3; i++) {
            open("GET /never" + HEAD + "\r\n");
        }
        await().until(() -> serving.get() == 3);
        assertThat(answer(open("GET /" + HEAD + "\r\n"))).isEmpty();
    }

    /** A connection that is known, and on which nothing more is asked. */
    private Socket answered() throws IOException {
        Socket socket = open("GET /" + HEAD + "\r\n");
        StringBuilder answer = new StringBuilder();
        while (!answer.toString().endsWith("served")) {
            answer.append((char) socket.getInputStream().read());
        }
        return socket;
    }

    private Socket open(String... request) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.actualPort());
        socket.setSoTimeout(10_000);
        sockets.add(socket);
        for (String part : request) {
            send(socket, part);
        }
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    /** To the end of the connection. */
    private static String answer(Socket socket) throws IOException {
        StringBuilder answer = new StringBuilder();
        try {
            for (int next = socket.getInputStream().read();
                    next >= 0;
                    next = socket.getInputStream().read()) {
                answer.append((char) next);
            }
        } catch (SocketException e) {
            // Closed with something unread.
        }
        return answer.toString();
    }
}
