package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.deletion.ListRules;
import io.recordsync.deletion.ListedList;
import io.recordsync.inbox.FoundLists.Found;
import io.recordsync.inbox.database.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What a look-up changes, statement by statement, in the transaction that ends it. */
final class LookUpOutcome {

    private final Transaction transaction;
    private final ListRules rules;
    private final ListScope scope;
    private final List<String> joined = new ArrayList<>();

    LookUpOutcome(Transaction transaction, ListRules rules, ListScope scope) {
        this.transaction = transaction;
        this.rules = rules;
        this.scope = scope;
    }

    /** @return the lists that are served from now on, or get more than before */
    List<String> write(Found found) throws SQLException {
        for (ListedList list : found.seen()) {
            see(list, found);
        }
        for (String list : found.back()) {
            comeBack(list);
        }
        for (String list : found.vanished()) {
            transaction.change(VANISHED, with("list", list));
        }
        for (String list : found.asked()) {
            transaction.change(ASKED, with("list", list));
        }
        for (String list : found.withdrawn()) {
            transaction.change(WITHDRAWN, with("list", list));
        }
        return joined;
    }

    /** A page may lack a name, and a list does not lose it by that. */
    private static final String SEEN =
            """
            update record_list set name = case when :name = '' then name else :name end, identifier_type = :type, status = :status, records_count = :records
            where id = :list""";

    /** Not where a person has decided meanwhile. */
    private static final String MEMBER =
            """
            insert into record_list (id, name, identifier_type, status, records_count, membership, left_at)
            values (:list, :name, :type, :status, :records, :membership, {now})
            on conflict (id) do update set membership = excluded.membership, vanished_at = null
            where record_list.membership in ('filling', 'forgotten')
               or record_list.membership = '' and record_list.left_at is not null""";

    private static final String VANISHED =
            "update record_list set vanished_at = {now}, asked_at = {now} where id = :list and vanished_at is null";
    private static final String ASKED = "update record_list set asked_at = {now} where id = :list";
    private static final String WITHDRAWN =
            "update record_list set membership = '' where id = :list and membership in ('asks', 'filling')";
    /** Of what waited for it while it was away, the time does not count. */
    private static final String WAITED =
            "update deletion_row set pending_since = {now} where state = {pending} and state <> {deleted} and "
                    + LaneNumbers.OF_LIST;

    private static final String FINGERPRINT =
            "select name, fingerprint, entities, membership, dry_run from record_list where id = :list and left_at is null";

    private void see(ListedList list, Found found) throws SQLException {
        var columns = with("list", list.id())
                .and("name", list.name())
                .and("type", list.identifierType())
                .and("status", list.status())
                .and("records", list.recordsCount());
        Membership member = found.members().get(list.id());
        if (member == Membership.CONFIGURED) {
            join(list.id(), rules.entities(list.id(), list.name()), member, false);
        } else if (member != null) {
            Membership first = member == Membership.JOINED ? Membership.FILLING : member;
            int changed = transaction.change(MEMBER, columns.and("membership", first.column()));
            if (member == Membership.JOINED && changed > 0) {
                join(list.id(), rules.entities(list.id(), list.name()), member, found.dryRun());
            }
        }
        transaction.change(SEEN, columns);
        rescope(list.id());
    }

    private void join(String list, Set<String> entities, Membership as, boolean dryRun) throws SQLException {
        Joins.join(transaction, list, scope, entities, as, dryRun);
        joined.add(list);
    }

    private record Scoped(
            String name, String fingerprint, Set<String> entities, Membership membership, boolean dryRun) {}

    private List<Scoped> scoped(String list) throws SQLException {
        return transaction.list(
                FINGERPRINT,
                with("list", list),
                row -> new Scoped(
                        row.getString("name"),
                        row.getString("fingerprint"),
                        FoundList.words(row.getString("entities")),
                        Membership.of(row.getString("membership")),
                        row.getInt("dry_run") == 1));
    }

    /** Its name may bind it to something else now. */
    private void rescope(String list) throws SQLException {
        for (Scoped before : scoped(list)) {
            Set<String> entities = rules.entities(list, before.name(), before.entities());
            if (Joins.rescope(transaction, list, scope, entities, before.fingerprint())) {
                join(list, entities, before.membership(), before.dryRun());
            }
        }
    }

    private void comeBack(String list) throws SQLException {
        for (Scoped before : scoped(list)) {
            Set<String> entities = rules.entities(list, before.name(), before.entities());
            join(list, entities, before.membership(), before.dryRun());
            transaction.change(WAITED, with("list", list));
        }
    }
}
