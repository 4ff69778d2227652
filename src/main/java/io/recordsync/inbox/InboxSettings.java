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
 */
public record InboxSettings(Duration giveUpAfter, Duration sessionTtl, Duration retention, String phoneKey) {

    @Override
    public String toString() {
        return "InboxSettings[giveUpAfter=" + giveUpAfter + ", sessionTtl=" + sessionTtl + ", retention=" + retention
                + "]";
    }
}
