package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.DeleteCall;
import io.recordsync.simulator.talkdesk.TalkdeskRecord;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ten SIGKILLs while thousands of deletions flow: whatever Salesforce told of and whatever the API acknowledged is
 * deleted all the same, and nothing else is.
 *
 * <p>What was told and what is gone is read off the two simulators. The seed is printed; {@code -Dkill.seed=…} repeats it.
 */
class KillIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> LISTS = List.of("list-a", "list-b", "list-c");
    private static final int CONTACTS_A_ROUND = 170;
    private static final int ORDERS_A_ROUND = 24;
    /** Events in a response: few, so that a kill meets many acceptances. */
    private static final int RESPONSE = 20;

    /** When the process is killed. */
    private enum Moment {
        /** Salesforce has handed a response to the network: it may be accepted, or not. */
        RESPONSE_SENT,
        /** Talkdesk has a call and has not begun with it. */
        CALL_ARRIVED,
        /** Talkdesk has deleted, and its answer never comes. */
        ANSWER_WITHHELD,
        /** Talkdesk answers several calls at the same moment: what becomes of their rows shares a transaction. */
        ANSWERS_RELEASED,
        /** The API has just answered 202. */
        ORDER_ACKNOWLEDGED,
        DURING_START,
        ANY
    }

    /** What the API is asked for, and the Talkdesk records that it concerns. */
    private record Order(String json, Set<String> records) {}

    private final long seed = Long.getLong("kill.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Queue<Order> acknowledged = new ConcurrentLinkedQueue<>();
    private final Queue<Long> acknowledgedIds = new ConcurrentLinkedQueue<>();
    private final Set<String> bystanders = new HashSet<>();

    @TempDir
    Path folder;

    private SalesforceSimulator salesforce;
    private TalkdeskSimulator talkdesk;
    private Service service;

    @BeforeEach
    void set_up() throws Exception {
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
        LISTS.forEach(list -> {
            talkdesk.addList(list, "EXTERNAL");
            for (int i = 0; i < 100; i++) {
                bystanders.add(talkdesk.addRecord(list, "salesforce", ContactIds.next())
                        .id());
            }
        });
        talkdesk.latency(Duration.ofMillis(5));
        salesforce.splitResponsesAt(RESPONSE);
        service = new Service(folder, salesforce, talkdesk, String.join(",", LISTS));
        // Small batches, so that a kill meets many calls on their way.
        service.with("batch.size", "20").with("batch.linger", "20ms");
    }

    @AfterEach
    void tear_down() {
        service.close();
        talkdesk.close();
        salesforce.close();
    }

    @Test
    void nothing_is_lost_by_ten_kills_on_sqlite() throws Exception {
        killTenTimes();
    }

    @Test
    @Tag("servers")
    void nothing_is_lost_by_ten_kills_on_postgresql() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
            service.with("store.url", postgres.getJdbcUrl("postgres", "postgres"));
            service.with("session.ttl", "1s");
            killTenTimes();
        }
    }

    private void killTenTimes() throws Exception {
        System.out.println("KillIT: -Dkill.seed=" + seed);
        List<Moment> moments = Stream.concat(
                        Stream.of(Moment.values()),
                        Stream.of(Moment.RESPONSE_SENT, Moment.ANSWERS_RELEASED, Moment.ANY))
                .collect(Collectors.toCollection(ArrayList::new));
        Collections.shuffle(moments, random);
        // The first start begins at LATEST: what is published from here on is ours.
        service.startSubscribed().terminate();

        for (Moment moment : moments) {
            flowAndKillAt(moment);
        }
        service.start();

        assertThat(moments).hasSize(10);
        Set<String> told = salesforce.publishedDeletes();
        assertThat(told).hasSize(10 * CONTACTS_A_ROUND);
        for (String list : LISTS) {
            talkdesk.awaitGone(list, told);
        }
        service.await("nothing is left to do", () -> service.count("pending") + service.count("claimed") == 0);
        Set<String> left = LISTS.stream()
                .flatMap(list -> talkdesk.records(list).stream())
                .map(TalkdeskRecord::id)
                .collect(Collectors.toSet());
        assertThat(acknowledged)
                .as("acknowledged orders, seed %d", seed)
                .isNotEmpty()
                .allSatisfy(order -> assertThat(left).doesNotContainAnyElementsOf(order.records()));
        assertThat(acknowledgedIds).as("acknowledged ids, seed %d", seed).allSatisfy(id -> assertThat(
                        service.get("/api/deletions/" + id).path("state").asText())
                .isEqualTo("deleted"));
        assertThat(left).as("what nobody named, seed %d", seed).containsAll(bystanders);
        assertThat(service.count("parked") + service.count("cancelled")).isZero();
        assertThat(talkdesk.deletes())
                .as("calls that a kill cut off")
                .anyMatch(call -> call.fate() == DeleteCall.Fate.LOST);
        assertThat(talkdesk.mistakes()).isEmpty();
        assertThat(salesforce.recording().refusals()).isEmpty();
    }

    private void flowAndKillAt(Moment moment) throws Exception {
        List<String> contacts =
                Stream.generate(ContactIds::next).limit(CONTACTS_A_ROUND).toList();
        LISTS.forEach(list -> talkdesk.addRecords(list, "salesforce", contacts));
        List<Order> orders = orders();
        if (moment == Moment.DURING_START) {
            salesforce.publishDelete(contacts);
            service.launch();
            killWithin(Duration.ofMillis(1500));
            return;
        }
        // Four calls are in flight at most, so that no fifth comes before one of these is answered.
        int calls = talkdesk.deleteCount() + 1 + random.nextInt(4);
        int answered = talkdesk.deleteCount() + 3;
        if (moment == Moment.CALL_ARRIVED) {
            talkdesk.holdCalls();
        } else if (moment == Moment.ANSWER_WITHHELD || moment == Moment.ANSWERS_RELEASED) {
            talkdesk.holdAnswers();
        }
        service.start();
        int responses = salesforce.recording().responses().size() + 1 + random.nextInt(CONTACTS_A_ROUND / RESPONSE - 1);
        int orderCount = acknowledged.size() + 1 + random.nextInt(ORDERS_A_ROUND);
        CompletableFuture<Void> ordering = CompletableFuture.runAsync(() -> orders.forEach(this::send));
        salesforce.publishDelete(contacts);

        switch (moment) {
            case RESPONSE_SENT -> {
                salesforce.recording().awaitResponse(responses);
                killWithin(Duration.ofMillis(15));
            }
            case CALL_ARRIVED, ANSWER_WITHHELD -> talkdesk.awaitDeletes(calls);
            case ANSWERS_RELEASED -> {
                talkdesk.awaitDeletes(answered);
                talkdesk.releaseAnswers();
                killWithin(Duration.ofMillis(15));
            }
            case ORDER_ACKNOWLEDGED -> service.await(
                    "an order is acknowledged", () -> acknowledged.size() >= orderCount);
            default -> killWithin(Duration.ofMillis(700));
        }
        // Harmless where it has been killed.
        service.kill();
        talkdesk.releaseCalls();
        talkdesk.releaseAnswers();
        ordering.handle((done, failed) -> null).get(30, TimeUnit.SECONDS);
    }

    /** A moment that nothing on the wire tells of. */
    private void killWithin(Duration most) throws InterruptedException {
        long after = random.nextLong(most.toMillis());
        assertThatThrownBy(() -> service.handle().onExit().get(after, TimeUnit.MILLISECONDS))
                .as("alive until it is killed")
                .isInstanceOf(TimeoutException.class);
        service.kill();
    }

    /** Every kind of identifier, for one list or for all. */
    private List<Order> orders() {
        List<Order> orders = new ArrayList<>();
        for (int i = 0; i < ORDERS_A_ROUND; i++) {
            String id = ContactIds.next();
            List<TalkdeskRecord> records = LISTS.stream()
                    .map(list -> talkdesk.addRecord(list, "salesforce", id))
                    .toList();
            TalkdeskRecord one = records.get(i % LISTS.size());
            String list = "{\"recordList\":\"" + one.recordListId() + "\",";
            String json =
                    switch (i % 4) {
                        case 0 -> "{\"external_provider\":\"salesforce\",\"external_id\":\"" + id + "\"}";
                        case 1 -> list + "\"external_provider\":\"salesforce\",\"external_id\":\"" + id + "\"}";
                        case 2 -> list + "\"id\":\"" + one.id() + "\"}";
                        default -> list + "\"phone_number\":\""
                                + one.phoneNumbers().get(0) + "\"}";
                    };
            Set<String> named = (i % 4 == 0 ? records.stream() : Stream.of(one))
                    .map(TalkdeskRecord::id)
                    .collect(Collectors.toSet());
            records.stream()
                    .map(TalkdeskRecord::id)
                    .filter(other -> !named.contains(other))
                    .forEach(bystanders::add);
            orders.add(new Order("[" + json + "]", named));
        }
        return orders;
    }

    private void send(Order order) {
        try {
            HttpResponse<String> answer = service.post("/api/deletions", order.json());
            if (answer.statusCode() == 202) {
                JsonNode ids = JSON.readTree(answer.body()).path("ids");
                ids.forEach(id -> acknowledgedIds.add(id.asLong()));
                acknowledged.add(order);
            }
        } catch (IOException killed) {
            // Not acknowledged: it may have been accepted or not, and nothing is promised of it.
        }
    }
}
