package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.ChangeEvent;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Host names with several addresses of which the first is of no use, addresses of IPv6, and connections that froze. */
@Tag("long")
class AddressesIT {

    private static final String LIST = "addresses";
    private static final String NAME = "ends.acme.example";

    @TempDir
    Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();
    private SalesforceSimulator salesforce;
    private TalkdeskSimulator talkdesk;

    @BeforeEach
    void start() {
        salesforce = open(SalesforceSimulator.start());
        talkdesk = open(TalkdeskSimulator.start());
        talkdesk.addList(LIST, "EXTERNAL");
    }

    @AfterEach
    void stop() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    private <C extends AutoCloseable> C open(C closeable) {
        open.add(closeable);
        return closeable;
    }

    /** Java's own client tries the first address and no other. */
    @Test
    void where_the_first_address_refuses_or_is_silent_every_call_goes_to_the_next_one() throws Exception {
        TestCa ca = new TestCa();
        SalesforceSimulator named =
                open(SalesforceSimulator.builder().tls(ca.serverNamed(NAME)).start());
        TalkdeskSimulator dialler = open(TalkdeskSimulator.start(ca.serverNamed(NAME)));
        dialler.addList(LIST, "EXTERNAL");
        int http = port(named.loginUrl());
        int talkdeskPort = port(dialler.url());
        named.instanceUrl("https://" + NAME + ":" + http);
        // Nothing listens there but, at Talkdesk's port, what takes no connection.
        open(silent(InetAddress.getByName("127.0.0.2"), talkdeskPort));
        Path hosts = Files.writeString(
                folder.resolve("hosts"),
                "127.0.0.2 " + NAME + "\n127.0.0.1 " + NAME + "\n127.0.0.1 localhost\n127.0.0.1 127.0.0.1\n");
        Service service = open(new Service(folder, named, dialler, LIST)
                .with("salesforce.login-url", "https://" + NAME + ":" + http)
                .with("salesforce.pubsub.host", NAME)
                .with("salesforce.pubsub.plaintext", "false")
                .with("talkdesk.api-url", "https://" + NAME + ":" + talkdeskPort)
                .with("talkdesk.token-url", "https://" + NAME + ":" + talkdeskPort + "/oauth/token")
                .with("tls.ca-bundle", ca.bundle(folder.resolve("ca.pem")).toString())
                .with("oauth.timeout", "6s")
                .with("delivery.timeout", "6s"));
        List<String> contacts = named.createContacts(2);
        dialler.addRecords(LIST, "salesforce", contacts);
        String option = "-Djdk.net.hosts.file=" + hosts;

        Map<String, String> environment = new HashMap<>(service.environment());
        environment.put("JAVA_TOOL_OPTIONS", option);
        Command doctor = Command.run(environment, "doctor");
        assertThat(doctor.exitCode()).as(doctor.toString()).isZero();

        service.launch(option).awaitListening().awaitSubscribed();
        named.deleteContact(contacts.get(0));
        dialler.awaitGone(LIST, contacts.subList(0, 1));
        // The REST API too.
        named.deleteContactsUnseen(contacts.subList(1, 2));
        named.publish(ChangeEvent.gapOverflow());
        dialler.awaitGone(LIST, contacts.subList(1, 2));
        assertThat(service.log()).doesNotContain("reached");
    }

    @Test
    void ends_that_have_an_address_of_ipv6_only_are_reached() throws Exception {
        InetAddress address = InetAddress.getByName("::1");
        Passage http;
        try {
            http = open(new Passage(address, 0, port(salesforce.loginUrl())));
        } catch (IOException e) {
            Assumptions.abort("This machine has no IPv6: " + e.getMessage());
            return;
        }
        Passage pubsub = open(new Passage(address, 0, salesforce.pubsubPort()));
        Passage dialler = open(new Passage(address, 0, port(talkdesk.url())));
        Service service = open(new Service(folder, salesforce, talkdesk, LIST)
                .with("salesforce.login-url", "http://[::1]:" + http.port())
                .with("salesforce.pubsub.host", "::1")
                .with("salesforce.pubsub.port", Integer.toString(pubsub.port()))
                .with("talkdesk.api-url", "http://[::1]:" + dialler.port())
                .with("talkdesk.token-url", "http://[::1]:" + dialler.port() + "/oauth/token"));
        List<String> contacts = salesforce.createContacts(1);
        talkdesk.addRecords(LIST, "salesforce", contacts);

        assertThat(Command.run(service.environment(), "doctor").exitCode()).isZero();
        service.startSubscribed();
        salesforce.deleteContact(contacts.get(0));
        talkdesk.awaitGone(LIST, contacts);
        assertThat(List.of(http.accepted(), pubsub.accepted(), dialler.accepted()))
                .allMatch(accepted -> accepted > 0);
    }

    /** It cost 63 seconds: two time-outs of 30. */
    @Test
    void connections_that_were_dropped_in_silence_cost_the_next_deletion_some_seconds() throws Exception {
        Passage passage = open(Passage.to(port(talkdesk.url())));
        Service service = open(new Service(folder, salesforce, talkdesk, LIST)
                .with("talkdesk.api-url", "http://127.0.0.1:" + passage.port())
                .with("delivery.timeout", "30s")
                .with("batch.size", "1"));
        List<String> contacts = salesforce.createContacts(9);
        talkdesk.addRecords(LIST, "salesforce", contacts);
        service.startSubscribed();
        // Several connections in the pool.
        contacts.subList(0, 8).forEach(salesforce::deleteContact);
        talkdesk.awaitGone(LIST, contacts.subList(0, 8));
        service.await("all is settled", () -> service.count("deleted") == 8);

        passage.drop();
        salesforce.deleteContact(contacts.get(8));

        service.await("it goes", Duration.ofSeconds(20), () -> !talkdesk.holds(LIST, contacts.get(8)));
        assertThat(service.log()).contains("(FrozenConnectionException)");
    }

    /** Its queue is full: the kernel answers nothing more. */
    private static AutoCloseable silent(InetAddress address, int port) throws IOException {
        List<AutoCloseable> sockets = new ArrayList<>();
        sockets.add(new ServerSocket(port, 1, address));
        for (int i = 0; i < 10; i++) {
            Socket socket = new Socket();
            sockets.add(socket);
            try {
                socket.connect(new InetSocketAddress(address, port), 200);
            } catch (SocketTimeoutException e) {
                return () -> {
                    for (AutoCloseable one : sockets) {
                        one.close();
                    }
                };
            }
        }
        throw new IllegalStateException("It takes every connection");
    }

    private static int port(String url) {
        return URI.create(url).getPort();
    }
}
