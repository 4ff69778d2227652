package io.recordsync.inbox;

/**
 * The inbox of one process: all its roles, as one session of an open store plays them.
 *
 * <p>Each role is thread-safe, and so is the whole.
 */
public record Inbox(
        Store store,
        Session session,
        Intakes intakes,
        Doubts doubts,
        Signs signs,
        Queue queue,
        RecordLists recordLists,
        FoundLists foundLists,
        Decisions decisions,
        WrittenOrders writtenOrders,
        Retention retention,
        Coverage coverage,
        Pauses pauses,
        Sights sights,
        Untold untold,
        CallbackBook callbacks,
        Nodes nodes,
        Alerts alerts)
        implements AutoCloseable {

    /** Opens a session, and frees the claims of those that are over. */
    public static Inbox open(Store store, InboxSettings settings) {
        return open(store, settings, Tally.NONE);
    }

    /** Likewise; the tally is told of every row that is accepted, settled or parked. */
    public static Inbox open(Store store, InboxSettings settings, Tally tally) {
        return open(store, settings, tally, Fingerprint.NONE);
    }

    /** Likewise; the fingerprint is what other processes of the database see of this one. */
    public static Inbox open(Store store, InboxSettings settings, Tally tally, Fingerprint fingerprint) {
        return open(store, settings, tally, fingerprint, HostProcess.current());
    }

    /** Likewise; as the given process. */
    static Inbox open(Store store, InboxSettings settings, Tally tally, Fingerprint fingerprint, HostProcess process) {
        Guard guard = new Guard(settings.guardLimit(), settings.guardWindow());
        JdbcSession session = new JdbcSession(store, settings, guard, fingerprint, process);
        JdbcNodes nodes = new JdbcNodes(store, session, fingerprint, settings);
        GuardedStore guarded = new GuardedStore(store, guard);
        JdbcDecisions decisions = new JdbcDecisions(guarded);
        JdbcRecordLists recordLists = new JdbcRecordLists(store, tally, nodes);
        return new Inbox(
                store,
                session,
                new JdbcIntakes(guarded, session, recordLists, settings, tally),
                new JdbcDoubts(guarded, session),
                new JdbcSigns(guarded),
                new JdbcQueue(guarded, session, recordLists, settings, tally),
                recordLists,
                new JdbcFoundLists(guarded, session, recordLists, nodes, settings),
                decisions,
                new JdbcWrittenOrders(guarded, session, decisions),
                new JdbcRetention(store, guard, settings),
                new JdbcCoverage(store, session, recordLists, nodes, settings),
                new JdbcPauses(store),
                new JdbcSights(store),
                new JdbcUntold(store),
                new JdbcCallbackBook(store, session),
                nodes,
                new JdbcAlerts(store, session));
    }

    /** Ends the session and closes the store, in this order. */
    @Override
    public void close() {
        // An interrupt ended another wait of this thread; it must not keep the session from being ended.
        Thread.interrupted();
        try {
            session.close();
        } finally {
            store.close();
        }
    }
}
