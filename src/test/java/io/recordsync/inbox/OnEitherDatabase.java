package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.deletion.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.function.UnaryOperator;
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
        ledger = new JdbcLedger(store);
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
}
