package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.ChangeEvent;
import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import io.recordsync.simulator.webhook.WebhookServer;
import io.recordsync.simulator.webhook.WebhookServer.Receiver;
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

/**
 * The company network: everything goes through a proxy that wants a password, to ends whose certificates only the company's
 * own authority vouches for.
 */
@Tag("servers")
class CompanyNetworkIT {

    private static final String LIST = "5f1c7a2e-cccc-4a7e-9b2f-aaaaaaaaaaaa";
    private static final String PASSWORD = "proxy-secret-4711";

    @TempDir
    Path folder;

    private SalesforceSimulator salesforce;
    private TalkdeskSimulator talkdesk;
    private WebhookServer webhook;
    private Tinyproxy proxy;
    private Service service;

    @BeforeEach
    void start() throws Exception {
        Programs.require("tinyproxy");
        TestCa ca = new TestCa();
        salesforce = SalesforceSimulator.builder().tls(ca.server()).start();
        talkdesk = TalkdeskSimulator.start(ca.server());
        talkdesk.addList(LIST, "EXTERNAL");
        webhook = WebhookServer.start(Receiver.JSON, ca.server());
        proxy = new Tinyproxy(
                folder, port(salesforce.loginUrl()), salesforce.pubsubPort(), port(talkdesk.url()), webhook.port());
        service = new Service(folder, salesforce, talkdesk, LIST)
                .with("salesforce.pubsub.plaintext", "false")
                .with("tls.ca-bundle", ca.bundle(folder.resolve("ca.pem")).toString())
                .with("proxy.host", "127.0.0.1")
                .with("proxy.port", Integer.toString(proxy.port()))
                .with("proxy.user", Tinyproxy.USER)
                .with("proxy.password", PASSWORD)
                .with("proxy.no-proxy", "none");
    }

    @AfterEach
    void stop() {
        if (service != null) {
            service.close();
            proxy.close();
            webhook.close();
            talkdesk.close();
            salesforce.close();
        }
    }

    @Test
    void every_connection_goes_through_the_proxy_and_each_trouble_with_it_is_named_and_heals() throws Exception {
        List<String> contacts = salesforce.createContacts(4);
        talkdesk.addRecords(LIST, "salesforce", contacts);
        proxy.start(PASSWORD);
        service.startSubscribed();
        salesforce.recording().awaitSubscription(1);

        salesforce.deleteContact(contacts.get(0));
        talkdesk.awaitGone(LIST, contacts.subList(0, 1));
        // The REST API too.
        salesforce.deleteContactsUnseen(contacts.subList(1, 2));
        salesforce.publish(ChangeEvent.gapOverflow());
        talkdesk.awaitGone(LIST, contacts.subList(1, 2));

        assertAllWentThroughTheProxy();

        // A call is one request with TLS as well: what Apache's client repeated by itself, nobody would hear of.
        talkdesk.answers(503);
        salesforce.deleteContact(contacts.get(2));
        talkdesk.awaitGone(LIST, contacts.subList(2, 3));
        assertThat(service.log()).contains("(status 503)");

        proxy.close();
        delete(contacts.get(3));
        String missed = "the proxy 127.0.0.1:" + proxy.port() + " cannot be reached (";
        service.await(
                "the proxy is missed",
                () -> stream().contains(missed)
                        && delivery().contains("Talkdesk cannot be reached: " + missed)
                        && delivery().contains("check proxy.host and proxy.port"));

        proxy.start("another-password");
        String refused = "refuses the credentials (401); check proxy.user and proxy.password";
        service.await(
                "the password is named",
                () -> stream().contains(refused) && delivery().contains(refused));
        assertThat(service.count("parked")).isZero();
        assertThat(talkdesk.holds(LIST, contacts.get(3))).isTrue();

        proxy.close();
        proxy.start(PASSWORD);
        talkdesk.awaitGone(LIST, contacts.subList(3, 4));
        service.awaitSubscribed();
        assertAllWentThroughTheProxy();
        assertThat(talkdesk.mistakes()).isEmpty();
    }

    @Test
    void without_the_ca_the_password_or_the_port_nothing_goes_out_and_nothing_is_lost() throws Exception {
        String contact = ContactIds.next();
        talkdesk.addRecords(LIST, "salesforce", List.of(contact));
        proxy.start(PASSWORD);
        service.with("proxy.password", "wrong-secret-0815").start();
        delete(contact);

        String refused = "the proxy 127.0.0.1:" + proxy.port()
                + " refuses the credentials (401); check proxy.user and proxy.password";
        service.await(
                "both ends are out of reach",
                () -> stream().contains(refused) && delivery().contains(refused));
        // A person is waited for: the words are the proxy's, not those of one login among many.
        assertThat(stream()).startsWith(refused);
        assertThat(salesforce.httpConnections() + salesforce.pubsubConnections() + talkdesk.connections())
                .isZero();

        String bundle = folder.resolve("ca.pem").toString();
        restart("proxy.password", PASSWORD, "tls.ca-bundle", "");
        String distrusted = "the certificate that 127.0.0.1 shows is not trusted";
        service.await(
                "both ends are not trusted",
                () -> stream().contains(distrusted) && delivery().contains(distrusted));
        assertThat(stream()).contains("name its CA in tls.ca-bundle");
        assertThat(salesforce.recording().logins()).isEmpty();
        assertThat(talkdesk.tokenCalls()).isEmpty();

        restart("tls.ca-bundle", bundle, "salesforce.pubsub.port", "1");
        service.await("the stream alone is not let through", () -> stream()
                .contains("does not let through to 127.0.0.1:1 (403); have it allowed there"));
        talkdesk.awaitGone(LIST, List.of(contact));
        assertThat(service.count("parked")).isZero();
    }

    /** Seven logins in eight seconds lock the account that the password belongs to. */
    @Test
    void a_proxy_that_refuses_the_password_sees_one_login_and_then_a_person_is_waited_for() throws Exception {
        String contact = ContactIds.next();
        talkdesk.addRecords(LIST, "salesforce", List.of(contact));
        proxy.start(PASSWORD);
        service.with("proxy.password", "wrong-secret-0815")
                .with("stream.backoff-long", "1h")
                .start();
        String refused = "refuses the credentials (401); check proxy.user and proxy.password";
        service.await("the password is named", () -> stream().contains(refused));

        delete(contact);
        service.await("the delivery fails too", () -> delivery().contains(refused));
        service.await(
                "and again",
                () -> delivery().contains("waiting")
                        && service.deletions("state=pending").stream()
                                .anyMatch(row -> row.path("attempts").asInt() > 3));

        assertThat(proxy.requests()).isEqualTo(1);
        assertThat(service.log().lines().filter(line -> line.contains(" ERROR ")))
                .hasSize(1)
                .allMatch(line -> line.contains(refused));
    }

    @Test
    void people_are_told_by_the_same_way() throws Exception {
        proxy.start(PASSWORD);
        service.with("alerts.webhook", webhook.url())
                .with("alerts.webhook.after", "1s")
                .startSubscribed();

        service.post("/api/pause", "");

        assertThat(webhook.await(1, Duration.ofSeconds(30)).get(0).shown()).isTrue();
        assertThat(salesforce.pubsubConnections()
                        + salesforce.httpConnections()
                        + talkdesk.connections()
                        + webhook.posts().size())
                .isEqualTo(proxy.tunnels());
    }

    private void restart(String... keysAndValues) throws Exception {
        service.kill();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            service.with(keysAndValues[i], keysAndValues[i + 1]);
        }
        service.start();
    }

    private void delete(String contact) throws IOException {
        assertThat(service.post(
                                "/api/deletions",
                                "[{\"external_provider\": \"salesforce\", \"external_id\": \"" + contact + "\"}]")
                        .statusCode())
                .isEqualTo(202);
    }

    private String stream() {
        return service.status().at("/stream/lastError").asText();
    }

    private String delivery() {
        return service.status().at("/delivery").toString();
    }

    private void assertAllWentThroughTheProxy() throws IOException {
        // Of each port: the stream; tokens and calls, which are connections of their own.
        assertThat(salesforce.pubsubConnections()).isPositive();
        assertThat(salesforce.httpConnections()).isGreaterThan(1);
        assertThat(talkdesk.connections()).isGreaterThan(1);
        assertThat(salesforce.pubsubConnections() + salesforce.httpConnections() + talkdesk.connections())
                .isEqualTo(proxy.tunnels());
    }

    private static int port(String url) {
        return URI.create(url).getPort();
    }
}
