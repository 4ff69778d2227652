package io.recordsync.inbox;

import java.time.Duration;

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
 */
public record InboxSettings(
        Duration giveUpAfter,
        Duration sessionTtl,
        Duration retention,
        String phoneKey,
        Duration holdWindow,
        int guardLimit,
        Duration guardWindow) {

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
