package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.recordsync.simulator.salesforce.ChangeEvent;
import io.recordsync.simulator.salesforce.MovedClock;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Salesforce goes quiet, with success: that is taken for no proof, and nobody is deleted or forgotten because of it. */
@Tag("long")
class SilenceIT {

    private static final String LIST = "silence-a";

    private final MovedClock clock = new MovedClock();

    @TempDir
    Path folder;

    private SalesforceSimulator salesforce;
    private TalkdeskSimulator talkdesk;
    private Service service;

    @BeforeEach
    void start() throws IOException {
        salesforce = SalesforceSimulator.builder().clock(clock).start();
        // The stories move its clock by hours: a stream that logs in anew catches up, and what it misses meanwhile is
        // no surprise.
        salesforce.tokensExpireAfter(Duration.ofDays(30));
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(LIST, "EXTERNAL");
        service = new Service(folder, salesforce, talkdesk, LIST)
                .with("talkdesk.scope", "record-lists:manage tod.records-list.manage")
                .with("stream.backoff-max", "300ms");
    }

    @AfterEach
    void stop() {
        service.close();
        assertThat(talkdesk.mistakes()).isEmpty();
        talkdesk.close();
        salesforce.close();
    }

    /** 20 of 20 deletions stayed unknown, coveredUntil moved on, and health was green. */
    @Test
    void a_user_who_loses_its_sight_proves_nothing_and_what_was_deleted_meanwhile_is_found_when_it_sees_again()
            throws IOException {
        List<String> contacts = contacts(100);
        service.startSubscribed();
        salesforce.deleteContact(contacts.get(99));
        talkdesk.awaitGone(LIST, contacts.subList(99, 100));
        sweep();
        awaitProven();
        assertThat(sight().path("living").asInt()).isEqualTo(99);
        String covered = service.status().at("/sweep/coveredUntil").asText();

        salesforce.sight(false);
        contacts.subList(0, 20).forEach(salesforce::deleteContact);
        clock.advance(Duration.ofHours(2));
        sweep();

        service.await("it says so", () -> "lost".equals(sight().path("state").asText()));
        assertThat(service.text("/observe/health/ready"))
                .contains("DOWN", "0 records of Contact, where 99 were counted before", "View All on Contact")
                .contains("Setup: Permission Sets", "/api/salesforce/confirm-sight");
        assertThat(service.status().at("/health/level").asText()).isEqualTo("red");
        assertThat(service.status().at("/sweep/lastError").asText()).contains("lost its sight");
        assertThat(service.log().lines().filter(line -> line.contains(" ERROR ")))
                .singleElement()
                .asString()
                .contains("lost its sight of Contact");
        assertThat(service.status().at("/sweep/coveredUntil").asText()).isEqualTo(covered);

        // A gap event, and the presence check: nobody is deleted because Salesforce does not show him.
        salesforce.eventsStop(false);
        salesforce.publish(ChangeEvent.gapDelete(contacts.get(50)));
        service.post("/api/reconcile", "{}");
        service.await(
                "the gap is not answered",
                () -> service.status().path("problems").toString().contains("gap_unanswered"));
        service.await(
                "the check says so",
                () -> service.status().at("/reconcile/lastError").asText().contains("View All"));
        assertThat(service.count("checking")).isEqualTo(1);
        assertThat(service.status().at("/sweep/coveredUntil").asText()).isEqualTo(covered);

        salesforce.sight(true);

        talkdesk.awaitGone(LIST, contacts.subList(0, 20));
        awaitProven();
        service.await("it is ready", this::ready);
        service.await("who lives is let go", () -> service.count("checking") == 0);
        assertThat(contacts.subList(20, 99)).allMatch(contact -> talkdesk.holds(LIST, contact));
        assertThat(service.status().at("/sweep/lastError").isNull()).isTrue();
    }

    @Test
    void a_user_who_sees_less_than_half_proves_nothing_until_a_person_confirms_the_fall() throws IOException {
        List<String> contacts = contacts(100);
        service.startSubscribed();
        sweep();
        awaitProven();
        String covered = service.status().at("/sweep/coveredUntil").asText();
        salesforce.contactsVisible(contacts.subList(0, 40));
        // Deleted, and not among those that the user still sees.
        salesforce.deleteContactsUnseen(contacts.subList(50, 60));
        clock.advance(Duration.ofHours(2));

        sweep();

        service.await("it says so", () -> "lost".equals(sight().path("state").asText()));
        assertThat(service.text("/observe/health/ready")).contains("40 records of Contact, where 100 were counted");
        // One id that comes back does not say that others would: the living one is not deleted.
        salesforce.publish(ChangeEvent.gapDelete(contacts.get(90)));
        service.await(
                "it is asked about",
                () -> service.status().path("problems").toString().contains("gap_unanswered"));
        assertThat(service.count("checking")).isEqualTo(1);
        assertThat(service.status().at("/sweep/coveredUntil").asText()).isEqualTo(covered);

        // What a person was shown is confirmed, not what a later look finds.
        String shown = "{\"asOf\": \"" + service.status().path("asOf").asText() + "\"}";
        salesforce.contactsVisible(contacts.subList(0, 39));
        service.await(
                "it is looked at again", () -> sight().path("message").asText().contains("user 39 records"));
        assertThat(service.post("/api/salesforce/confirm-sight", shown).statusCode())
                .isEqualTo(409);
        shown = "{\"asOf\": \"" + service.status().path("asOf").asText() + "\"}";
        assertThat(service.post("/api/salesforce/confirm-sight", shown).body())
                .isEqualTo("{\"confirmed\":[\"Contact\"]}");

        awaitProven();
        // The contact that was asked about may be known as deleted by now, and is not in the Recycle Bin: then it is
        // unsure.
        assertThat(sight().path("state").asText()).isIn("seen", "unsure");
        assertThat(sight().path("living").asInt()).isEqualTo(39);
        assertThat(service.log())
                .contains("anonymous@127.0.0.1 confirmed that what Salesforce shows of [Contact] is all");
    }

    @Test
    void a_fall_that_salesforce_has_told_of_is_none_and_a_count_that_takes_too_long_is_skipped() throws IOException {
        List<String> contacts = contacts(40);
        service.startSubscribed();
        sweep();
        awaitProven();
        contacts.subList(0, 39).forEach(salesforce::deleteContact);
        talkdesk.awaitGone(LIST, contacts.subList(0, 39));
        clock.advance(Duration.ofHours(2));
        sweep();
        awaitProven();
        assertThat(sight().path("living").asInt()).isEqualTo(1);
        assertThat(sight().path("state").asText()).isEqualTo("seen");

        salesforce.countTimesOut(true);
        contacts(10);
        clock.advance(Duration.ofHours(2));
        sweep();
        awaitProven();
        assertThat(sight().path("living").asInt()).isEqualTo(1);
        assertThat(sight().path("state").asText()).isEqualTo("seen");
    }

    @Test
    void an_entity_that_is_still_empty_is_something_to_look_at_and_proves_all_the_same() throws IOException {
        service.startSubscribed();
        sweep();
        awaitProven();

        assertThat(sight().path("state").asText()).isEqualTo("empty");
        assertThat(service.status().at("/health/level").asText()).isEqualTo("amber");
        assertThat(service.status().at("/health/reasons").toString()).contains("still empty", "View All");
        assertThat(ready()).isTrue();
    }

    /** Found by each sweep, up to a day later, and nothing said so. */
    @Test
    void events_that_stop_while_the_keepalives_go_on_are_named_after_the_second_sweep() throws IOException {
        service.with("stream.missed-after", "10s").startSubscribed();
        // Salesforce tells whole seconds: what is deleted in the second of the first start may have been before it.
        clock.advance(Duration.ofSeconds(2));
        salesforce.keepaliveAfter(Duration.ofSeconds(1));
        List<String> contacts = contacts(12);
        salesforce.eventsStop(true);
        contacts.subList(0, 3).forEach(salesforce::deleteContact);
        clock.advance(Duration.ofHours(2));
        sweep();
        talkdesk.awaitGone(LIST, contacts.subList(0, 3));
        awaitProven();
        service.await("they are counted", () -> missed() == 3);
        assertThat(service.status().at("/health/reasons").toString()).doesNotContain("sweeps in a row");

        contacts.subList(3, 7).forEach(salesforce::deleteContact);
        clock.advance(Duration.ofHours(2));
        sweep();
        talkdesk.awaitGone(LIST, contacts.subList(3, 7));
        awaitProven();
        service.await("they are counted", () -> missed() == 7);
        assertThat(service.status().at("/stream/state").asText()).isEqualTo("connected");
        assertThat(service.status().at("/health/level").asText()).isEqualTo("amber");
        assertThat(service.status().at("/health/reasons").toString())
                .contains("The last 2 sweeps in a row", "(4, 3)", "Setup, Change Data Capture")
                .contains("PlatformEventChannelMember", "View All");
        assertThat(service.text("/observe/metrics")).contains("recordsync_stream_missed_by_sweep_total 7.0");
        assertThat(ready()).isTrue();

        // What a gap hides is no surprise; and then the events come again.
        salesforce.eventsStop(false);
        salesforce.deleteContactsUnseen(contacts.subList(7, 9));
        clock.advance(Duration.ofHours(2));
        salesforce.publish(ChangeEvent.gapOverflow());
        talkdesk.awaitGone(LIST, contacts.subList(7, 9));
        awaitProven();
        salesforce.deleteContact(contacts.get(9));
        talkdesk.awaitGone(LIST, contacts.subList(9, 10));
        sweep();
        awaitProven();
        service.await(
                "it is over",
                () -> !service.status().at("/health/reasons").toString().contains("sweeps in a row"));
        assertThat(missed()).isEqualTo(7);
    }

    private long missed() {
        return service.status().at("/stream/missedBySweep").asLong();
    }

    private List<String> contacts(int n) {
        List<String> contacts = salesforce.createContacts(n);
        talkdesk.addRecords(LIST, "salesforce", contacts);
        return contacts;
    }

    private void sweep() throws IOException {
        assertThat(service.post("/api/sweep", "{}").statusCode()).isEqualTo(202);
    }

    private JsonNode sight() {
        return service.status().at("/sight/0");
    }

    private boolean ready() {
        return service.get("/observe/health/ready").path("status").asText().equals("UP");
    }

    /** The delete log covers whole minutes: time goes by until it covers what was demanded. */
    private void awaitProven() {
        service.await("what was demanded is proven", () -> {
            clock.advance(Duration.ofSeconds(10));
            return service.status().at("/sweep/owed").isNull();
        });
    }
}
