package io.recordsync.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.Intake;
import io.recordsync.deletion.Origin;
import io.recordsync.deletion.SightReport;
import io.recordsync.deletion.SightState;
import io.recordsync.inbox.Inbox;
import io.recordsync.inbox.InboxSettings;
import io.recordsync.inbox.Store;
import io.recordsync.inbox.database.Database;
import io.recordsync.salesforce.SalesforceAccess.RefusedException;
import io.recordsync.simulator.salesforce.ContactIds;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an empty success proves: nothing. With a real inbox, and answers of Salesforce made up here. */
class SightingsTest {

    private static final String NONE = "{\"done\": true, \"records\": []}";
    private static final String LOG_OF_NONE = "{\"deletedRecords\": [], \"earliestDateAvailable\":"
            + " \"2026-01-01T00:00:00.000+0000\", \"latestDateCovered\": \"2026-03-01T00:00:00.000+0000\"}";

    @TempDir
    Path folder;

    private Store store;
    private Inbox inbox;
    private Sightings sightings;
    private final List<String> asked = new ArrayList<>();

    /** What Salesforce shows. */
    private int living;

    private boolean countsInTime = true;
    private boolean binKnows;
    private boolean logKnows;

    @BeforeEach
    void open() {
        store = Store.open(Database.at("jdbc:sqlite:" + folder.resolve("inbox.db"), "", ""));
        inbox = Inbox.open(
                store, new InboxSettings(Duration.ofHours(24), Duration.ofMinutes(1), Duration.ofDays(400), ""));
        sightings = new Sightings(inbox.sights(), List.of("Contact"), List.of("003"), "64.0");
    }

    @AfterEach
    void close() {
        inbox.session().close();
        store.close();
    }

    @Test
    void it_asks_for_a_living_record_for_known_deletions_and_for_the_count() throws IOException {
        living = 10;
        look();
        assertThat(asked).containsExactly("SELECT Id FROM Contact LIMIT 1", "SELECT COUNT() FROM Contact");

        List<String> deleted = told(25);
        binKnows = true;
        look();

        assertThat(asked).hasSize(3);
        assertThat(asked.get(1)).startsWith("SELECT Id, IsDeleted FROM Contact WHERE Id IN ('" + deleted.get(24) + "'");
        assertThat(asked.get(1).split(",")).as("the newest twenty").hasSize(21);
        assertThat(report().state()).isEqualTo(SightState.SEEN);
        assertThat(report().living()).isEqualTo(10);
        assertThat(report().message()).isNull();
    }

    @Test
    void where_the_bin_does_not_know_the_deletions_the_delete_log_is_asked() throws IOException {
        living = 10;
        told(2);
        logKnows = true;

        look();

        assertThat(asked).hasSize(4);
        assertThat(asked.get(2)).contains("/sobjects/Contact/deleted/");
        assertThat(report().state()).isEqualTo(SightState.SEEN);
    }

    @Test
    void none_of_the_deletions_found_is_for_a_person_to_look_at_and_the_others_decide() throws IOException {
        living = 10;
        told(2);

        look();

        assertThat(report().state()).isEqualTo(SightState.UNSURE);
        assertThat(report().message()).contains("newest 2 deletions of Contact", "View All", "Permission Sets");
    }

    @Test
    void no_living_record_where_there_were_some_is_lost_sight() throws IOException {
        living = 10;
        look();
        living = 0;

        assertThatThrownBy(this::look)
                .isInstanceOf(SightLostException.class)
                .hasMessageContaining("0 records of Contact, where 10 were counted before")
                .hasMessageContaining("View All on Contact")
                .hasMessageContaining("in Setup: Permission Sets")
                .hasMessageContaining("/api/salesforce/confirm-sight");
        assertThat(report().state()).isEqualTo(SightState.LOST);
        assertThat(sightings.lost("Contact")).isTrue();

        living = 10;
        look();
        assertThat(report().state()).isEqualTo(SightState.SEEN);
        assertThat(sightings.lost("Contact")).isFalse();
    }

    /** Never counted, but Salesforce has told of deletions: so there were records. */
    @Test
    void neither_a_living_record_nor_one_of_the_known_deletions_is_lost_sight_at_the_first_run_too() {
        told(3);

        assertThatThrownBy(this::look)
                .isInstanceOf(SightLostException.class)
                .hasMessageContaining("nor any of the newest 3 deletions");
    }

    @Test
    void less_than_half_of_what_was_counted_is_lost_sight_and_a_half_is_not() throws IOException {
        living = 100;
        look();
        living = 50;
        look();
        assertThat(report().state()).isEqualTo(SightState.SEEN);
        living = 24;
        assertThatThrownBy(this::look).hasMessageContaining("24 records of Contact, where 50 were counted before");
    }

    @Test
    void a_fall_by_deletions_that_salesforce_has_told_of_is_none() throws IOException {
        living = 100;
        look();
        told(90);
        binKnows = true;
        living = 10;

        look();

        assertThat(report().state()).isEqualTo(SightState.SEEN);
    }

    @Test
    void the_last_record_may_be_deleted_too() throws IOException {
        living = 3;
        look();
        told(3);
        binKnows = true;
        living = 0;

        look();

        assertThat(report().state()).isEqualTo(SightState.UNSURE);
        assertThat(report().message()).contains("no record of Contact any more");
    }

    @Test
    void a_count_that_takes_salesforce_too_long_is_skipped() throws IOException {
        living = 100;
        look();
        countsInTime = false;
        living = 10;

        look();

        assertThat(report().state()).isEqualTo(SightState.SEEN);
        assertThat(report().living()).as("the last one that was counted").isEqualTo(100);
        living = 0;
        assertThatThrownBy(this::look).as("none at all needs no count").isInstanceOf(SightLostException.class);
    }

    @Test
    void what_cannot_be_asked_otherwise_fails() throws IOException {
        Sighting sighting = sightings.begin(null);

        assertThatThrownBy(() -> sightings.timedOut(sighting, new SocketTimeoutException()))
                .isInstanceOf(SocketTimeoutException.class);
        assertThatThrownBy(() -> sightings.refused(sighting, new RefusedException("no", "INVALID_TYPE")))
                .isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> sighting.read(stream("{}"))).isInstanceOf(IOException.class);
        assertThat(sighting.unfinished()).isTrue();
    }

    @Test
    void an_entity_that_is_still_empty_is_no_failure() throws IOException {
        assertThat(sightings.neverLooked()).isTrue();
        look();
        assertThat(sightings.neverLooked()).isFalse();

        assertThat(report().state()).isEqualTo(SightState.EMPTY);
        assertThat(report().message()).contains("still empty", "View All", "Permission Sets");
    }

    @Test
    void a_person_accepts_a_real_fall() throws IOException {
        assertThat(inbox.sights().accept("ada", null)).isEmpty();
        living = 100;
        look();
        living = 20;
        assertThatThrownBy(this::look).isInstanceOf(SightLostException.class);

        assertThat(inbox.sights().accept("ada", null)).containsExactly("Contact");

        assertThat(sightings.anyLost()).isFalse();
        look();
        assertThat(report().state()).isEqualTo(SightState.SEEN);
        living = 9;
        assertThatThrownBy(this::look).as("once").hasMessageContaining("where 20 were counted before");
    }

    @Test
    void a_person_accepts_that_there_is_none_though_deletions_are_known_that_nobody_finds() throws IOException {
        told(3);
        assertThatThrownBy(this::look).isInstanceOf(SightLostException.class);

        inbox.sights().accept("ada", null);
        look();

        assertThat(report().state()).isEqualTo(SightState.UNSURE);
        look();
        living = 10;
        look();
        living = 0;
        assertThatThrownBy(this::look).isInstanceOf(SightLostException.class);
    }

    @Test
    void a_living_record_is_the_sign_for_looks_at_single_ones() throws IOException {
        assertThat(sightings.sign("Contact")).isEmpty();
        living = 1;
        look();
        assertThat(sightings.sign("Contact")).contains("003DL0000212DetYAE");

        sightings.seen("Contact", "003DL0000214OYdYAM");
        assertThat(sightings.sign("Contact")).contains("003DL0000214OYdYAM");
        sightings.seen("Lead", "00QDL0000214OYdYAM");
        assertThat(sightings.get()).as("was not looked at").hasSize(1);
    }

    @Test
    void ids_of_other_entities_are_no_sign_of_this_one() {
        assertThat(KeyPrefixes.of("Contact", List.of("003", "00Q", "a01"))).containsExactly("003");
        assertThat(KeyPrefixes.of("Lead", List.of("003", "00Q", "a01"))).containsExactly("00Q");
        assertThat(KeyPrefixes.of("Partner__c", List.of("003", "00Q", "a01"))).containsExactly("a01");
    }

    private SightReport report() {
        return sightings.get().get(0);
    }

    private List<String> told(int contacts) {
        List<String> ids = Stream.generate(ContactIds::next).limit(contacts).toList();
        inbox.intakes()
                .accept(new Intake(
                        ids.stream()
                                .map(id -> new DeletionRequest(
                                        "list-1",
                                        Identifier.external("salesforce", id),
                                        "tx/" + id,
                                        Origin.STREAM,
                                        Instant.now(),
                                        DeletionState.PENDING))
                                .toList(),
                        List.of(),
                        null));
        return ids;
    }

    private void look() throws IOException {
        asked.clear();
        Sighting sighting = sightings.begin(null);
        while (sighting.unfinished()) {
            String path = sighting.question().path();
            String soql = path.endsWith("/deleted/")
                    ? path
                    : URLDecoder.decode(sighting.question().query().substring(2), StandardCharsets.UTF_8);
            asked.add(soql);
            if (path.endsWith("/deleted/")) {
                sightings.read(sighting, stream(logKnows ? logOf(newest()) : LOG_OF_NONE));
            } else if (soql.contains("COUNT")) {
                if (countsInTime) {
                    sightings.read(
                            sighting, stream("{\"done\": true, \"totalSize\": " + living + ", \"records\": []}"));
                } else {
                    sightings.timedOut(sighting, new SocketTimeoutException());
                }
            } else if (soql.contains("IsDeleted")) {
                sightings.read(
                        sighting,
                        stream(
                                binKnows
                                        ? "{\"done\": true, \"records\": [{\"Id\": \"x\", \"IsDeleted\": true}]}"
                                        : NONE));
            } else {
                sightings.read(
                        sighting,
                        stream(
                                living > 0
                                        ? "{\"done\": true, \"records\": [{\"Id\": \"003DL0000212DetYAE\"}]}"
                                        : NONE));
            }
        }
        sightings.conclude(sighting);
    }

    private String newest() {
        return inbox.sights().told(List.of("003"), 1).get(0).externalId();
    }

    private static String logOf(String id) {
        return LOG_OF_NONE.replace(
                "[]", "[{\"id\": \"" + id + "\", \"deletedDate\": \"2026-02-01T00:00:00.000+0000\"}]");
    }

    private static ByteArrayInputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }
}
