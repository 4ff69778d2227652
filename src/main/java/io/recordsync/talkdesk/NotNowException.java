package io.recordsync.talkdesk;

/** The gate was shut, or the list suspended, before the call was made: the batch is given back as it was. */
public final class NotNowException extends RuntimeException {

    NotNowException(String message) {
        super(message);
    }
}
