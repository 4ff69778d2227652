package io.recordsync.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hc.core5.http.MessageConstraintException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The head of an answer, which must not fill the memory either. */
class AnswerHeadTest {

    private final SingleCalls calls = new SingleCalls(Outbound.direct(), Duration.ofSeconds(20), 1024);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicLong written = new AtomicLong();
    private ServerSocket server;

    @BeforeEach
    void start() throws IOException {
        server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        threads.shutdownNow();
    }

    @Test
    void headers_without_end_are_an_answer_that_nobody_reads() {
        endless("HTTP/1.1 200 OK\r\n", "X-Filling: " + "x".repeat(1000) + "\r\n");

        assertThatThrownBy(this::get).isInstanceOf(MessageConstraintException.class);
        assertThat(written).hasValueLessThan(8 << 20);
    }

    @Test
    void so_is_a_line_without_end() {
        endless("HTTP/1.1 200 OK\r\nX-Filling: ", "x".repeat(1000));

        assertThatThrownBy(this::get).isInstanceOf(MessageConstraintException.class);
        assertThat(written).hasValueLessThan(8 << 20);
    }

    /** As proxies and gateways add them. */
    @Test
    void a_long_head_is_read() throws IOException {
        String policy = "Content-Security-Policy: " + "x".repeat(8000) + "\r\n";
        answer("HTTP/1.1 200 OK\r\n" + policy + "X-Trace: y\r\n".repeat(60) + "Content-Length: 2\r\n\r\nok");

        assertThat(get().body()).isEqualTo("ok");
    }

    private SingleCalls.Answer get() throws IOException {
        return calls.send("GET", URI.create("http://127.0.0.1:" + server.getLocalPort() + "/"), Map.of(), null);
    }

    private void endless(String begin, String more) {
        serve(out -> {
            out.write(begin.getBytes(StandardCharsets.US_ASCII));
            byte[] bytes = more.getBytes(StandardCharsets.US_ASCII);
            while (true) {
                out.write(bytes);
                written.addAndGet(bytes.length);
            }
        });
    }

    private void answer(String text) {
        serve(out -> out.write(text.getBytes(StandardCharsets.US_ASCII)));
    }

    private interface Writing {
        void to(OutputStream out) throws IOException;
    }

    private void serve(Writing writing) {
        threads.execute(() -> {
            try (Socket client = server.accept()) {
                client.getInputStream().read(new byte[4096]);
                writing.to(client.getOutputStream());
            } catch (IOException e) {
                // The client has gone.
            }
        });
    }
}
