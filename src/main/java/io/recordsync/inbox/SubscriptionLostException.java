package io.recordsync.inbox;

/** Another session subscribes to the channel now: what this one read is left to it. */
public class SubscriptionLostException extends RuntimeException {

    public SubscriptionLostException(String message) {
        super(message);
    }
}
