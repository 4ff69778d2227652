package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.MovedClock;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.Answer;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/**
 * PostgreSQL under Patroni. Two services go through each story, with a database and a record list each: one has both nodes in its
 * URL, the other comes through HAProxy.
 */
@Tag("servers")
@Tag("long")
class PatroniIT {

    private static final String BY_HOSTS = "5f1c7a2e-9191-4a7e-9b2f-aaaaaaaaaaaa";
    private static final String BY_HAPROXY = "5f1c7a2e-9191-4a7e-9b2f-bbbbbbbbbbbb";

    private static final int BATCH = 20;

    /** Four calls at once: their rows are sent again where what was answered could not be noted. */
    private static final int MOST_ON_THE_WIRE = 4 * BATCH;

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final MovedClock CLOCK = new MovedClock();

    /** What was seen, a line a story and side: the table of docs/operations.md is made of these. */
    private static final Path SEEN = Path.of("target/stories/patroni.txt");

    @TempDir
    static Path folder;

    private static PatroniCluster cluster;
    private static SalesforceSimulator salesforce;
    private static TalkdeskSimulator talkdesk;
    private static Side byHosts;
    private static Side byHaproxy;
    private static List<Side> sides = List.of();
    private static ScheduledExecutorService looks;

    private final List<String> deleted = new CopyOnWriteArrayList<>();
    private ScheduledExecutorService traffic;
    private Duration leaderless = Duration.ZERO;

    @BeforeAll
    static void startAll() throws Exception {
        cluster = PatroniCluster.start();
        looks = Executors.newScheduledThreadPool(4);
        salesforce = SalesforceSimulator.builder().clock(CLOCK).start();
        // Without any that it sees, Salesforce could not be asked who lives.
        salesforce.createContacts(1);
        talkdesk = TalkdeskSimulator.start();
        byHosts = new Side("two hosts", BY_HOSTS, cluster.url("hosts"), "hosts");
        byHaproxy = new Side("HAProxy", BY_HAPROXY, cluster.urlThroughHaproxy("haproxy"), "haproxy");
        sides = List.of(byHosts, byHaproxy);
        for (Side side : sides) {
            side.service.launch();
        }
        for (Side side : sides) {
            side.service.await(
                    "it listens",
                    Duration.ofMinutes(1),
                    () -> side.service.answer("/api/status").statusCode() == 200);
            side.service.await(
                    "both are subscribed",
                    () -> side.service.status().at("/stream/state").asText().equals("connected")
                            && salesforce.recording().subscribes().size() >= sides.size());
            looks.scheduleWithFixedDelay(side::look, 0, 100, TimeUnit.MILLISECONDS);
            looks.scheduleWithFixedDelay(side::lookWhetherItLives, 0, 500, TimeUnit.MILLISECONDS);
        }
    }

    @AfterAll
    static void closeAll() throws Exception {
        if (looks != null) {
            looks.shutdownNow();
        }
        sides.forEach(side -> side.service.close());
        if (talkdesk != null) {
            talkdesk.close();
            salesforce.close();
        }
        if (cluster != null) {
            cluster.close();
        }
    }

    @BeforeEach
    void start() throws Exception {
        traffic = Executors.newSingleThreadScheduledExecutor();
        talkdesk.answerNormally();
        cluster.heal();
        sides.forEach(Side::begin);
    }

    @AfterEach
    void stop(TestInfo story) throws Exception {
        traffic.shutdownNow();
        for (Side side : sides) {
            String line = "%s: another leader after %.1f s; %d deleted; %s\n"
                    .formatted(story.getDisplayName(), leaderless.toMillis() / 1000.0, deleted.size(), side);
            Files.writeString(SEEN, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
    }

    @Test
    void a_planned_switchover_loses_nothing_and_sends_again_only_what_was_on_the_wire() throws Exception {
        traffic();
        awaitMoreDeletions(30);

        long before = System.nanoTime();
        cluster.switchover();
        leaderless = Duration.ofNanos(System.nanoTime() - before);

        awaitMoreDeletions(30);
        awaitAllSettled();
        for (Side side : sides) {
            assertThat(side.sentAgain()).as(side.toString()).isLessThanOrEqualTo(MOST_ON_THE_WIRE);
            assertThat(side.redFor()).as(side.toString()).isLessThan(Duration.ofSeconds(20));
            side.assertItHasNotGoneBack();
        }
    }

    @Test
    void a_node_that_freezes_is_replaced_and_nothing_is_lost_not_even_when_it_thaws() throws Exception {
        traffic();
        awaitMoreDeletions(30);
        String frozen = cluster.leader();

        cluster.freeze(frozen);
        awaitLeaderOtherThan(frozen);

        awaitMoreDeletions(30);
        cluster.thaw(frozen);
        awaitMoreDeletions(30);
        awaitAllSettled();
        for (Side side : sides) {
            side.assertItSaidThatTheDatabaseWasAway();
            // The standby may not have had the last commits: then the database has gone back.
            assertThat(side.sentAgain())
                    .as(side.toString())
                    .isLessThanOrEqualTo(side.wentBack() ? deleted.size() : MOST_ON_THE_WIRE);
        }
    }

    @Test
    void what_a_lagging_standby_has_not_got_comes_again_when_the_node_dies() throws Exception {
        List<String> before = contacts(10);
        salesforce.publishDelete(before);
        awaitAllSettled();
        talkdesk.always(Answer.status(503));
        cluster.lag();
        List<String> lost = contacts(50);
        salesforce.publishDelete(lost);
        for (Side side : sides) {
            side.service.await("they are accepted", () -> side.waiting() == lost.size());
        }
        String dead = cluster.leader();

        cluster.kill(dead);
        talkdesk.answerNormally();

        awaitLeaderOtherThan(dead);
        awaitAllSettled();
        for (Side side : sides) {
            side.assertItSaidThatTheDatabaseWasAway();
            // By the stream, and by the sweep where that was sooner.
            assertThat(side.sentAgain()).as(side.toString()).isLessThanOrEqualTo(deleted.size());
            assertThat(side.log()).contains("has gone back in time", "a new session begins", "a sweep is due");
            assertThat(side.service.status().path("problems").findValuesAsText("kind"))
                    .contains("database_went_back");
            // The delete log covers whole minutes.
            side.service.await("a sweep has proven it", () -> {
                CLOCK.advance(Duration.ofSeconds(10));
                return !side.service.status().path("sweep").hasNonNull("owed");
            });
        }
        assertThat(salesforce.recording().restCalls())
                .anyMatch(call -> call.path().contains("/queryAll"));
        cluster.rejoin(dead);
    }

    /** PostgreSQL under it goes on taking writes beside the new primary, and loses them when its Patroni wakes. */
    @Test
    void a_frozen_patroni_costs_nothing_where_haproxy_ends_the_sessions_and_a_sweep_where_two_hosts_are_named()
            throws Exception {
        traffic();
        awaitMoreDeletions(30);
        String frozen = cluster.leader();

        cluster.freezePatroni(frozen);
        awaitLeaderOtherThan(frozen);

        awaitMoreDeletions(60);
        cluster.thaw(frozen);
        awaitMoreDeletions(30);
        awaitAllSettled();
        assertThat(byHosts.wentBack()).as(byHosts.toString()).isTrue();
        byHaproxy.assertItHasNotGoneBack();
        byHaproxy.assertItSaidThatTheDatabaseWasAway();
        assertThat(byHaproxy.sentAgain()).as(byHaproxy.toString()).isLessThanOrEqualTo(MOST_ON_THE_WIRE);
    }

    private void awaitLeaderOtherThan(String before) {
        long since = System.nanoTime();
        cluster.awaitLeaderOtherThan(before);
        leaderless = Duration.ofNanos(System.nanoTime() - since);
    }

    /** Thirty a second. */
    private void traffic() {
        traffic.scheduleAtFixedRate(() -> salesforce.publishDelete(contacts(1)), 0, 33, TimeUnit.MILLISECONDS);
    }

    private List<String> contacts(int n) {
        List<String> ids = Stream.generate(ContactIds::next).limit(n).toList();
        talkdesk.addRecords(BY_HOSTS, "salesforce", ids);
        talkdesk.addRecords(BY_HAPROXY, "salesforce", ids);
        deleted.addAll(ids);
        return ids;
    }

    /** Of those that Salesforce tells from now on. */
    private void awaitMoreDeletions(int n) {
        int from = deleted.size();
        for (Side side : sides) {
            side.service.await(
                    "deliveries go on",
                    Duration.ofMinutes(2),
                    () -> deleted.size() >= from + n
                            && deleted.subList(from, from + n).stream().noneMatch(id -> talkdesk.holds(side.list, id)));
        }
    }

    /** Nothing more is deleted in Salesforce; whom Salesforce told is on no list, and nobody is left in the inbox. */
    private void awaitAllSettled() throws Exception {
        traffic.shutdown();
        assertThat(traffic.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        for (Side side : sides) {
            talkdesk.awaitGone(side.list, deleted, Duration.ofMinutes(2));
            side.service.await("all is settled", Duration.ofMinutes(1), () -> side.waiting() == 0);
        }
    }

    /** One of the two services, and what is seen of it from outside since the story began. */
    private static final class Side {

        private final String way;
        private final String list;
        private final Service service;
        private final AtomicLong redMillis = new AtomicLong();
        private final Map<String, String> reasons = new ConcurrentHashMap<>();
        private final AtomicLong slowestLifeSign = new AtomicLong();
        private volatile long lastLook;
        private int logBefore;
        private long sentAgainBefore;

        private Side(String way, String list, String url, String database) throws Exception {
            this.way = way;
            this.list = list;
            talkdesk.addList(list, "EXTERNAL");
            cluster.create(database);
            service = new Service(folder.resolve(database), salesforce, talkdesk, list)
                    .with("store.url", url)
                    .with("store.user", PatroniCluster.USER)
                    .with("store.password", PatroniCluster.PASSWORD)
                    .with("session.ttl", "30s")
                    .with("session.heartbeat", "1s")
                    .with("batch.size", Integer.toString(BATCH));
        }

        private void begin() {
            service.await(
                    "it is well",
                    Duration.ofMinutes(1),
                    () -> service.answer("/observe/health").statusCode() == 200);
            redMillis.set(0);
            reasons.clear();
            slowestLifeSign.set(0);
            logBefore = service.log().length();
            sentAgainBefore += sentAgain();
        }

        private String log() {
            return service.log().substring(logBefore);
        }

        private void look() {
            long now = System.nanoTime();
            if (lastLook != 0 && isRed()) {
                redMillis.addAndGet((now - lastLook) / 1_000_000);
            }
            lastLook = now;
        }

        private boolean isRed() {
            try {
                HttpResponse<String> health = service.answer("/observe/health");
                if (health.statusCode() == 200) {
                    return false;
                }
                for (JsonNode check : JSON.readTree(health.body()).path("checks")) {
                    if (check.path("status").asText().equals("DOWN")) {
                        reasons.put(
                                check.path("name").asText(),
                                check.path("message").asText());
                    }
                }
                return true;
            } catch (IOException e) {
                reasons.put("no answer", e.toString());
                return true;
            }
        }

        private void lookWhetherItLives() {
            long before = System.nanoTime();
            try {
                HttpResponse<String> live = service.answer("/observe/health/live");
                if (live.statusCode() != 200) {
                    reasons.put("not alive", live.body());
                }
            } catch (IOException e) {
                reasons.put("not alive", e.toString());
            }
            slowestLifeSign.accumulateAndGet((System.nanoTime() - before) / 1_000_000, Math::max);
        }

        /** Health was red by the database, and nobody had a reason to restart the service. */
        private void assertItSaidThatTheDatabaseWasAway() {
            assertThat(reasons).as(toString()).containsKey("store").doesNotContainKey("not alive");
            assertThat(reasons.get("store")).startsWith("The database ");
            assertThat(slowestLifeSign.get()).as(toString()).isLessThan(5_000);
            assertThat(redFor()).as(toString()).isLessThan(Duration.ofSeconds(60));
            assertThat(log()).contains("nothing is lost, it is tried again");
        }

        private void assertItHasNotGoneBack() {
            assertThat(wentBack()).as(toString()).isFalse();
        }

        private Duration redFor() {
            return Duration.ofMillis(redMillis.get());
        }

        private long waiting() {
            return Stream.of("checking", "pending", "claimed")
                    .mapToLong(service::count)
                    .sum();
        }

        /** After Talkdesk had said that it is deleted. */
        private long sentAgain() {
            return talkdesk.repeats().stream()
                            .filter(repeat -> repeat.sentAgainBy().recordList().equals(list))
                            .count()
                    - sentAgainBefore;
        }

        private boolean wentBack() {
            return log().contains("has gone back in time");
        }

        @Override
        public String toString() {
            return "%s: red for %.1f s by %s, slowest sign of life %d ms, %d sent again, went back by %s"
                    .formatted(
                            way,
                            redMillis.get() / 1000.0,
                            reasons.keySet(),
                            slowestLifeSign.get(),
                            sentAgain(),
                            log().lines()
                                    .filter(line -> line.contains("ERROR") && line.contains("gone back in time"))
                                    .toList());
        }
    }
}
