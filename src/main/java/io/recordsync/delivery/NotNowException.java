package io.recordsync.delivery;

/** The gate was shut, the list suspended, the batch taken over or held, before the call was made: nothing was sent. */
public final class NotNowException extends RuntimeException {

    NotNowException(String message) {
        super(message);
    }
}
