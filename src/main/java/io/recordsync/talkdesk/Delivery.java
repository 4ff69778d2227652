package io.recordsync.talkdesk;

import io.recordsync.deletion.Batch;
import io.recordsync.deletion.ClaimedDeletion;
import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.Failure;
import io.recordsync.deletion.Identifier;
import io.recordsync.inbox.Backoff;
import io.recordsync.inbox.DeliveryGate;
import io.recordsync.inbox.InboxException;
import io.recordsync.inbox.Queue;
import io.recordsync.inbox.Queue.Postponement;
import io.recordsync.inbox.RecordLists;
import io.recordsync.talkdesk.Verdict.Fate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of a batch: settled, postponed or parked, and who else has to wait: nobody (an item), the list, or all.
 *
 * <p>Each method writes its part to the inbox before it returns; when the inbox fails the rows stay claimed, and the route
 * gives them back. Thread-safe.
 */
public final class Delivery {

    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

    private final Queue queue;
    private final RecordLists recordLists;
    private final DeliveryGate gate;
    private final ListHealth lists;
    private final Backoff backoff;
    private final Duration verifyDelay;
    private final int verifyAttempts;
    private final boolean parkUnconfirmed;

    /**
     * @param mostRefusals lone items refused in a row with one code, after which the list is suspended
     * @param verifyDelay after an answer that confirmed nothing
     * @param verifyUnconfirmed {@code settle} or {@code park}, after {@code verifyAttempts} such answers
     */
    public Delivery(
            Queue queue,
            RecordLists recordLists,
            DeliveryGate gate,
            Duration backoff,
            Duration backoffMax,
            int mostRefusals,
            Duration verifyDelay,
            int verifyAttempts,
            String verifyUnconfirmed,
            Clock clock) {
        this.queue = queue;
        this.recordLists = recordLists;
        this.gate = gate;
        this.lists = new ListHealth(mostRefusals, clock);
        this.backoff = new Backoff(backoff, backoffMax);
        this.verifyDelay = verifyDelay;
        this.verifyAttempts = verifyAttempts;
        this.parkUnconfirmed = "park".equals(verifyUnconfirmed);
    }

    /**
     * Lets a call pass. One that only reads has no batch.
     *
     * @throws NotNowException while the gate is shut or the list is suspended
     */
    public void mayCall(@ExchangeProperty("batch") Batch batch) {
        if (gate.isShut()) {
            throw new NotNowException("The delivery is paused");
        }
        if (batch != null && lists.suspended(batch.recordList())) {
            throw new NotNowException("Record list " + batch.recordList() + " is suspended");
        }
    }

    /**
     * The last look before a call.
     *
     * @param batch null for a call that is about no claimed deletions
     * @throws NotNowException when this process was silent for so long that another one may have taken the batch over, or
     *     when the guard was tripped meanwhile and holds some of it
     */
    public void holds(@ExchangeProperty("batch") Batch batch) {
        if (batch == null) {
            return;
        }
        boolean held;
        boolean stopped;
        try {
            held = queue.holds(batch);
            stopped = held && queue.stopped(batch);
        } catch (InboxException e) {
            // Without its cause: an error of the network in it would be read as Talkdesk's.
            throw new NotNowException("The database does not say whether the batch is still held: " + e.getMessage());
        }
        if (!held) {
            LOG.warn(
                    "{} deletions of record list {} are not called: this process was silent for longer than session.ttl"
                            + " and has lost them; they are due for any",
                    batch.size(),
                    batch.recordList());
            throw new NotNowException("The batch was taken over");
        }
        if (stopped) {
            throw new NotNowException("The guard holds some of the batch");
        }
    }

    /** Whether the batch met a conflict before and can be split. */
    public boolean conflictAgain(@ExchangeProperty("batch") Batch batch) {
        return attempts(batch) > 0 && !batch.lone();
    }

    /** To be called before a batch is split: of one that Talkdesk said to have done in part, nobody knows which part. */
    public void beforeSplit(@ExchangeProperty("batch") Batch batch, @ExchangeProperty("verdict") Verdict verdict) {
        if (verdict.failure() != null && verdict.failure().status() / 100 == 2) {
            queue.perhapsDone(batch.ids());
        }
    }

    /** Gives the batch back as it was. */
    public void release(@ExchangeProperty("batch") Batch batch) {
        queue.release(batch.ids());
    }

    /** Talkdesk answered: whatever it said, an outage is over. */
    public void answered(@ExchangeProperty("verdict") Verdict verdict) {
        if (verdict.fate() != Fate.SERVICE_UNAVAILABLE) {
            gate.succeeded();
        }
    }

    /** @param calledAt when the call began, by {@link System#nanoTime()}; here and below */
    public void settle(
            @ExchangeProperty("batch") Batch batch,
            @ExchangeProperty("verdict") Verdict verdict,
            @ExchangeProperty("calledAt") long calledAt) {
        settle(batch.ids(), verdict.confirmation(), calledAt);
        succeeded(batch);
    }

    /** The list exists and does not know this record. */
    public void settleAbsent(@ExchangeProperty("batch") Batch batch, @ExchangeProperty("calledAt") long calledAt) {
        settle(batch.ids(), Confirmation.ABSENT, calledAt);
        succeeded(batch);
    }

    /** To be asked again; after so many answers that confirmed nothing it is settled as accepted, or parked. */
    public void verifyLater(
            @ExchangeProperty("batch") Batch batch,
            @ExchangeProperty("verdict") Verdict verdict,
            @ExchangeProperty("calledAt") long calledAt) {
        List<Long> again = new ArrayList<>();
        List<Long> enough = new ArrayList<>();
        for (ClaimedDeletion deletion : batch.deletions()) {
            (deletion.unconfirmed() + 1 < verifyAttempts ? again : enough).add(deletion.id());
        }
        if (!again.isEmpty()) {
            queue.postpone(again, verifyDelay, verdict.failure(), Postponement.UNCONFIRMED);
        }
        if (!enough.isEmpty() && parkUnconfirmed) {
            queue.park(enough, verdict.failure());
        } else if (!enough.isEmpty()) {
            settle(enough, Confirmation.ACCEPTED, calledAt);
        }
        succeeded(batch);
    }

    /** A lone item was refused: parked, unless its list refuses one after the other. */
    public void park(@ExchangeProperty("batch") Batch batch, @ExchangeProperty("verdict") Verdict verdict) {
        if (!parked(batch, verdict)) {
            suspendList(batch, verdict);
        }
    }

    private boolean parked(Batch lone, Verdict verdict) {
        Failure failure = verdict.failure();
        if (lists.refused(lone.recordList(), failure.code())) {
            LOG.error(
                    "Record list {} refuses one item after the other with {}: the mistake is likely ours, not theirs",
                    lone.recordList(),
                    failure.code());
            return false;
        }
        queue.park(lone.ids(), failure);
        LOG.warn(
                "Talkdesk refuses {} in record list {} ({} {}); parked, redrive it once the cause is mended",
                lone.identifiers().get(0),
                lone.recordList(),
                failure.status(),
                failure.code());
        return true;
    }

    /** Tried again after a backoff, or after what Talkdesk asked for. */
    public void postpone(@ExchangeProperty("batch") Batch batch, @ExchangeProperty("verdict") Verdict verdict) {
        Duration delay = verdict.retryAfter() == null ? backoff.after(attempts(batch) + 1) : verdict.retryAfter();
        queue.postpone(batch.ids(), delay, verdict.failure(), Postponement.FAILED);
    }

    /** Nothing of this list is sent for a while; the others go on. */
    public void suspendList(@ExchangeProperty("batch") Batch batch, @ExchangeProperty("verdict") Verdict verdict) {
        String recordList = batch.recordList();
        Failure failure = verdict.failure();
        ListHealth.Suspension suspension = lists.suspension(recordList, backoff);
        recordLists.suspend(recordList, suspension.pause(), failure);
        queue.postpone(batch.ids(), suspension.pause(), failure, Postponement.FAILED);
        // Last: this process must not hold back what the inbox, having failed, would give it again and again.
        if (lists.suspend(recordList, suspension)) {
            LOG.error(
                    "Record list {} is suspended: {} (status {}); its deletions wait, it is probed again and again",
                    recordList,
                    failure.code(),
                    failure.status());
        }
    }

    /** Nothing at all is sent for a while. */
    public void pauseService(@ExchangeProperty("batch") Batch batch, @ExchangeProperty("verdict") Verdict verdict) {
        Duration pause = gate.shut(verdict.failure(), verdict.retryAfter());
        // A batch that breaks Talkdesk must not be the first one again after each pause.
        Duration own = backoff.after(attempts(batch) + 1);
        queue.postpone(
                batch.ids(),
                own.compareTo(pause) > 0 ? own : pause,
                verdict.failure(),
                verdict.answerLost() ? Postponement.ANSWER_LOST : Postponement.FAILED);
    }

    /**
     * Parks what failed and settles the rest, where each failed record could be told.
     *
     * @return what has to be split to find out; null when all is told
     */
    public Batch parkFailed(
            @ExchangeProperty("batch") Batch batch,
            @ExchangeProperty("verdict") Verdict verdict,
            @ExchangeProperty("calledAt") long calledAt,
            @Body List<FailedRecord> failedRecords) {
        List<Identifier> sent = batch.identifiers();
        List<Identifier> failed = new ArrayList<>();
        boolean told = true;
        for (FailedRecord record : failedRecords) {
            Optional<Identifier> item =
                    record.identifiers().stream().filter(sent::contains).findFirst();
            item.ifPresent(failed::add);
            told &= item.isPresent();
        }
        if (!told && !batch.lone()) {
            return batch;
        }
        if (batch.lone() && failedRecords.stream().allMatch(FailedRecord::gone)) {
            // Reported as failed, and not there when asked: Talkdesk contradicts itself, or it is gone by now.
            queue.postpone(
                    batch.ids(), backoff.after(attempts(batch) + 1), verdict.failure(), Postponement.ANSWER_LOST);
            return null;
        }
        if (batch.lone() || failed.containsAll(sent)) {
            parkEach(batch, verdict);
            return null;
        }
        for (Identifier identifier : failed.stream().distinct().toList()) {
            queue.park(batch.only(List.of(identifier), true).ids(), verdict.failure());
        }
        LOG.warn(
                "Talkdesk could not delete {} of {} records of list {}; parked, the others are gone",
                failed.size(),
                sent.size(),
                batch.recordList());
        boolean exact = verdict.deleted() + failed.size() == sent.size();
        settle(batch.only(failed, false).ids(), exact ? Confirmation.EXACT : Confirmation.BATCH, calledAt);
        succeeded(batch);
        return null;
    }

    /** All of them failed: each is a refusal in a row, and what comes after the last that is suffered waits. */
    private void parkEach(Batch batch, Verdict verdict) {
        List<Identifier> sent = batch.identifiers();
        for (int i = 0; i < sent.size(); i++) {
            if (!parked(batch.only(List.of(sent.get(i)), true), verdict)) {
                suspendList(batch.only(sent.subList(i, sent.size()), true), verdict);
                return;
            }
        }
    }

    private void settle(List<Long> ids, Confirmation confirmation, long calledAt) {
        Duration sinceCall = Duration.ofNanos(System.nanoTime() - calledAt);
        queue.settle(ids, confirmation, sinceCall);
    }

    private void succeeded(Batch batch) {
        switch (lists.succeeded(batch.recordList())) {
            case USUAL -> {}
                // An earlier process may have left it suspended.
            case FIRST -> recordLists.resume(batch.recordList());
            case AFTER_SUSPENSION -> {
                recordLists.resume(batch.recordList());
                LOG.info("Record list {} answers again", batch.recordList());
            }
        }
    }

    private static int attempts(Batch batch) {
        return batch.deletions().stream()
                .mapToInt(ClaimedDeletion::attempts)
                .max()
                .orElse(0);
    }
}
