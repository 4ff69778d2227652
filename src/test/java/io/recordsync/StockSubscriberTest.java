package io.recordsync;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.config.ConfigurationFile;
import io.recordsync.deletion.Intake;
import io.recordsync.inbox.InboxException;
import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.Service;
import org.apache.camel.component.salesforce.PubSubApiConsumer;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.support.LifecycleStrategySupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The alternative subscriber, switched to as its file says, in a Camel Main with everything else as it is. */
@Timeout(60)
class StockSubscriberTest {

    @TempDir
    Path folder;

    @Test
    void camels_own_consumer_feeds_the_same_inbox() throws Exception {
        List<String> contacts = Stream.generate(ContactIds::next).limit(250).toList();
        List<String> others = List.of(ContactIds.next());
        try (SalesforceSimulator salesforce = SalesforceSimulator.start();
                TalkdeskSimulator talkdesk = TalkdeskSimulator.start()) {
            talkdesk.addList("list-a", "EXTERNAL");
            talkdesk.addRecords("list-a", "salesforce", contacts);
            talkdesk.addRecords("list-a", "salesforce", others);
            Main main = serviceOf(salesforce, talkdesk);
            main.start();
            try {
                salesforce.recording().awaitSubscription(1);
                salesforce.publishDelete(contacts);

                talkdesk.awaitGone("list-a", contacts);
            } finally {
                main.stop();
            }
            assertThat(talkdesk.records("list-a"))
                    .extracting(record -> record.externalId())
                    .containsExactlyElementsOf(others);
            assertThat(talkdesk.mistakes()).isEmpty();
        }
    }

    @Test
    void what_the_inbox_cannot_take_is_tried_again_before_the_next_event_is_read() throws Exception {
        List<String> contacts = Stream.generate(ContactIds::next).limit(3).toList();
        Path acceptance = Files.writeString(
                folder.resolve("accept.camel.yaml"),
                """
                - route:
                    id: accept-deletions
                    from:
                      uri: direct:accept-deletions
                      steps:
                        - bean:
                            ref: inboxThatFailsAtFirst
                            method: accept
                    errorHandler:
                      noErrorHandler: {}
                """);
        InboxThatFailsAtFirst inbox = new InboxThatFailsAtFirst();
        try (SalesforceSimulator salesforce = SalesforceSimulator.start();
                TalkdeskSimulator talkdesk = TalkdeskSimulator.start()) {
            Main main = serviceOf(salesforce, talkdesk);
            main.addOverrideProperty("camel.main.routesIncludePattern", routesWith(acceptance));
            main.bind("inboxThatFailsAtFirst", inbox);
            main.start();
            try {
                salesforce.recording().awaitSubscription(1);
                salesforce.publishDelete(contacts);

                assertThat(inbox.accepted.await(20, TimeUnit.SECONDS)).isTrue();
                assertThat(inbox.offered)
                        .containsExactly(contacts.get(0), contacts.get(0), contacts.get(1), contacts.get(2));
            } finally {
                main.stop();
            }
        }
    }

    /** Every route file but for the acceptance, which is the test's. */
    private static String routesWith(Path acceptance) throws IOException {
        try (Stream<Path> files = Files.list(Path.of("routes"))) {
            return Stream.concat(
                            files.filter(file -> !file.endsWith("accept-deletions.camel.yaml")
                                    && !file.endsWith("subscribe-deletions.camel.yaml")),
                            Stream.of(acceptance))
                    .map(file -> "file:" + file.toAbsolutePath())
                    .collect(Collectors.joining(","));
        }
    }

    /** Refuses the first intake once. Called by Camel, which needs it public. */
    public static final class InboxThatFailsAtFirst {

        private final List<String> offered = new CopyOnWriteArrayList<>();
        private final CountDownLatch accepted = new CountDownLatch(3);

        public void accept(Intake intake) {
            offered.add(intake.deletions().get(0).identifier().value());
            if (offered.size() == 1) {
                throw new InboxException("away", null);
            }
            accepted.countDown();
        }
    }

    private Main serviceOf(SalesforceSimulator salesforce, TalkdeskSimulator talkdesk) throws IOException {
        Map<String, String> configuration = new HashMap<>(TestSettings.texts(folder));
        configuration.put("salesforce.login-url", salesforce.loginUrl());
        configuration.put("salesforce.client-id", SalesforceSimulator.CLIENT_ID);
        configuration.put("salesforce.client-secret", SalesforceSimulator.CLIENT_SECRET);
        configuration.put("salesforce.pubsub.host", salesforce.pubsubHost());
        configuration.put("salesforce.pubsub.port", Integer.toString(salesforce.pubsubPort()));
        configuration.put("talkdesk.api-url", talkdesk.url());
        configuration.put("talkdesk.token-url", talkdesk.tokenUrl());
        configuration.put("talkdesk.client-id", TalkdeskSimulator.CLIENT_ID);
        configuration.put("talkdesk.client-secret", TalkdeskSimulator.CLIENT_SECRET);
        configuration.put("talkdesk.record-lists", "list-a");
        configuration.put("batch.linger", "50");
        configuration.put("delivery.rate", "0");
        configuration.put("salesforce.subscriber", "camel-salesforce");
        configuration.put("doctor.at-start", "false");

        Main main = new Main();
        MainDefaults.set(main, ConfigurationFile.none());
        configuration.forEach(main::addOverrideProperty);
        main.addMainListener(new MainListenerSupport() {
            @Override
            public void afterConfigure(BaseMainSupport configured) {
                configured.getCamelContext().addLifecycleStrategy(new WithoutTls());
            }
        });
        return main;
    }

    /** The simulator speaks plaintext, which no option of the endpoint allows. */
    private static final class WithoutTls extends LifecycleStrategySupport {

        @Override
        public void onServiceAdd(CamelContext context, Service service, Route route) {
            if (service instanceof PubSubApiConsumer consumer) {
                consumer.setUsePlainTextConnection(true);
            }
        }
    }
}
