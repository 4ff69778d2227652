package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.deletion.Batch;
import io.recordsync.deletion.ClaimedDeletion;
import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Failure;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.Intake;
import io.recordsync.deletion.Origin;
import io.recordsync.deletion.StreamPosition;
import io.recordsync.inbox.Intakes.Subscription;
import io.recordsync.inbox.Ledger.Entry;
import io.recordsync.inbox.Ledger.Filter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * A test of the inbox on a database that its subclass names; it is empty at the start.
 *
 * <p>Time stands still unless a test moves it: the statements read it from a table of the test.
 */
abstract class OnEitherDatabase {

    static final String NOW = "(select ms from test_clock)";
    static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
    static final Duration GIVE_UP_AFTER = Duration.ofHours(24);
    static final Duration SESSION_TTL = Duration.ofSeconds(30);
    static final InboxSettings SETTINGS = new InboxSettings(GIVE_UP_AFTER, SESSION_TTL, Duration.ofDays(400), "a key");
    static final Failure REFUSED = new Failure("refused", 400, "Talkdesk refused the item", "call-1");
    static final Failure UNAVAILABLE = new Failure("unavailable", 503, "Talkdesk answered 503", "call-2");
    static final String CHANNEL = "/data/ContactChangeEvent";

    Store store;
    Inbox inbox;
    JdbcLedger ledger;

    /** What stands between the store and its database. */
    final FaultyDataSource.Faults faults = new FaultyDataSource.Faults();

    /** Opens the database of this test; the second time the same one again. */
    abstract Store open(String now, UnaryOperator<DataSource> tap);

    /** Makes the database of this test an empty one. */
    void empty() {}

    @BeforeEach
    void start() {
        store = open(NOW, source -> FaultyDataSource.of(source, faults));
        empty();
        store.write("test", transaction -> {
            transaction.change("create table if not exists test_clock (ms bigint)");
            transaction.change("delete from test_clock");
            return transaction.change("insert into test_clock (ms) values (:now)", with("now", START));
        });
        inbox = Inbox.open(store, SETTINGS);
        // On a busy machine a look takes long, and would be shown again.
        ledger = new JdbcLedger(store, Long.MAX_VALUE);
    }

    @AfterEach
    void stop() {
        faults.heal();
        if (store != null) {
            store.close();
        }
    }

    void advance(Duration by) {
        store.write("test", transaction -> transaction.change("update test_clock set ms = ms + :by", with("by", by)));
    }

    // ---- words of the tests

    static InboxSettings byTime(Supplier<Instant> salesforce) {
        return new InboxSettings(
                GIVE_UP_AFTER,
                SESSION_TTL,
                SETTINGS.retention(),
                "a key",
                Duration.ZERO,
                0,
                Duration.ofHours(1),
                salesforce);
    }

    static DeletionRequest request(String recordList, String externalId) {
        return request(recordList, Identifier.external("salesforce", externalId), "tx-" + externalId + "/1");
    }

    static DeletionRequest request(String recordList, Identifier identifier, String eventKey) {
        return new DeletionRequest(
                recordList, identifier, eventKey, Origin.STREAM, START.minusSeconds(5), DeletionState.PENDING);
    }

    static Intake intake(DeletionRequest... requests) {
        return new Intake(List.of(requests), List.of(), null);
    }

    static StreamPosition position(Subscription subscription, int... replayId) {
        byte[] bytes = new byte[replayId.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) replayId[i];
        }
        return new StreamPosition(CHANNEL, bytes, subscription.position().epoch());
    }

    static List<Long> ids(List<Batch> batches) {
        return batches.stream().flatMap(batch -> batch.ids().stream()).toList();
    }

    /** The rows as whoever has claimed them would hand them back; those that nobody has claimed bear no claim. */
    List<ClaimedDeletion> claimed(List<Long> ids) {
        return claimed(store, ids);
    }

    static List<ClaimedDeletion> claimed(Store store, List<Long> ids) {
        return store.read(
                "test",
                transaction -> transaction.list(
                        "select id, record_list, session from deletion where id {in :ids} order by id",
                        with("ids", ids),
                        row -> new ClaimedDeletion(
                                row.getLong("id"),
                                row.getString("record_list"),
                                Identifier.external("salesforce", "any"),
                                0,
                                0,
                                row.getString("session"))));
    }

    static List<ClaimedDeletion> deletions(List<Batch> batches) {
        return batches.stream().flatMap(batch -> batch.deletions().stream()).toList();
    }

    static Filter all() {
        return new Filter(null, null, null, 100_000, null);
    }

    List<Long> acceptMany(String recordList, int count) {
        return acceptMany(recordList, recordList, count);
    }

    List<Long> acceptMany(String recordList, String name, int count) {
        List<DeletionRequest> requests = IntStream.range(0, count)
                .mapToObj(i -> request(recordList, name + "-" + i))
                .toList();
        return inbox.intakes().accept(new Intake(requests, List.of(), null)).ids();
    }

    List<Long> park(String recordList, int count, Failure failure) {
        acceptMany(recordList, failure.code() + recordList, count);
        List<Long> ids = ids(inbox.queue().claim(1, 100_000));
        inbox.queue().park(claimed(ids), failure);
        return ids;
    }

    List<Long> found(DeletionState state, String recordList, String externalId, int limit, Long before) {
        return ledger.find(new Filter(state, recordList, externalId, limit, before)).stream()
                .map(Entry::id)
                .toList();
    }

    byte[] savedReplayId() {
        return ledger.position(CHANNEL).orElseThrow().replayId();
    }

    String everyColumn(long id) {
        return store.read(
                        "test",
                        transaction ->
                                transaction.first("select * from deletion where id = :id", with("id", id), row -> {
                                    StringBuilder text = new StringBuilder();
                                    for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                                        text.append(row.getString(i)).append(' ');
                                    }
                                    return text.toString();
                                }))
                .orElseThrow();
    }

    static <T> List<T> together(Callable<T> first, Callable<T> second) throws Exception {
        return together(List.of(first, second));
    }

    static <T> List<T> together(List<Callable<T>> tasks) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
        CountDownLatch start = new CountDownLatch(tasks.size());
        try {
            List<Future<T>> futures = new ArrayList<>();
            for (Callable<T> task : tasks) {
                futures.add(threads.submit(() -> {
                    start.countDown();
                    start.await();
                    return task.call();
                }));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get(30, TimeUnit.SECONDS));
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }
}
