package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.recordsync.simulator.salesforce.MovedClock;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import io.recordsync.simulator.webhook.WebhookServer;
import io.recordsync.simulator.webhook.WebhookServer.Receiver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code java -jar … doctor}: what would keep the service from its work is found before it starts, with its remedy. */
class DoctorIT {

    private static final String LIST = "5f1c7a2e-dddd-4a7e-9b2f-aaaaaaaaaaaa";
    private static final String PHONES = "6a1c7a2e-dddd-4a7e-9b2f-aaaaaaaaaaaa";
    private static final String GONE = "7b1c7a2e-dddd-4a7e-9b2f-aaaaaaaaaaaa";

    private final MovedClock clock = new MovedClock();

    @TempDir
    Path folder;

    private SalesforceSimulator salesforce;
    private TalkdeskSimulator talkdesk;
    private Service service;

    @BeforeEach
    void start() throws Exception {
        salesforce = SalesforceSimulator.builder().clock(clock).start();
        talkdesk = TalkdeskSimulator.start(0, clock);
        talkdesk.addList(LIST, "EXTERNAL");
        talkdesk.addList(PHONES, "PHONE_NUMBER");
        talkdesk.addRecord(PHONES, "salesforce", "003DL0000212DetYAE");
        talkdesk.addRecords(LIST, "salesforce", salesforce.createContacts(3));
        service = new Service(folder, salesforce, talkdesk, LIST);
    }

    @AfterEach
    void stop() {
        service.close();
        talkdesk.close();
        salesforce.close();
    }

    @Test
    void all_is_well_and_nothing_is_changed() throws Exception {
        salesforce.viewSetup("Contact");
        Command doctor = examine(0);

        assertThat(doctor.out().lines()).allMatch(line -> line.startsWith("ok   | "));
        assertFound(
                doctor,
                "ok   | configuration          | every key has its form",
                "ok   | data folder            | " + folder.resolve("data") + " can be made by user ",
                "ok   | store                  | can be written",
                "ok   | salesforce login       | org " + salesforce.orgId() + ", ",
                "ok   | salesforce clock       | 0 s apart",
                "ok   | salesforce api         | v64.0 is served (the newest is v67.0)",
                "ok   | salesforce org         | production, no sandbox",
                "ok   | salesforce events      | 24000 of 25000 deliveries of the last 24 hours are left",
                "ok   | salesforce topic       | /data/ContactChangeEvent can be subscribed to",
                "ok   | salesforce Contact     | 3 are visible",
                "ok   | salesforce permissions | View All on Contact",
                "ok   | talkdesk login         | ",
                "ok   | talkdesk scope         | record-lists:manage",
                "ok   | talkdesk clock         | 0 s apart",
                "ok   | talkdesk list 5f1c7a2e | EXTERNAL",
                "ok   | talkdesk delete body   | arrives (200 for an id that no record has)");
        assertThat(doctor.out().lines()).hasSize(16);
        assertThat(talkdesk.recordCount(LIST)).isEqualTo(3);
        assertThat(talkdesk.deletes()).hasSize(1);
        assertThat(folder.resolve("recordsync.db")).doesNotExist();
    }

    @Test
    void secrets_that_are_wrong_a_store_that_cannot_be_written_and_the_clocks_are_found_without_a_login()
            throws Exception {
        clock.advance(Duration.ofMinutes(5));
        Files.writeString(folder.resolve("file"), "no folder");
        service.with("salesforce.client-secret", "wrong-secret-1")
                .with("talkdesk.client-secret", "wrong-secret-2")
                .with("store.url", "jdbc:sqlite:" + folder.resolve("file/recordsync.db"));

        Command doctor = examine(1);

        assertFound(
                doctor,
                "fail | store                  | Store jdbc:sqlite:" + folder.resolve("file/recordsync.db")
                        + " cannot be opened: ",
                "fail | salesforce login       | No access token from 127.0.0.1: answered 400 invalid_client",
                "warn | salesforce clock       | it is ",
                "skip | salesforce topic       | because the login failed",
                "skip | salesforce Contact     | because the login failed",
                "skip | salesforce permissions | because the login failed",
                "fail | talkdesk login         | No access token from 127.0.0.1: answered 401 invalid_client (Unknown client or"
                        + " wrong secret); check the client id and secret → check talkdesk.token-url, talkdesk.client-id",
                "skip | talkdesk scope         | because the login failed",
                "warn | talkdesk clock         | it is ",
                "skip | talkdesk list 5f1c7a2e | because the login failed",
                "skip | talkdesk delete body   | because there is no list to try it on");
        assertThat(doctor.out())
                .contains(" s ahead of this machine's → have this machine's clock set by NTP")
                .doesNotContain("wrong-secret");
        assertThat(salesforce.recording().logins()).hasSize(1);
        assertThat(talkdesk.tokenCalls()).hasSize(1);
    }

    @Test
    void what_is_not_allowed_not_there_or_taken_away_in_between_is_found() throws Exception {
        salesforce.refuseCalls("GetTopic", Status.PERMISSION_DENIED, "topic.meta.permission");
        salesforce.contactsVisible(false);
        try (BodyStripper between = new BodyStripper(talkdesk.url())) {
            service.with("talkdesk.record-lists", String.join(",", PHONES, GONE))
                    .with("talkdesk.api-url", between.url());

            Command doctor = examine(1);

            assertFound(
                    doctor,
                    "fail | salesforce topic       | /data/ContactChangeEvent: PERMISSION_DENIED",
                    "fail | salesforce Contact     | none is visible, so that a sweep would find none deleted → give the"
                            + " integration user View All on Contact",
                    "warn | talkdesk list 6a1c7a2e | " + PHONES + " is of the type PHONE_NUMBER: ",
                    "fail | talkdesk list 7b1c7a2e | 404, " + GONE + " does not exist → check talkdesk.record-lists",
                    "fail | talkdesk delete body   | 400, the body does not arrive → something in between (proxy, firewall)"
                            + " takes the body from DELETE requests: have it let through");
            assertThat(doctor.out())
                    .contains("the integration user may not read the channel: give it View All on Contact");
        }
        assertThat(talkdesk.recordCount(PHONES)).isEqualTo(1);
    }

    @Test
    void a_scope_that_is_not_enough_is_told_where_it_is_asked_for() throws Exception {
        service.with("talkdesk.scope", "tod.records-list.manage");

        assertFound(
                examine(1),
                "fail | talkdesk scope         | \"tod.records-list.manage\" is granted, without record-lists:manage →"
                        + " grant it to the client in Talkdesk, and ask for it in talkdesk.scope",
                "fail | talkdesk list 5f1c7a2e | 403, forbidden; Talkdesk said: The token lacks the scope → the client needs"
                        + " the scope record-lists:manage");
        assertThat(talkdesk.deletes()).isEmpty();
    }

    @Test
    void lists_that_are_named_by_patterns_or_bound_are_looked_up() throws Exception {
        for (int i = 0; i < 120; i++) {
            talkdesk.addList("other-" + i, "EXTERNAL", "Other " + i);
        }
        talkdesk.addList("zz-may", "EXTERNAL", "SF May");
        talkdesk.addList("zz-leads", "EXTERNAL", "Leads of May");
        service.with("salesforce.entities", "Contact,Lead")
                .with("salesforce.id-prefixes", "003,00Q")
                .with("salesforce.channel", "/data/ChangeEvents")
                .with("talkdesk.record-lists.matching", "SF *, sf ?")
                .with("talkdesk.record-lists.of.Lead", "Leads *, " + PHONES);

        Command doctor = Command.run(service.environment(), "doctor");

        assertFound(
                doctor,
                "warn | talkdesk list 6a1c7a2e | " + PHONES + " is of the type PHONE_NUMBER: ",
                "ok   | talkdesk list names    | 'SF *' of talkdesk.record-lists.matching matches 1 of the 124 record lists:"
                        + " zz-may (SF May)",
                "warn | talkdesk list names    | 'sf ?' of talkdesk.record-lists.matching matches none of the 124 record lists",
                "ok   | talkdesk list names    | 'Leads *' of talkdesk.record-lists.of.Lead matches 1 of the 124 record lists:"
                        + " zz-leads (Leads of May)",
                "ok   | talkdesk list names    | wait for a person to let them join, unless one has decided"
                        + " (talkdesk.record-lists.join): zz-leads (Leads of May), zz-may (SF May)");
        assertThat(talkdesk.deletes()).hasSize(1);
        assertThat(talkdesk.deletesOf("zz-may")).isEmpty();
        service.with("talkdesk.record-lists.most", "1");
        assertFound(
                examine(1),
                "fail | talkdesk list names    | 2 record lists match, more than talkdesk.record-lists.most = 1: nothing new joins");
    }

    @Test
    void mistakes_in_the_configuration_are_told_and_nobody_is_asked() throws Exception {
        service.with("batch.size", "many");

        assertThat(examine(1).out().lines())
                .containsExactly(
                        "fail | configuration          | batch.size (BATCH_SIZE) = many: expected a whole number from 1"
                                + " to 100",
                        "skip | all else               | because the configuration has mistakes");
        assertThat(salesforce.recording().logins()).isEmpty();
        Command unknown = Command.run(service.environment(), "doctors");
        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.out()).isEmpty();
        assertThat(unknown.err()).startsWith("Unknown command doctors\nusage: ").contains(" doctor ", " receipts ");
    }

    @Test
    void beside_a_service_that_has_said_at_its_start_what_is_wrong_the_store_is_let_alone() throws Exception {
        salesforce.contactsVisible(false);
        service.with("doctor.at-start", "true").startSubscribed();

        service.await("it was examined", () -> service.log()
                .contains("Examined at the start: salesforce Contact: none is visible"));
        assertThat(service.log().lines().filter(line -> line.contains("Examined")))
                .hasSize(1)
                .allMatch(line -> line.contains(" WARN "));
        assertThat(talkdesk.deletes()).isEmpty();

        assertFound(examine(1), "skip | store                  | in use by a running service: not checked");
        assertThat(service.count("pending")).isZero();
    }

    @Test
    void a_test_message_is_sent_where_that_is_wished_for_and_trouble_with_it_is_told_in_words() throws Exception {
        Command none = Command.run(service.environment(), "doctor", "--send-test");
        assertFound(none, "fail | alerts webhook         | there is none to send a test to → set alerts.webhook");
        try (WebhookServer webhook = WebhookServer.start(Receiver.SLACK)) {
            service.with("alerts.webhook", webhook.url()).with("alerts.webhook.form", "slack");
            assertFound(
                    examine(0),
                    "ok   | alerts webhook         | slack at 127.0.0.1; doctor --send-test sends a message");
            assertThat(webhook.posts()).as("nothing is changed").isEmpty();

            Command sent = Command.run(service.environment(), "doctor", "--send-test");
            assertThat(sent.exitCode()).as(sent.toString()).isZero();
            assertFound(
                    sent,
                    "ok   | alerts webhook         | 127.0.0.1 answered 200 → look into the channel whether the test is"
                            + " there");
            assertThat(webhook.shown()).hasSize(1);
            assertThat(webhook.shown().get(0).json().path("text").asText()).startsWith("*A test: nothing is wrong*");

            webhook.answers(410, "channel_is_archived");
            Command gone = Command.run(service.environment(), "doctor", "--send-test");
            assertThat(gone.exitCode()).isOne();
            assertFound(
                    gone,
                    "fail | alerts webhook         | The webhook of alerts (127.0.0.1) answered 410 channel_is_archived: it was"
                            + " removed");
        }
        Command away = Command.run(service.environment(), "doctor", "--send-test");
        assertFound(away, "fail | alerts webhook         | The webhook of alerts is not reached: ");
        assertThat(away.out() + away.err()).doesNotContain("kept-secret");
        Command unknown = Command.run(service.environment(), "doctor", "--send");
        assertThat(unknown.exitCode()).isEqualTo(2);
    }

    private Command examine(int exitCode) throws Exception {
        Command doctor = Command.run(service.environment(), "doctor");
        assertThat(doctor.exitCode()).as(doctor.toString()).isEqualTo(exitCode);
        Stream.of(SalesforceSimulator.CLIENT_SECRET, TalkdeskSimulator.CLIENT_SECRET, "Bearer ", "00D!")
                .forEach(secret -> assertThat(doctor.out() + doctor.err()).doesNotContain(secret));
        return doctor;
    }

    /** Each a line that begins so. */
    private static void assertFound(Command doctor, String... lines) {
        List<String> printed = doctor.out().lines().toList();
        for (String line : lines) {
            assertThat(printed).as(doctor.toString()).anyMatch(found -> found.startsWith(line));
        }
    }
}
