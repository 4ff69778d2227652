package io.recordsync.ops.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.recordsync.config.OpsSettings;
import io.recordsync.config.OpsTls;
import io.recordsync.config.OpsUsers;
import io.recordsync.config.Secret;
import io.recordsync.stories.TestCa;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server of the page by TLS; no route is there. */
class PageTlsTest {

    private static final int MANY = 400;

    @TempDir
    static Path folder;

    private static TestCa ca;
    private static OpsHttpServer server;

    @BeforeAll
    static void start() throws Exception {
        ca = new TestCa();
        Path store = ca.keystore(folder.resolve("page.p12"), "PKCS12", "changeit", 0, 24);
        server = new OpsHttpServer(new OpsSettings(
                true,
                "127.0.0.1",
                0,
                "operator",
                new Secret("secret"),
                List.of("localhost"),
                OpsUsers.NONE,
                new OpsTls(store.toString(), new Secret("changeit"))));
        server.listen();
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    @Test
    void a_client_that_trusts_the_authority_is_answered_and_the_address_of_the_page_is_https() throws Exception {
        assertThat(server.page()).isEqualTo("https://127.0.0.1:" + server.port() + "/");
        HttpResponse<String> answer = get();

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.sslSession().orElseThrow().getProtocol()).isEqualTo("TLSv1.3");
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
    }

    /** By hand, because the JDK speaks nothing so old any more. */
    @Test
    void what_is_older_than_tls_1_2_is_refused_with_the_alert_that_says_so() throws Exception {
        // ClientHello of TLS 1.1 with TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA.
        byte[] hello = HexFormat.of()
                .parseHex("160302002d" + "01000029" + "0302" + "11".repeat(32) + "00" + "0002c009" + "0100");

        byte[] answer = answer(hello);

        // Alert, fatal, protocol_version.
        assertThat(answer).startsWith(0x15, 0x03);
        assertThat(answer).endsWith(2, 70);
    }

    @Test
    void plain_http_is_not_answered_with_anything_that_is_http() throws Exception {
        byte[] answer = answer("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

        assertThat(new String(answer, StandardCharsets.ISO_8859_1)).doesNotContain("HTTP/1.1 4", "HTTP/1.1 2");
    }

    @Test
    void connections_that_never_shake_hands_are_bounded_and_shut_nobody_out() throws Exception {
        List<Socket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < MANY; i++) {
                silent.add(new Socket(InetAddress.getLoopbackAddress(), server.port()));
            }
            int more = MANY - Callers.BOUNDS.connections();
            // The eldest gave way.
            for (Socket eldest : silent.subList(0, more)) {
                eldest.setSoTimeout(5_000);
                assertThat(eldest.getInputStream().read()).isNegative();
            }

            assertThat(get().statusCode()).isEqualTo(401);
            // The others have ten seconds.
            await().atMost(Duration.ofSeconds(20)).until(() -> isClosed(silent.get(MANY - 1)));
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
    }

    private static boolean isClosed(Socket socket) throws IOException {
        socket.setSoTimeout(100);
        try {
            // An alert may come first.
            return socket.getInputStream().readAllBytes().length >= 0;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        }
    }

    private static byte[] answer(byte[] sent) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(sent);
            return socket.getInputStream().readAllBytes();
        }
    }

    private static HttpResponse<String> get() throws Exception {
        return HttpClient.newBuilder()
                .sslContext(ca.client())
                .connectTimeout(Duration.ofSeconds(10))
                .build()
                .send(
                        HttpRequest.newBuilder(URI.create("https://localhost:" + server.port() + "/api/status"))
                                .timeout(Duration.ofSeconds(10))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }
}
