package io.recordsync.inbox;

import io.recordsync.deletion.Batch;
import io.recordsync.inbox.database.Transaction;
import java.util.Locale;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store as those acts use it that may trip the mass-deletion guard, and those that ask whether it is tripped.
 *
 * <p>It says once what the guard holds, and spares the question where nobody can have tripped it. Thread-safe.
 */
final class GuardedStore {

    private static final Logger LOG = LoggerFactory.getLogger(GuardedStore.class);

    private final Store store;
    private final Guard guard;
    private final CatchUps catchUps = new CatchUps();
    /** False only where nobody but this process can have tripped the guard, and it never has. */
    private volatile boolean perhapsTripped;
    /** False only where nobody but this process can have brought a restoration or a doubt, and it has not. */
    private volatile boolean perhapsOvertaken;

    /** Switches the guard off where there is none by the settings. */
    GuardedStore(Store store, Guard guard) {
        this.store = store;
        this.guard = guard;
        this.perhapsTripped = store.write("start the guard", transaction -> {
            guard.start(transaction);
            return guard.trippedEver(transaction);
        });
        store.onNewSession(() -> {
            perhapsTripped = true;
            perhapsOvertaken = true;
            catchUps.forget();
        });
    }

    /** What an act brought, and how many deletions the guard holds because of it; -1 = it was not tripped by it. */
    record Guarded<T>(T result, int held) {}

    Guard guard() {
        return guard;
    }

    Store store() {
        return store;
    }

    CatchUps catchUps() {
        return catchUps;
    }

    /** An act whose rows count for the guard. */
    <T> T write(String act, Transaction.Work<Guarded<T>> work) {
        return counted(() -> store.write(act, work));
    }

    /** Likewise, see {@link Store#writeTogether}. */
    <T> T writeTogether(String act, Transaction.Work<Guarded<T>> work) {
        return counted(() -> store.writeTogether(act, work));
    }

    private <T> T counted(Supplier<Guarded<T>> act) {
        Guarded<T> done;
        try {
            done = act.get();
        } catch (InboxException e) {
            // Perhaps committed all the same.
            perhapsTripped = true;
            throw e;
        }
        if (done.held() >= 0) {
            perhapsTripped = true;
            LOG.error(
                    "The guard is tripped: more than guard.max-deletions = {} contacts were deleted within guard.window ="
                            + " {}; {} deletions are held, and all that come, until a person approves or rejects them (on"
                            + " the page, or POST /api/guard/approve, /api/guard/reject) and no more than that count",
                    guard.limit(),
                    guard.window().toString().substring("PT".length()).toLowerCase(Locale.ROOT),
                    done.held());
        }
        return done.result();
    }

    /** To be called before anything is written that a batch in hand has to be asked about; see {@link #overtaken}. */
    void mayOvertake() {
        perhapsOvertaken = true;
    }

    /** Whether a restoration or a doubt has come for some of the batch since it was claimed, or its stream catches up. */
    boolean overtaken(Batch batch) {
        if (!perhapsOvertaken && !catchUps.perhaps() && !store.isShared()) {
            return false;
        }
        return store.read("look for restorations", transaction -> DoubtMarks.overtaken(transaction, batch.ids()));
    }

    /** Whether the guard was tripped since the batch was claimed, and holds some of it. */
    boolean stopped(Batch batch) {
        if (!perhapsTripped && !store.isShared()) {
            return false;
        }
        return store.read(
                "ask the guard",
                transaction -> guard.trippedEver(transaction) && guard.stops(transaction, batch.ids()));
    }
}
