package io.recordsync.routes;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.config.BatchSettings;
import io.recordsync.config.Unconfirmed;
import io.recordsync.config.VerifySettings;
import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.DeliveryMode;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.Intake;
import io.recordsync.deletion.Origin;
import io.recordsync.delivery.Backoff;
import io.recordsync.delivery.CallRate;
import io.recordsync.delivery.Claims;
import io.recordsync.delivery.Delivery;
import io.recordsync.delivery.DeliveryGate;
import io.recordsync.delivery.Finds;
import io.recordsync.delivery.Reading.Meaning;
import io.recordsync.inbox.Inbox;
import io.recordsync.inbox.InboxSettings;
import io.recordsync.inbox.JdbcLedger;
import io.recordsync.inbox.Ledger;
import io.recordsync.inbox.Ledger.Entry;
import io.recordsync.inbox.Ledger.Filter;
import io.recordsync.inbox.Store;
import io.recordsync.inbox.database.Database;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.camel.main.Main;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another dialler brings one file of routes and its adapter; the inbox, and the routes that claim, batch and decide, are ours. */
class AnotherDiallerRouteTest {

    private static final String LIST = "list-a";
    private static final Duration OUTAGE = Duration.ofMillis(400);

    @TempDir
    private Path folder;

    private final FakeDialler dialler = new FakeDialler();
    private final Main main = new Main();
    private Inbox inbox;
    private Ledger ledger;
    private Claims claims;

    @BeforeEach
    void start() throws Exception {
        Store store = Store.open(Database.at("jdbc:sqlite:" + folder.resolve("recordsync.db"), "", ""));
        inbox = Inbox.open(
                store, new InboxSettings(Duration.ofDays(1), Duration.ofSeconds(30), Duration.ofDays(400), ""));
        inbox.recordLists().register(List.of(LIST));
        inbox.recordLists().serveOnly(List.of(LIST));
        ledger = new JdbcLedger(store);
        Duration backoff = Duration.ofMillis(20);
        DeliveryGate gate = new DeliveryGate(backoff, backoff, Clock.systemUTC(), inbox.pauses());
        claims = new Claims(inbox.queue(), gate, new BatchSettings(100, Duration.ofMillis(50)), 1, () -> 1);
        main.bind("recordsyncQueue", inbox.queue());
        main.bind("recordsyncClaims", claims);
        main.bind("recordsyncBatchQueue", claims.waiting());
        main.bind("recordsyncCallRate", new CallRate(0));
        main.bind("recordsyncDeliveryMode", DeliveryMode.of(DeliveryMode.Kind.LIVE, List.of()));
        main.bind(
                "recordsyncDelivery",
                new Delivery(
                        inbox.queue(),
                        inbox.recordLists(),
                        gate,
                        new Backoff(backoff, backoff),
                        5,
                        new VerifySettings(Duration.ofSeconds(1), 3, Unconfirmed.SETTLE),
                        new Finds(inbox.recordLists())));
        main.bind("recordsyncListLookUps", new NoLookUps());
        main.bind("fakeDialler", dialler);
        main.addOverrideProperty("recordsync.enabled", "false");
        main.addOverrideProperty("batch.size", "100");
        main.addOverrideProperty("batch.linger", "50");
        main.addOverrideProperty("delivery.concurrency", "1");
        main.configure()
                .withRoutesIncludePattern("file:routes/error-handling.camel.yaml,"
                        + "file:routes/deliver-deletions.camel.yaml,"
                        + "file:routes/apply-verdict.camel.yaml,"
                        + "classpath:dialler/call-fake-dialler.camel.yaml");
        main.start();
    }

    /** Another dialler looks nothing up. */
    public static final class NoLookUps {

        public void suspect() {}
    }

    @AfterEach
    void stop() {
        claims.stop();
        main.stop();
        inbox.close();
    }

    @Test
    void deletions_arrive_in_batches_after_an_outage_and_what_is_refused_is_parked() {
        List<String> ids = ids(250);
        dialler.refused.add(ids.get(7));
        dialler.outages.add(OUTAGE);

        order(ids);

        awaitDone(249, 1);
        assertThat(dialler.deleted)
                .containsExactlyInAnyOrderElementsOf(
                        ids.stream().filter(id -> !id.equals(ids.get(7))).toList());
        assertThat(parked().identifier()).isEqualTo(ids.get(7));
        assertThat(parked().failureCode()).isEqualTo("bad_item");
        assertThat(dialler.calls)
                .extracting(FakeDialler.Call::items)
                .contains(100)
                .allMatch(items -> items <= 100);
        assertThat(afterOutage()).isGreaterThanOrEqualTo(OUTAGE);
    }

    @Test
    void failed_records_are_identified_and_what_is_absent_is_settled() {
        List<String> ids = ids(20);
        dialler.locked.add(ids.get(3));
        dialler.absent.add(ids.get(11));

        order(ids);

        awaitDone(19, 1);
        assertThat(parked().identifier()).isEqualTo(ids.get(3));
        assertThat(parked().failureCode()).isEqualTo("locked");
        assertThat(entries())
                .filteredOn(entry -> entry.confirmation().equals("absent"))
                .extracting(Entry::identifier)
                .containsExactly(ids.get(11));
    }

    /** One call is in flight at a time, so that the next one is the first that the gate let pass. */
    private Duration afterOutage() {
        List<FakeDialler.Call> calls = dialler.calls;
        assertThat(calls.get(0).meaning()).isEqualTo(Meaning.SERVICE_UNAVAILABLE);
        return Duration.ofNanos(calls.get(1).at() - calls.get(0).at());
    }

    private void order(List<String> ids) {
        List<DeletionRequest> requests = ids.stream()
                .map(id -> new DeletionRequest(
                        LIST,
                        Identifier.external("salesforce", id),
                        "tx/" + id,
                        Origin.STREAM,
                        Instant.now(),
                        DeletionState.PENDING))
                .toList();
        inbox.intakes().accept(new Intake(requests, List.of(), null));
        claims.wake();
    }

    private void awaitDone(long deleted, long parked) {
        Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            assertThat(ledger.counts())
                    .containsEntry(DeletionState.DELETED, deleted)
                    .containsEntry(DeletionState.PARKED, parked);
        });
    }

    private Entry parked() {
        return ledger.find(new Filter(DeletionState.PARKED, LIST, null, 2, null))
                .get(0);
    }

    private List<Entry> entries() {
        return ledger.find(new Filter(null, LIST, null, 100, null));
    }

    private static List<String> ids(int count) {
        return IntStream.range(0, count).mapToObj("003FD%013d"::formatted).toList();
    }
}
