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
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
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

    private static final Target API = new Target("api", 8443);

    private Outbound outbound = Outbound.direct();

    @Test
    void without_a_host_there_is_no_proxy() {
        assertThat(outbound.proxyFor("api.talkdeskapp.com")).isEmpty();
        assertThat(outbound.explain(new Target("api.talkdeskapp.com", 443), new ConnectException("refused")))
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

        assertThat(explained(refused("407 Proxy Authentication Required")))
                .isEqualTo("the proxy proxy:3128 refuses the credentials (407); check proxy.user and proxy.password");
        assertThat(explained(refused("403 Forbidden")))
                .isEqualTo(
                        "the proxy proxy:3128 does not let through to api:8443 (403); have it allowed there, or name it"
                                + " in proxy.no-proxy");
        assertThat(explained(refused("502 Bad Gateway")))
                .isEqualTo("the proxy proxy:3128 does not reach api:8443 (502)");
        assertThat(outbound.explain(new Target("api", 7443), refused("403 Forbidden")))
                .contains(
                        "the proxy proxy:3128 does not let through to api:7443 (403); have it allowed there, or name it"
                                + " in proxy.no-proxy; where it lets through to port 443 only, salesforce.pubsub.port = 443 may"
                                + " work");
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
        assertThat(explained(new SSLException("Unsupported or unrecognized SSL message")))
                .isEqualTo(
                        "api:8443 does not speak TLS; check the port, and whether something in between answers in its"
                                + " place");
        assertThat(explained(new SSLHandshakeException("Received fatal alert: handshake_failure")))
                .startsWith("api:8443 and this Java have no way of TLS in common");
        assertThat(explained(new SSLHandshakeException("Remote host terminated the handshake")))
                .startsWith("api:8443 cut off the TLS handshake");
        assertThat(outbound.explain(API, new IOException("Connection reset"))).isEmpty();
    }

    /** Each request would have been one more failed login: seven in eight seconds locked an account. */
    @Test
    void a_proxy_that_refused_the_credentials_is_not_asked_again_for_a_while() throws Exception {
        NetworkSettings behindProxy =
                new NetworkSettings("proxy", 3128, "sync", Secret.NONE, List.of("direct.example"), "");
        outbound = new Outbound(behindProxy, Duration.ofHours(1));
        outbound.checkProxy("api");
        assertThat(outbound.proxyRefusal()).isEmpty();
        String refused = explained(refused("407 Proxy Authentication Required"));

        assertThatThrownBy(() -> outbound.checkProxy("api"))
                .isInstanceOf(NetworkException.class)
                .hasMessage(refused);
        assertThat(outbound.explain(API, new IOException(new NetworkException(refused))))
                .contains(refused);
        assertThat(outbound.proxyRefusal()).contains(refused);
        outbound.checkProxy("direct.example");

        outbound = new Outbound(behindProxy, Duration.ZERO);
        explained(refused("407 Proxy Authentication Required"));
        outbound.checkProxy("api");
        outbound = new Outbound(behindProxy, Duration.ofHours(1));
        explained(refused("403 Forbidden"));
        outbound.checkProxy("api");
    }

    /** A server, by what it shows, and how that is worded for the host by which it is called. */
    private enum Shown {
        ANOTHER_NAME("localhost", "is for another name (127.0.0.1)") {
            @Override
            SSLContext by(TestCa ca) {
                return ca.server();
            }
        },
        EXPIRED("127.0.0.1", "has expired (CN=Simulator, on 20") {
            @Override
            SSLContext by(TestCa ca) throws Exception {
                return ca.expiredServer();
            }
        },
        OF_TOMORROW("127.0.0.1", "is not valid yet (CN=Simulator, from 20") {
            @Override
            SSLContext by(TestCa ca) throws Exception {
                return ca.serverOfTomorrow();
            }
        },
        WITHOUT_INTERMEDIATE("127.0.0.1", "comes without that of its issuer (CN=Branch): ") {
            @Override
            SSLContext by(TestCa ca) throws Exception {
                return ca.serverOfBranch(false);
            }
        },
        OF_EXPIRED_INTERMEDIATE("127.0.0.1", "is signed by one that has expired (CN=Branch, on 20") {
            @Override
            SSLContext by(TestCa ca) throws Exception {
                return ca.serverOfExpiredBranch();
            }
        },
        UNKNOWN_ROOT("127.0.0.1", "is not trusted: its root (CN=Company network) is unknown here; ") {
            @Override
            SSLContext by(TestCa ca) throws Exception {
                return new TestCa().server();
            }
        },
        UNKNOWN_ROOT_THAT_IS_NOT_SENT("127.0.0.1", "is not trusted: its root (CN=Company network) is unknown here; ") {
            @Override
            SSLContext by(TestCa ca) throws Exception {
                return new TestCa().serverOfBranch(true);
            }
        };

        private final String host;
        private final String words;

        Shown(String host, String words) {
            this.host = host;
            this.words = words;
        }

        abstract SSLContext by(TestCa ca) throws Exception;
    }

    /** Java words most of them alike: a ValidatorException. */
    @ParameterizedTest
    @EnumSource
    void what_is_wrong_with_a_certificate_is_told_apart_by_every_client(Client client) throws Exception {
        TestCa ca = new TestCa();
        outbound = trusting(ca.bundle(folder.resolve("ca.pem")));
        for (Shown shown : Shown.values()) {
            try (ServerSocket server = listening(shown.by(ca))) {
                Target target = new Target(shown.host, server.getLocalPort());

                Exception failure = catchException(() -> client.call(outbound, target));

                assertThat(failure).as(shown.name()).isNotNull();
                assertThat(
                                failure instanceof NetworkException
                                        ? failure.getMessage()
                                        : outbound.explain(target, failure).orElse(failure.toString()))
                        .as(shown.name())
                        .startsWith("the certificate that " + shown.host + " shows " + shown.words);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void an_intermediate_that_is_sent_is_no_trouble(Client client) throws Exception {
        TestCa ca = new TestCa();
        outbound = trusting(ca.bundle(folder.resolve("ca.pem")));
        try (ServerSocket server = listening(ca.serverOfBranch(true))) {
            Target target = new Target("127.0.0.1", server.getLocalPort());

            Exception failure = catchException(() -> client.call(outbound, target));

            // It takes the connection, and closes it.
            assertThat(failure).isNotInstanceOf(NetworkException.class);
            assertThat(outbound.explain(target, failure)).isEmpty();
        }
    }

    private static ServerSocket listening(SSLContext tls) throws IOException {
        SSLServerSocket server = (SSLServerSocket)
                tls.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        SSLParameters parameters = server.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
        server.setSSLParameters(parameters);
        Thread accepting = new Thread(() -> acceptAll(server));
        accepting.setDaemon(true);
        accepting.start();
        return server;
    }

    @Test
    void plaintext_grpc_is_for_this_machine_only() {
        assertThatThrownBy(() ->
                        OutboundGrpc.channel(outbound, new Target("pubsub.acme.example", 7443), true, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("gRPC in plaintext to pubsub.acme.example:7443: expected TLS, or this machine (localhost,"
                        + " 127.0.0.1, ::1)");
        for (String host : List.of("localhost", "127.0.0.1", "::1")) {
            OutboundGrpc.channel(outbound, new Target(host, 1), true, Duration.ZERO)
                    .build()
                    .shutdownNow();
        }
    }

    /** Each of those that talk to the ends. */
    private enum Client {
        SINGLE_CALLS {
            @Override
            void call(Outbound outbound, Target target) throws Exception {
                new SingleCalls(outbound, PATIENCE, 1_000).send("GET", url(target), Map.of(), null);
            }
        },
        CAMEL_HTTP {
            @Override
            void call(Outbound outbound, Target target) throws Exception {
                HttpClientBuilder builder =
                        HttpClientBuilder.create().setConnectionManager(OutboundHttp.connections(outbound, PATIENCE));
                new OutboundHttp(outbound).configureHttpClient(builder);
                try (CloseableHttpClient http = builder.build()) {
                    http.execute(new HttpGet(url(target)), answer -> null);
                }
            }
        },
        GRPC {
            @Override
            void call(Outbound outbound, Target target) throws Exception {
                ManagedChannel channel = OutboundGrpc.channel(outbound, target, false, Duration.ZERO)
                        .build();
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

        abstract void call(Outbound outbound, Target target) throws Exception;

        private static URI url(Target target) {
            return URI.create("https://" + target + "/");
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
        return outbound.explain(API, failure).orElseThrow();
    }

    /** In Netty's words. */
    private static IOException refused(String answer) {
        return new IOException(
                new IOException("http, basic, proxy/10.0.0.1:3128 => api/<unresolved>:443, status: " + answer));
    }
}
