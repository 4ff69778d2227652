package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.deletion.Commit;
import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.DeletionState;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.IdentifierKind;
import io.recordsync.deletion.Origin;
import io.recordsync.deletion.Word;
import io.recordsync.inbox.Guard.Arrival;
import io.recordsync.inbox.Guard.Contact;
import io.recordsync.inbox.Guard.Look;
import io.recordsync.inbox.database.JsonRows;
import io.recordsync.inbox.database.Numbers;
import io.recordsync.inbox.database.Parameters;
import io.recordsync.inbox.database.Transaction;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How deletions become rows, each once: the statements, each run in a transaction of {@link JdbcIntakes}. */
final class NewDeletions {

    private final PhoneSeal seal;
    private final Duration holdWindow;

    NewDeletions(PhoneSeal seal, Duration holdWindow) {
        this.seal = seal;
        this.holdWindow = holdWindow;
    }

    private static final String INSERT =
            """
            insert into deletion_row (lane, identifier, event_key, committed_at, hmac, commit_number, sequence,
                                      origin, state, note, approved_by, accepted_at, due_at, pending_since)
            select\s""";

    /** What the rows of nearly every response have in common: a column that is taken from JSON costs each row as much as two others. */
    private static final String INSERT_ALIKE = insertTold(":origin", ":state", ":note", ":approved_by", ":wait");

    private static final String INSERT_TOLD =
            insertTold("value ->> 7", "value ->> 8", "value ->> 9", "value ->> 10", "value ->> 11");

    /** Of a lane that has not the number that is known of it there is no row, and nothing is accepted. */
    private static String insertTold(String origin, String state, String note, String approvedBy, String wait) {
        return INSERT + "case when " + LaneNumbers.PROVEN
                + """
                 then cast(value ->> 0 as integer) end, value ->> 1, {bytes value ->> 2}, cast(value ->> 3 as bigint),
                       value ->> 4, cast(value ->> 5 as bigint), cast(value ->> 6 as integer), cast(%1$s as integer),
                       cast(%2$s as integer), cast(%3$s as text), cast(%4$s as text), {now},
                       {now} + cast(%5$s as bigint), {now} + cast(%5$s as bigint)
                from {rows :deletions} where true
                on conflict do nothing returning id"""
                        .formatted(origin, state, note, approvedBy, wait);
    }

    private static final String RESTORED =
            """
            exists (
              select 1 from restoration
              where restoration.identifier = value ->> 3 and restoration.provider = value ->> 2 and\s""";

    private static final String FOUND_AT = "cast(value ->> 6 as bigint)";

    /** The order is not known, or only a gap event told of the restoration. */
    private static final String PERHAPS_RESTORED =
            RESTORED + Order.perhapsAfter(FOUND_AT) + " and state in ('checking', 'confirmed'))";

    private static final String CERTAINLY_RESTORED = RESTORED + Order.after(FOUND_AT) + " and state = 'confirmed')";

    /**
     * What a person refused has not been overtaken: by another deletion of the record, or by a restoration of the contact; where
     * Salesforce just does not show the contact, a restoration is no reason to ask again.
     */
    private static final String STANDS =
            """
            not exists (
              select 1 from deletion_row later
              where later.identifier = known.identifier and later.lane + 0 = known.lane and later.id + 0 > known.id
                and not (later.state = {cancelled} and later.settled_by <> ''))
            and (value ->> 13 <> '' or not exists (
              select 1 from restoration
              where restoration.identifier = known.identifier and restoration.provider = value ->> 2
                and restoration.state = 'confirmed' and restoration.committed_at >= known.committed_at))""";

    /**
     * What was found by asking, not told: not where a row of the same record or a later restoration knows better. A sweep's
     * find is as old as its change; the presence check says what is so now, unless it is being done or a person said no.
     * Where a gap event alone tells of the restoration, or nobody knows which came first, it waits for Salesforce's answer:
     * skipped, it would be lost if that is no. A person's no is about what was known then: not where the contact was deleted again or
     * restored since, nor where it was about an order of a person. So it does where a row of the same second was cancelled
     * because the contact lived. A sign of a deletion that is later than what was refused is news. What waits for a person, because
     * there is no sign, goes nowhere without that. Within a {@code case} PostgreSQL looks each contact up; as a join it would walk
     * through the whole past where its statistics are older than that.
     */
    private static final String INSERT_FOUND = INSERT
            + LaneNumbers.of("value")
            + """
            , value ->> 3, {bytes value ->> 4}, cast(value ->> 6 as bigint), value ->> 8, null, null,
                   cast(value ->> 5 as integer), case when value ->> 13 <> '' then {held} when\s"""
            + PERHAPS_RESTORED
            + """
             then {checking} else cast(value ->> 7 as integer) end, value ->> 9, value ->> 11,
                   {now}, {now} + cast(value ->> 10 as bigint), {now} + cast(value ->> 10 as bigint)
            from {rows :deletions} where
            case when exists (
              select 1 from deletion_row known
              where known.identifier = value ->> 3 and known.lane + 0 =\s"""
            + LaneNumbers.of("value")
            + """

                and case cast(value ->> 5 as integer)
                      when {sweep} then known.committed_at >= cast(value ->> 6 as bigint) + case
                        when known.state = {cancelled} and known.failure_code in ('restored', 'living') then 1000 else 0 end
                        or cast(value ->> 6 as bigint) <=\s"""
            + Merges.SEEN_AT
            + """

                      else case known.state
                        when {deleted} then known.settled_at >= cast(value ->> 6 as bigint)
                        when {cancelled} then known.settled_by <> '' and known.origin <> {api}
                          and coalesce(cast(value ->> 12 as bigint) <= known.committed_at
                            or cast(value ->> 12 as bigint) <=\s"""
            + Merges.SEEN_AT
            + """
            , true) and\s"""
            + STANDS
            + """

                        else true end
                    end) then false else true end
            and case when\s"""
            + CERTAINLY_RESTORED
            + " then false else true end on conflict do nothing returning id, event_key, lane, identifier";

    /**
     * @param lanes all of theirs
     * @param adoptable whether there may be rows for events to adopt
     * @param look whether what would be pending is held, or passes by a person's word
     * @return the ids of those that were not known
     */
    List<Long> insert(
            Transaction transaction,
            List<DeletionRequest> requests,
            LaneNumbers.Numbered lanes,
            boolean adoptable,
            Look look)
            throws SQLException {
        List<DeletionRequest> told = new ArrayList<>();
        JsonRows adopting = new JsonRows();
        JsonRows found = new JsonRows();
        for (DeletionRequest request : requests) {
            switch (request.origin()) {
                case STREAM -> {
                    told.add(request);
                    // A gap event's word is worth less than what the sweep saw: it adopts nothing.
                    if (adoptable && request.state() == DeletionState.PENDING) {
                        add(adopting, request, look);
                    }
                }
                case API -> told.add(request);
                case SWEEP, RECONCILE -> add(found, request, look);
            }
        }
        if (!adopting.isEmpty()) {
            Adoption.adopt(transaction, adopting);
        }
        List<Long> ids = new ArrayList<>(told(transaction, told, lanes, look));
        List<Inserted> asked = found(transaction, found);
        remember(transaction, asked, requests);
        if (requests.stream()
                .anyMatch(request -> found(request) && !request.note().isEmpty())) {
            Merges.note(transaction, found);
        }
        asked.forEach(row -> ids.add(row.id()));
        return ids;
    }

    /** What was found, as it was written. */
    private record Inserted(long id, String eventKey, int lane, String identifier) {}

    private List<Long> told(
            Transaction transaction, List<DeletionRequest> requests, LaneNumbers.Numbered lanes, Look look)
            throws SQLException {
        if (requests.isEmpty()) {
            return List.of();
        }
        Common common = common(requests.get(0), look);
        boolean alike =
                requests.stream().allMatch(request -> common(request, look).equals(common));
        JsonRows rows = new JsonRows();
        for (DeletionRequest request : requests) {
            if (alike) {
                addAlike(rows, request, lanes);
            } else {
                addTold(rows, request, lanes, look);
            }
        }
        Parameters parameters = lanes.proof().and("deletions", rows);
        return alike
                ? transaction.list(
                        INSERT_ALIKE,
                        parameters
                                .and("origin", common.origin())
                                .and("state", common.state())
                                .and("note", common.note())
                                .and("approved_by", common.approvedBy())
                                .and("wait", common.waitMillis()),
                        row -> row.getLong("id"))
                : transaction.list(INSERT_TOLD, parameters, row -> row.getLong("id"));
    }

    private static List<Inserted> found(Transaction transaction, JsonRows deletions) throws SQLException {
        return deletions.isEmpty()
                ? List.of()
                : transaction.list(
                        INSERT_FOUND,
                        with("deletions", deletions),
                        row -> new Inserted(
                                row.getLong("id"),
                                EventKey.text(row.getBytes("event_key")),
                                row.getInt("lane"),
                                row.getString("identifier")));
    }

    private record Key(String eventKey, int lane, String identifier) {}

    /** What the presence check knows of those that are new. */
    private static void remember(Transaction transaction, List<Inserted> inserted, List<DeletionRequest> requests)
            throws SQLException {
        if (inserted.isEmpty() || requests.stream().allMatch(request -> request.find() == null)) {
            return;
        }
        Map<LaneNumbers.Name, Integer> lanes = LaneNumbers.read(transaction, LaneNumbers.names(requests));
        Map<Key, DeletionRequest> byKey = new HashMap<>();
        requests.forEach(request -> byKey.put(
                new Key(
                        request.eventKey(),
                        lanes.get(LaneNumbers.Name.of(request).stored()),
                        request.identifier().value()),
                request));
        JdbcSigns.remember(
                transaction,
                inserted.stream()
                        .map(row -> new JdbcSigns.Written(
                                row.id(), byKey.get(new Key(row.eventKey(), row.lane(), row.identifier()))))
                        .toList());
    }

    /** What the deletions of a response rarely differ in, as it is written. */
    private record Common(int origin, int state, String note, String approvedBy, long waitMillis) {}

    private Common common(DeletionRequest request, Look look) {
        return new Common(
                Numbers.of(request.origin()),
                Numbers.of(state(request, look)),
                request.note(),
                approvedBy(request, look),
                waitMillis(request));
    }

    /** As {@link #INSERT_ALIKE} takes it. */
    private void addAlike(JsonRows rows, DeletionRequest request, LaneNumbers.Numbered lanes) {
        rows.add(
                lanes.of(request),
                request.identifier().value(),
                EventKey.digits(request.eventKey()),
                request.committedAt().toEpochMilli(),
                sealed(request.identifier()),
                Commit.number(request.commit()),
                Commit.sequence(request.commit()));
    }

    /** As {@link #INSERT_TOLD} takes it. */
    private void addTold(JsonRows rows, DeletionRequest request, LaneNumbers.Numbered lanes, Look look) {
        Common own = common(request, look);
        rows.add(
                lanes.of(request),
                request.identifier().value(),
                EventKey.digits(request.eventKey()),
                request.committedAt().toEpochMilli(),
                sealed(request.identifier()),
                Commit.number(request.commit()),
                Commit.sequence(request.commit()),
                own.origin(),
                own.state(),
                own.note(),
                own.approvedBy(),
                own.waitMillis());
    }

    /** As {@link #INSERT_FOUND} takes it, and what looks for rows that are known already. */
    private void add(JsonRows rows, DeletionRequest request, Look look) {
        Identifier identifier = request.identifier();
        rows.add(
                request.recordList(),
                Word.underscored(identifier.kind()),
                identifier.provider(),
                identifier.value(),
                EventKey.digits(request.eventKey()),
                Numbers.of(request.origin()),
                request.committedAt().toEpochMilli(),
                Numbers.of(state(request, look)),
                sealed(identifier),
                request.note(),
                waitMillis(request),
                approvedBy(request, look),
                request.find() == null || request.find().signedAt() == null
                        ? null
                        : request.find().signedAt().toEpochMilli(),
                request.heldReason() == null ? "" : Word.underscored(request.heldReason()),
                Commit.number(request.commit()),
                Commit.sequence(request.commit()));
    }

    /** What a person asked for stands whatever comes meanwhile. */
    private long waitMillis(DeletionRequest request) {
        return request.origin() == Origin.API ? 0 : holdWindow.toMillis();
    }

    private static String approvedBy(DeletionRequest request, Look look) {
        return request.heldReason() == null ? look.openedBy() : "";
    }

    private static DeletionState state(DeletionRequest request, Look look) {
        if (request.mergeAsked() && request.state() == DeletionState.PENDING) {
            return DeletionState.CHECKING;
        }
        return look.tripped() && request.state() == DeletionState.PENDING ? DeletionState.HELD : request.state();
    }

    /** Of a phone number; null of any other. */
    private String sealed(Identifier identifier) {
        return identifier.kind() == IdentifierKind.PHONE ? seal.of(identifier.value()) : null;
    }

    /** What waits for a person for another reason is none of the guard's. */
    private static final String ARRIVALS = "select " + Arrival.COLUMNS + " from deletion_row where id {in :ids}"
            + " and not exists (select 1 from held where held.deletion = deletion_row.id)";

    /** Where nothing was known before, what was asked for is what was written, and need not be read back. */
    List<Arrival> arrivals(Transaction transaction, List<Long> ids, List<DeletionRequest> requests, Look look)
            throws SQLException {
        boolean all = ids.size() == requests.size();
        if (!all || requests.stream().anyMatch(NewDeletions::found)) {
            return ids.isEmpty() ? List.of() : transaction.list(ARRIVALS, with("ids", ids), Arrival::of);
        }
        return requests.stream()
                .map(request -> new Arrival(state(request, look), contact(request.identifier())))
                .toList();
    }

    /** Whether Salesforce was asked for it, so that it may have changed since. */
    static boolean found(DeletionRequest request) {
        return request.origin() == Origin.SWEEP || request.origin() == Origin.RECONCILE;
    }

    private Contact contact(Identifier identifier) {
        String sealed = sealed(identifier);
        return new Contact(
                sealed == null ? identifier.value() : sealed,
                identifier.provider(),
                Word.underscored(identifier.kind()));
    }
}
