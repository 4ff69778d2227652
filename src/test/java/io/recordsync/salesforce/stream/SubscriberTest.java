package io.recordsync.salesforce.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.recordsync.config.JwtSettings;
import io.recordsync.config.Secret;
import io.recordsync.deletion.StreamPosition;
import io.recordsync.deletion.StreamReport.State;
import io.recordsync.delivery.DeliveryGate;
import io.recordsync.delivery.InMemoryPauses;
import io.recordsync.inbox.Coverage;
import io.recordsync.inbox.Coverage.Sweep;
import io.recordsync.inbox.Inbox;
import io.recordsync.inbox.InboxException;
import io.recordsync.inbox.InboxSettings;
import io.recordsync.inbox.JdbcLedger;
import io.recordsync.inbox.Ledger.ProblemEntry;
import io.recordsync.inbox.ServedLists;
import io.recordsync.inbox.Store;
import io.recordsync.inbox.database.Database;
import io.recordsync.network.Outbound;
import io.recordsync.oauth.AccessTokens;
import io.recordsync.oauth.ClientCredentials;
import io.recordsync.oauth.Grant;
import io.recordsync.oauth.Instances;
import io.recordsync.oauth.JwtBearer;
import io.recordsync.salesforce.ChangeEvents;
import io.recordsync.salesforce.SyncedRecords;
import io.recordsync.salesforce.stream.StreamEvent.ChangeEvent;
import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.Recording;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.camel.impl.DefaultCamelContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The subscriber against the simulated Pub/Sub API, with a real inbox for its position. */
@Timeout(60)
class SubscriberTest {

    private static final int MIB = 1024 * 1024;
    private static final String CHANNEL = "/data/ContactChangeEvent";
    private static final InboxSettings SETTINGS =
            new InboxSettings(Duration.ofHours(24), Duration.ofSeconds(1), Duration.ofDays(400), "");

    @TempDir
    Path folder;

    private final List<String> accepted = new CopyOnWriteArrayList<>();
    private final DeliveryGate gate =
            new DeliveryGate(Duration.ofSeconds(1), Duration.ofSeconds(1), Clock.systemUTC(), new InMemoryPauses());
    private final StreamStatus status = new StreamStatus(Clock.systemUTC());
    private final ScheduledExecutorService watchdog = Executors.newSingleThreadScheduledExecutor();

    private long heap = Runtime.getRuntime().maxMemory();
    private SalesforceSimulator salesforce;
    private Recording recording;
    private Store store;
    private Inbox inbox;
    private JdbcLedger ledger;
    private Grant grant;
    private SalesforceStreamEndpoint endpoint;
    private Subscriber subscriber;
    private Thread thread;

    /** What is done with a response before it goes into the inbox. */
    private volatile Handover.Acceptor first = response -> {};

    @BeforeEach
    void open() {
        salesforce = SalesforceSimulator.start();
        recording = salesforce.recording();
        store = Store.open(Database.at("jdbc:sqlite:" + folder.resolve("inbox.db"), "", ""));
        inbox = Inbox.open(store, SETTINGS);
        watchdog.scheduleWithFixedDelay(inbox.session()::heartbeat, 200, 200, TimeUnit.MILLISECONDS);
        ledger = new JdbcLedger(store);
        grant = ClientCredentials.inForm(SalesforceSimulator.CLIENT_ID, new Secret(SalesforceSimulator.CLIENT_SECRET));
        endpoint = new SalesforceStreamEndpoint("salesforce-stream:" + CHANNEL, null, CHANNEL);
        endpoint.setIntakes(inbox.intakes());
        endpoint.setGate(gate);
        endpoint.setStreamStatus(status);
        endpoint.setHost(salesforce.pubsubHost());
        endpoint.setPort(salesforce.pubsubPort());
        endpoint.setPlaintext(true);
        endpoint.setHeartbeat(Duration.ofMillis(100));
        endpoint.setBackoff(Duration.ofMillis(10));
        endpoint.setBackoffMax(Duration.ofMillis(100));
        endpoint.setBackoffLong(Duration.ofMillis(200));
    }

    @AfterEach
    void close() throws Exception {
        stop();
        watchdog.shutdownNow();
        assertThat(watchdog.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
        inbox.session().close();
        store.close();
        salesforce.close();
    }

    // ---- pulling

    @Test
    void the_next_events_are_requested_when_a_hundred_are_delivered_and_never_before() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch reached = new CountDownLatch(1);
        List<Integer> sizes = new CopyOnWriteArrayList<>();
        first = response -> {
            if (!response.events().isEmpty()) {
                sizes.add(response.events().size());
                reached.countDown();
                go.await();
            }
        };
        startSubscribed();

        List<String> ids = publish(1500);
        reached.await();
        // Beside what is being accepted so many wait, and no more are requested.
        await(() -> requested() == sizes.get(0) + FetchWindow.MAX_AHEAD);
        assertThat(accepted).isEmpty();
        assertThat(ledger.position(CHANNEL).filter(position -> position.replayId() != null))
                .isEmpty();
        go.countDown();

        awaitAccepted(ids);
        assertThat(recording.fetches())
                .allSatisfy(fetch -> assertThat(fetch.outstanding()).isLessThanOrEqualTo(100));
        assertThat(recording.refusals()).isEmpty();
        assertThat(accepted).containsExactlyElementsOf(ids);
        assertThat(sizes).contains(FetchWindow.MAX_AHEAD).allMatch(size -> size <= FetchWindow.MAX_AHEAD);
    }

    /** The position of a part would not be the one that may have been saved: the inbox would take it for another's. */
    @Test
    void what_may_have_been_committed_is_handed_over_again_as_it_was() throws Exception {
        salesforce.splitResponsesAt(1);
        List<String> ids = ids(4);
        CountDownLatch blocked = new CountDownLatch(1);
        List<List<String>> handedOver = new CopyOnWriteArrayList<>();
        CountDownLatch reached = new CountDownLatch(1);
        first = response -> {
            if (ids(response).contains(ids.get(0))) {
                reached.countDown();
                blocked.await();
            }
            if (response.events().isEmpty() || ids(response).contains(ids.get(0))) {
                return;
            }
            handedOver.add(ids(response));
            if (handedOver.size() == 1) {
                throw new InboxException("whether it was committed is not known", null, true);
            }
            if (handedOver.size() == 2) {
                throw new InboxException("nothing was changed", null);
            }
        };
        startSubscribed();

        salesforce.publishDelete(ids.get(0));
        reached.await();
        long one = subscriber.heldBytes();
        ids.subList(1, 4).forEach(salesforce::publishDelete);
        await(() -> subscriber.heldBytes() >= 3 * one);
        blocked.countDown();

        awaitAccepted(ids);
        assertThat(handedOver.get(0)).hasSizeGreaterThan(1);
        assertThat(handedOver.subList(1, 3)).containsOnly(handedOver.get(0));
    }

    private int requested() {
        return recording.fetches().stream()
                .mapToInt(Recording.Fetch::numRequested)
                .sum();
    }

    /** Each response is as large as gRPC takes it; a hundred of them would be a gigabyte. */
    @Test
    void while_large_events_are_accepted_no_more_are_held_than_a_share_of_the_shipped_heap_and_one_response() {
        heap = 160 * MIB;
        salesforce.splitResponsesAt(4);
        CountDownLatch go = new CountDownLatch(1);
        List<Integer> sizes = new CopyOnWriteArrayList<>();
        List<Long> held = new CopyOnWriteArrayList<>();
        first = response -> {
            sizes.add(response.events().size());
            go.await();
            held.add(subscriber.heldBytes());
        };
        startSubscribed();
        List<String> ids = ids(120);

        salesforce.publish(ids.stream()
                .map(id -> large(id, MIB / 2))
                .toArray(io.recordsync.simulator.salesforce.ChangeEvent[]::new));
        recording.awaitResponse(25);
        await(() -> subscriber.heldBytes() > 2 * MIB);
        go.countDown();

        awaitAccepted(ids);
        assertThat(held).allMatch(bytes -> bytes <= 160 * MIB / 64 + 3 * MIB);
        assertThat(sizes).as("events of one intake").allMatch(size -> size <= 4);
        assertThat(recording.subscribes()).hasSize(1);
        assertThat(accepted).containsExactlyElementsOf(ids);
    }

    /** One response that cannot be accepted held up those before it where they were handed over together. */
    @Test
    void what_cannot_be_accepted_together_is_accepted_one_by_one() throws Exception {
        salesforce.splitResponsesAt(1);
        List<String> ids = ids(4);
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch healed = new CountDownLatch(1);
        first = response -> {
            if (ids(response).contains(ids.get(0))) {
                blocked.await();
            }
            if (ids(response).contains(ids.get(3)) && healed.getCount() > 0) {
                throw new IllegalStateException("the database is away");
            }
        };
        startSubscribed();

        salesforce.publishDelete(ids.get(0));
        recording.awaitResponse(1);
        ids.subList(1, 4).forEach(salesforce::publishDelete);
        recording.awaitResponse(4);
        blocked.countDown();

        await(() -> accepted.size() == 3);
        assertThat(accepted).containsExactlyElementsOf(ids.subList(0, 3));
        healed.countDown();
        awaitAccepted(ids);
        assertThat(accepted).containsExactlyElementsOf(ids);
    }

    @Test
    void a_response_over_4_mib_is_accepted() {
        startSubscribed();
        String[] ids = ids(3).toArray(String[]::new);

        salesforce.publishLarge(ids);

        awaitAccepted(List.of(ids));
        assertThat(recording.subscribes()).hasSize(1);
    }

    @Test
    void a_response_that_is_too_large_for_the_heap_is_asked_for_again_with_fewer_events() {
        heap = 64 * MIB;
        startSubscribed();
        recording.awaitFetch(1);
        List<String> ids = ids(20);

        salesforce.publish(
                ids.stream().map(id -> large(id, MIB)).toArray(io.recordsync.simulator.salesforce.ChangeEvent[]::new));

        awaitAccepted(ids);
        assertThat(recording.fetches().stream()
                        .collect(java.util.stream.Collectors.toMap(
                                Recording.Fetch::stream, Recording.Fetch::numRequested, (first, later) -> first))
                        .values())
                .contains(100, 50, 25, 12, 6, 3);
        assertThat(accepted).doesNotHaveDuplicates();
        assertThat(coverage().state().owed()).isNull();
        assertThat(ledger.problems(10)).isEmpty();
    }

    @Test
    void an_event_that_is_too_large_alone_is_passed_over_reported_and_swept_for() {
        heap = 64 * MIB;
        startSubscribed();
        String before = publish(1).get(0);
        awaitAccepted(List.of(before));
        List<String> ids = ids(5);

        salesforce.publish(
                io.recordsync.simulator.salesforce.ChangeEvent.delete(ids.get(0)),
                large(ids.get(1), 5 * MIB),
                io.recordsync.simulator.salesforce.ChangeEvent.delete(ids.get(2)),
                large(ids.get(3), 6 * MIB),
                io.recordsync.simulator.salesforce.ChangeEvent.delete(ids.get(4)));

        awaitAccepted(List.of(ids.get(0), ids.get(2), ids.get(4)));
        assertThat(accepted).doesNotContain(ids.get(1), ids.get(3));
        assertThat(ledger.problems(10)).hasSize(2).allSatisfy(problem -> {
            assertThat(problem.kind()).isEqualTo("undecodable_event");
            assertThat(problem.message()).contains("bytes do not fit the heap");
        });
        assertThat(coverage().state().owed()).contains("undecodable event");

        // What follows comes as before: a keepalive leads past it.
        int streams = recording.subscribes().size();
        salesforce.sendKeepalive();
        recording.awaitSubscription(streams + 1);
        List<String> later = publish(3);
        awaitAccepted(later);
        assertThat(recording.subscribes()).hasSize(streams + 1);
    }

    @Test
    void events_that_share_a_replay_id_and_are_split_over_responses_are_read_again_until_all_are_accepted()
            throws Exception {
        salesforce.splitResponsesAt(1);
        startSubscribed();
        salesforce.sendKeepalive();
        String before = publish(1).get(0);
        awaitAccepted(List.of(before));
        CountDownLatch reached = new CountDownLatch(1);
        first = response -> {
            boolean alone = response.events().size() <= 1;
            if (alone && (ids(response).stream().anyMatch(accepted::contains) || accepted.size() < 2)) {
                return;
            }
            if (alone) {
                reached.countDown();
            }
            throw new IllegalStateException("the database is away");
        };
        List<String> ids = ids(3);

        salesforce.publishTransaction(ids.stream()
                .map(io.recordsync.simulator.salesforce.ChangeEvent::delete)
                .toArray(io.recordsync.simulator.salesforce.ChangeEvent[]::new));
        reached.await();
        stop();
        assertThat(accepted).containsExactly(before, ids.get(0));
        first = response -> {};
        startSubscribed();

        awaitAccepted(ids);
        assertThat(accepted).containsExactly(before, ids.get(0), ids.get(0), ids.get(1), ids.get(2));
    }

    @Test
    void the_position_of_a_keepalive_is_saved_and_resumed_from() throws Exception {
        startSubscribed();
        salesforce.sendKeepalive();
        String replayId = recording.awaitKeepalive(1).latestReplayId();
        awaitPositionSaved();
        stop();

        startSubscribed();

        assertThat(recording.awaitSubscription(2).preset()).isEqualTo("CUSTOM");
        assertThat(recording.awaitSubscription(2).replayId()).isEqualTo(replayId);
    }

    // ---- what cannot be accepted yet

    @Test
    void a_schema_outage_is_waited_out_and_nothing_is_skipped() {
        startSubscribed();
        salesforce.changeSchema();
        salesforce.schemaUnavailable(3);

        List<String> ids = publish(3);

        awaitAccepted(ids);
        assertThat(recording.schemaRequests()).hasSize(4);
        assertThat(recording.subscribes()).hasSize(1);
        assertThat(accepted).doesNotHaveDuplicates();
    }

    /** The connection may be what is broken: asked on for ever, the schema never comes. */
    @Test
    void a_long_schema_outage_is_asked_about_on_a_new_connection() {
        endpoint.setAcceptLimit(Duration.ofMillis(150));
        startSubscribed();
        salesforce.sendKeepalive();
        salesforce.schemaUnavailable(true);

        List<String> ids = publish(1);
        recording.awaitSubscription(3);
        assertThat(accepted).isEmpty();
        salesforce.schemaUnavailable(false);

        awaitAccepted(ids);
    }

    @Test
    void a_response_that_cannot_be_accepted_is_handed_over_again_on_the_same_stream() {
        AtomicInteger attempts = new AtomicInteger();
        first = response -> {
            if (!response.events().isEmpty() && attempts.incrementAndGet() <= 4) {
                throw new IllegalStateException("the database is away");
            }
        };
        startSubscribed();

        List<String> ids = publish(2);

        awaitAccepted(ids);
        await(() -> status.get().lastError() == null);
        assertThat(accepted).containsExactlyElementsOf(ids);
        assertThat(recording.subscribes()).hasSize(1);
    }

    /** gRPC tells the end only after the last response was read: a request for more found a stream that is never ready. */
    @Test
    void a_stream_that_ends_while_responses_wait_to_be_read_is_opened_again_soon() {
        salesforce.splitResponsesAt(1);
        first = response -> {
            if (!response.events().isEmpty()) {
                recording.awaitStreamEnd(1);
            }
        };
        startSubscribed();

        List<String> ids = publish(4);
        recording.awaitResponse(4);
        salesforce.completeStream();
        List<String> later = publish(1);

        awaitAccepted(ids);
        awaitAccepted(later);
        recording.awaitSubscription(2);
        assertThat(recording.refusals()).isEmpty();
    }

    @Test
    void an_accept_that_takes_too_long_is_not_abandoned_the_stream_is_closed_and_opened_again() {
        endpoint.setAcceptLimit(Duration.ofMillis(100));
        salesforce.splitResponsesAt(1);
        AtomicInteger interrupted = new AtomicInteger();
        CountDownLatch slow = new CountDownLatch(1);
        first = response -> {
            if (slow.getCount() == 1 && !response.events().isEmpty()) {
                try {
                    recording.awaitStreamEnd(1);
                } catch (AssertionError e) {
                    interrupted.incrementAndGet();
                }
                slow.countDown();
            }
        };
        startSubscribed();

        List<String> ids = publish(3);

        awaitAccepted(ids);
        assertThat(interrupted).hasValue(0);
        assertThat(recording.awaitStreamEnd(1).status()).isEqualTo(Status.Code.CANCELLED);
        assertThat(accepted.get(0)).isEqualTo(ids.get(0));
        recording.awaitSubscription(2);
        assertThat(recording.refusals()).isEmpty();
    }

    @Test
    void an_error_ends_the_stream_and_not_the_subscriber() {
        AtomicInteger attempts = new AtomicInteger();
        first = response -> {
            if (attempts.incrementAndGet() == 1) {
                throw new OutOfMemoryError("Requested array size exceeds VM limit");
            }
        };
        startSubscribed();

        List<String> ids = publish(1);

        awaitAccepted(ids);
        recording.awaitSubscription(2);
    }

    @Test
    void what_the_heap_did_not_hold_is_asked_for_again_with_fewer_events() {
        AtomicInteger attempts = new AtomicInteger();
        first = response -> {
            if (attempts.incrementAndGet() == 1) {
                throw new IllegalStateException("as Camel hands it over", new OutOfMemoryError("Java heap space"));
            }
        };
        startSubscribed();

        List<String> ids = publish(1);

        awaitAccepted(ids);
        assertThat(recording.fetches())
                .filteredOn(fetch -> fetch.stream() == 2)
                .first()
                .extracting(Recording.Fetch::numRequested)
                .isEqualTo(50);
    }

    @Test
    void a_subscription_that_was_taken_over_is_let_go_and_what_was_read_is_read_again() {
        startSubscribed();
        inbox.intakes().subscribe(CHANNEL);

        List<String> ids = publish(2);

        awaitAccepted(ids);
        recording.awaitSubscription(2);
    }

    /** Its process lives: only the heartbeat of the subscription itself tells. */
    @Test
    void a_subscriber_that_hangs_is_replaced_and_saves_nothing_when_it_goes_on() throws Exception {
        Inbox other = Inbox.open(store, SETTINGS);
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        first = response -> {
            hanging.countDown();
            goOn.await();
        };
        startSubscribed();
        publish(2);
        hanging.await();

        await(() -> {
            other.session().heartbeat();
            return other.intakes().subscribe(CHANNEL).isPresent();
        });
        StreamPosition taken = new StreamPosition(CHANNEL, null, 2);
        goOn.countDown();

        await(() -> {
            other.intakes().keepSubscription(taken);
            return status.get().state() == State.STANDBY;
        });
        assertThat(accepted).isEmpty();
        assertThat(salesforce.openStreams()).isZero();
        // When the other one is gone, it takes over again.
        await(() -> accepted.size() == 2);
    }

    @Test
    void a_subscriber_that_waits_for_events_is_not_replaced() {
        Inbox other = Inbox.open(store, SETTINGS);
        startSubscribed();
        long start = System.nanoTime();

        await(() -> {
            other.session().heartbeat();
            assertThat(other.intakes().subscribe(CHANNEL)).isEmpty();
            return System.nanoTime() - start > 2 * SETTINGS.sessionTtl().toNanos();
        });

        assertThat(recording.subscribes()).hasSize(1);
    }

    @Test
    void a_subscriber_that_cannot_accept_is_not_replaced() {
        Inbox other = Inbox.open(store, SETTINGS);
        endpoint.setBackoff(Duration.ofMinutes(1));
        endpoint.setBackoffMax(Duration.ofMinutes(1));
        first = response -> {
            throw new IllegalStateException("the schema is away");
        };
        startSubscribed();
        publish(1);
        await(() -> status.get().lastError() != null);
        long start = System.nanoTime();

        await(() -> {
            other.session().heartbeat();
            assertThat(other.intakes().subscribe(CHANNEL)).isEmpty();
            return System.nanoTime() - start > 2 * SETTINGS.sessionTtl().toNanos();
        });
    }

    // ---- logins

    @Test
    void a_login_that_hangs_is_refused_or_fails_is_tried_again() {
        salesforce.loginHangs(1);
        salesforce.loginAnswers(401, 503, 400);

        startSubscribed();

        assertThat(recording.logins()).extracting(Recording.Login::status).containsExactly(0, 401, 503, 400, 200);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"service.auth.error", "service.auth.refresh.invalid", "service.auth.headers.invalid"})
    void a_token_that_is_revoked_is_replaced_with_and_without_a_trailer(String errorCode) {
        startSubscribed();
        salesforce.revokeTokens();

        salesforce.failStream(Status.UNAUTHENTICATED, errorCode);
        List<String> ids = publish(2);

        awaitAccepted(ids);
        assertThat(recording.logins()).hasSize(2);
    }

    @Test
    void a_token_that_is_refused_when_a_schema_is_asked_for_is_replaced() {
        startSubscribed();
        salesforce.revokeTokens();

        List<String> ids = publish(2);

        awaitAccepted(ids);
        assertThat(recording.logins()).hasSize(2);
    }

    @Test
    void the_jwt_bearer_flow_subscribes() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair pair = generator.generateKeyPair();
        Path pem = folder.resolve("salesforce.pem");
        Files.writeString(
                pem,
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(pair.getPrivate().getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");
        salesforce.acceptsJwt(pair.getPublic(), "sync@example.org");
        grant = new JwtBearer(
                SalesforceSimulator.CLIENT_ID,
                new JwtSettings(
                        "sync@example.org", pem.toString(), Secret.NONE, "", URI.create(salesforce.loginUrl())));

        startSubscribed();

        awaitAccepted(publish(1));
        assertThat(recording.logins())
                .extracting(Recording.Login::grantType)
                .containsExactly("urn:ietf:params:oauth:grant-type:jwt-bearer");
    }

    @Test
    void salesforce_may_be_down_at_the_start_and_what_is_pending_need_not_wait_for_it() {
        gate.forbid(DeliveryGate.ORG_UNCHECKED, "being asked");
        salesforce.down(true);
        start();
        await(() -> !gate.isShut());
        assertThat(status.get().lastError()).contains("No access token");

        salesforce.down(false);

        recording.awaitSubscription(1);
        awaitAccepted(publish(1));
    }

    /** Consumers are made before any of them starts, that of the delivery included. */
    @Test
    void from_the_making_of_the_consumer_until_the_org_is_known_nothing_goes_out() throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            endpoint.setCamelContext(context);
            endpoint.setTokens(tokens());
            endpoint.createConsumer(exchange -> {});
        }
        assertThat(gate.get().state()).isEqualTo(DeliveryGate.ORG_UNCHECKED);

        startSubscribed();

        assertThat(gate.isShut()).isFalse();
    }

    @Test
    void another_org_shuts_the_delivery_and_nothing_is_read_until_a_person_confirms() throws Exception {
        startSubscribed();
        stop();
        gate.forbid(DeliveryGate.ORG_UNCHECKED, "being asked");
        String other = "00D58000000zzzzEAA";
        salesforce.orgId(other);

        start();

        await(() -> status.get().state() == State.OTHER_ORG);
        assertThat(gate.get().state()).isEqualTo(DeliveryGate.OTHER_ORG);
        assertThat(recording.subscribes()).hasSize(1);
        inbox.decisions().confirmOrg(other);
        recording.awaitSubscription(2);
        await(() -> !gate.isShut());
        awaitAccepted(publish(1));
    }

    // ---- where to begin

    @Test
    void the_first_start_at_latest_takes_only_what_comes_after_it() {
        publish(2);
        startSubscribed();

        List<String> ids = publish(1);

        awaitAccepted(ids);
        assertThat(accepted).containsExactlyElementsOf(ids);
        assertThat(recording.awaitSubscription(1).preset()).isEqualTo("LATEST");
    }

    @Test
    void the_first_start_at_earliest_takes_what_salesforce_still_has() {
        endpoint.setFirstStart("earliest");
        List<String> ids = publish(2);

        startSubscribed();

        awaitAccepted(ids);
        assertThat(recording.awaitSubscription(1).preset()).isEqualTo("EARLIEST");
    }

    /** An overflow among them was swept from the first start only: what was deleted behind it before was lost. */
    @Test
    void what_is_wanted_of_the_time_before_the_first_start_is_swept_too() throws Exception {
        endpoint.setFirstStart("earliest");
        startSubscribed();
        salesforce.sendKeepalive();
        awaitPositionSaved();

        Sweep sweep = coverage().begin(Duration.ofDays(1)).orElseThrow();

        Instant threeDaysAgo = Instant.now().minus(Duration.ofHours(72));
        assertThat(sweep.since()).isBetween(threeDaysAgo.minusSeconds(60), threeDaysAgo);
        assertThat(sweep.floor()).isEqualTo(sweep.since());
        stop();
        startSubscribed();
        assertThat(coverage().begin(Duration.ofDays(1)).orElseThrow().demand()).isEqualTo(1);
    }

    @Test
    void at_latest_no_sweep_is_owed_at_the_first_start() {
        startSubscribed();

        assertThat(coverage().begin(Duration.ofDays(1))).isEmpty();
    }

    @Test
    void before_a_position_is_saved_a_restart_reads_from_the_earliest_what_is_younger_than_the_first_start()
            throws Exception {
        String old = ContactIds.next();
        salesforce.publish(io.recordsync.simulator.salesforce.ChangeEvent.delete(old)
                .committedAt(Instant.now().minus(Duration.ofHours(1))));
        startSubscribed();
        stop();
        List<String> ids = publish(1);

        startSubscribed();

        awaitAccepted(ids);
        assertThat(recording.awaitSubscription(2).preset()).isEqualTo("EARLIEST");
        assertThat(accepted).containsExactlyElementsOf(ids);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_position_that_is_lost_is_resumed_at_the_earliest_and_told(boolean corrupted) throws Exception {
        startSubscribed();
        salesforce.sendKeepalive();
        awaitPositionSaved();
        stop();
        List<String> ids = publish(2);
        if (corrupted) {
            salesforce.invalidateReplayIds();
        } else {
            salesforce.failReplayValidation(true);
        }

        start();

        awaitAccepted(ids);
        assertThat(recording.subscribes())
                .extracting(Recording.Subscribe::preset)
                .containsExactly("LATEST", "CUSTOM", "EARLIEST");
        assertThat(ledger.problems(10)).extracting(ProblemEntry::kind).containsExactly("position_lost");
        assertThat(ledger.problems(10).get(0).message())
                .contains("a sweep is ordered")
                .doesNotContain("rpc");
        assertThat(coverage().state().positionLost()).isTrue();
        assertThat(coverage().state().owed()).contains(CHANNEL, "lost");
        salesforce.failReplayValidation(false);
        stop();
        startSubscribed();
        assertThat(recording.subscribes().get(3).preset()).isEqualTo("CUSTOM");
        assertThat(recording.subscribes().get(3).refusedWith()).isNull();
    }

    /** The first position that is saved after it hides the hole: without the demand it would never be swept. */
    @Test
    void a_lost_position_is_not_passed_over_before_the_sweep_is_ordered() throws Exception {
        startSubscribed();
        salesforce.sendKeepalive();
        awaitPositionSaved();
        stop();
        publish(1);
        salesforce.invalidateReplayIds();
        execute("create trigger no_demands before update of demanded on sweep begin select raise(abort, 'full'); end");

        start();
        await(() -> recording.subscribes().stream()
                        .filter(subscribe -> subscribe.refusedWith() != null)
                        .count()
                >= 3);
        assertThat(recording.subscribes())
                .extracting(Recording.Subscribe::preset)
                .doesNotContain("EARLIEST");
        assertThat(accepted).isEmpty();
        execute("drop trigger no_demands");

        await(() -> accepted.size() == 1);
        assertThat(coverage().state().positionLost()).isTrue();
    }

    @Test
    void after_more_than_60_hours_of_silence_a_sweep_is_ordered_once() throws Exception {
        startSubscribed();
        salesforce.sendKeepalive();
        awaitPositionSaved();
        stop();
        execute("update stream_position set saved_at = saved_at - "
                + Duration.ofHours(61).toMillis());
        salesforce.refuseSubscribe(3, Status.UNAVAILABLE, null);

        startSubscribed();

        List<String> ids = publish(1);
        awaitAccepted(ids);
        assertThat(coverage().state().owed()).contains("61 hours");
        assertThat(coverage().state().positionLost()).isFalse();
        assertThat(coverage().begin(Duration.ofDays(1)).orElseThrow().demand()).isEqualTo(1);
    }

    @Test
    void after_less_than_60_hours_none_is() throws Exception {
        startSubscribed();
        salesforce.sendKeepalive();
        awaitPositionSaved();
        stop();
        execute("update stream_position set saved_at = saved_at - "
                + Duration.ofHours(59).toMillis());

        startSubscribed();

        assertThat(coverage().state().owed()).isNull();
    }

    @Test
    void the_ends_of_the_stream_are_counted_by_what_is_done_about_them() {
        startSubscribed();
        assertThat(status.get().silentSince()).isNotNull();
        assertThat(status.get().reconnects())
                .isEqualTo(Map.of(
                        "transient", 0L,
                        "credentials", 0L,
                        "slow_down", 0L,
                        "allocation_used_up", 0L,
                        "configuration", 0L,
                        "position_lost", 0L));

        salesforce.completeStream();
        recording.awaitSubscription(2);
        await(() -> salesforce.openStreams() == 1);
        salesforce.failStream(Status.UNAUTHENTICATED, "sfdc.platform.eventbus.grpc.service.auth.error");
        recording.awaitSubscription(3);

        assertThat(status.get().reconnects()).containsEntry("transient", 1L).containsEntry("credentials", 1L);
    }

    // ---- the end

    @Test
    void it_stops_while_a_response_cannot_be_accepted_and_while_it_waits_to_connect() throws Exception {
        first = response -> {
            throw new IllegalStateException("the database is away");
        };
        startSubscribed();
        publish(1);
        recording.awaitResponse(1);
        stop();
        assertThat(status.get().state()).isEqualTo(State.STOPPED);
        assertThat(status.get().lastError()).isNull();

        salesforce.down(true);
        start();
        stop();
        assertThat(thread.isAlive()).isFalse();
    }

    private Coverage coverage() {
        return inbox.coverage();
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("inbox.db"));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void start() {
        endpoint.setTokens(tokens());
        ChangeEvents changeEvents = new ChangeEvents(
                new SyncedRecords(ServedLists.of(List.of("list-1")), "salesforce", List.of("003")),
                List.of("Contact"),
                true,
                Clock.systemUTC());
        Handover.Acceptor acceptor = response -> {
            first.accept(response);
            inbox.intakes().accept(changeEvents.read(response));
            accepted.addAll(ids(response));
        };
        subscriber = new Subscriber(endpoint, acceptor, watchdog, heap);
        thread = new Thread(subscriber, "subscriber");
        thread.start();
    }

    private AccessTokens tokens() {
        return new AccessTokens(
                URI.create(salesforce.loginUrl() + "/services/oauth2/token"),
                grant,
                Duration.ofMillis(700),
                Duration.ofMinutes(15),
                Duration.ofMillis(10),
                Clock.systemUTC(),
                Outbound.direct(),
                Instances.of(URI.create(salesforce.loginUrl()), List.of()));
    }

    private void startSubscribed() {
        int streams = recording.streamEnds().size();
        start();
        recording.awaitSubscription(streams + 1);
        await(() -> status.get().state() == State.CONNECTED);
    }

    private void stop() throws InterruptedException {
        if (thread != null) {
            subscriber.stop();
            thread.join(10_000);
            assertThat(thread.isAlive()).as("the subscriber ends").isFalse();
            await(() -> salesforce.openStreams() == 0);
        }
    }

    private List<String> publish(int contacts) {
        List<String> ids = ids(contacts);
        salesforce.publishDelete(ids);
        return ids;
    }

    private static io.recordsync.simulator.salesforce.ChangeEvent large(String id, int bytes) {
        return io.recordsync.simulator.salesforce.ChangeEvent.delete(id)
                .withFields(Map.of("Description", "x".repeat(bytes)));
    }

    private static List<String> ids(int n) {
        return Stream.generate(ContactIds::next).limit(n).toList();
    }

    private static List<String> ids(StreamResponse response) {
        return response.events().stream()
                .filter(ChangeEvent.class::isInstance)
                .flatMap(event -> ((ChangeEvent) event).recordIds().stream())
                .toList();
    }

    private void awaitAccepted(List<String> ids) {
        await(() -> accepted.containsAll(ids));
    }

    private void awaitPositionSaved() {
        await(() -> ledger.position(CHANNEL)
                .filter(position -> position.replayId() != null)
                .isPresent());
    }

    private void await(Callable<Boolean> condition) {
        Awaitility.await()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .atMost(Duration.ofSeconds(15))
                .until(condition);
    }
}
