package io.recordsync.delivery;

import io.recordsync.config.Unconfirmed;
import io.recordsync.config.VerifySettings;
import io.recordsync.deletion.Batch;
import io.recordsync.deletion.ClaimedDeletion;
import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.Failure;
import io.recordsync.deletion.Identifier;
import io.recordsync.delivery.Reading.Meaning;
import io.recordsync.inbox.Queue;
import io.recordsync.inbox.Queue.Postponement;
import io.recordsync.inbox.RecordLists;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of a batch: the verdict on a reading, and an act for each verdict.
 *
 * <p>A call passes two looks first: {@link #mayCall} before it is prepared, {@link #holds} right before it is made; one that
 * deletes passes {@link #mayDelete} last. Each act writes its part to the inbox before it returns; when the inbox fails the rows stay claimed, and the route gives them back.
 * Thread-safe.
 */
public final class Delivery {

    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

    private static final String DOCTOR =
            ", or something in between takes the body from DELETE requests: the command doctor" + " finds out";

    private final Queue queue;
    private final RecordLists recordLists;
    private final DeliveryGate gate;
    private final ListHealth lists;
    private final Clearance clearance;
    /** Whether the doctor was named since the last success. */
    private final AtomicBoolean doctorNamed = new AtomicBoolean();

    private final Backoff backoff;
    private final VerifySettings verify;
    private final Finds finds;

    /** @param maxRefusals lone items refused in a row with one code, after which the list is suspended */
    public Delivery(
            Queue queue,
            RecordLists recordLists,
            DeliveryGate gate,
            Backoff backoff,
            int maxRefusals,
            VerifySettings verify,
            Finds finds) {
        this.queue = queue;
        this.recordLists = recordLists;
        this.gate = gate;
        this.lists = new ListHealth(maxRefusals, System::nanoTime);
        this.clearance = new Clearance(queue, gate, lists, recordLists);
        this.backoff = backoff;
        this.verify = verify;
        this.finds = finds;
    }

    // ---- before a call: see Clearance

    /** @throws NotNowException when no call may be made now */
    public void mayCall(@ExchangeProperty("batch") Batch batch) {
        clearance.mayCall(batch);
    }

    /** @throws NotNowException when the batch must not be sent any more, or not yet */
    public void holds(@ExchangeProperty("batch") Batch batch) {
        clearance.holds(batch);
    }

    /** @throws NotNowException when a contact of the batch must not be deleted */
    public void mayDelete(@ExchangeProperty("batch") Batch batch) {
        clearance.mayDelete(batch);
    }

    // ---- the verdict

    /**
     * Decides what becomes of a batch. To be called once for each reading, because refusals in a row are counted, and
     * because an answer, whatever it says, ends an outage.
     */
    public Verdict decide(@ExchangeProperty("batch") Batch batch, @ExchangeProperty("reading") Reading reading) {
        Verdict verdict = Verdict.on(reading, batch);
        if (reading.answered()) {
            lists.answered(batch.recordList());
            gate.succeeded();
        }
        return switch (verdict) {
            case PARK -> refusesEverything(batch, reading.failure()) ? Verdict.SUSPEND_LIST : verdict;
                // Where nobody else is answered either, it is not this list's.
            case HOLD_LIST -> lists.ailsAlone(batch.recordList()) ? verdict : Verdict.PAUSE;
                // Whoever says nothing may not be the dialler: before that is enough, it has to show the list.
            case VERIFY_LATER -> reading.meaning() == Meaning.NOTHING_SAID
                            && batch.deletions().stream().anyMatch(this::isEnough)
                    ? Verdict.ASK_LIST
                    : verdict;
            default -> verdict;
        };
    }

    /** Whether one more answer that confirms nothing is not asked about again. */
    private boolean isEnough(ClaimedDeletion deletion) {
        return deletion.unconfirmed() + 1 >= verify.attempts();
    }

    /** Whether so many lone items of the list were refused in a row, this one among them, that the mistake must be ours. */
    private boolean refusesEverything(Batch lone, Failure failure) {
        if (!lists.refused(lone.recordList(), failure.code())) {
            return false;
        }
        // Not at each probe that follows.
        if (lists.refusesSinceNow(lone.recordList())) {
            LOG.error(
                    "Record list {} refuses one item after the other with {}: the mistake is likely ours, not theirs{}",
                    recordLists.named(lone.recordList()),
                    failure.code(),
                    doctorNamed.getAndSet(true) ? "" : DOCTOR);
        }
        return true;
    }

    // ---- an act for each verdict

    /** @param calledAt when the call began, by {@link System#nanoTime()}; here and below */
    public void settle(
            @ExchangeProperty("batch") Batch batch,
            @ExchangeProperty("reading") Reading reading,
            @ExchangeProperty("calledAt") long calledAt) {
        settle(batch.deletions(), reading.confirmation(), calledAt);
        finds.counted(batch, reading.deleted());
        succeeded(batch);
    }

    /** The list exists and does not know this record. */
    public void settleAbsent(@ExchangeProperty("batch") Batch batch, @ExchangeProperty("calledAt") long calledAt) {
        settle(batch.deletions(), Confirmation.ABSENT, calledAt);
        finds.counted(batch, 0);
        succeeded(batch);
    }

    /** To be asked again; after so many answers that confirmed nothing it is settled as accepted, or parked. */
    public void verifyLater(
            @ExchangeProperty("batch") Batch batch,
            @ExchangeProperty("reading") Reading reading,
            @ExchangeProperty("calledAt") long calledAt) {
        List<ClaimedDeletion> again = new ArrayList<>();
        List<ClaimedDeletion> enough = new ArrayList<>();
        for (ClaimedDeletion deletion : batch.deletions()) {
            (isEnough(deletion) ? enough : again).add(deletion);
        }
        if (!again.isEmpty()) {
            queue.postpone(again, verify.delay(), reading.failure(), Postponement.UNCONFIRMED);
        }
        if (!enough.isEmpty() && verify.unconfirmed() == Unconfirmed.PARK) {
            queue.park(enough, reading.failure());
        } else if (!enough.isEmpty()) {
            settle(enough, Confirmation.ACCEPTED, calledAt);
        }
        if (reading.answered()) {
            succeeded(batch);
        }
    }

    /** A lone item was refused. */
    public void park(@ExchangeProperty("batch") Batch lone, @ExchangeProperty("reading") Reading reading) {
        Failure failure = reading.failure();
        queue.park(lone.deletions(), failure);
        LOG.warn(
                "Record list {} refuses {} ({} {}); parked, redrive it once the cause is fixed",
                recordLists.named(lone.recordList()),
                lone.identifiers().get(0),
                failure.status(),
                failure.code());
    }

    /** To be called before a batch is split: of one that was done in part, nobody knows which part. */
    public void beforeSplit(@ExchangeProperty("batch") Batch batch, @ExchangeProperty("reading") Reading reading) {
        if (reading.doneInPart()) {
            queue.perhapsDone(batch.deletions());
        }
    }

    /** Tried again after a backoff, or after what the dialler asked for. */
    public void postpone(@ExchangeProperty("batch") Batch batch, @ExchangeProperty("reading") Reading reading) {
        Duration delay = reading.retryAfter() == null ? ownBackoff(batch) : reading.retryAfter();
        queue.postpone(batch.deletions(), delay, reading.failure(), Postponement.FAILED);
    }

    /** Nothing of this list is sent for a while; the others go on. */
    public void suspendList(@ExchangeProperty("batch") Batch batch, @ExchangeProperty("reading") Reading reading) {
        String recordList = batch.recordList();
        Failure failure = reading.failure();
        ListHealth.Suspension suspension = lists.suspension(recordList, backoff);
        recordLists.suspend(recordList, suspension.pause(), failure);
        queue.postpone(batch.deletions(), suspension.pause(), failure, Postponement.FAILED);
        // Last: this process must not hold back what the inbox, having failed, would give it again and again.
        if (lists.suspend(recordList, suspension)) {
            LOG.error(
                    "Record list {} is suspended: {} (status {}); its deletions wait, it is probed again and again",
                    recordLists.named(recordList),
                    failure.code(),
                    failure.status());
        }
    }

    /** Something in between answers about this list: this process leaves it alone for a while, and concludes nothing. */
    public void holdList(@ExchangeProperty("batch") Batch batch, @ExchangeProperty("reading") Reading reading) {
        String recordList = batch.recordList();
        Failure failure = reading.failure();
        ListHealth.Suspension hold = lists.hold(recordList, backoff);
        Duration asked = reading.retryAfter();
        Duration pause = asked == null || asked.compareTo(hold.pause()) < 0 ? hold.pause() : asked;
        Duration own = ownBackoff(batch);
        queue.postpone(
                batch.deletions(),
                own.compareTo(pause) > 0 ? own : pause,
                failure,
                reading.answerLost() ? Postponement.ANSWER_LOST : Postponement.FAILED);
        recordLists.leaveAlone(recordList, pause);
        if (lists.holdUp(recordList, hold)) {
            LOG.warn(
                    "Record list {} is held up: {} (status {}): {}; its deletions wait, it is tried again and again",
                    recordLists.named(recordList),
                    failure.code(),
                    failure.status(),
                    failure.message());
        }
    }

    /** The batch is given back as it was, and nothing more of its list is claimed until a person goes on. */
    public void stopList(@ExchangeProperty("batch") Batch batch, @ExchangeProperty("reading") Reading reading) {
        Failure failure = reading.failure();
        recordLists.stop(batch.recordList(), failure);
        queue.perhapsDone(batch.deletions());
        queue.release(batch.deletions());
        LOG.error(
                "Record list {} is stopped (call {}): {} (on the page, or POST /api/record-lists/go-on)",
                recordLists.named(batch.recordList()),
                failure.callId(),
                failure.message());
    }

    /** Nothing at all is sent for a while. */
    public void pause(@ExchangeProperty("batch") Batch batch, @ExchangeProperty("reading") Reading reading) {
        Duration pause = gate.shut(reading.failure(), reading.retryAfter());
        // A batch that breaks the dialler must not be the first one again after each pause.
        Duration own = ownBackoff(batch);
        queue.postpone(
                batch.deletions(),
                own.compareTo(pause) > 0 ? own : pause,
                reading.failure(),
                reading.answerLost() ? Postponement.ANSWER_LOST : Postponement.FAILED);
    }

    /** Gives the batch back as it was. */
    public void release(@ExchangeProperty("batch") Batch batch) {
        queue.release(batch.deletions());
    }

    /**
     * Parks what failed and settles the rest, if each failed record could be identified.
     *
     * @return what has to be split to find out; null when nothing has
     */
    public Batch parkFailed(
            @ExchangeProperty("batch") Batch batch,
            @ExchangeProperty("reading") Reading reading,
            @ExchangeProperty("calledAt") long calledAt,
            @Body List<FailedItem> failedItems) {
        List<Identifier> sent = batch.identifiers();
        List<Identifier> failed = new ArrayList<>();
        boolean identified = true;
        for (FailedItem item : failedItems) {
            Optional<Identifier> which =
                    item.identifiers().stream().filter(sent::contains).findFirst();
            which.ifPresent(failed::add);
            identified &= which.isPresent();
        }
        if (!identified && !batch.lone()) {
            return batch;
        }
        if (batch.lone() && failedItems.stream().allMatch(FailedItem::gone)) {
            // Reported as failed, and not there when asked: the dialler contradicts itself, or it is gone by now.
            queue.postpone(batch.deletions(), ownBackoff(batch), reading.failure(), Postponement.ANSWER_LOST);
            return null;
        }
        if (batch.lone() || failed.containsAll(sent)) {
            parkEach(batch, reading);
            return null;
        }
        for (Identifier identifier : failed.stream().distinct().toList()) {
            queue.park(batch.only(List.of(identifier), true).deletions(), reading.failure());
        }
        LOG.warn(
                "{} of {} records of list {} could not be deleted; parked, the others are gone",
                failed.size(),
                sent.size(),
                recordLists.named(batch.recordList()));
        boolean exact = reading.deleted() + failed.size() == sent.size();
        settle(batch.only(failed, false).deletions(), exact ? Confirmation.EXACT : Confirmation.BATCH, calledAt);
        finds.counted(batch, reading.deleted() + failed.size());
        succeeded(batch);
        return null;
    }

    /** All of them failed: each is a refusal in a row, and what follows the last one that is parked waits. */
    private void parkEach(Batch batch, Reading reading) {
        List<Identifier> sent = batch.identifiers();
        for (int i = 0; i < sent.size(); i++) {
            Batch lone = batch.only(List.of(sent.get(i)), true);
            if (refusesEverything(lone, reading.failure())) {
                suspendList(batch.only(sent.subList(i, sent.size()), true), reading);
                return;
            }
            park(lone, reading);
        }
    }

    private void settle(List<ClaimedDeletion> deletions, Confirmation confirmation, long calledAt) {
        Duration sinceCall = Duration.ofNanos(System.nanoTime() - calledAt);
        queue.settle(deletions, confirmation, sinceCall);
    }

    private void succeeded(Batch batch) {
        doctorNamed.set(false);
        if (lists.letGo(batch.recordList())) {
            recordLists.leaveAlone(batch.recordList(), Duration.ZERO);
            LOG.info("Record list {} is answered about again", recordLists.named(batch.recordList()));
        }
        switch (lists.succeeded(batch.recordList())) {
            case USUAL -> {}
                // An earlier process may have left it suspended.
            case FIRST -> recordLists.resume(batch.recordList());
            case AFTER_SUSPENSION -> {
                recordLists.resume(batch.recordList());
                LOG.info("Record list {} answers again", recordLists.named(batch.recordList()));
            }
        }
    }

    /** The wait that the failures of the batch itself ask for, this one among them. */
    private Duration ownBackoff(Batch batch) {
        int failures = batch.deletions().stream()
                .mapToInt(ClaimedDeletion::attempts)
                .max()
                .orElse(0);
        return backoff.after(failures + 1);
    }
}
