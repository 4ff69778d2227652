package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.deletion.StreamPosition;
import io.recordsync.inbox.Intakes.Subscription;
import io.recordsync.inbox.database.Parameters;
import io.recordsync.inbox.database.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Who subscribes to a channel, and the position that is saved for it: the statements, each run in a transaction of
 * {@link JdbcIntakes}.
 *
 * <p>A position is saved only over the one that this session read or saved last. The row bears a number that rises with each
 * save: the replay id alone does not tell two saves apart, and an epoch may be given out twice. Thread-safe.
 */
final class Subscriptions {

    private final JdbcSession session;
    private final Duration ttl;
    /** Null while this process does not subscribe. */
    private volatile Held held;

    Subscriptions(JdbcSession session, Duration ttl) {
        this.session = session;
        this.ttl = ttl;
    }

    /** What the row of a channel holds, by what this session read and wrote there. */
    private static final class Held {

        private final String session;
        private final String channel;
        private final long epoch;
        private volatile long turn;
        /** More than {@code turn} where a commit was not answered. */
        private volatile long triedTurn;

        private byte[] replayId;
        /** What a commit that was not answered may have saved. */
        private byte[] triedReplayId;

        Held(String session, StreamPosition position, long turn) {
            this.session = session;
            this.channel = position.channel();
            this.epoch = position.epoch();
            this.turn = turn;
            this.triedTurn = turn;
            this.replayId = position.replayId();
            this.triedReplayId = replayId;
        }
    }

    /**
     * A live session of somebody else that was heard of as the subscriber lately stands in the way; a dead or a silent one,
     * or this one, does not.
     */
    private static final String SUBSCRIBE =
            """
            insert into stream_position (channel, epoch, session, first_start, seen_at, turn)
            select :channel, 1, id, coalesce(:salesforce, {now}), {now}, :turn
            from session where id = :session and seen_at > {now} - :ttl
            on conflict (channel) do update set epoch = stream_position.epoch + 1, session = excluded.session,
                   seen_at = excluded.seen_at, turn = excluded.turn,
                   first_start = case when stream_position.first_start = 0 then excluded.first_start
                                 else stream_position.first_start end
            where stream_position.session = excluded.session
               or stream_position.seen_at <= {now} - :ttl
               or not exists (
                 select 1 from session where id = stream_position.session and seen_at > {now} - :ttl)
            returning channel, epoch, replay_id, first_start, {now} - coalesce(saved_at, {now}) as silence""";

    /**
     * To be followed by {@link #subscribed} after the commit.
     *
     * @param salesforceMillis when a first start is, because events bear Salesforce's times; null = by the database's clock
     */
    Optional<Subscription> subscribe(
            Transaction transaction, String channel, String mine, long turn, Long salesforceMillis)
            throws SQLException {
        return transaction.first(
                SUBSCRIBE,
                with("channel", channel)
                        .and("session", mine)
                        .and("turn", turn)
                        .and("salesforce", salesforceMillis)
                        .and("ttl", ttl),
                Subscriptions::subscription);
    }

    /** Of 62 bits, so that there is room above it. */
    static long firstTurn() {
        return ThreadLocalRandom.current().nextLong(1L << 62);
    }

    void subscribed(StreamPosition position, String mine, long turn) {
        held = new Held(mine, position, turn);
    }

    private static Subscription subscription(ResultSet row) throws SQLException {
        return new Subscription(
                new StreamPosition(row.getString("channel"), row.getBytes("replay_id"), row.getLong("epoch")),
                Instant.ofEpochMilli(row.getLong("first_start")),
                Duration.ofMillis(Math.max(0, row.getLong("silence"))));
    }

    /** Says whether there is anything that an event might adopt: there hardly ever is, and looking costs a statement. */
    private static final String ADOPTABLE =
            """

            returning (
              select count(*) from (
                select 1 from deletion_row where origin = {sweep} and state in ({pending}, {held}) limit 1) one) as adoptable""";

    private static final String OURS =
            " where channel = :channel and epoch = :epoch and turn >= :least and turn < :next"
                    + " and (replay_id is not distinct from :known or replay_id is not distinct from :tried)";

    private static final String SAVE_POSITION =
            "update stream_position set replay_id = :replay_id, saved_at = {now}, seen_at = {now}, turn = :next" + OURS
                    + ADOPTABLE;

    /** Takes the row's lock, as saving does: until the commit no other session can take over. */
    private static final String HOLD = "update stream_position set seen_at = {now}, turn = :next" + OURS + ADOPTABLE;

    /** What is to be done after the commit: then it is known what the row holds. */
    record Saved(boolean adoptable, Runnable committed) {}

    /**
     * Proves that the subscription is still ours; to be called first in a transaction that depends on it.
     *
     * @throws SubscriptionLostException when another session has it, or this one has to subscribe again
     * @throws WentBackException when the row is not what this session wrote last
     */
    Saved hold(Transaction transaction, StreamPosition position) throws SQLException {
        Held mine = held(position);
        long next = next(mine);
        Optional<Boolean> adoptable = transaction.first(HOLD, ours(mine, next), Subscriptions::adoptable);
        if (adoptable.isEmpty()) {
            throw lost(transaction, mine, position);
        }
        return saved(mine, next, mine.replayId, adoptable.get());
    }

    /** Likewise, and saves the position. */
    Saved save(Transaction transaction, StreamPosition position) throws SQLException {
        Held mine = held(position);
        long next = next(mine);
        Parameters parameters = ours(mine, next).and("replay_id", position.replayId());
        mine.triedReplayId = position.replayId();
        Optional<Boolean> adoptable = transaction.first(SAVE_POSITION, parameters, Subscriptions::adoptable);
        if (adoptable.isEmpty()) {
            throw lost(transaction, mine, position);
        }
        return saved(mine, next, position.replayId(), adoptable.get());
    }

    private static Boolean adoptable(ResultSet row) throws SQLException {
        return row.getInt("adoptable") > 0;
    }

    private static Saved saved(Held mine, long next, byte[] replayId, boolean adoptable) {
        return new Saved(adoptable, () -> {
            mine.turn = next;
            mine.replayId = replayId;
            mine.triedReplayId = replayId;
        });
    }

    private static final String KEEP = "update stream_position set seen_at = {now}, turn = :next" + OURS;

    /** Likewise; nothing else depends on it. */
    Saved keep(Transaction transaction, StreamPosition position) throws SQLException {
        Held mine = held(position);
        long next = next(mine);
        if (transaction.change(KEEP, ours(mine, next)) == 0) {
            throw lost(transaction, mine, position);
        }
        return saved(mine, next, mine.replayId, false);
    }

    /** What a session knew of the row ends with it. */
    private Held held(StreamPosition position) {
        Held mine = held;
        if (mine == null || mine.epoch != position.epoch() || !mine.channel.equals(position.channel())) {
            throw lost(position);
        }
        if (!mine.session.equals(session.id())) {
            throw new SubscriptionLostException("Another session of this process has begun, which has to subscribe to "
                    + position.channel() + " itself; nothing was written, what was read comes again");
        }
        return mine;
    }

    private static long next(Held mine) {
        mine.triedTurn++;
        return mine.triedTurn;
    }

    private static Parameters ours(Held mine, long next) {
        return with("channel", mine.channel)
                .and("epoch", mine.epoch)
                .and("least", mine.turn)
                .and("next", next)
                .and("known", mine.replayId)
                .and("tried", mine.triedReplayId);
    }

    private static final String ROW = "select epoch, turn from stream_position where channel = :channel";

    private record Row(long epoch, long turn) {

        static Row of(ResultSet row) throws SQLException {
            return new Row(row.getLong("epoch"), row.getLong("turn"));
        }
    }

    private RuntimeException lost(Transaction transaction, Held mine, StreamPosition position) throws SQLException {
        Optional<Row> found = transaction.first(ROW, with("channel", mine.channel), Row::of);
        return found.isPresent() && found.get().epoch() > mine.epoch
                ? lost(position)
                : wentBack(
                        mine,
                        "the database has gone back in time: the position of " + mine.channel
                                + " is not the one that was saved last");
    }

    private WentBackException wentBack(Held mine, String found) {
        return new WentBackException(session, mine.session, found);
    }

    /** On a connection that was not used before, which may lead to another server. */
    Void look(Transaction transaction) throws SQLException {
        Held mine = held;
        if (mine == null || !mine.session.equals(session.id()) || session.begins()) {
            return null;
        }
        long least = mine.turn;
        Optional<Row> row = transaction.first(ROW, with("channel", mine.channel), Row::of);
        boolean known = row.isPresent()
                && (row.get().epoch() > mine.epoch
                        || row.get().epoch() == mine.epoch
                                && row.get().turn() >= least
                                && row.get().turn() <= mine.triedTurn);
        if (!known) {
            throw wentBack(
                    mine,
                    "the database has gone back in time: the position of " + mine.channel
                            + " is not the one that was saved last");
        }
        return null;
    }

    private static SubscriptionLostException lost(StreamPosition position) {
        return new SubscriptionLostException(
                "Another session subscribes to %s now (this one holds epoch %s, which is over); nothing was written, what was read is left to it"
                        .formatted(position.channel(), position.epoch()));
    }
}
