package io.recordsync.ops.health;

import io.recordsync.inbox.CallbackBook;
import io.recordsync.inbox.CallbackBook.Run;

/**
 * Whether callbacks can be looked at, and are not more than one run may cancel.
 *
 * <p>No readiness probe asks it: deletions go on, and a rollout does not wait for a scope.
 */
public final class CallbacksCheck extends ReadinessCheck {

    private final CallbackBook book;
    private final int most;

    /** @param most {@code talkdesk.callbacks.most} */
    public CallbacksCheck(CallbackBook book, int most) {
        super("callbacks");
        this.book = book;
        this.most = most;
    }

    @Override
    public boolean isReadiness() {
        return false;
    }

    @Override
    String trouble() {
        Run last = book.lastRun();
        if (last.tooMany() > 0) {
            return ("%s callbacks of deleted people would be cancelled, more than talkdesk.callbacks.most = %s allows, so none is:"
                            + " look at them (GET /api/callbacks), and raise the limit where that is right")
                    .formatted(last.tooMany(), most);
        }
        return last.failures() < CallbackBook.TROUBLE
                ? null
                : "Callbacks cannot be looked at (deletions go on): " + last.error();
    }
}
