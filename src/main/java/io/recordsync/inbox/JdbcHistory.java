package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.Origin;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;

/**
 * The history on JDBC: counted in this process, and added to the minute of the database's clock by {@link #flush}.
 *
 * <p>What was counted since the last flush is lost with the process; the deletions themselves never are. Thread-safe.
 */
public final class JdbcHistory implements History, Tally {

    private final Store store;
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong deleted = new AtomicLong();
    private final AtomicLong parked = new AtomicLong();

    public JdbcHistory(Store store) {
        this.store = store;
    }

    @Override
    public void accepted(Origin origin, int rows) {
        accepted.addAndGet(rows);
    }

    @Override
    public void settled(Confirmation confirmation, List<Settled> rows) {
        deleted.addAndGet(rows.size());
    }

    @Override
    public void parked(int rows) {
        parked.addAndGet(rows);
    }

    private static final String ADD =
            """
            insert into history (minute, accepted, deleted, parked) values ({now} / 60000, :accepted, :deleted, :parked)
            on conflict (minute) do update set accepted = history.accepted + excluded.accepted,
                   deleted = history.deleted + excluded.deleted, parked = history.parked + excluded.parked""";

    /** One statement, and none where nothing happened. */
    public void flush() {
        long newlyAccepted = accepted.get();
        long newlyDeleted = deleted.get();
        long newlyParked = parked.get();
        if (newlyAccepted + newlyDeleted + newlyParked == 0) {
            return;
        }
        store.write(
                "add to the history",
                transaction -> transaction.change(
                        ADD,
                        with("accepted", newlyAccepted)
                                .and("deleted", newlyDeleted)
                                .and("parked", newlyParked)));
        // Not before: what a database that is away did not take is added by the next flush.
        accepted.addAndGet(-newlyAccepted);
        deleted.addAndGet(-newlyDeleted);
        parked.addAndGet(-newlyParked);
    }

    private static final String MINUTE = "select {now} / 60000 as minute";

    private static final String STEPS =
            """
            select minute / :step as step, sum(accepted) as accepted, sum(deleted) as deleted, sum(parked) as parked
            from history where minute >= :from group by step""";

    @Override
    public List<Point> points(Duration step, int steps) {
        long minutes = step.toMinutes();
        return store.read("read the history", transaction -> {
            long last = transaction.first(MINUTE, row -> row.getLong("minute")).orElseThrow() / minutes;
            long first = last - steps + 1;
            Map<Long, Point> counted = new HashMap<>();
            transaction.list(
                    STEPS,
                    with("step", minutes).and("from", first * minutes),
                    row -> counted.put(
                            row.getLong("step"),
                            new Point(
                                    start(row.getLong("step"), minutes),
                                    row.getLong("accepted"),
                                    row.getLong("deleted"),
                                    row.getLong("parked"))));
            return LongStream.rangeClosed(first, last)
                    .mapToObj(at -> counted.getOrDefault(at, new Point(start(at, minutes), 0, 0, 0)))
                    .toList();
        });
    }

    private static Instant start(long step, long minutes) {
        return Instant.ofEpochMilli(TimeUnit.MINUTES.toMillis(step * minutes));
    }
}
