package io.recordsync.inbox;

import io.recordsync.inbox.Decisions.Act;
import io.recordsync.inbox.Decisions.Selection;
import io.recordsync.inbox.database.Transaction;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

/** How an act is answered that carries an order out: known in the transaction of the act, before its commit. */
interface EffectAnswer {

    /** An order that does not say how it is answered has happened all the same. */
    EffectAnswer UNKNOWN = (transaction, result) -> Optional.of(new Text(0, ""));

    /** @return empty where the act does not count as the order */
    Optional<Text> of(Transaction transaction, Object result) throws SQLException;

    /** An answer as it goes out; status 0 = not known. */
    record Text(int status, String answer) {}

    static <T> EffectAnswer of(int status, Function<T, String> answer) {
        return (transaction, result) -> {
            // Of the act of the caller, who knows what it brings.
            @SuppressWarnings("unchecked")
            T brought = (T) result;
            try {
                return Optional.of(new Text(status, answer.apply(brought)));
            } catch (ClassCastException e) {
                // Another act on its way to that one, such as a session that begins anew.
                return UNKNOWN.of(transaction, result);
            }
        };
    }

    /** Of an act over deletions that changed so many, and left so many of what is in their state. */
    static EffectAnswer of(Act act, Selection selection, Set<String> dryRun, BiFunction<Integer, Long, String> answer) {
        return (transaction, result) -> {
            if (!(result instanceof Integer changed)) {
                return UNKNOWN.of(transaction, result);
            }
            if (selection.shown() == null) {
                return Optional.of(new Text(200, answer.apply(changed, null)));
            }
            long left = JdbcDecisions.matching(transaction, act, selection.of(null), dryRun, Integer.MAX_VALUE);
            return changed == 0 ? Optional.empty() : Optional.of(new Text(200, answer.apply(changed, left)));
        };
    }
}
