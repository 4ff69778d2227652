package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.deletion.Batch;
import io.recordsync.deletion.ClaimedDeletion;
import io.recordsync.deletion.Identifier;
import io.recordsync.inbox.Lanes.Lane;
import io.recordsync.inbox.database.JsonRows;
import io.recordsync.inbox.database.Parameters;
import io.recordsync.inbox.database.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The rows of some lanes that a session has just taken.
 *
 * @param byLane in the order of the lanes
 */
record Claim(Map<Lane, List<Row>> byLane) {

    static final Claim NOTHING = new Claim(Map.of());

    /** Both; they have no lane in common. */
    Claim and(Claim other) {
        Map<Lane, List<Row>> both = new LinkedHashMap<>(byLane);
        both.putAll(other.byLane);
        return new Claim(both);
    }

    /** The same, in the order of these lanes. */
    Claim inOrderOf(List<Lane> lanes) {
        Map<Lane, List<Row>> ordered = new LinkedHashMap<>();
        lanes.forEach(lane -> ordered.put(lane, byLane.get(lane)));
        return new Claim(ordered);
    }

    /** A row as it was claimed; {@code dueAt} is only for the order. */
    record Row(ClaimedDeletion deletion, long dueAt) {

        static final Comparator<Row> OLDEST_FIRST = Comparator.comparingLong(Row::dueAt)
                .thenComparing(row -> row.deletion().id());
    }

    /** Of a row: it is one of {@code :ids}, and bears the claim {@code :claim} still. */
    static final String BORNE =
            "id {in :ids} and claim = (select number from claim where name = :claim) and state = {claimed}";

    private static final String BEAR = "insert into claim (name) values (:claim) on conflict do nothing";

    /** Needs a live session: one that was silent for too long may have been taken for dead already. */
    private static final String TAKE =
            """
            update deletion_row set state = {claimed}, claim = (select number from claim where name = :claim)
            where id {due :lanes :limit}
              and exists (select 1 from session where id = :session and seen_at > {now} - :ttl)
            returning id, lane, identifier, attempts, unconfirmed, due_at,
              (select find.listed_as from presence_find find where find.deletion = deletion_row.id) as listed_as""";

    private static final String TAKE_LOOKED = TAKE.replace("\nreturning", " and " + CatchUps.LOOKED + "\nreturning");

    /**
     * @param limit rows of each lane
     * @param name what the rows bear while they are claimed
     */
    static Claim take(Transaction transaction, List<Lane> lanes, long limit, String session, String name, Duration ttl)
            throws SQLException {
        Map<Lane, List<Row>> byLane = new LinkedHashMap<>();
        Map<Integer, Place> byNumber = new HashMap<>();
        for (Lane lane : lanes) {
            List<Row> rows = new ArrayList<>();
            byLane.put(lane, rows);
            lane.providers()
                    .forEach(provider -> byNumber.put(provider.number(), new Place(lane, provider.name(), rows)));
        }
        if (lanes.isEmpty()) {
            return new Claim(byLane);
        }
        transaction.change(BEAR, with("claim", name));
        String take = lanes.stream().anyMatch(Lane::lookFirst) ? TAKE_LOOKED : TAKE;
        Parameters of = with("session", session).and("claim", name).and("ttl", ttl);
        for (Map.Entry<Long, JsonRows> share : Lanes.shares(lanes, limit).entrySet()) {
            transaction.list(take, of.and("lanes", share.getValue()).and("limit", share.getKey()), row -> {
                Place place = byNumber.get(row.getInt("lane"));
                return place.rows().add(claimed(row, place, name));
            });
        }
        return new Claim(byLane);
    }

    /** What the number of a lane stands for, and where its rows go. */
    private record Place(Lane lane, String provider, List<Row> rows) {}

    private static Row claimed(ResultSet row, Place place, String name) throws SQLException {
        // Talkdesk finds a record by its external id as the list holds it.
        String listedAs = row.getString("listed_as");
        String value = listedAs == null || listedAs.isEmpty() ? row.getString("identifier") : listedAs;
        Identifier identifier = new Identifier(place.lane().kind(), place.provider(), value);
        return new Row(
                new ClaimedDeletion(
                        row.getLong("id"),
                        place.lane().recordList(),
                        identifier,
                        row.getInt("attempts"),
                        row.getInt("unconfirmed"),
                        name),
                row.getLong("due_at"));
    }

    List<ClaimedDeletion> deletions() {
        return byLane.values().stream()
                .flatMap(Collection::stream)
                .map(Row::deletion)
                .toList();
    }

    List<Lane> lanes() {
        return List.copyOf(byLane.keySet());
    }

    /** The first batch of every lane, then the second of every lane, and so on. */
    List<Batch> batches(int size) {
        List<Batch> batches = new ArrayList<>();
        int longest = byLane.values().stream().mapToInt(List::size).max().orElse(0);
        byLane.values().forEach(rows -> rows.sort(Row.OLDEST_FIRST));
        for (int from = 0; from < longest; from += size) {
            for (List<Row> rows : byLane.values()) {
                if (from < rows.size()) {
                    List<Row> batch = rows.subList(from, Math.min(from + size, rows.size()));
                    batches.add(new Batch(batch.stream().map(Row::deletion).toList()));
                }
            }
        }
        return batches;
    }
}
