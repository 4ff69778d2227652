package io.recordsync.talkdesk;

/** The gate was shut, the list suspended or the batch taken over before the call was made: it is given back as it was. */
public final class NotNowException extends RuntimeException {

    NotNowException(String message) {
        super(message);
    }
}
