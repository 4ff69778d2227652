package io.recordsync.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchException;

import com.salesforce.eventbus.protobuf.PubSubGrpc;
import com.salesforce.eventbus.protobuf.TopicRequest;
import io.grpc.ManagedChannel;
import io.recordsync.config.NetworkSettings;
import io.recordsync.config.PemCertificates;
import io.recordsync.config.Secret;
import io.recordsync.stories.TestCa;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLHandshakeException;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class OutboundTest {

    @TempDir
    Path folder;

    private Outbound outbound = Outbound.direct();

    @Test
    void without_a_host_there_is_no_proxy() {
        assertThat(outbound.proxyFor("api.talkdeskapp.com")).isEmpty();
        assertThat(outbound.explain("api.talkdeskapp.com", new ConnectException("refused")))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "api.talkdeskapp.com, true",
        "localhost, false",
        "ACME.example, false",
        "api.acme.example, false",
        "notacme.example, true",
        "10.0.0.1, false",
        "10.0.0.10, true",
    })
    void a_host_is_reached_directly_where_it_or_one_above_it_is_named(String target, boolean proxied) {
        proxied("localhost", "acme.EXAMPLE", "10.0.0.1");

        assertThat(outbound.proxyFor(target).isPresent()).isEqualTo(proxied);
    }

    @Test
    void the_credentials_go_to_the_proxy_only() {
        outbound = new Outbound(
                new NetworkSettings("proxy", 3128, "sync", new Secret("47:11"), List.of("acme.example"), ""));

        assertThat(request("https://api.talkdeskapp.com/x")).containsExactly("Basic c3luYzo0NzoxMQ==");
        assertThat(request("https://api.acme.example/x")).isEmpty();
    }

    @Test
    void a_bundle_is_trusted_in_addition_to_javas_certificates() throws Exception {
        List<X509Certificate> javas = List.of(outbound.trustManager().getAcceptedIssuers());
        Path first = new TestCa().bundle(folder.resolve("first.pem"));
        Path second = new TestCa().bundle(folder.resolve("second.pem"));
        Path both = Files.writeString(
                folder.resolve("both.pem"),
                "# The root of Acme\n" + Files.readString(first) + "\n# and its next one\n" + Files.readString(second));

        outbound = trusting(both);

        assertThat(outbound.trustManager().getAcceptedIssuers())
                .hasSize(javas.size() + 2)
                .containsAll(javas);
    }

    @Test
    void a_bundle_without_a_certificate_is_refused() throws Exception {
        Path empty = Files.createFile(folder.resolve("empty.pem"));
        Path other = Files.writeString(folder.resolve("other.pem"), "-----BEGIN CERTIFICATE-----\nnone\n");

        assertThatThrownBy(() -> PemCertificates.read(empty)).isInstanceOf(CertificateException.class);
        assertThatThrownBy(() -> PemCertificates.read(other)).isInstanceOf(CertificateException.class);
        assertThatThrownBy(() -> PemCertificates.read(folder.resolve("none.pem")))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> trusting(empty))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tls.ca-bundle = " + empty);
    }

    /** In the words of Java's client and of Netty, as they were met. */
    @Test
    void what_keeps_a_request_from_being_sent_is_told_with_its_remedy() {
        outbound = new Outbound(new NetworkSettings("proxy", 3128, "sync", Secret.NONE, List.of(), ""));

        assertThat(explained(new IOException("Tunnel failed, got: 407")))
                .isEqualTo("the proxy proxy:3128 refuses the credentials (407); check proxy.user and proxy.password");
        assertThat(explained(new IOException(new IOException(
                        "http, basic, proxy/10.0.0.1:3128 => api/<unresolved>:443, status: 403 Forbidden"))))
                .isEqualTo(
                        "the proxy proxy:3128 does not let through to api (403); have it allowed there, or name it in"
                                + " proxy.no-proxy");
        assertThat(explained(new IOException("Tunnel failed, got: 502")))
                .isEqualTo("the proxy proxy:3128 does not reach api (502)");
        assertThat(explained(new UnknownHostException("proxy")))
                .isEqualTo("the proxy proxy:3128 cannot be reached (UnknownHostException); check proxy.host and"
                        + " proxy.port");
        SSLHandshakeException handshake = new SSLHandshakeException("PKIX path building failed");
        handshake.initCause(new CertificateException("unable to find valid certification path"));
        assertThat(explained(handshake))
                .isEqualTo(
                        "the certificate that api shows is not trusted (CertificateException); if the company network"
                                + " puts its own in between, name its CA in tls.ca-bundle");
        assertThat(explained(new CertificateException("No subject alternative DNS name matching api found.")))
                .isEqualTo("the certificate that api shows is for another name");
        assertThat(outbound.explain("api", new IOException("Connection reset"))).isEmpty();
    }

    /** The authority is trusted, and the certificate is for 127.0.0.1: by another name nobody may be talked to. */
    @ParameterizedTest
    @EnumSource
    void a_trusted_certificate_for_another_name_is_refused_by_every_client(Client client) throws Exception {
        TestCa ca = new TestCa();
        outbound = trusting(ca.bundle(folder.resolve("ca.pem")));
        try (ServerSocket server = ca.server().getServerSocketFactory().createServerSocket(0)) {
            Thread accepting = new Thread(() -> acceptAll(server));
            accepting.setDaemon(true);
            accepting.start();

            Exception failure = catchException(() -> client.call(outbound, server.getLocalPort()));

            assertThat(failure).isNotNull();
            assertThat(
                            failure instanceof NetworkException
                                    ? failure.getMessage()
                                    : outbound.explain("localhost", failure).orElse(failure.toString()))
                    .isEqualTo("the certificate that localhost shows is for another name");
        }
    }

    /** Each of those that talk to the ends. */
    private enum Client {
        JAVA {
            @Override
            void call(Outbound outbound, int port) throws Exception {
                outbound.httpClient()
                        .build()
                        .send(
                                outbound.request(url(port)).timeout(PATIENCE).build(),
                                HttpResponse.BodyHandlers.discarding());
            }
        },
        CAMEL_HTTP {
            @Override
            void call(Outbound outbound, int port) throws Exception {
                HttpClientBuilder builder =
                        HttpClientBuilder.create().setConnectionManager(OutboundHttp.connections(outbound));
                new OutboundHttp(outbound).configureHttpClient(builder);
                try (CloseableHttpClient http = builder.build()) {
                    http.execute(new HttpGet(url(port)), answer -> null);
                }
            }
        },
        GRPC {
            @Override
            void call(Outbound outbound, int port) throws Exception {
                ManagedChannel channel =
                        OutboundGrpc.channel(outbound, "localhost", port, false).build();
                try {
                    PubSubGrpc.newBlockingV2Stub(channel)
                            .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                            .getTopic(TopicRequest.getDefaultInstance());
                } finally {
                    channel.shutdownNow();
                }
            }
        };

        private static final Duration PATIENCE = Duration.ofSeconds(10);

        abstract void call(Outbound outbound, int port) throws Exception;

        private static URI url(int port) {
            return URI.create("https://localhost:" + port + "/");
        }
    }

    /** Shakes hands with every caller, and answers nothing. */
    private static void acceptAll(ServerSocket server) {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                socket.getInputStream().read();
            } catch (IOException e) {
                // Refused, which is what is tested; or closed.
            }
        }
    }

    private void proxied(String... noProxy) {
        outbound = new Outbound(new NetworkSettings("proxy", 3128, "", Secret.NONE, List.of(noProxy), ""));
    }

    private static Outbound trusting(Path bundle) {
        return new Outbound(new NetworkSettings("", 3128, "", Secret.NONE, List.of(), bundle.toString()));
    }

    private String explained(Exception failure) {
        return outbound.explain("api", failure).orElseThrow();
    }

    private List<String> request(String url) {
        return outbound.request(URI.create(url)).build().headers().allValues("Proxy-Authorization");
    }
}
