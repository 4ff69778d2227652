package io.recordsync.inbox;

/** What a person ordered over is no longer what was shown; nothing was changed. The message says what it is now. */
public final class NotAsShownException extends RuntimeException {

    public NotAsShownException(String message) {
        super(message);
    }
}
