package io.recordsync.ops.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** On a real port: two at one time, which are at it until the test lets them go. */
@Timeout(30)
class BulkheadTest {

    private static final int LIMIT = 2;

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Bulkhead bulkhead = new Bulkhead(LIMIT);
    private final AtomicInteger came = new AtomicInteger();
    private final AtomicInteger gone = new AtomicInteger();
    private final AtomicInteger working = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final Semaphore mayEnd = new Semaphore(0);
    private HttpServer server;

    @BeforeEach
    void start() throws Exception {
        Router router = Router.router(vertx);
        router.route("/waits").handler(context -> {
            context.addEndHandler(ended -> gone.incrementAndGet());
            bulkhead.enter(context);
            came.incrementAndGet();
        });
        router.route("/waits").handler(context -> vertx.executeBlocking(() -> work(context.request()), false)
                .onComplete(done -> context.end("done")));
        server = vertx.createHttpServer().requestHandler(router);
        server.listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() throws Exception {
        mayEnd.release(100);
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    void no_more_are_served_at_one_time_and_each_is_served() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> asked =
                IntStream.range(0, 7).mapToObj(n -> ask()).toList();
        await().until(() -> came.get() == 7 && working.get() == LIMIT);

        mayEnd.release(7);

        assertThat(asked)
                .allSatisfy(answer ->
                        assertThat(answer.get(20, TimeUnit.SECONDS).body()).isEqualTo("done"));
        assertThat(most).hasValue(LIMIT);
    }

    @Test
    void a_caller_that_goes_while_it_waits_takes_no_turn() throws Exception {
        ask();
        ask();
        await().until(() -> working.get() == LIMIT);
        Socket third = open();
        await().until(() -> came.get() == 3);
        CompletableFuture<HttpResponse<String>> last = ask();
        await().until(() -> came.get() == 4);
        third.close();
        await().until(() -> gone.get() == 1);

        mayEnd.release(3);

        assertThat(last.get(20, TimeUnit.SECONDS).body()).isEqualTo("done");
        await().until(() -> working.get() == 0);
        assertThat(most).hasValue(LIMIT);
    }

    /** Else callers that give up and ask again would take one thread after the other. */
    @Test
    void a_caller_that_goes_while_it_is_served_counts_until_its_thread_is_free() throws Exception {
        Socket first = open();
        Socket second = open();
        await().until(() -> working.get() == LIMIT);
        first.close();
        second.close();
        await().until(() -> gone.get() == 2);
        List<CompletableFuture<HttpResponse<String>>> asked =
                IntStream.range(0, 5).mapToObj(n -> ask()).toList();
        await().until(() -> came.get() == 7);

        mayEnd.release(7);

        assertThat(asked)
                .allSatisfy(answer ->
                        assertThat(answer.get(20, TimeUnit.SECONDS).body()).isEqualTo("done"));
        assertThat(most).hasValue(LIMIT);
    }

    private Void work(HttpServerRequest request) throws InterruptedException {
        bulkhead.begin(request);
        most.accumulateAndGet(working.incrementAndGet(), Math::max);
        mayEnd.acquire();
        working.decrementAndGet();
        bulkhead.end(request);
        return null;
    }

    private CompletableFuture<HttpResponse<String>> ask() {
        return http.sendAsync(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.actualPort() + "/waits"))
                        .version(HttpClient.Version.HTTP_1_1)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private Socket open() throws Exception {
        Socket socket = new Socket("127.0.0.1", server.actualPort());
        socket.getOutputStream()
                .write("GET /waits HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return socket;
    }
}
