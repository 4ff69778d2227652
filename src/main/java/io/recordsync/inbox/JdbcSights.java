package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.deletion.SightState;
import io.recordsync.inbox.database.JsonRows;
import io.recordsync.inbox.database.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** The sights on JDBC: a row for each entity. */
public final class JdbcSights implements Sights {

    /** Rows of the inbox that are looked through for the newest deletions: a contact has one for each list. */
    private static final int MAX_ROWS = 4_000;

    private final Store store;

    JdbcSights(Store store) {
        this.store = store;
    }

    private static final String KNOWN =
            """
            select entity, state, message, living, deletion, accepted_by <> '' as accepted, sign
            from sight where state <> '' order by entity""";

    @Override
    public List<Known> known() {
        return store.read("look what Salesforce shows", transaction -> transaction.list(KNOWN, JdbcSights::known));
    }

    private static final String ONE =
            """
            select entity, state, message, living, deletion, accepted_by <> '' as accepted, sign
            from sight where entity = :entity""";

    @Override
    public Optional<Known> known(String entity) {
        return store.read(
                "look what Salesforce shows",
                transaction -> transaction.first(ONE, with("entity", entity), JdbcSights::known));
    }

    private static Known known(ResultSet row) throws SQLException {
        String state = row.getString("state");
        long living = row.getLong("living");
        boolean counted = !row.wasNull();
        return new Known(
                row.getString("entity"),
                state.isEmpty() ? SightState.EMPTY : SightState.valueOf(state.toUpperCase(Locale.ROOT)),
                row.getString("message"),
                counted ? living : null,
                row.getLong("deletion"),
                row.getBoolean("accepted"),
                row.getString("sign"));
    }

    /** What Salesforce itself said, by the stream or when it was asked; what was taken back since is none. */
    private static final String TOLD =
            """
            lane + 0 in (select lane.id from lane where lane.kind = 'external') and origin in ({stream}, {sweep}) and state not in ({cancelled}, {checking})
              and exists (select 1 from {rows :prefixes} prefix where prefix.value ->> 0 = substr(identifier, 1, 3))""";

    private static final String NEWEST_TOLD =
            """
            select identifier, max(committed_at) as committed_at, max(id) as newest
            from (select id, identifier, lane, origin, state, committed_at from deletion_row order by id desc limit :rows) recent
            where committed_at >= {now} - :back and\s"""
                    + TOLD
                    + " group by identifier order by newest desc limit :limit";

    @Override
    public List<Told> told(Collection<String> prefixes, int limit) {
        return store.read(
                "look for deletions that Salesforce knows of",
                transaction -> transaction.list(
                        NEWEST_TOLD,
                        with("rows", MAX_ROWS)
                                .and("back", LOOK_BACK)
                                .and("prefixes", rows(prefixes))
                                .and("limit", limit),
                        row -> new Told(
                                row.getString("identifier"), Instant.ofEpochMilli(row.getLong("committed_at")))));
    }

    /** An expression is counted: PostgreSQL would walk the key of all rows, because that has the identifiers in their order. */
    private static final String TOLD_SINCE =
            "select count(distinct identifier || '') as contacts from deletion_row where id > :deletion and " + TOLD;

    @Override
    public long toldSince(long deletion, Collection<String> prefixes) {
        return store.read("count the deletions since", transaction -> transaction
                .first(
                        TOLD_SINCE,
                        with("deletion", deletion).and("prefixes", rows(prefixes)),
                        row -> row.getLong("contacts"))
                .orElseThrow());
    }

    private static JsonRows rows(Collection<String> prefixes) {
        JsonRows rows = new JsonRows();
        prefixes.forEach(rows::add);
        return rows;
    }

    @Override
    public long newestDeletion() {
        return store.read("look for the newest deletion", JdbcUntold::newest);
    }

    private static final String NOTE =
            """
            insert into sight (entity, state, message, living, deletion, sign, at)
            values (:entity, :state, :message, cast(:living as bigint), :deletion, :sign, {now})
            on conflict (entity) do update set state = excluded.state, message = excluded.message, at = excluded.at,
              living = coalesce(excluded.living, sight.living), counted = null,
              deletion = case when excluded.living is null then sight.deletion else excluded.deletion end,
              accepted_by = case when excluded.living > 0 then '' else sight.accepted_by end,
              sign = case when excluded.sign = '' then sight.sign else excluded.sign end""";

    private static final String NOTE_LOST =
            """
            insert into sight (entity, state, message, counted, at)
            values (:entity, :state, :message, cast(:living as bigint), {now})
            on conflict (entity) do update set state = excluded.state, message = excluded.message, at = excluded.at,
              counted = excluded.counted""";

    @Override
    public void note(Seen seen) {
        var lost = with("entity", seen.entity())
                .and("state", seen.state().name().toLowerCase(Locale.ROOT))
                .and("message", JsonRows.shortened(seen.message()))
                .and("living", seen.living());
        store.write(
                "note what Salesforce shows",
                transaction -> seen.state() == SightState.LOST
                        ? transaction.change(NOTE_LOST, lost)
                        : transaction.change(
                                NOTE, lost.and("deletion", seen.deletion()).and("sign", seen.sign())));
    }

    private static final String SIGN =
            "insert into sight (entity, sign) values (:entity, :sign) on conflict (entity) do update set sign = excluded.sign";

    @Override
    public void sign(String entity, String id) {
        store.write(
                "note a living record",
                transaction -> transaction.change(SIGN, with("entity", entity).and("sign", id)));
    }

    private static final String ACCEPT =
            """
            update sight set state = 'unsure', living = coalesce(counted, 0), counted = null, accepted_by = :user,
                   deletion = :newest, message = :message
            where state = 'lost'
              and exists (select 1 from {rows :entities} accepted where accepted.value ->> 0 = sight.entity)""";

    /** What is lost, and stays as it is until the commit. */
    private static final String LOST = "update sight set state = state where state = 'lost' returning entity, message";

    @Override
    public List<String> accept(String user, UnaryOperator<List<Lost>> shown) {
        String message =
                JsonRows.shortened("What Salesforce shows was accepted by " + user + "; the next sweep looks again");
        return store.write("accept what Salesforce shows", transaction -> {
            List<Lost> lost =
                    transaction.list(LOST, row -> new Lost(row.getString("entity"), row.getString("message")));
            List<Lost> accepted = shown == null ? lost : shown.apply(lost);
            if (shown != null && accepted.isEmpty()) {
                throw new NotAsShownException(
                        lost.isEmpty()
                                ? "Salesforce shows what it has to by now"
                                : "What Salesforce shows is by now: "
                                        + lost.stream().map(Lost::message).collect(Collectors.joining("; ")));
            }
            List<String> entities = accepted.stream().map(Lost::entity).sorted().toList();
            transaction.change(
                    ACCEPT,
                    with("user", user)
                            .and("message", message)
                            .and("newest", JdbcUntold.newest(transaction))
                            .and("entities", rows(entities)));
            return entities;
        });
    }

    private static final String FORGET = "delete from sight";

    /** What was seen of one org tells nothing about another. */
    static void forget(Transaction transaction) throws SQLException {
        transaction.change(FORGET);
    }
}
