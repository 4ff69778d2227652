package io.recordsync.delivery;

import io.recordsync.deletion.Batch;
import io.recordsync.inbox.InboxException;
import io.recordsync.inbox.Queue;
import io.recordsync.inbox.RecordLists;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clearance of a call: the looks that it passes before it is made.
 *
 * <p>{@link #mayCall} comes before it is prepared, {@link #holds} right before it is made; one that deletes passes {@link #mayDelete}
 * last. Each throws where the call must not be made, and the batch is given back. Thread-safe.
 */
final class Clearance {

    private static final Logger LOG = LoggerFactory.getLogger(Clearance.class);

    private final Queue queue;
    private final DeliveryGate gate;
    private final ListHealth lists;
    private final RecordLists recordLists;

    Clearance(Queue queue, DeliveryGate gate, ListHealth lists, RecordLists recordLists) {
        this.queue = queue;
        this.gate = gate;
        this.lists = lists;
        this.recordLists = recordLists;
    }

    /**
     * Lets a call pass. One that only reads has no batch.
     *
     * @throws NotNowException while the gate is shut, or the list is suspended or held up
     */
    void mayCall(Batch batch) {
        if (gate.isShut()) {
            throw new NotNowException("The delivery is paused");
        }
        if (batch != null && lists.suspended(batch.recordList())) {
            throw new NotNowException("Record list " + batch.recordList() + " is suspended");
        }
        if (batch != null && !lists.heldUp(batch.recordList()).isZero()) {
            throw new NotNowException("Record list " + batch.recordList() + " is held up");
        }
    }

    /**
     * The last look before a call.
     *
     * @param batch null for a call that is about no claimed deletions
     * @throws NotNowException when this process was silent for so long that another one may have taken the batch over, or
     *     when the guard was tripped meanwhile and holds some of it, its list was stopped, or a person is needed
     */
    void holds(Batch batch) {
        if (batch == null) {
            return;
        }
        boolean held;
        boolean stopped;
        try {
            held = queue.holds(batch);
            stopped = held && queue.stopped(batch);
            gate.lookForPause();
        } catch (InboxException e) {
            // Without its cause: an error of the network in it would be read as the dialler's.
            throw new NotNowException("The database does not say whether the batch is still held: " + e.getMessage());
        }
        if (!held) {
            LOG.warn(
                    "{} deletions of record list {} are not sent: this process was silent for longer than session.ttl"
                            + " and has lost them; any process may claim them",
                    batch.size(),
                    recordLists.named(batch.recordList()));
            throw new NotNowException("The batch was taken over");
        }
        if (stopped) {
            throw new NotNowException("The guard holds some of the batch, or its list is stopped");
        }
        if (gate.isForbidden()) {
            throw new NotNowException("The delivery was paused");
        }
    }

    /**
     * The last look before a call that deletes.
     *
     * @throws NotNowException when a contact of the batch was restored, or came to be in doubt, while the batch waited; given
     *     back, it is not claimed again, and the others are
     */
    void mayDelete(Batch batch) {
        mayCall(batch);
        boolean overtaken;
        try {
            overtaken = queue.overtaken(batch);
        } catch (InboxException e) {
            throw new NotNowException("The database does not say whether contacts were restored: " + e.getMessage());
        }
        if (overtaken) {
            throw new NotNowException("Contacts of the batch were restored, or are in doubt");
        }
    }
}
