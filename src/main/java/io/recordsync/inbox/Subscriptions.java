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

/**
 * Who subscribes to a channel, and the position that is saved for it: the statements, each run in a transaction of
 * {@link JdbcIntakes}.
 */
final class Subscriptions {

    private Subscriptions() {}

    /**
     * A live session of somebody else that was heard of as the subscriber lately stands in the way; a dead or a silent one,
     * or this one, does not.
     */
    private static final String SUBSCRIBE =
            """
            insert into stream_position (channel, epoch, session, first_start, seen_at)
            select :channel, 1, id, {now}, {now} from session where id = :session and seen_at > {now} - :ttl
            on conflict (channel) do update set epoch = stream_position.epoch + 1, session = excluded.session,
                   seen_at = excluded.seen_at
            where stream_position.session = excluded.session
               or stream_position.seen_at <= {now} - :ttl
               or not exists (
                 select 1 from session where id = stream_position.session and seen_at > {now} - :ttl)
            returning channel, epoch, replay_id, first_start, {now} - coalesce(saved_at, {now}) as silence""";

    static Optional<Subscription> subscribe(Transaction transaction, String channel, String session, Duration ttl)
            throws SQLException {
        return transaction.first(
                SUBSCRIBE,
                with("channel", channel).and("session", session).and("ttl", ttl),
                Subscriptions::subscription);
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
                select 1 from deletion where origin = 'sweep' and state in ('pending', 'held') limit 1) one) as adoptable""";

    private static final String SAVE_POSITION =
            "update stream_position set replay_id = :replay_id, saved_at = {now}, seen_at = {now}"
                    + " where channel = :channel and epoch = :epoch" + ADOPTABLE;

    /** Takes the row's lock, as saving does: until the commit no other session can take over. */
    private static final String HOLD =
            "update stream_position set seen_at = {now} where channel = :channel and epoch = :epoch" + ADOPTABLE;

    /**
     * Proves that the subscription is still ours; to be called first in a transaction that depends on it.
     *
     * @return whether there may be rows for events to adopt
     */
    static boolean hold(Transaction transaction, StreamPosition position) throws SQLException {
        return adoptable(transaction, HOLD, subscription(position), position);
    }

    /** Likewise, and saves the position. */
    static boolean save(Transaction transaction, StreamPosition position) throws SQLException {
        return adoptable(
                transaction, SAVE_POSITION, subscription(position).and("replay_id", position.replayId()), position);
    }

    private static boolean adoptable(
            Transaction transaction, String sql, Parameters parameters, StreamPosition position) throws SQLException {
        return transaction
                .first(sql, parameters, row -> row.getInt("adoptable") > 0)
                .orElseThrow(() -> lost(position));
    }

    private static final String KEEP =
            "update stream_position set seen_at = {now} where channel = :channel and epoch = :epoch";

    /** @throws SubscriptionLostException when the subscription is not ours any more */
    static int keep(Transaction transaction, StreamPosition position) throws SQLException {
        int kept = transaction.change(KEEP, subscription(position));
        if (kept == 0) {
            throw lost(position);
        }
        return kept;
    }

    private static Parameters subscription(StreamPosition position) {
        return with("channel", position.channel()).and("epoch", position.epoch());
    }

    private static SubscriptionLostException lost(StreamPosition position) {
        return new SubscriptionLostException(
                "Another session subscribes to %s now (this one holds epoch %s, which is over); nothing was written, what was read is left to it"
                        .formatted(position.channel(), position.epoch()));
    }
}
