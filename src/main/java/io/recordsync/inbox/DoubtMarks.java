package io.recordsync.inbox;

import static io.recordsync.inbox.database.Parameters.with;

import io.recordsync.inbox.Order.Restored;
import io.recordsync.inbox.database.Parameters;
import io.recordsync.inbox.database.Transaction;
import java.sql.SQLException;
import java.util.List;

/**
 * The marks of doubt beside the state of deletions: the statements, each run in a transaction of the act that brings the
 * doubt or ends it.
 *
 * <p>A row bears one while a restoration of its contact may have been missed, or may have come first. What is pending goes
 * to {@code checking} at once; any other row goes there when it would become pending. Doubts are numbered: an answer ends
 * those that arose before the question. Orders of a person are never doubted.
 */
final class DoubtMarks {

    private DoubtMarks() {}

    /** A scalar, because PostgreSQL would read the whole table for an {@code exists}. */
    static final String DOUBTED =
            "(select 1 from deletion_doubt doubted where doubted.deletion = deletion_row.id) is not null";

    /** The state of a row that is let go on: {@code checking} where it is in doubt. */
    static String unlessDoubted(String state) {
        return "case when " + DOUBTED + " then {checking} else " + state + " end";
    }

    /** Holds the row until the transaction ends, so that doubts become visible in the order of their numbers. */
    private static final String NEXT = "update doubt set number = number + 1";

    private static final String NUMBER = "select number from doubt";

    private static final String NOT_DONE =
            "deletion_row.state in ({checking}, {pending}, {claimed}, {held}, {parked}, {rehearsed})";

    private static final String ON_CONFLICT = " on conflict (deletion) do update set number = excluded.number";

    private static final String MARK_ALL =
            """
            insert into deletion_doubt (deletion, number)
            select id, (select number from doubt) from deletion_row
            where state <> {deleted} and origin <> {api} and\s"""
                    + LaneNumbers.EXTERNAL
                    + " and "
                    + NOT_DONE
                    + ON_CONFLICT;

    private static final String ASK_ABOUT_ALL =
            """
            update deletion_row set state = {checking}
            where state = {pending} and state <> {deleted} and origin <> {api} and\s"""
                    + LaneNumbers.EXTERNAL;

    /** The stream has a hole: whatever is not done may have been restored in it. */
    static void markAll(Transaction transaction) throws SQLException {
        transaction.takeTime();
        transaction.change(NEXT_HOLE);
        transaction.change(MARK_ALL);
        transaction.change(ASK_ABOUT_ALL);
    }

    private static final String NEXT_HOLE = "update doubt set number = number + 1, holes = holes + 1";

    private static final String HOLES = "select holes from doubt";

    /** The holes that there are so far. */
    static long holes(Transaction transaction) throws SQLException {
        return transaction.first(HOLES, row -> row.getLong("holes")).orElseThrow();
    }

    private static final String MARK_FOUND =
            """
            insert into deletion_doubt (deletion, number)
            select id, (select number from doubt) from deletion_row
            where id {in :ids} and (select holes from doubt) > :holes"""
                    + ON_CONFLICT;

    private static final String ASK_ABOUT_FOUND =
            "update deletion_row set state = {checking} where id {in :ids} and state = {pending}";

    /** These were found by a question that was asked when there were so many holes: a later one may hide a restoration. */
    static void markFound(Transaction transaction, List<Long> ids, long holes) throws SQLException {
        if (transaction.change(MARK_FOUND, with("ids", ids).and("holes", holes)) > 0) {
            transaction.change(ASK_ABOUT_FOUND, with("ids", ids));
        }
    }

    /** What a row of restorations has in these places; see {@link Restorations}. */
    private static final Restored BACK = Restorations.BACK;

    /** What a gap event alone says is in doubt for all that may have come before, anything else for what is a tie. */
    private static final String DOUBTFUL =
            Restorations.OF_CONTACT + " and case when back.value ->> 4 = 'confirmed' then " + Order.tie(BACK) + " else "
                    + Order.perhapsBefore(BACK) + " end";

    private static final String MARK =
            """
            insert into deletion_doubt (deletion, number)
            select distinct deletion_row.id, (select number from doubt) from {rows :restorations} back, deletion_row
            where\s"""
                    + NOT_DONE + " and " + DOUBTFUL + ON_CONFLICT;

    /** An expression, so that no index leads through the whole backlog. */
    private static final String ASK =
            "update deletion_row set state = {checking} from {rows :restorations} back where deletion_row.state + 0 = {pending} and "
                    + DOUBTFUL;

    /** Marks what these restorations may concern. */
    static void mark(Transaction transaction, Parameters restorations) throws SQLException {
        transaction.change(NEXT);
        if (transaction.change(MARK, restorations) > 0) {
            transaction.change(ASK, restorations);
        }
    }

    /** The doubts that there are so far. */
    static long number(Transaction transaction) throws SQLException {
        return transaction.first(NUMBER, row -> row.getLong("number")).orElseThrow();
    }

    private static final String END = "delete from deletion_doubt where deletion {in :ids} and number <= :number";

    /** Salesforce has answered about these, to a question that was asked when there were so many doubts. */
    static void end(Transaction transaction, List<Long> ids, long number) throws SQLException {
        transaction.change(END, with("ids", ids).and("number", number));
    }

    private static final String FORGET_ALL = "delete from deletion_doubt";

    /** Nobody can be asked any more. */
    static void forgetAll(Transaction transaction) throws SQLException {
        transaction.change(FORGET_ALL);
    }

    private static final String OVERTAKEN =
            "select 1 as one from deletion_row where id {in :ids} and (restored <> '' or " + DOUBTED + " or "
                    + CatchUps.CLAIMED_BEFORE + ") limit 1";

    /** Whether a restoration or a doubt has come for one of these, which are claimed, or their stream has begun to catch up. */
    static boolean overtaken(Transaction transaction, List<Long> ids) throws SQLException {
        return transaction.first(OVERTAKEN, with("ids", ids), row -> true).isPresent();
    }
}
