package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import java.util.Optional;

/** The pause on JDBC: a row while there is one. A look costs nothing where no other process may have changed it. */
public final class JdbcPauses implements Pauses {

    private final Store store;
    /** What this process knows of it; null: it has to ask. */
    private volatile Optional<Pause> known;

    JdbcPauses(Store store) {
        this.store = store;
        store.onNewSession(() -> known = null);
    }

    private static final String PAUSE =
            "insert into pause (one, since, paused_by) values (1, {now}, :user) on conflict (one) do nothing";

    @Override
    public synchronized void pause(String user) {
        known = null;
        store.write("pause", transaction -> transaction.change(PAUSE, with("user", user)));
    }

    private static final String RESUME = "delete from pause";

    @Override
    public synchronized void resume() {
        known = null;
        store.write("resume", transaction -> transaction.change(RESUME));
    }

    private static final String LOOK = "select since, paused_by from pause";

    @Override
    public Optional<Pause> look() {
        Optional<Pause> last = known;
        return last == null ? ask() : last;
    }

    /** Not while this process is changing it: what was read before would be kept after. */
    private synchronized Optional<Pause> ask() {
        Optional<Pause> now = store.read(
                "look for a pause",
                transaction -> transaction.first(
                        LOOK, row -> new Pause(EntryRow.time(row, "since"), row.getString("paused_by"))));
        if (!store.isShared()) {
            known = now;
        }
        return now;
    }
}
