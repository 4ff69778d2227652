package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.inbox.Fingerprint.Difference;
import io.recordsync.inbox.database.Transaction;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The other processes on JDBC: the sessions that are not this one and were seen lately. */
public final class JdbcNodes implements Nodes {

    private final Store store;
    private final JdbcSession session;
    private final Fingerprint mine;
    private final Duration ttl;

    JdbcNodes(Store store, JdbcSession session, Fingerprint mine, InboxSettings settings) {
        this.store = store;
        this.session = session;
        this.mine = mine;
        this.ttl = settings.sessionTtl();
    }

    private static final String OTHERS =
            """
            select distinct fingerprint from session
            where id <> :session and seen_at > {now} - :ttl and fingerprint <> ''""";

    @Override
    public List<Difference> differences() {
        if (!store.isShared()) {
            return List.of();
        }
        return store.read("look at other processes", this::others).stream()
                .map(mine::from)
                .flatMap(List::stream)
                .distinct()
                .sorted(Difference.ORDER)
                .toList();
    }

    /** Of those that say. */
    private List<Fingerprint> others(Transaction transaction) throws SQLException {
        return transaction.list(
                OTHERS,
                with("session", session.id()).and("ttl", ttl),
                row -> Fingerprint.parse(row.getString("fingerprint")));
    }

    /** Which record lists other processes serve. */
    Served served(Transaction transaction) throws SQLException {
        return store.isShared()
                ? new Served(others(transaction).stream()
                        .map(Fingerprint::recordLists)
                        .toList())
                : Served.NOBODY;
    }

    /** The record lists of each process but this one. */
    record Served(Collection<Set<String>> byProcess) {

        static final Served NOBODY = new Served(List.of());

        /** By one of them. */
        boolean somewhere(String recordList) {
            return byProcess.stream().anyMatch(lists -> lists.contains(recordList));
        }

        /** By each of them. */
        boolean everywhere(String recordList) {
            return byProcess.stream().allMatch(lists -> lists.contains(recordList));
        }

        /** Those that each of them serves. */
        Set<String> everywhere(Collection<String> recordLists) {
            Set<String> served = new TreeSet<>(recordLists);
            served.removeIf(list -> !everywhere(list));
            return served;
        }
    }
}
