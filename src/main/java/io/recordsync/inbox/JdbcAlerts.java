package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import java.util.List;

/** What people were told, on JDBC: a row for each subject, and one for the process that tells. */
public final class JdbcAlerts implements Alerts {

    private final Store store;
    private final JdbcSession session;

    JdbcAlerts(Store store, JdbcSession session) {
        this.store = store;
        this.session = session;
    }

    private static final String HOLDER = "select session from alert_turn";
    /** Sessions that are over have no row: whoever is alive removes it. */
    private static final String TAKE =
            """
            update alert_turn set session = :session
            where not exists (select 1 from session where session.id = alert_turn.session)""";

    @Override
    public boolean take() {
        String mine = session.id();
        boolean holds = store.read("look who tells people", transaction -> transaction
                .first(HOLDER, row -> row.getString("session"))
                .filter(mine::equals)
                .isPresent());
        return holds
                || store.write(
                        "tell people from here", transaction -> transaction.change(TAKE, with("session", mine)) > 0);
    }

    private static final String LEAVE = "update alert_turn set session = '' where session = :session";

    @Override
    public void leave() {
        store.write(
                "leave it to others to tell people",
                transaction -> transaction.change(LEAVE, with("session", session.id())));
    }

    private static final String TOLD = "select subject, state, since, amount, told_at from alert order by subject";

    @Override
    public List<Told> told() {
        return store.read(
                "look what people were told",
                transaction -> transaction.list(
                        TOLD,
                        row -> new Told(
                                row.getString("subject"),
                                row.getString("state").equals("down"),
                                EntryRow.time(row, "since"),
                                row.getLong("amount"),
                                EntryRow.time(row, "told_at"))));
    }

    private static final String TELL =
            """
            insert into alert (subject, state, since, amount, told_at)
            values (:subject, :state, :since, :amount, :at)
            on conflict (subject) do update set
              state = excluded.state, since = excluded.since, amount = excluded.amount, told_at = excluded.told_at""";

    @Override
    public void tell(Told told) {
        store.write(
                "remember what people were told",
                transaction -> transaction.change(
                        TELL,
                        with("subject", told.subject())
                                .and("state", told.down() ? "down" : "up")
                                .and("since", told.since())
                                .and("amount", told.amount())
                                .and("at", told.at())));
    }
}
