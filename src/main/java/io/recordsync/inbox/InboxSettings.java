package io.recordsync.inbox;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/**
 * What an operator may change about the inbox.
 *
 * @param giveUpAfter a deletion that has been pending for longer is parked when it fails again
 * @param sessionTtl a process silent for longer is taken for dead, and its claims are freed
 * @param retention deletions that ended longer ago are forgotten
 * @param phoneKey secret key of the HMAC that stays of a phone number; when empty, a random one that ends with the
 *     process, so that nobody can ever compare
 * @param holdWindow what nobody ordered by name waits for so long before it is due
 * @param guardLimit when more contacts than this are deleted within {@code guardWindow}, the guard is tripped; 0 = no guard
 * @param salesforceTime what time it is by Salesforce's clock, which nobody here sets; it gives null while that is not known. Itself
 *     null: the database's clock is taken for right
 */
public record InboxSettings(
        Duration giveUpAfter,
        Duration sessionTtl,
        Duration retention,
        String phoneKey,
        Duration holdWindow,
        int guardLimit,
        Duration guardWindow,
        Supplier<Instant> salesforceTime) {

    /** By the database's clock. */
    public InboxSettings(
            Duration giveUpAfter,
            Duration sessionTtl,
            Duration retention,
            String phoneKey,
            Duration holdWindow,
            int guardLimit,
            Duration guardWindow) {
        this(giveUpAfter, sessionTtl, retention, phoneKey, holdWindow, guardLimit, guardWindow, null);
    }

    /** Salesforce's time in milliseconds; null where it is not known. */
    Long salesforceMillis() {
        Instant now = salesforceTime == null ? null : salesforceTime.get();
        return now == null ? null : now.toEpochMilli();
    }

    /** Without a hold window and without a guard. */
    public InboxSettings(Duration giveUpAfter, Duration sessionTtl, Duration retention, String phoneKey) {
        this(giveUpAfter, sessionTtl, retention, phoneKey, Duration.ZERO, 0, Duration.ofHours(1));
    }

    @Override
    public String toString() {
        return "InboxSettings[giveUpAfter=" + giveUpAfter + ", sessionTtl=" + sessionTtl + ", retention=" + retention
                + ", holdWindow=" + holdWindow + ", guardLimit=" + guardLimit + ", guardWindow=" + guardWindow + "]";
    }
}
