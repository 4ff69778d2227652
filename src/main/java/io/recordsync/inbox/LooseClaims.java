package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.deletion.DeletionState;
import io.recordsync.inbox.database.JsonRows;
import io.recordsync.inbox.database.Parameters;
import io.recordsync.inbox.database.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rows that are claimed and in nobody's hands: the statements that free them, each run in a transaction of the session.
 *
 * <p>What is freed is due again, and a call of it may have been carried out.
 */
final class LooseClaims {

    private static final Logger LOG = LoggerFactory.getLogger(LooseClaims.class);

    private LooseClaims() {}

    private static final String FREE =
            """
            update deletion_row set claim = null, answer_lost = true, state =\s"""
                    + Guard.PENDING_OR_HELD
                    + " where state = {claimed} and state <> {deleted} and ";

    /**
     * A session id that is missing once never comes back, so what this finds cannot be wrong by the time it is updated;
     * {@code not in (select id from session)} in the update itself could free a claim of a session that opened meanwhile. A row
     * that names no claim was changed by hand.
     */
    private static final String FREE_OF_ENDED = FREE
            + """
            (claim is null or claim in (
              select number from claim
              where not exists (select 1 from session where session.id = substr(claim.name, 1, 36))))
            returning id, state""";

    /** Those that no row bears any more. */
    private static final String FORGET =
            """
            delete from claim where number not in (
              select claim from deletion_row where state = {claimed} and state <> {deleted} and claim is not null)""";

    private static final String CLAIMS_OF =
            """
            select name from claim
            where substr(name, 1, 36) = :session
              and number in (select claim from deletion_row where state = {claimed} and state <> {deleted})""";

    private static final String FREE_STRAYS = FREE
            + "claim in (select number from claim where name in (select value ->> 0 from {rows :claims})) returning id, state";

    /** A row that was freed. */
    private record Row(long id, boolean held) {

        static Row of(ResultSet row) throws SQLException {
            return new Row(row.getLong("id"), EntryRow.state(row) == DeletionState.HELD);
        }
    }

    /** How many were freed, and how many of those the guard holds now. */
    record Freed(int ofEnded, int strays, long held) {

        static final Freed NONE = new Freed(0, 0, 0);

        Freed and(Freed more) {
            return new Freed(ofEnded + more.ofEnded, strays + more.strays, held + more.held);
        }

        /** To be called after the commit. */
        void report() {
            if (ofEnded > 0) {
                LOG.warn("{} deletions were claimed by a process that is gone; they are due again", ofEnded);
            }
            if (strays > 0) {
                LOG.warn("{} deletions bear a claim of this process that it does not have; they are due again", strays);
            }
            Guard.heldOnReturn(held);
        }
    }

    /** Those of sessions that are over. */
    static Freed freeOfEnded(Transaction transaction) throws SQLException {
        List<Row> rows = free(transaction, FREE_OF_ENDED, Parameters.NONE);
        transaction.change(FORGET);
        return new Freed(rows.size(), 0, held(rows));
    }

    /**
     * What this session has claimed by the database's word, and has not in hand: rows that came back as claimed. Its claims are
     * known before they are committed, so that one that is seen here and is not known any more is over.
     */
    static Freed freeStrays(Transaction transaction, String session, Set<String> inHand) throws SQLException {
        List<String> claims = transaction.list(CLAIMS_OF, with("session", session), row -> row.getString("name"));
        JsonRows strays = new JsonRows();
        claims.stream().filter(claim -> !inHand.contains(claim)).forEach(strays::add);
        if (strays.isEmpty()) {
            return Freed.NONE;
        }
        List<Row> rows = free(transaction, FREE_STRAYS, with("claims", strays));
        return new Freed(0, rows.size(), held(rows));
    }

    private static List<Row> free(Transaction transaction, String sql, Parameters parameters) throws SQLException {
        List<Row> rows = transaction.list(sql, parameters, Row::of);
        if (!rows.isEmpty()) {
            Restorations.cancelMarked(transaction, rows.stream().map(Row::id).toList());
        }
        return rows;
    }

    private static long held(List<Row> rows) {
        return rows.stream().filter(Row::held).count();
    }
}
