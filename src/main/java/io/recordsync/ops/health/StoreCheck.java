package io.recordsync.ops.health;

import io.recordsync.inbox.InboxException;
import io.recordsync.inbox.Ledger;

/** Whether the database answers, and accepts what is written to it. */
public final class StoreCheck extends ReadinessCheck {

    private final Ledger ledger;
    private final String channel;

    public StoreCheck(Ledger ledger, String channel) {
        super("store");
        this.ledger = ledger;
        this.channel = channel;
    }

    @Override
    boolean isDownWhenSilent() {
        return true;
    }

    @Override
    String trouble() {
        try {
            ledger.position(channel);
            return ledger.trouble()
                    .map(trouble -> "The database fails: " + trouble)
                    .orElse(null);
        } catch (InboxException e) {
            return "The database does not answer: " + e.getMessage();
        }
    }
}
