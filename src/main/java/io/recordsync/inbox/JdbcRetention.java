package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.inbox.database.Parameters;
import io.recordsync.inbox.database.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The retention on JDBC: walks the deletions from the oldest id on, a step a transaction. */
public final class JdbcRetention implements Retention {

    private static final Logger LOG = LoggerFactory.getLogger(JdbcRetention.class);

    /** Rows that are forgotten in one transaction. */
    static final int STEP = 1_000;

    private final Store store;
    private final Guard guard;
    private final InboxSettings settings;
    /** How far {@link #forget} has come; 0 = it begins anew. */
    private volatile long forgottenUpTo;

    JdbcRetention(Store store, Guard guard, InboxSettings settings) {
        this.store = store;
        this.guard = guard;
        this.settings = settings;
        store.onNewSession(() -> forgottenUpTo = 0);
    }

    /** By the key, not by the time of the end: no index is kept for what happens once in 400 days. */
    private static final String OLDEST =
            """
            select id, accepted_at <= case when {now} < :latest then {now} else :latest end - :retention as old,
                   state in ({deleted}, {cancelled})
                     and settled_at <= case when {now} < :latest then {now} else :latest end - :retention as ended
            from deletion_row where id > :after order by id limit :step""";

    private record Oldest(long id, boolean old, boolean ended) {

        static Oldest of(ResultSet row) throws SQLException {
            return new Oldest(row.getLong("id"), row.getBoolean("old"), row.getBoolean("ended"));
        }
    }

    @Override
    public int forget() {
        Long salesforce = settings.salesforceMillis();
        if (settings.salesforceTime() != null && salesforce == null) {
            LOG.debug("Nothing is forgotten before Salesforce has said what time it is");
            return 0;
        }
        // A clock that is far ahead would forget what is young.
        long latest = salesforce == null ? Long.MAX_VALUE : salesforce;
        while (true) {
            List<Oldest> oldest = oldestAfter(forgottenUpTo, latest);
            // Ids rise with the time of acceptance: behind the first that is young nothing has ended long ago.
            List<Oldest> old = oldest.stream().takeWhile(Oldest::old).toList();
            List<Oldest> ended = old.stream().filter(Oldest::ended).toList();
            if (!ended.isEmpty()) {
                store.write("forget", transaction -> forget(transaction, ended));
            }
            boolean more = old.size() == STEP;
            forgottenUpTo = more ? old.get(old.size() - 1).id() : 0;
            if (!ended.isEmpty()) {
                return ended.size();
            }
            if (!more) {
                return store.write("forget", transaction -> forgetTheRest(transaction, latest));
            }
        }
    }

    private List<Oldest> oldestAfter(long id, long latest) {
        return store.read(
                "look for what is old",
                transaction ->
                        transaction.list(OLDEST, old(latest).and("after", id).and("step", STEP), Oldest::of));
    }

    private Parameters old(long latest) {
        return with("retention", settings.retention()).and("latest", latest);
    }

    private static final String FORGET_ATTEMPTS = "delete from attempt where deletion {in :ids}";
    private static final String FORGET_COMMITS = "delete from deletion_commit where deletion {in :ids}";
    private static final String FORGET_DOUBTS = "delete from deletion_doubt where deletion {in :ids}";
    private static final String FORGET_REASONS = "delete from held where deletion {in :ids}";
    private static final String FORGET_LOOKS = "delete from look where deletion {in :ids}";
    private static final String FORGET_PEOPLE = "delete from deletion_person where deletion {in :ids}";
    private static final String FORGET_FINDS = "delete from presence_find where deletion {in :ids}";
    private static final String FORGET_MERGES = "delete from merged where deletion {in :ids}";
    private static final String FORGET_DELETIONS = "delete from deletion_row where id {in :ids} returning confirmation";
    private static final String UNCOUNT_SETTLED =
            "update settled set total = total - :count where confirmation = :confirmation";

    private static int forget(Transaction transaction, List<Oldest> ended) throws SQLException {
        List<Long> ids = ended.stream().map(Oldest::id).toList();
        transaction.change(FORGET_ATTEMPTS, with("ids", ids));
        transaction.change(FORGET_COMMITS, with("ids", ids));
        transaction.change(FORGET_DOUBTS, with("ids", ids));
        transaction.change(FORGET_REASONS, with("ids", ids));
        transaction.change(FORGET_LOOKS, with("ids", ids));
        transaction.change(FORGET_PEOPLE, with("ids", ids));
        transaction.change(FORGET_FINDS, with("ids", ids));
        transaction.change(FORGET_MERGES, with("ids", ids));
        // Another node may be at the same rows: each is counted by the one that deletes it.
        List<String> forgotten = transaction.list(
                FORGET_DELETIONS, with("ids", ids), row -> EntryRow.confirmation(row.getInt("confirmation")));
        Map<String, Long> settled = forgotten.stream()
                .collect(Collectors.groupingBy(confirmation -> confirmation, TreeMap::new, Collectors.counting()));
        for (Map.Entry<String, Long> total : settled.entrySet()) {
            transaction.change(UNCOUNT_SETTLED, with("count", total.getValue()).and("confirmation", total.getKey()));
        }
        return forgotten.size();
    }

    private static final String LONG_AGO = " at <= case when {now} < :latest then {now} else :latest end - :retention";

    private static final String FORGET_PROBLEMS = "delete from problem where" + LONG_AGO;
    private static final String FORGET_RESTORATIONS =
            "delete from restoration where" + LONG_AGO + " and state <> 'checking'";
    /** A week is shown. */
    private static final String FORGET_HISTORY = "delete from history where minute < {now} / 60000 - 8 * 24 * 60";

    private int forgetTheRest(Transaction transaction, long latest) throws SQLException {
        transaction.takeRoom();
        transaction.change(FORGET_PROBLEMS, old(latest));
        transaction.change(FORGET_RESTORATIONS, old(latest));
        JdbcCallbackBook.forget(transaction, settings.retention(), latest);
        guard.forget(transaction);
        transaction.change(FORGET_HISTORY);
        return 0;
    }
}
