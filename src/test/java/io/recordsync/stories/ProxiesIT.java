package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Debian's squid and nginx in between, as they are packaged: what they refuse and cut is named, with its cure. */
@Tag("servers")
class ProxiesIT {

    private static final String LIST = "proxies";
    private static final String PASSWORD = "proxy-secret-4711";

    @TempDir
    Path folder;

    private SalesforceSimulator salesforce;
    private TalkdeskSimulator talkdesk;
    private Squid squid;
    private Nginx nginx;
    private Service service;

    /** @param pings whether Salesforce lets pings pass that come more often than every five minutes */
    private void start(boolean pings) throws Exception {
        TestCa ca = new TestCa();
        SalesforceSimulator.Builder builder = SalesforceSimulator.builder().tls(ca.server());
        salesforce = (pings ? builder.permitsPings() : builder).start();
        talkdesk = TalkdeskSimulator.start(ca.server());
        talkdesk.addList(LIST, "EXTERNAL");
        service = new Service(folder, salesforce, talkdesk, LIST)
                .with("salesforce.pubsub.plaintext", "false")
                .with("tls.ca-bundle", ca.bundle(folder.resolve("ca.pem")).toString())
                .with("proxy.host", "127.0.0.1")
                .with("proxy.port", Integer.toString(squid.port()))
                .with("proxy.no-proxy", "none")
                .with("oauth.timeout", "10s")
                .with("session.heartbeat", "1s")
                .with("session.ttl", "10s");
    }

    @BeforeEach
    void install() throws IOException {
        squid = new Squid();
    }

    @AfterEach
    void stop() {
        if (service != null) {
            service.close();
            talkdesk.close();
            salesforce.close();
        }
        squid.close();
        if (nginx != null) {
            nginx.close();
        }
    }

    @Test
    void as_packaged_squid_refuses_7443_and_the_port_that_may_work_is_named() throws Exception {
        start(false);
        squid.start(Duration.ofMinutes(15), port(salesforce.loginUrl()), port(talkdesk.url()));
        service.with("salesforce.pubsub.port", "7443").start();

        String words = "the proxy 127.0.0.1:" + squid.port() + " does not let through to 127.0.0.1:7443 (403); have it"
                + " allowed there, or name it in proxy.no-proxy; where it lets through to port 443 only,"
                + " salesforce.pubsub.port = 443 may work";
        service.await("the port is named", () -> stream().contains(words));
        assertThat(Command.run(service.environment(), "doctor").out().lines())
                .anyMatch(line -> line.startsWith("fail | salesforce topic") && line.contains(words));
    }

    @Test
    void a_wrong_password_is_one_error_and_one_login() throws Exception {
        start(false);
        squid.startWithPassword(PASSWORD, port(salesforce.loginUrl()), port(talkdesk.url()), salesforce.pubsubPort());
        service.with("proxy.user", Squid.USER)
                .with("proxy.password", "wrong-secret-0815")
                .with("stream.backoff-long", "1h")
                .start();

        String words = "the proxy 127.0.0.1:" + squid.port()
                + " refuses the credentials (407); check proxy.user and proxy.password";
        service.await("the password is named", () -> stream().contains(words));
        delete();
        service.await("it is tried again and again", () -> service.deletions("state=pending").stream()
                .anyMatch(row -> row.path("attempts").asInt() > 3));
        assertThat(squid.logged("TCP_DENIED/407")).isEqualTo(1);
        assertThat(service.log().lines().filter(line -> line.contains(" ERROR ")))
                .singleElement()
                .asString()
                .contains(words);

        service.kill();
        service.with("proxy.password", PASSWORD).startSubscribed();
        // The right one goes with the first request.
        assertThat(squid.logged("TCP_DENIED/407")).isEqualTo(1);
    }

    /** It was red in 63 of 467 looks. */
    @Test
    void a_proxy_that_cuts_silent_streams_is_named_once_and_health_stays_up() throws Exception {
        start(false);
        squid.start(Duration.ofSeconds(5), port(salesforce.loginUrl()), port(talkdesk.url()), salesforce.pubsubPort());
        service.startSubscribed();

        long[] looks = {0, 0};
        service.await("it is named", Duration.ofSeconds(90), () -> {
            looks[service.answer("/observe/health/ready").statusCode() == 200 ? 0 : 1]++;
            return service.log().contains("ends silent connections");
        });
        service.await("it is cut on", Duration.ofSeconds(30), () -> {
            looks[service.answer("/observe/health/ready").statusCode() == 200 ? 0 : 1]++;
            return salesforce.recording().subscribes().size() >= 6;
        });

        assertThat(looks[1]).as("red, of %d looks", looks[0] + looks[1]).isZero();
        assertThat(service.log().lines().filter(line -> line.contains("ends silent connections")))
                .singleElement()
                .asString()
                .contains(" WARN ", "or set stream.keepalive = 10s")
                .as("a busy squid cuts a little later")
                .containsPattern(
                        "was cut 3 times after [5-7] s of silence each: the proxy 127\\.0\\.0\\.1:" + squid.port());
        assertThat(service.log().substring(service.log().indexOf("ends silent connections")))
                .as("what ends a stream is logged until it has a name")
                .doesNotContain("connecting again in");
        assertThat(service.status().at("/health/level").asText()).isEqualTo("amber");
        String contact = salesforce.createContacts(1).get(0);
        talkdesk.addRecords(LIST, "salesforce", List.of(contact));
        salesforce.deleteContact(contact);
        talkdesk.awaitGone(LIST, List.of(contact));
    }

    @Test
    void a_keepalive_keeps_the_stream_open_through_it() throws Exception {
        start(true);
        squid.start(Duration.ofSeconds(14), port(salesforce.loginUrl()), port(talkdesk.url()), salesforce.pubsubPort());
        service.with("stream.keepalive", "10s").startSubscribed();
        long begun = System.nanoTime();

        service.await(
                "it is silent for three times as long",
                Duration.ofSeconds(60),
                () -> Duration.ofNanos(System.nanoTime() - begun).toSeconds() >= 42);

        assertThat(salesforce.recording().subscribes()).hasSize(1);
        assertThat(service.log()).doesNotContain(" WARN ");
    }

    /** nginx answers pings itself: they do not help. */
    @Test
    void a_gateway_that_cuts_silent_streams_is_named_with_its_own_time_outs() throws Exception {
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(LIST, "EXTERNAL");
        nginx = new Nginx(folder.resolve("nginx"));
        nginx.start(
                "http2",
                "client_body_timeout 5s; grpc_read_timeout 5s; location / { grpc_pass grpc://127.0.0.1:"
                        + salesforce.pubsubPort() + "; }");
        service = new Service(folder, salesforce, talkdesk, LIST)
                .with("salesforce.pubsub.port", Integer.toString(nginx.port()))
                .with("session.heartbeat", "1s")
                .with("session.ttl", "10s")
                .startSubscribed();

        service.await("it is named", Duration.ofSeconds(60), () -> service.log().contains("ends silent connections"));
        assertThat(service.log())
                .contains("a proxy, load balancer or firewall on the way to 127.0.0.1:" + nginx.port())
                .contains("in nginx grpc_read_timeout and client_body_timeout");
        assertThat(service.answer("/observe/health/ready").statusCode()).isEqualTo(200);
    }

    /** Its page, and the body of DELETE requests that it takes away. */
    @Test
    void a_gateway_in_front_of_talkdesk_is_told_by_its_pages() throws Exception {
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(LIST, "EXTERNAL");
        nginx = new Nginx(folder.resolve("nginx"));
        nginx.start(
                "",
                "location /oauth { proxy_pass " + talkdesk.url() + "; } location / { return 301"
                        + " https://portal.acme.example/login?session=4711; }");
        service = new Service(folder, salesforce, talkdesk, LIST)
                .with("talkdesk.api-url", "http://127.0.0.1:" + nginx.port())
                .startSubscribed();

        delete();
        String redirect = "A 301 with a redirect to https://portal.acme.example/login…: not Talkdesk's own answer";
        service.await(
                "it is told where to",
                () -> service.status().at("/delivery").toString().contains(redirect));

        nginx.close();
        nginx.start("", "location / { proxy_pass http://127.0.0.1:1; }");
        service.await(
                "its page is told",
                () -> service.status().at("/delivery").toString().contains("502 Bad Gateway"));
    }

    private void delete() throws IOException {
        assertThat(service.post(
                                "/api/deletions",
                                "[{\"external_provider\": \"salesforce\", \"external_id\": \"003DL0000212DetYAE\"}]")
                        .statusCode())
                .isEqualTo(202);
    }

    private String stream() {
        return service.status().at("/stream/lastError").asText();
    }

    private static int port(String url) {
        return URI.create(url).getPort();
    }
}
