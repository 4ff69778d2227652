package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.deletion.DeletionRequest;
import io.recordsync.deletion.Find;
import io.recordsync.deletion.Word;
import io.recordsync.inbox.Order.Restored;
import io.recordsync.inbox.database.JsonRows;
import io.recordsync.inbox.database.Transaction;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The signs on JDBC: each contact is looked up by an index, so that a long past costs nothing. */
public final class JdbcSigns implements Signs {

    /** Contacts in one statement. */
    private static final int STEP = 1_000;

    private final Store store;
    private final Guard guard;

    JdbcSigns(GuardedStore guarded) {
        this.store = guarded.store();
        this.guard = guarded.guard();
    }

    // ---- what is known

    /** A deletion is contradicted by a restoration after it, and by Salesforce's word that the contact lives. */
    private static final String DELETED_AT =
            """
            select value ->> 0 as contact, (
              select max(coalesce(
                  (select signed_at from presence_find find where find.deletion = deletion_row.id), deletion_row.committed_at))
              from deletion_row
              where deletion_row.identifier = value ->> 0 and deletion_row.lane + 0 in (
                  select lane.id from lane where lane.kind = 'external' and lane.provider = :provider)
                and deletion_row.state not in ({checking}, {cancelled}) and deletion_row.restored = ''
                and (deletion_row.origin in ({stream}, {sweep}) or deletion_row.origin = {reconcile} and (
                  select sign from presence_find find where find.deletion = deletion_row.id and find.sign <> 'none') is not null)
                and (select 1 from deletion_doubt doubt where doubt.deletion = deletion_row.id) is null
                and (select 1 from restoration
                     where restoration.identifier = value ->> 0 and restoration.provider = :provider
                       and restoration.state in ('checking', 'confirmed') and\s"""
                    + Order.perhapsBefore(Restored.ROW)
                    + """

                     limit 1) is null
                and (select 1 from deletion_row living
                     where living.identifier = value ->> 0 and living.lane + 0 in (
                         select lane.id from lane where lane.kind = 'external' and lane.provider = :provider)
                       and living.state = {cancelled} and living.failure_code = 'living'
                       and living.settled_at >= deletion_row.committed_at
                     limit 1) is null
            ) as deleted_at
            from {rows :contacts}""";

    private record Known(String contact, Instant at) {}

    @Override
    public Map<String, Instant> deletedAt(String provider, Collection<String> contacts) {
        Map<String, Instant> deletedAt = new HashMap<>();
        for (JsonRows rows : steps(contacts)) {
            store
                    .read(
                            "look for signs",
                            transaction -> transaction.list(
                                    DELETED_AT,
                                    with("contacts", rows).and("provider", provider),
                                    row -> new Known(row.getString("contact"), EntryRow.time(row, "deleted_at"))))
                    .stream()
                    .filter(known -> known.at() != null)
                    .forEach(known -> deletedAt.put(known.contact(), known.at()));
        }
        return deletedAt;
    }

    private static final String RESTORED_SINCE =
            """
            select value ->> 0 as contact from {rows :contacts}
            where case when exists (
              select 1 from restoration
              where restoration.identifier = value ->> 0 and restoration.provider = :provider
                and restoration.state in ('checking', 'confirmed') and\s"""
                    + Order.perhapsAfter("cast(value ->> 1 as bigint)")
                    + ") then true else false end";

    @Override
    public Set<String> restoredSince(String provider, Map<String, Instant> deletedAt) {
        Set<String> restored = new HashSet<>();
        List<String> contacts = List.copyOf(deletedAt.keySet());
        for (int from = 0; from < contacts.size(); from += STEP) {
            JsonRows rows = new JsonRows();
            contacts.subList(from, Math.min(from + STEP, contacts.size()))
                    .forEach(contact -> rows.add(contact, deletedAt.get(contact).toEpochMilli()));
            restored.addAll(store.read(
                    "look for restorations",
                    transaction -> transaction.list(
                            RESTORED_SINCE,
                            with("contacts", rows).and("provider", provider),
                            row -> row.getString("contact"))));
        }
        return restored;
    }

    private static List<JsonRows> steps(Collection<String> contacts) {
        List<String> all = List.copyOf(contacts);
        List<JsonRows> steps = new ArrayList<>();
        for (int from = 0; from < all.size(); from += STEP) {
            JsonRows rows = new JsonRows();
            all.subList(from, Math.min(from + STEP, all.size())).forEach(rows::add);
            steps.add(rows);
        }
        return steps;
    }

    // ---- what waits for a person

    private static final String AWAITED_IN =
            """
            state = {held} and state <> {deleted}
              and lane + 0 in (select lane.id from lane where lane.kind = 'external' and lane.record_list = :list)
              and (select 1 from held where held.deletion = deletion_row.id and held.reason = 'not_visible') is not null""";

    private static final String AWAITED = "select identifier from deletion_row where " + AWAITED_IN;

    @Override
    public Set<String> awaited(String recordList) {
        return new HashSet<>(store.read(
                "look for what is not visible",
                transaction ->
                        transaction.list(AWAITED, with("list", recordList), row -> row.getString("identifier"))));
    }

    private static final String END =
            """
            update deletion_row set state = {cancelled}, settled_at = {now}, failure_code = :code, message = :message
            where\s"""
                    + AWAITED_IN
                    + " and identifier in (select value ->> 0 from {rows :contacts})";

    @Override
    public void noLongerAwaited(String recordList, Set<String> living, Set<String> signed, Set<String> unlisted) {
        Set<String> known = awaited(recordList);
        if (known.isEmpty()) {
            return;
        }
        store.write("end what was not visible", transaction -> {
            transaction.takeTime();
            // It changes what is held, as a decision does: in the same order.
            guard.lock(transaction);
            end(transaction, recordList, "living", "Salesforce, asked, knows the contact as living", living);
            end(transaction, recordList, "signed", "A sign of the deletion is known by now", signed);
            end(transaction, recordList, "unlisted", "The record list does not hold it any more", unlisted);
            return null;
        });
    }

    private static void end(
            Transaction transaction, String recordList, String code, String message, Set<String> contacts)
            throws SQLException {
        for (JsonRows rows : steps(contacts)) {
            transaction.change(
                    END,
                    with("list", recordList)
                            .and("code", code)
                            .and("message", message)
                            .and("contacts", rows));
        }
    }

    // ---- what was found

    /** A row that was just written for a find. */
    record Written(long id, DeletionRequest request) {}

    private static final String REMEMBER =
            """
            insert into presence_find (deletion, sign, signed_at, listed_as)
            select cast(value ->> 0 as bigint), value ->> 1, cast(value ->> 2 as bigint), value ->> 3
            from {rows :finds} where true""";

    private static final String HOLD =
            """
            insert into held (deletion, reason)
            select cast(value ->> 0 as bigint), value ->> 1 from {rows :held} where true""";

    /** In the transaction that writes them. */
    static void remember(Transaction transaction, List<Written> written) throws SQLException {
        JsonRows finds = new JsonRows();
        JsonRows held = new JsonRows();
        for (Written row : written) {
            Find find = row.request().find();
            if (find == null) {
                continue;
            }
            finds.add(
                    row.id(),
                    Word.underscored(find.sign()),
                    find.signedAt() == null ? null : find.signedAt().toEpochMilli(),
                    find.listedAs());
            if (find.heldReason() != null) {
                held.add(row.id(), Word.underscored(find.heldReason()));
            }
        }
        if (!finds.isEmpty()) {
            transaction.change(REMEMBER, with("finds", finds));
        }
        if (!held.isEmpty()) {
            transaction.change(HOLD, with("held", held));
        }
    }
}
