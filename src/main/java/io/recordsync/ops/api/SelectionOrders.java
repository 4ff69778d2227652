package io.recordsync.ops.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.recordsync.deletion.DeliveryMode;
import io.recordsync.deletion.Word;
import io.recordsync.inbox.Decisions;
import io.recordsync.inbox.Decisions.Act;
import io.recordsync.inbox.Decisions.Selection;
import io.recordsync.inbox.Decisions.UnexpectedCountException;
import io.recordsync.inbox.WrittenOrders;
import io.recordsync.inbox.WrittenOrders.WrittenOrder;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The orders over deletions in a state: over a few of them they are carried out at once, over many they are written down and worked
 * off.
 *
 * <p>Where an order says what was shown, what entered the state since stays as it is. Thread-safe.
 */
final class SelectionOrders {

    private static final Logger LOG = LoggerFactory.getLogger(SelectionOrders.class);
    private static final Map<Act, String> PATHS = Map.of(
            Act.REDRIVE, "/api/deletions/redrive",
            Act.DISCARD, "/api/deletions/discard",
            Act.DISCARD_REHEARSED, "/api/deletions/discard",
            Act.APPROVE, "/api/guard/approve",
            Act.REJECT, "/api/guard/reject",
            Act.GO_LIVE, "/api/go-live");

    private final Decisions decisions;
    private final WrittenOrders written;
    private final DeliveryMode mode;

    SelectionOrders(Decisions decisions, WrittenOrders written, DeliveryMode mode) {
        this.decisions = decisions;
        this.written = written;
        this.mode = mode;
    }

    /**
     * How many deletions the order changed.
     *
     * @param left how many of those that it named stay as they are, because they entered the state after what was shown; null
     *     where the order did not say what was shown
     */
    public record Count(int count, @JsonInclude(JsonInclude.Include.NON_NULL) Long left) {

        static Count of(int count) {
            return new Count(count, null);
        }
    }

    /** @return a {@link Count}; of an order over many deletions an {@link OrderView.OrderAnswer}: it is worked off */
    Object order(Act act, byte[] body, String user) {
        Selection selection = RequestedSelection.read(body, act);
        if (act == Act.GO_LIVE) {
            requireLive(selection);
        }
        try {
            Optional<WrittenOrder> many = written.accept(act, selection, PATHS.get(act), user);
            if (many.isPresent()) {
                LOG.info(
                        "{} ordered to {}, which is worked off in steps: {}",
                        user,
                        Word.dashed(act),
                        RequestedSelection.words(selection));
                return OrderView.OrderAnswer.of(many.get());
            }
            return now(act, selection, user);
        } catch (UnexpectedCountException e) {
            throw Refusal.of(409, e.getMessage() + "; nothing was changed, look again");
        }
    }

    private void requireLive(Selection selection) {
        if (mode.dryRun()) {
            throw Refusal.of(
                    409, "delivery.mode is dry-run, so that it would be rehearsed again: set it to live first");
        }
        if (selection.recordList() != null && mode.rehearses(selection.recordList())) {
            throw Refusal.of(
                    409,
                    "recordList is one of delivery.dry-run-lists, so that it would be rehearsed again: take it out first");
        }
    }

    private Count now(Act act, Selection selection, String user) {
        written.answering(act, selection, mode.dryRunLists(), (count, left) -> OrderKeys.json(new Count(count, left)));
        int count = decide(act, selection, user);
        if (count == 0 && selection.shown() != null) {
            throw Refusal.of(
                    409,
                    "Nothing of what was shown is %s any more; nothing was changed, look again"
                            .formatted(Word.underscored(act.state())));
        }
        LOG.info(words(act), user, count, RequestedSelection.words(selection));
        return new Count(count, selection.shown() == null ? null : left(act, selection));
    }

    private int decide(Act act, Selection selection, String user) {
        return switch (act) {
            case REDRIVE -> decisions.redrive(selection, user);
            case DISCARD -> decisions.discard(selection, user);
            case DISCARD_REHEARSED -> decisions.discardRehearsed(selection, user);
            case APPROVE -> decisions.approve(selection, user);
            case REJECT -> decisions.reject(selection, user);
            case GO_LIVE -> decisions.goLive(selection, mode.dryRunLists(), user);
        };
    }

    private long left(Act act, Selection selection) {
        return decisions.matching(act, selection.of(null), mode.dryRunLists(), Integer.MAX_VALUE);
    }

    private static String words(Act act) {
        return switch (act) {
            case REDRIVE -> "{} redrove {} parked deletions: {}";
            case DISCARD -> "{} discarded {} parked deletions: {}";
            case DISCARD_REHEARSED -> "{} discarded {} rehearsed deletions: {}";
            case APPROVE -> "{} approved {} held deletions: {}";
            case REJECT -> "{} rejected {} held deletions: {}";
            case GO_LIVE -> "{} lets {} rehearsed deletions go live: {}";
        };
    }

    /** Takes the next step of an order over many deletions. @return whether there was one */
    boolean workOff() {
        return written.workOff(mode.dryRunLists());
    }
}
